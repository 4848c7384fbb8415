// The members of a provider about claims that are not registered: which must be there, and what
// they must say.

import { text, Text, textLen, textPtr } from "../../core/bytes/text";
import { Block } from "../../core/config/block";
import { internPath, placeOf } from "../../core/config/claim";
import { Value } from "../../core/config/value";
import { ClaimKind } from "../../core/headers/identity";
import { Kind } from "../../core/json/tree";
import { Profile } from "../../core/jwt/profile";
import {
  CHECKED_CLAIMS_MAX,
  CONDITION_VALUES_MAX,
  CONDITIONS_MAX,
  IDENTIFIER_BYTES_MAX,
  REQUIRED_CLAIMS_MAX,
} from "../../core/limits";
import { ClaimRules, REQUIRED_CLAIM_BYTES, requiredAt } from "./claim_rules";
import { Condition, CONDITION_BYTES, conditionAt, Operator } from "./conditions";

/** RFC 9068 §2.2; those of them that must be texts, and that nothing else looks at, come first. */
const OF_ACCESS_TOKENS: Text[] = [
  text("client_id"),
  text("jti"),
  text("iss"),
  text("sub"),
  text("aud"),
  text("exp"),
  text("iat"),
];
const TEXTS_OF_ACCESS_TOKENS: i32 = 4;

/** Names of scopes in tokens (RFC 8693 §4.2, and of Microsoft and Okta). */
const SCOPES: string[] = ["scope", "scp"];
const TRUE = text("true");
const FALSE = text("false");
const OPERATORS = "equals, in, prefix, contains, containsAll, containsAny, present";
const EQUALS = "a text, a whole number, true, false";
/** Digits of whole numbers that every JSON implementation keeps (RFC 8259 §6), and a sign. */
const NUMBER_CHARACTERS_MAX: u32 = 16;

/** Reads `requiredClaims`, which may be absent, and adds those of the profile. */
export function readRequiredClaims(
  value: Value | null,
  profile: Profile,
  block: Block,
  rules: ClaimRules,
): void {
  const most = REQUIRED_CLAIMS_MAX + <u32>OF_ACCESS_TOKENS.length;
  rules.required = block.allocate(most * REQUIRED_CLAIM_BYTES);
  if (profile == Profile.AT_JWT) {
    for (let i = 0; i < OF_ACCESS_TOKENS.length; i++) {
      const name = [OF_ACCESS_TOKENS[i]];
      const claim = internPath(rules.checked, name, block, CHECKED_CLAIMS_MAX);
      require(rules, <u32>claim, i < TEXTS_OF_ACCESS_TOKENS);
    }
  }
  if (value === null) return;
  const items = value.items(1, REQUIRED_CLAIMS_MAX);
  for (let i = 0; i < items.length; i++) {
    require(rules, placeOf(items[i], rules.checked, CHECKED_CLAIMS_MAX), false);
  }
}

function require(rules: ClaimRules, claim: u32, isText: bool): void {
  const required = requiredAt(rules, rules.requiredCount);
  required.claim = claim;
  required.isText = u32(isText);
  rules.requiredCount++;
}

/** Reads `conditions`, which may be absent, into the block. */
export function readConditions(value: Value | null, rules: ClaimRules): void {
  if (value === null) return;
  const items = value.items(1, CONDITIONS_MAX);
  rules.conditions = value.block.allocate(<u32>items.length * CONDITION_BYTES);
  for (let i = 0; i < items.length; i++) {
    if (value.error.failed) return;
    readCondition(items[i], rules, conditionAt(rules, <u32>i));
    rules.conditionCount++;
  }
}

