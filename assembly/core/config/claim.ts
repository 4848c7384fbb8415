// A claim that the configuration names.

import { NONE } from "../bytes/none";
import { internClaim } from "../headers/identity";
import { CLAIM_NAME_BYTES_MAX, CLAIMS_MAX } from "../limits";
import { Value } from "./value";

/** Number of the claim in the table that the jwt filter fills for each request. */
export function claimId(value: Value, claims: usize): u32 {
  const name = value.text(1, CLAIM_NAME_BYTES_MAX);
  if (value.error.failed) return 0;
  const id = internClaim(claims, name);
  if (id != NONE) return id;
  value.refuseFound("one claim too many", CLAIMS_MAX.toString() + " claims in all");
  return 0;
}
