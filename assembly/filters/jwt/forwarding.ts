// What the upstream, access logs and the filters behind get to see of a verified token.

import { arenaAllocate } from "../../abi/arena";
import { Char, isVisibleAscii } from "../../core/bytes/ascii";
import { NONE } from "../../core/bytes/none";
import { Text } from "../../core/bytes/text";
import { ClaimKind, claimKind, claimLen, claimPtr } from "../../core/headers/identity";
import { removeHeader, setHeader } from "../../core/headers/request";
import {
  ArrayForm,
  claimValueLen,
  claimValuePtr,
  formClaimValue,
} from "../../core/jwt/claim_value";
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
export function forward(forwarding: Forwarding, tokenPtr: usize, tokenLen: u32): Reason {
  if (forwarding.payloadId != NONE) forwardPayload(forwarding.payloadId, tokenPtr, tokenLen);
  for (let i: u32 = 0; i < forwarding.claimHeaderCount; i++) {
    const each = claimHeaderAt(forwarding, i);
    const value = formed(each.claimId, each.form);
    if (value == Formed.NO_ROOM) return Reason.HEADERS_TOO_LARGE;
    if (value == Formed.VALUE) setHeader(each.headerId, claimValuePtr, claimValueLen);
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
    const value = formed(each.claimId, each.form);
    if (value == Formed.NO_ROOM) return Reason.HEADERS_TOO_LARGE;
    if (value == Formed.VALUE && !noteFilterState(each.key, claimValuePtr, claimValueLen)) {
      return Reason.HEADERS_TOO_LARGE;
    }
  }
  return Reason.OK;
}

const enum Formed {
  NOTHING,
  VALUE,
  NO_ROOM,
}

function formed(claimId: u32, form: ArrayForm): Formed {
  const kind = claimKind(claimId);
  const len = claimLen(claimId);
  let target: usize = 0;
  if (kind == ClaimKind.ARRAY || kind == ClaimKind.OBJECT) {
    target = arenaAllocate(len);
    if (target == 0) return Formed.NO_ROOM;
  }
  return formClaimValue(kind, form, claimPtr(claimId), len, SCANNER, target)
    ? Formed.VALUE
    : Formed.NOTHING;
}

/** The part between the dots of a token, as it stands there: base64url without padding. */
function forwardPayload(headerId: u32, tokenPtr: usize, tokenLen: u32): void {
  const end = tokenPtr + tokenLen;
  const begin = dotAfter(tokenPtr, end) + 1;
  if (begin > end) return;
  const len = <u32>(dotAfter(begin, end) - begin);
  if (len == 0 || len > HEADER_VALUE_BYTES_MAX || !isVisibleAscii(begin, len)) return;
  setHeader(headerId, begin, len);
}

/** Address of the first dot at or behind `at`; `end` when there is none. */
function dotAfter(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != Char.DOT) at++;
  return at;
}
