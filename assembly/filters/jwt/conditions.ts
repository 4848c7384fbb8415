// What claims must say. A claim that is missing, of another kind or longer than CLAIM_BYTES_MAX
// meets no condition.

import { Char, equalsText, startsWithText } from "../../core/bytes/ascii";
import { Text } from "../../core/bytes/text";
import { ClaimKind } from "../../core/headers/identity";
import { Scanner } from "../../core/json/scanner";
import { Token } from "../../core/json/token";
import { checkedClaim, Claims, ClaimValue } from "../../core/jwt/claims";
import { CLAIM_BYTES_MAX } from "../../core/limits";
import { ClaimRules } from "./claim_rules";

export const enum Operator {
  PRESENT,
  /** It is one of the values. */
  ONE_OF,
  /** It begins with the value. */
  PREFIX,
  /** Among its members is one of the values, or are all of them. */
  ANY_MEMBER,
  ALL_MEMBERS,
}

// @ts-ignore: decorator
@unmanaged
export class Condition {
  claim: u32;
  operator: Operator;
  /** Of the values of ONE_OF: STRING, NUMBER or BOOLEAN. */
  kind: ClaimKind;
  /** Texts, four bytes each. */
  values: usize;
  valueCount: u32;
  /** What a challenge says is needed (RFC 6750 §3); 0 when the claim is no scope. */
  scope: Text;
}

export const CONDITION_BYTES: u32 = <u32>offsetof<Condition>();

// @ts-ignore: decorator
@inline
export function conditionAt(rules: ClaimRules, index: u32): Condition {
  return changetype<Condition>(rules.conditions + index * CONDITION_BYTES);
}

/** The first condition that the claims do not meet, or null. */
export function unmetCondition(
  rules: ClaimRules,
  claims: Claims,
  scanner: Scanner,
): Condition | null {
  for (let i: u32 = 0; i < rules.conditionCount; i++) {
    const condition = conditionAt(rules, i);
    if (!isMet(condition, checkedClaim(claims, condition.claim), scanner)) return condition;
  }
  return null;
}

function isMet(condition: Condition, value: ClaimValue, scanner: Scanner): bool {
  if (value.kind == ClaimKind.ABSENT || value.len > CLAIM_BYTES_MAX) return false;
  switch (condition.operator) {
    case Operator.PRESENT:
      return true;
    case Operator.ONE_OF:
      return value.kind == condition.kind && bitsOf(condition, value.ptr, value.len) != 0;
    case Operator.PREFIX:
      return (
        value.kind == ClaimKind.STRING &&
        startsWithText(value.ptr, value.len, load<u32>(condition.values))
      );
    case Operator.ANY_MEMBER:
      return membersOf(condition, value, scanner) != 0;
    case Operator.ALL_MEMBERS:
      return membersOf(condition, value, scanner) == u32.MAX_VALUE >> (32 - condition.valueCount);
    default:
      return false;
  }
}

/** The values that are these bytes, a bit for each. */
function bitsOf(condition: Condition, ptr: usize, len: u32): u32 {
  let bits: u32 = 0;
  for (let i: u32 = 0; i < condition.valueCount; i++) {
    if (equalsText(ptr, len, load<u32>(condition.values + 4 * i))) bits |= 1 << i;
  }
  return bits;
}

/** The values that are members of a claim: of a list, or of a text with spaces between them. */
function membersOf(condition: Condition, value: ClaimValue, scanner: Scanner): u32 {
  if (value.kind == ClaimKind.STRING) return wordsOf(condition, value);
  return value.kind == ClaimKind.ARRAY ? elementsOf(condition, value, scanner) : 0;
}

/** RFC 6749 §3.3, RFC 8693 §4.2. */
function wordsOf(condition: Condition, value: ClaimValue): u32 {
  const end = value.ptr + value.len;
  let bits: u32 = 0;
  for (let word = value.ptr; word < end;) {
    let at = word;
    while (at < end && load<u8>(at) != Char.SPACE) at++;
    bits |= bitsOf(condition, word, <u32>(at - word));
    word = at + 1;
  }
  return bits;
}

/** Only texts of the list itself count. */
function elementsOf(condition: Condition, value: ClaimValue, scanner: Scanner): u32 {
  let bits: u32 = 0;
  scanner.begin(value.ptr, value.len);
  scanner.next();
  while (scanner.depth > 0) {
    const token = scanner.next();
    if (token == Token.ERROR) return 0;
    if (token != Token.STRING || scanner.depth != 1) continue;
    for (let i: u32 = 0; i < condition.valueCount; i++) {
      if (scanner.nameIs(load<u32>(condition.values + 4 * i))) bits |= 1 << i;
    }
  }
  return bits;
}
