// What the upstream, access logs and the filters behind get to see of a verified token.

import { arenaAllocate } from "../../abi/arena";
import { Char, isVisibleAscii } from "../../core/bytes/ascii";
import { NONE } from "../../core/bytes/none";
import { Text } from "../../core/bytes/text";
import {
  ClaimKind,
  claimKind,
  claimLen,
  claimPtr,
  isFieldClaim,
} from "../../core/headers/identity";
import { removeHeader, setFieldValue } from "../../core/headers/request";
import { ArrayForm, writeClaimValue } from "../../core/jwt/claim_value";
import { HEADER_VALUE_BYTES_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { noteFilterState } from "../../abi/filter_state";
import { SCANNER } from "./scanner";

/** A claim that becomes a header. */
// @ts-ignore: decorator
@unmanaged
export class ClaimHeader {
  claimId: u32;
  headerId: u32;
  form: ArrayForm;
}

/** A claim that becomes filter state. */
// @ts-ignore: decorator
@unmanaged
export class ClaimState {
  claimId: u32;
  /** The path under which it is set: Envoy puts `wasm.` in front. */
  key: Text;
  form: ArrayForm;
}

// @ts-ignore: decorator
@unmanaged
export class Forwarding {
  claimHeaders: usize;
  claimHeaderCount: u32;
  claimStates: usize;
  claimStateCount: u32;
  keepsToken: u32;
  /** Number of the header for the payload; NONE without one. */
  payloadId: u32;
}

export const CLAIM_HEADER_BYTES: u32 = <u32>offsetof<ClaimHeader>();
export const CLAIM_STATE_BYTES: u32 = <u32>offsetof<ClaimState>();
export const FORWARDING_BYTES: u32 = <u32>offsetof<Forwarding>();

// @ts-ignore: decorator
@inline
export function claimHeaderAt(forwarding: Forwarding, index: u32): ClaimHeader {
  return changetype<ClaimHeader>(forwarding.claimHeaders + index * CLAIM_HEADER_BYTES);
}

// @ts-ignore: decorator
@inline
export function claimStateAt(forwarding: Forwarding, index: u32): ClaimState {
  return changetype<ClaimState>(forwarding.claimStates + index * CLAIM_STATE_BYTES);
}

/**
 * Removes what a provider's tokens become: it has no other source, not the client, not the mapping
 * table, whatever the rule.
 */
export function clearForwarded(forwarding: Forwarding): void {
  if (forwarding.payloadId != NONE) removeHeader(forwarding.payloadId);
  for (let i: u32 = 0; i < forwarding.claimHeaderCount; i++) {
    removeHeader(claimHeaderAt(forwarding, i).headerId);
  }
}

/**
 * Hands a token's payload and the claims of the request, which are its, on as headers.
 * HEADERS_TOO_LARGE when the arena is full.
 */
// @ts-ignore: decorator
@inline
export function forward(forwarding: Forwarding, tokenPtr: usize, tokenLen: u32): Reason {
  if (forwarding.payloadId != NONE) forwardPayload(forwarding.payloadId, tokenPtr, tokenLen);
  for (let i: u32 = 0; i < forwarding.claimHeaderCount; i++) {
    const each = claimHeaderAt(forwarding, i);
    const len = formed(each.claimId, each.form);
    if (len == NONE) return Reason.HEADERS_TOO_LARGE;
    if (len != 0) setFieldValue(each.headerId, formedPtr, len);
  }
  return Reason.OK;
}

/**
 * Notes the claims of the request, which are those of a verified token, as filter state: that of
 * tokens that nobody verified would outlive every verdict. Of one key the last counts.
 * HEADERS_TOO_LARGE when there is no room.
 */
export function forwardState(forwarding: Forwarding): Reason {
  for (let i: u32 = 0; i < forwarding.claimStateCount; i++) {
    const each = claimStateAt(forwarding, i);
    const len = formed(each.claimId, each.form);
    if (len == 0) continue;
    if (len == NONE || !noteFilterState(each.key, formedPtr, len)) return Reason.HEADERS_TOO_LARGE;
  }
  return Reason.OK;
}

/** The value that `formed` found or made last. */
let formedPtr: usize = 0;

/** Length of the value that a claim has for a field: 0 without one, NONE without room for it. */
// @ts-ignore: decorator
@inline
function formed(claimId: u32, form: ArrayForm): u32 {
  if (!isFieldClaim(claimId)) return written(claimId, form);
  formedPtr = claimPtr(claimId);
  return claimLen(claimId);
}

function written(claimId: u32, form: ArrayForm): u32 {
  const kind = claimKind(claimId);
  if (kind < ClaimKind.ARRAY) return 0;
  const len = claimLen(claimId);
  formedPtr = arenaAllocate(len);
  if (formedPtr == 0) return NONE;
  return writeClaimValue(kind, form, claimPtr(claimId), len, SCANNER, formedPtr);
}

/** The part between the dots of a token, as it stands there: base64url without padding. */
function forwardPayload(headerId: u32, tokenPtr: usize, tokenLen: u32): void {
  const end = tokenPtr + tokenLen;
  const begin = dotAfter(tokenPtr, end) + 1;
  if (begin > end) return;
  const len = <u32>(dotAfter(begin, end) - begin);
  if (len == 0 || len > HEADER_VALUE_BYTES_MAX || !isVisibleAscii(begin, len)) return;
  setFieldValue(headerId, begin, len);
}

/** Address of the first dot at or behind `at`; `end` when there is none. */
function dotAfter(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != Char.DOT) at++;
  return at;
}
