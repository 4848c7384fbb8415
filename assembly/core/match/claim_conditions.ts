// What is asked of the claims of the request's token (core/headers/identity.ts). A text is compared
// by its characters, a whole number and a boolean by the ones it has in JSON; anything else, and a
// value longer than CLAIM_BYTES_MAX, has nothing to compare.

import { equalsText, startsWithText } from "../bytes/ascii";
import { claimKind, ClaimKind, claimLen, claimPtr, isScalarClaim } from "../headers/identity";

export const enum ClaimTest {
  /** It is one of the values. */
  ONE_OF,
  /** It begins with the value. */
  PREFIX,
  PRESENT,
  ABSENT,
}

// @ts-ignore: decorator
@unmanaged
export class ClaimCondition {
  /** Number of the claim. */
  claim: u32;
  test: ClaimTest;
  /** Texts, u32 each. */
  values: usize;
  valueCount: u32;
}

export const CLAIM_CONDITION_BYTES: u32 = <u32>offsetof<ClaimCondition>();

/** Whether the claims of the request in hand meet all of `count` conditions. */
export function meetClaims(conditions: usize, count: u32): bool {
  const end = conditions + count * CLAIM_CONDITION_BYTES;
  for (let at = conditions; at < end; at += CLAIM_CONDITION_BYTES) {
    if (!meetsClaim(changetype<ClaimCondition>(at))) return false;
  }
  return true;
}

function meetsClaim(condition: ClaimCondition): bool {
  const claim = condition.claim;
  const test = condition.test;
  const isAbsent = claimKind(claim) == ClaimKind.ABSENT;
  if (test == ClaimTest.PRESENT) return !isAbsent;
  if (test == ClaimTest.ABSENT) return isAbsent;
  if (!isScalarClaim(claim)) return false;
  const ptr = claimPtr(claim);
  const len = claimLen(claim);
  if (test == ClaimTest.PREFIX) return startsWithText(ptr, len, load<u32>(condition.values));
  for (let i: u32 = 0; i < condition.valueCount; i++) {
    if (equalsText(ptr, len, load<u32>(condition.values + (i << 2)))) return true;
  }
  return false;
}
