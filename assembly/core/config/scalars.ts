// Scalars of the configuration that have a form of their own: names, durations, rates.

import { Char, isDigit, isLowerLetter, isToken, lower } from "../bytes/ascii";
import { NONE } from "../bytes/none";
import { Text, textLen, textPtr } from "../bytes/text";
import {
  addNameFlags,
  findName,
  hashName,
  internName,
  NAME_OWNED,
  nameCount,
  nameText,
} from "../headers/names";
import { RESERVED_NAMES } from "../headers/protected_names";
import {
  FILTER_STATE_KEY_BYTES_MAX,
  HEADER_NAME_BYTES_MAX,
  NAMES_MAX,
  RATE_LIMIT_TOKENS_MAX,
  TOKEN_LOCATION_BYTES_MAX,
} from "../limits";
import { Value } from "./value";

const HEADER_NAME =
  "a header name in letters, digits and - (no _, it also stands for the one with -)";
const HEADER_AFFIX =
  "a header name in letters, digits and -, or one with a * at its beginning or its end";
const PARAMETER = "a name in letters, digits and - . _ ~";

/** A header name, kept in lower case. */
export function headerName(value: Value): Text {
  return lowerName(value, value.string());
}

/** Number of the header that a member with this value is named after; 0 after an error. */
export function memberNameId(names: usize, value: Value, characters: string): u32 {
  const name = characters.toLowerCase();
  const reason = nameFault(name);
  if (reason.length > 0) value.refuseFound("a member of this name", reason);
  return value.error.failed ? 0 : internOrRefuse(names, value, keptName(value, name));
}

/** The characters of a header name (of `value`), kept in lower case. */
function lowerName(value: Value, characters: string): Text {
  const name = characters.toLowerCase();
  const reason = nameFault(name);
  if (reason.length > 0) value.refuse(reason);
  return keptName(value, name);
}

/** What is allowed in the place of a name in lower case; empty when the name is. */
function nameFault(name: string): string {
  const encoded = String.UTF8.encode(name);
  const len = <u32>encoded.byteLength;
  const ptr = changetype<usize>(encoded);
  if (len > HEADER_NAME_BYTES_MAX || !isToken(ptr, len) || name.includes("_")) return HEADER_NAME;
  const isReserved = findName(RESERVED_NAMES, ptr, len, hashName(ptr, len)) != NONE;
  return isReserved ? "a header that the protocol does not need itself" : "";
}

function keptName(value: Value, name: string): Text {
  const encoded = String.UTF8.encode(name);
  const len = min(<u32>encoded.byteLength, HEADER_NAME_BYTES_MAX);
  return value.block.text(changetype<usize>(encoded), len);
}

/**
 * A header name or, with a * at its end, the beginning of one. The * is not part of the Text; see
 * `endsInStar`.
 */
export function headerPattern(value: Value): Text {
  const characters = value.string();
  if (!endsInStar(value)) return lowerName(value, characters);
  const prefix = characters.substring(0, characters.length - 1).toLowerCase();
  for (let id: u32 = 0; id < nameCount(RESERVED_NAMES) && prefix.length > 0; id++) {
    const kept = nameText(RESERVED_NAMES, id);
    const reserved = String.UTF8.decodeUnsafe(textPtr(kept), textLen(kept));
    if (!reserved.startsWith(prefix)) continue;
    value.refuseFound("a * that covers " + reserved, "headers that the protocol does not need");
  }
  return lowerName(value, prefix);
}

/**
 * The beginning or the end of a header name (of `value`), kept in lower case: what is left of one
 * with a * when that is taken away.
 */
export function nameAffix(value: Value, characters: string): Text {
  const affix = characters.toLowerCase();
  const encoded = String.UTF8.encode(affix);
  const len = <u32>encoded.byteLength;
  const isAffix = len <= HEADER_NAME_BYTES_MAX && isToken(changetype<usize>(encoded), len);
  if (!isAffix || affix.includes("_") || affix.includes("*")) value.refuse(HEADER_AFFIX);
  return keptName(value, affix);
}

export function endsInStar(value: Value): bool {
  return value.isString && value.string().endsWith("*");
}

/** Number of a header name in the table of names; 0 after an error. */
export function nameId(names: usize, value: Value): u32 {
  const name = headerName(value);
  return value.error.failed ? 0 : internOrRefuse(names, value, name);
}

/** The same of a name that is a part of a text of the configuration. */
export function namedHeaderId(names: usize, value: Value, characters: string): u32 {
  const name = lowerName(value, characters);
  return value.error.failed ? 0 : internOrRefuse(names, value, name);
}

/** Number of a name that the filter itself needs; 0 after an error. */
export function fixedNameId(names: usize, value: Value, name: Text): u32 {
  return internOrRefuse(names, value, name);
}

/**
 * Number of a header that this configuration writes with what it vouches for: clients may not send
 * it.
 */
export function ownedNameId(names: usize, value: Value): u32 {
  const id = nameId(names, value);
  if (!value.error.failed) addNameFlags(names, id, NAME_OWNED);
  return id;
}

function internOrRefuse(names: usize, value: Value, name: Text): u32 {
  const id = internName(names, name);
  if (id != NONE) return id;
  value.refuseFound("one header name too many", NAMES_MAX.toString() + " names in all");
  return 0;
}

/** The name of a cookie. */
export function cookieName(value: Value): Text {
  return tokenText(value, value.string());
}

