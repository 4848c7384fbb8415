// A claim as the value of a header field: what every reader of the field takes the same value from,
// else nothing.
//
//   STRING, NUMBER, BOOLEAN  as they are
//   ARRAY                    JOIN: its strings, numbers and booleans with commas in between
//                            JSON: as it is, without white space
//   OBJECT                   JSON alone

import { Char, isVisibleAscii } from "../bytes/ascii";
import { claimCount, ClaimKind, FIELD_VALUE, setClaim } from "../headers/identity";
import { Scanner } from "../json/scanner";
import { Token } from "../json/token";
import { HEADER_VALUE_BYTES_MAX } from "../limits";
import { Claims, keptClaim } from "./claims";

/** `array` in the configuration. */
export const enum ArrayForm {
  JOIN,
  JSON,
}

/** Makes the values of the table that were kept of a token the claims of the request. */
export function setKeptClaims(table: usize, claims: Claims): void {
  const count = claimCount(table);
  for (let id: u32 = 0; id < count; id++) {
    const value = keptClaim(claims, id);
    setClaim(id, value.ptr, value.len, markedKind(value.kind, value.ptr, value.len));
  }
}

/** The kind of a claim, with FIELD_VALUE when its value is one for a field as it is. */
export function markedKind(kind: ClaimKind, ptr: usize, len: u32): u32 {
  return isScalar(kind) && isSafeValue(ptr, len) ? kind | FIELD_VALUE : kind;
}

// @ts-ignore: decorator
@inline
function isScalar(kind: ClaimKind): bool {
  return kind != ClaimKind.ABSENT && kind < ClaimKind.ARRAY;
}

/**
 * Writes the value that an ARRAY or OBJECT has for a field to `target`, which has room for `len`
 * bytes; returns its length, 0 when it has none.
 */
export function writeClaimValue(
  kind: ClaimKind,
  form: ArrayForm,
  ptr: usize,
  len: u32,
  scanner: Scanner,
  target: usize,
): u32 {
  let written: u32 = 0;
  if (form == ArrayForm.JSON) written = compact(ptr, len, target);
  else if (kind == ClaimKind.ARRAY) written = join(ptr, len, scanner, target);
  return isSafeValue(target, written) ? written : 0;
}

/**
 * Whether every reader of a field takes the same value from it: printable ASCII, not to be trimmed
 * at its ends.
 */
function isSafeValue(ptr: usize, len: u32): bool {
  if (len == 0 || len > HEADER_VALUE_BYTES_MAX || !isVisibleAscii(ptr, len)) return false;
  return load<u8>(ptr) != Char.SPACE && load<u8>(ptr + len - 1) != Char.SPACE;
}

/** Copies valid JSON without the white space between its tokens; returns its length. */
function compact(ptr: usize, len: u32, target: usize): u32 {
  const end = ptr + len;
  let to = target;
  let inString = false;
  for (let at = ptr; at < end; at++) {
    const c = <u32>load<u8>(at);
    if (!inString && (c == Char.SPACE || c == Char.HTAB || c == Char.LF || c == Char.CR)) continue;
    store<u8>(to++, <u8>c);
    if (c == Char.QUOTE) inString = !inString;
    // The character behind a backslash is part of the escape, a quotation mark as well.
    if (c == Char.BACKSLASH && at + 1 < end) store<u8>(to++, load<u8>(++at));
  }
  return <u32>(to - target);
}

/**
 * Writes the elements of a list with commas in between; returns their length, 0 when one of them is
 * none that readers of such a list would get back: empty, with a comma, or not a scalar.
 */
function join(ptr: usize, len: u32, scanner: Scanner, target: usize): u32 {
  scanner.begin(ptr, len);
  if (scanner.next() != Token.ARRAY_BEGIN) return 0;
  let to = target;
  let token = scanner.next();
  while (token != Token.ARRAY_END) {
    if (to != target) store<u8>(to++, Char.COMMA);
    // Elements with their quotation marks and commas take more room than without.
    const element = writeElement(token, scanner, to, <u32>(target + len - to));
    if (element == 0) return 0;
    to += element;
    token = scanner.next();
  }
  return scanner.next() == Token.END ? <u32>(to - target) : 0;
}

/** Writes one element; returns its length, 0 when it cannot be in a list. */
function writeElement(token: Token, scanner: Scanner, target: usize, capacity: u32): u32 {
  let len = scanner.valueLen;
  switch (token) {
    case Token.STRING: {
      const unescaped = scanner.unescape(target, capacity);
      return unescaped > 0 && isElement(target, <u32>unescaped) ? <u32>unescaped : 0;
    }
    case Token.NUMBER:
      if (len > capacity) return 0;
      memory.copy(target, scanner.valuePtr, len);
      return len;
    case Token.TRUE:
      len = 4;
      if (len > capacity) return 0;
      store<u32>(target, TRUE);
      return len;
    case Token.FALSE:
      len = 5;
      if (len > capacity) return 0;
      store<u8>(target, Char.LOWER_F);
      store<u32>(target, ALSE, 1);
      return len;
    default:
      return 0;
  }
}

const TRUE: u32 = 0x65757274;
const ALSE: u32 = 0x65736c61;

function isElement(ptr: usize, len: u32): bool {
  if (!isSafeValue(ptr, len)) return false;
  const end = ptr + len;
  for (let at = ptr; at < end; at++) if (load<u8>(at) == Char.COMMA) return false;
  return true;
}