function readCondition(value: Value, rules: ClaimRules, condition: Condition): void {
  const claim = value.required("claim");
  const equals = value.optional("equals");
  const oneOf = value.optional("in");
  const prefix = value.optional("prefix");
  const contains = value.optional("contains");
  const containsAll = value.optional("containsAll");
  const containsAny = value.optional("containsAny");
  const present = value.optional("present");
  value.done();
  if (value.error.failed) return;
  condition.claim = placeOf(claim, rules.checked, CHECKED_CLAIMS_MAX);
  condition.kind = ClaimKind.STRING;
  const count = value.json.items.length - 1;
  if (count != 1) {
    value.refuseFound(count.toString() + " operators", "one of " + OPERATORS);
  } else if (equals !== null) {
    readEquals(equals, condition);
  } else if (oneOf !== null) {
    readList(oneOf, Operator.ONE_OF, condition);
  } else if (prefix !== null) {
    readText(prefix, Operator.PREFIX, condition);
  } else if (contains !== null) {
    readText(contains, Operator.ANY_MEMBER, condition);
  } else if (containsAll !== null) {
    readList(containsAll, Operator.ALL_MEMBERS, condition);
  } else if (containsAny !== null) {
    readList(containsAny, Operator.ANY_MEMBER, condition);
  } else if (present !== null && !present.bool()) {
    present.refuse("true");
  }
  if (isScope(claim)) condition.scope = scopeOf(condition, value.block);
}

function readEquals(value: Value, condition: Condition): void {
  const json = value.json;
  condition.operator = Operator.ONE_OF;
  if (json.kind == Kind.STRING) return readText(value, Operator.ONE_OF, condition);
  if (json.kind == Kind.NUMBER && isWholeNumber(json.ptr, json.len)) {
    condition.kind = ClaimKind.NUMBER;
    setValues(condition, [value.block.text(json.ptr, json.len)], value.block);
  } else if (json.kind == Kind.TRUE || json.kind == Kind.FALSE) {
    condition.kind = ClaimKind.BOOLEAN;
    setValues(condition, [json.kind == Kind.TRUE ? TRUE : FALSE], value.block);
  } else {
    value.refuse(EQUALS);
  }
}

/** Of valid JSON grammar, so without leading zeros; -0 is written 0. */
function isWholeNumber(ptr: usize, len: u32): bool {
  if (len > NUMBER_CHARACTERS_MAX) return false;
  const characters = String.UTF8.decodeUnsafe(ptr, len);
  if (characters == "-0") return false;
  return !characters.includes(".") && !characters.toLowerCase().includes("e");
}

function readText(value: Value, operator: Operator, condition: Condition): void {
  condition.operator = operator;
  setValues(condition, [value.text(1, IDENTIFIER_BYTES_MAX)], value.block);
}

function readList(value: Value, operator: Operator, condition: Condition): void {
  condition.operator = operator;
  const items = value.items(1, CONDITION_VALUES_MAX);
  const texts: Text[] = [];
  for (let i = 0; i < items.length; i++) texts.push(items[i].text(1, IDENTIFIER_BYTES_MAX));
  setValues(condition, texts, value.block);
}

function setValues(condition: Condition, texts: Text[], block: Block): void {
  condition.values = block.allocate(4 * <u32>texts.length);
  for (let i = 0; i < texts.length; i++) store<u32>(condition.values + 4 * i, <u32>texts[i]);
  condition.valueCount = <u32>texts.length;
}

function isScope(claim: Value): bool {
  if (claim.isString) return SCOPES.includes(claim.string());
  return claim.json.items.length == 1 && SCOPES.includes(claim.json.items[0].characters());
}

/** All members that are asked for, or the first where one will do; 0 where it asks for none. */
function scopeOf(condition: Condition, block: Block): Text {
  const isAll = condition.operator == Operator.ALL_MEMBERS;
  if (!isAll && condition.operator != Operator.ANY_MEMBER) return 0;
  const count = isAll ? condition.valueCount : min<u32>(condition.valueCount, 1);
  const scopes: string[] = [];
  for (let i: u32 = 0; i < count; i++) {
    const value = load<u32>(condition.values + 4 * i);
    const scope = String.UTF8.decodeUnsafe(textPtr(value), textLen(value));
    if (!isScopeToken(scope)) return 0;
    scopes.push(scope);
  }
  const joined = String.UTF8.encode(scopes.join(" "));
  return scopes.length == 0 ? 0 : block.text(changetype<usize>(joined), <u32>joined.byteLength);
}

/** RFC 6749 §3.3: what can stand in a challenge as it is. */
function isScopeToken(scope: string): bool {
  for (let i = 0; i < scope.length; i++) {
    const c = scope.charCodeAt(i);
    if (c <= 0x20 || c >= 0x7f || c == 0x22 || c == 0x5c) return false;
  }
  return scope.length > 0;
}