/** A token (of `value`), as schemes and names of cookies are (RFC 9110 §11.1, RFC 6265 §4.1.1). */
export function tokenText(value: Value, characters: string): Text {
  const encoded = String.UTF8.encode(characters);
  const len = <u32>encoded.byteLength;
  if (len > TOKEN_LOCATION_BYTES_MAX || !isToken(changetype<usize>(encoded), len)) {
    value.refuse("a name of 1 to " + TOKEN_LOCATION_BYTES_MAX.toString() + " token characters");
  }
  return value.block.text(changetype<usize>(encoded), min(len, TOKEN_LOCATION_BYTES_MAX));
}

/**
 * The name of a parameter of the query, in unreserved characters (RFC 3986 §2.3): no reader takes
 * any of them for something else.
 */
export function parameterName(value: Value): Text {
  value.text(1, TOKEN_LOCATION_BYTES_MAX);
  return parameterNamed(value, value.error.failed ? "" : value.string());
}

/** The same of a name that is a part of a text of the configuration. */
export function parameterNamed(value: Value, characters: string): Text {
  const encoded = String.UTF8.encode(characters);
  const len = <u32>encoded.byteLength;
  if (len == 0 || len > TOKEN_LOCATION_BYTES_MAX) value.refuse(PARAMETER);
  const name = value.block.text(changetype<usize>(encoded), min(len, TOKEN_LOCATION_BYTES_MAX));
  for (let i = 0; i < characters.length; i++) {
    const c = <u32>characters.charCodeAt(i);
    const isMark = c == Char.MINUS || c == Char.DOT || c == Char.UNDERSCORE || c == Char.TILDE;
    if (!isMark && !isDigit(c) && !isLowerLetter(lower(c))) value.refuse(PARAMETER);
  }
  return name;
}

/** The key of a value of filter state. */
export function filterStateKey(value: Value): Text {
  const key = value.text(1, FILTER_STATE_KEY_BYTES_MAX);
  if (!value.error.failed && !isKey(key)) value.refuse("a key in letters, digits and _ . -");
  return key;
}

/** Characters that need no care in a format string of an access log. */
function isKey(key: Text): bool {
  const end = textPtr(key) + textLen(key);
  for (let at = textPtr(key); at < end; at++) {
    const c = <u32>load<u8>(at);
    if (isDigit(c) || isLowerLetter(lower(c))) continue;
    if (c != Char.UNDERSCORE && c != Char.DOT && c != Char.MINUS) return false;
  }
  return true;
}

class Count {
  constructor(
    public value: i64,
    public unit: string,
  ) {}
}

/**
 * Digits and what follows them; -1 when it does not begin with 1 to 15 digits, or has a 0 in front
 * of others.
 */
function countAndUnit(characters: string): Count {
  let digits = 0;
  let value: i64 = 0;
  while (digits < characters.length && digits < 16) {
    const digit = characters.charCodeAt(digits) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + <i64>digit;
    digits++;
  }
  if (digits == 0 || digits > 15) value = -1;
  if (digits > 1 && characters.charCodeAt(0) == 48) value = -1;
  return new Count(value, characters.substring(digits));
}

/** A duration such as 250ms, 30s, 5m or 1h, in milliseconds from `least` to `most`. */
export function durationMilliseconds(value: Value, least: u64, most: u64): u64 {
  const allowed = "a duration such as 250ms, 30s, 5m, 1h of " + bounds(least, most);
  const count = countAndUnit(value.isString ? value.string() : "");
  let unit: u64 = 0;
  if (count.unit == "ms") unit = 1;
  else if (count.unit == "s") unit = 1000;
  else if (count.unit == "m") unit = 60000;
  else if (count.unit == "h") unit = 3600000;
  // At most 15 digits times 3.6e6: below 2^63 only when checked first.
  const milliseconds = count.value < 0 || count.value > 1000000000000 ? 0 : <u64>count.value * unit;
  if (unit == 0 || count.value < 0 || count.value > 1000000000000) value.refuse(allowed);
  else if (milliseconds < least || milliseconds > most) value.refuse(allowed);
  return milliseconds;
}

function bounds(least: u64, most: u64): string {
  return least.toString() + "ms to " + most.toString() + "ms";
}

/** Microseconds of the unit of the last `rate`. */
export let ratePeriodMicroseconds: u64 = 0;

/**
 * A rate such as 50/s, 10/m, 1000/h or 1/d: its count; its unit goes to `ratePeriodMicroseconds`.
 */
export function rate(value: Value): u32 {
  const count = countAndUnit(value.isString ? value.string() : "");
  let period: u64 = 0;
  if (count.unit == "/s") period = 1000000;
  else if (count.unit == "/m") period = 60000000;
  else if (count.unit == "/h") period = 3600000000;
  else if (count.unit == "/d") period = 86400000000;
  ratePeriodMicroseconds = period == 0 ? 1000000 : period;
  if (period != 0 && count.value >= 0 && count.value <= <i64>RATE_LIMIT_TOKENS_MAX) {
    return <u32>count.value;
  }
  const most = RATE_LIMIT_TOKENS_MAX.toString();
  value.refuse("a rate such as 50/s, 10/m, 1000/h, 1/d of 0 to " + most);
  return 0;
}

/** A text as characters, for messages and lists of choices. */
export function charactersOf(name: Text): string {
  return String.UTF8.decodeUnsafe(textPtr(name), textLen(name));
}
