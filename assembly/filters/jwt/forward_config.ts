// The member `forward` of a provider.

import { equalsText } from "../../core/bytes/ascii";
import { NONE } from "../../core/bytes/none";
import { textLen, textPtr } from "../../core/bytes/text";
import { claimId } from "../../core/config/claim";
import { filterStateKey, ownedNameId } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { ArrayForm } from "../../core/jwt/claim_value";
import { CLAIMS_MAX } from "../../core/limits";
import {
  CLAIM_HEADER_BYTES,
  CLAIM_STATE_BYTES,
  ClaimHeader,
  claimHeaderAt,
  ClaimState,
  claimStateAt,
  Forwarding,
  FORWARDING_BYTES,
} from "./forwarding";

const AUTHORIZATION = "authorization";

/** Reads it, which may be absent, into the block of `provider`. */
export function readForwarding(
  value: Value | null,
  provider: Value,
  names: usize,
  claims: usize,
): Forwarding {
  const out = changetype<Forwarding>(provider.block.allocate(FORWARDING_BYTES));
  out.payloadId = NONE;
  if (value === null) return out;
  const token = value.optional("token");
  if (token !== null) out.keepsToken = token.choice(["strip", "keep"]);
  const payload = value.optional("payload");
  const headers = value.optional("claims");
  const states = value.optional("filterState");
  value.done();
  if (payload !== null) out.payloadId = readOwnHeader(payload, names);
  if (headers !== null) readClaimHeaders(headers, names, claims, out);
  if (states !== null) readClaimStates(states, claims, out);
  return out;
}

function readOwnHeader(value: Value, names: usize): u32 {
  if (value.isString && value.string().toLowerCase() == AUTHORIZATION) {
    value.refuse("a header that does not carry the token");
  }
  return ownedNameId(names, value);
}

function readClaimHeaders(value: Value, names: usize, claims: usize, out: Forwarding): void {
  const each = value.items(1, CLAIMS_MAX);
  out.claimHeaders = value.block.allocate(<u32>each.length * CLAIM_HEADER_BYTES);
  for (let i = 0; i < each.length; i++) {
    readClaimHeader(each[i], names, claims, out, claimHeaderAt(out, <u32>i));
    if (value.error.failed) return;
    out.claimHeaderCount++;
  }
}

function readClaimHeader(
  value: Value,
  names: usize,
  claims: usize,
  forwarding: Forwarding,
  out: ClaimHeader,
): void {
  const claim = value.required("claim");
  const header = value.required("header");
  out.form = readArrayForm(value);
  value.done();
  out.headerId = readOwnHeader(header, names);
  out.claimId = claimId(claim, claims);
  if (value.error.failed) return;
  if (out.headerId == forwarding.payloadId) header.refuse("a header that is not the payload's");
  for (let i: u32 = 0; i < forwarding.claimHeaderCount; i++) {
    if (claimHeaderAt(forwarding, i).headerId == out.headerId) {
      header.refuse("a header that no other claim of this provider becomes");
    }
  }
}

function readArrayForm(value: Value): ArrayForm {
  const form = value.optional("array");
  return form === null ? ArrayForm.JOIN : <ArrayForm>form.choice(["join", "json"]);
}

function readClaimStates(value: Value, claims: usize, out: Forwarding): void {
  const each = value.items(1, CLAIMS_MAX);
  out.claimStates = value.block.allocate(<u32>each.length * CLAIM_STATE_BYTES);
  for (let i = 0; i < each.length; i++) {
    readClaimState(each[i], claims, out, claimStateAt(out, <u32>i));
    if (value.error.failed) return;
    out.claimStateCount++;
  }
}

function readClaimState(
  value: Value,
  claims: usize,
  forwarding: Forwarding,
  out: ClaimState,
): void {
  const claim = value.required("claim");
  const key = value.required("key");
  out.form = readArrayForm(value);
  value.done();
  out.key = filterStateKey(key);
  out.claimId = claimId(claim, claims);
  if (value.error.failed) return;
  for (let i: u32 = 0; i < forwarding.claimStateCount; i++) {
    if (equalsText(textPtr(out.key), textLen(out.key), claimStateAt(forwarding, i).key)) {
      key.refuse("a key that no other claim of this provider becomes");
    }
  }
}
