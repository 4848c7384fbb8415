// The member `claims` of a match.

import { claimId } from "../config/claim";
import { Value } from "../config/value";
import { CLAIM_CONDITIONS_MAX, CONDITION_VALUES_MAX, IDENTIFIER_BYTES_MAX } from "../limits";
import { CLAIM_CONDITION_BYTES, ClaimCondition, ClaimTest } from "./claim_conditions";
import { Match } from "./match";

const ONE_TEST = "one of equals, in, prefix, present";
const NO_TOKENS = "claims only with a jwt section";

/** Reads the conditions into the match. `claims` is 0 where no filter verifies tokens. */
export function readClaimConditions(value: Value, claims: usize, match: Match): void {
  const each = value.items(1, CLAIM_CONDITIONS_MAX);
  match.claims = value.block.allocate(<u32>each.length * CLAIM_CONDITION_BYTES);
  for (let i = 0; i < each.length; i++) {
    const at = match.claims + <u32>i * CLAIM_CONDITION_BYTES;
    readCondition(each[i], claims, changetype<ClaimCondition>(at));
    if (value.error.failed) return;
  }
  match.claimCount = <u32>each.length;
}

function readCondition(value: Value, claims: usize, out: ClaimCondition): void {
  const claim = value.required("claim");
  const equals = value.optional("equals");
  const oneOf = value.optional("in");
  const prefix = value.optional("prefix");
  const present = value.optional("present");
  value.done();
  if (value.error.failed) return;
  if (claims == 0) claim.refuseFound("a claim", NO_TOKENS);
  else out.claim = claimId(claim, claims);
  const count = value.json.items.length - 1;
  if (count != 1) {
    value.refuseFound(count.toString() + " tests", ONE_TEST);
  } else if (equals !== null) {
    putValue(equals, ClaimTest.ONE_OF, out);
  } else if (oneOf !== null) {
    readValues(oneOf, out);
  } else if (prefix !== null) {
    putValue(prefix, ClaimTest.PREFIX, out);
  } else if (present !== null) {
    out.test = present.bool() ? ClaimTest.PRESENT : ClaimTest.ABSENT;
  }
}

function putValue(value: Value, test: ClaimTest, out: ClaimCondition): void {
  out.test = test;
  out.values = value.block.allocate(4);
  store<u32>(out.values, <u32>value.text(1, IDENTIFIER_BYTES_MAX));
  out.valueCount = 1;
}

function readValues(value: Value, out: ClaimCondition): void {
  const each = value.items(1, CONDITION_VALUES_MAX);
  out.test = ClaimTest.ONE_OF;
  out.values = value.block.allocate(4 * <u32>each.length);
  for (let i = 0; i < each.length; i++) {
    store<u32>(out.values + 4 * i, <u32>each[i].text(1, IDENTIFIER_BYTES_MAX));
  }
  out.valueCount = <u32>each.length;
}
