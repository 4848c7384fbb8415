// The member `forward` of a provider.

import { ownedNameId } from "../../core/config/scalars";
import { claimId } from "../../core/config/claim";
import { Value } from "../../core/config/value";
import { CLAIMS_MAX } from "../../core/limits";
import {
  CLAIM_HEADER_BYTES,
  ClaimHeader,
  claimHeaderAt,
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
  if (value === null) return out;
  const token = value.optional("token");
  if (token !== null) out.keepsToken = token.choice(["strip", "keep"]);
  const headers = value.optional("claims");
  value.done();
  if (headers === null) return out;
  const each = headers.items(1, CLAIMS_MAX);
  out.claimHeaders = value.block.allocate(<u32>each.length * CLAIM_HEADER_BYTES);
  for (let i = 0; i < each.length; i++) {
    readClaimHeader(each[i], names, claims, out, claimHeaderAt(out, <u32>i));
    if (value.error.failed) return out;
    out.claimHeaderCount++;
  }
  return out;
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
  value.done();
  if (header.isString && header.string().toLowerCase() == AUTHORIZATION) {
    header.refuse("a header that does not carry the token");
  }
  out.headerId = ownedNameId(names, header);
  out.claimId = claimId(claim, claims);
  if (value.error.failed) return;
  for (let i: u32 = 0; i < forwarding.claimHeaderCount; i++) {
    if (claimHeaderAt(forwarding, i).headerId == out.headerId) {
      header.refuse("a header that no other claim of this provider becomes");
    }
  }
}
