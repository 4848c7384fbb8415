// What the upstream gets to see of a verified token.

import { Char, isVisibleAscii } from "../../core/bytes/ascii";
import { claimLen, claimPtr, isScalarClaim } from "../../core/headers/identity";
import { removeHeader, setHeader } from "../../core/headers/request";
import { HEADER_VALUE_BYTES_MAX } from "../../core/limits";

/** A claim that becomes a header. */
// @ts-ignore: decorator
@unmanaged
export class ClaimHeader {
  claimId: u32;
  headerId: u32;
}

// @ts-ignore: decorator
@unmanaged
export class Forwarding {
  claimHeaders: usize;
  claimHeaderCount: u32;
  keepsToken: u32;
}

export const CLAIM_HEADER_BYTES: u32 = <u32>offsetof<ClaimHeader>();
export const FORWARDING_BYTES: u32 = <u32>offsetof<Forwarding>();

// @ts-ignore: decorator
@inline
export function claimHeaderAt(forwarding: Forwarding, index: u32): ClaimHeader {
  return changetype<ClaimHeader>(forwarding.claimHeaders + index * CLAIM_HEADER_BYTES);
}

/**
 * Removes what a provider's tokens become: it has no other source, not the client, not the mapping
 * table, whatever the rule.
 */
export function clearForwarded(forwarding: Forwarding): void {
  for (let i: u32 = 0; i < forwarding.claimHeaderCount; i++) {
    removeHeader(claimHeaderAt(forwarding, i).headerId);
  }
}

/** Hands the claims of the request's token on. */
export function forward(forwarding: Forwarding): void {
  for (let i: u32 = 0; i < forwarding.claimHeaderCount; i++) {
    const each = claimHeaderAt(forwarding, i);
    const ptr = claimPtr(each.claimId);
    const len = claimLen(each.claimId);
    if (isScalarClaim(each.claimId) && isSafeValue(ptr, len)) setHeader(each.headerId, ptr, len);
  }
}

/**
 * Whether every reader of a field takes the same value from it: printable ASCII, not to be trimmed
 * at its ends.
 */
function isSafeValue(ptr: usize, len: u32): bool {
  if (len == 0 || len > HEADER_VALUE_BYTES_MAX || !isVisibleAscii(ptr, len)) return false;
  return load<u8>(ptr) != Char.SPACE && load<u8>(ptr + len - 1) != Char.SPACE;
}
