// Questions about ASCII bytes, asked sixteen at a time where that pays.
// Classes of characters are those of HTTP (RFC 9110 §5.5, §5.6.2, §5.6.3).

import { Text, textLen, textPtr } from "./text";

export const enum Char {
  NUL = 0x00,
  HTAB = 0x09,
  LF = 0x0a,
  CR = 0x0d,
  SPACE = 0x20,
  QUOTE = 0x22,
  HASH = 0x23,
  PERCENT = 0x25,
  AMPERSAND = 0x26,
  ASTERISK = 0x2a,
  PLUS = 0x2b,
  COMMA = 0x2c,
  MINUS = 0x2d,
  DOT = 0x2e,
  SLASH = 0x2f,
  ZERO = 0x30,
  ONE = 0x31,
  NINE = 0x39,
  COLON = 0x3a,
  SEMICOLON = 0x3b,
  EQUALS = 0x3d,
  QUESTION = 0x3f,
  AT = 0x40,
  UPPER_A = 0x41,
  UPPER_E = 0x45,
  UPPER_F = 0x46,
  UPPER_H = 0x48,
  UPPER_M = 0x4d,
  UPPER_S = 0x53,
  UPPER_Z = 0x5a,
  BRACKET_OPEN = 0x5b,
  BACKSLASH = 0x5c,
  BRACKET_CLOSE = 0x5d,
  UNDERSCORE = 0x5f,
  LOWER_A = 0x61,
  LOWER_B = 0x62,
  LOWER_D = 0x64,
  LOWER_E = 0x65,
  LOWER_F = 0x66,
  LOWER_M = 0x6d,
  LOWER_N = 0x6e,
  LOWER_O = 0x6f,
  LOWER_R = 0x72,
  LOWER_T = 0x74,
  LOWER_U = 0x75,
  LOWER_Z = 0x7a,
  BRACE_OPEN = 0x7b,
  BRACE_CLOSE = 0x7d,
  TILDE = 0x7e,
  DELETE = 0x7f,
}

/** The bit that tells a lower-case letter from its upper-case one. */
const CASE_BIT: u32 = 0x20;
const LETTERS: u32 = 26;

/** token characters 0..63: ! # $ % & ' * + - . 0-9 (RFC 9110 §5.6.2). Bit n is character n. */
const TCHAR_LOW: u64 = 0x03ff_6cfa_0000_0000;
/** token characters 64..127: A-Z ^ _ ` a-z | ~. Bit n is character 64 + n. */
const TCHAR_HIGH: u64 = 0x57ff_ffff_c7ff_fffe;

// @ts-ignore: decorator
@inline
export function isDigit(c: u32): bool {
  return c - Char.ZERO < 10;
}

// @ts-ignore: decorator
@inline
export function isLowerLetter(c: u32): bool {
  return c - Char.LOWER_A < LETTERS;
}

// @ts-ignore: decorator
@inline
export function isUpperLetter(c: u32): bool {
  return c - Char.UPPER_A < LETTERS;
}

/** A character of a token: of a header name, for one (RFC 9110 §5.6.2). */
export function isTchar(c: u32): bool {
  if (c >= 128) return false;
  return ((c < 64 ? TCHAR_LOW >> c : TCHAR_HIGH >> (c - 64)) & 1) != 0;
}

/** One or more token characters. */
export function isToken(ptr: usize, len: u32): bool {
  const end = ptr + len;
  for (let at = ptr; at < end; at++) {
    if (!isTchar(load<u8>(at))) return false;
  }
  return len > 0;
}

// @ts-ignore: decorator
@inline
export function lower(c: u32): u32 {
  return isUpperLetter(c) ? c | CASE_BIT : c;
}

/** Whether two byte strings of one length are equal. Not for secrets: see equal.ts. */
export function equals(a: usize, b: usize, len: u32): bool {
  if (len >= 16) {
    const last = len - 16;
    for (let offset: u32 = 0; offset < last; offset += 16) {
      if (differ(v128.load(a + offset), v128.load(b + offset))) return false;
    }
    return !differ(v128.load(a + last), v128.load(b + last));
  }
  if (len >= 8) {
    const last = len - 8;
    return load<u64>(a) == load<u64>(b) && load<u64>(a + last) == load<u64>(b + last);
  }
  if (len >= 4) {
    const last = len - 4;
    return load<u32>(a) == load<u32>(b) && load<u32>(a + last) == load<u32>(b + last);
  }
  for (let offset: u32 = 0; offset < len; offset++) {
    if (load<u8>(a + offset) != load<u8>(b + offset)) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function differ(a: v128, b: v128): bool {
  return v128.any_true(v128.xor(a, b));
}

/** All of 4 to 15 bytes, some of them twice. */
// @ts-ignore: decorator
@inline
export function loadShort(ptr: usize, len: u32): v128 {
  const isLong = len >= 8;
  const first = isLong ? load<u64>(ptr) : <u64>load<u32>(ptr);
  const last = isLong ? load<u64>(ptr + len - 8) : <u64>load<u32>(ptr + len - 4);
  const both = isLong ? first : first | (last << 32);
  return i64x2.replace_lane(i64x2.splat(both), 1, isLong ? last : both);
}

/**
 * Whether bytes equal a lower-case string of the same length, upper and lower case letters being
 * alike.
 */
export function equalsLower(ptr: usize, lowerPtr: usize, len: u32): bool {
  if (len >= 16) {
    const last = len - 16;
    for (let offset: u32 = 0; offset < last; offset += 16) {
      if (differ(folded(v128.load(ptr + offset)), v128.load(lowerPtr + offset))) return false;
    }
    return !differ(folded(v128.load(ptr + last)), v128.load(lowerPtr + last));
  }
  if (len >= 4) return !differ(folded(loadShort(ptr, len)), loadShort(lowerPtr, len));
  for (let offset: u32 = 0; offset < len; offset++) {
    if (lower(load<u8>(ptr + offset)) != load<u8>(lowerPtr + offset)) return false;
  }
  return true;
}

/** Upper-case letters as lower-case ones. */
// @ts-ignore: decorator
@inline
function folded(bytes: v128): v128 {
  const above = i8x16.sub(bytes, i8x16.splat(<i8>Char.UPPER_A));
  const upper = i8x16.lt_u(above, i8x16.splat(<i8>LETTERS));
  return v128.or(bytes, v128.and(upper, i8x16.splat(<i8>CASE_BIT)));
}

/** Whether bytes are exactly a text. */
export function equalsText(ptr: usize, len: u32, other: Text): bool {
  return len == textLen(other) && equals(ptr, textPtr(other), len);
}

/** Whether bytes are a lower-case text, upper and lower case letters being alike. */
export function equalsLowerText(ptr: usize, len: u32, lowerText: Text): bool {
  return len == textLen(lowerText) && equalsLower(ptr, textPtr(lowerText), len);
}

/** Whether bytes begin with others. */
export function startsWith(ptr: usize, len: u32, prefixPtr: usize, prefixLen: u32): bool {
  return len >= prefixLen && equals(ptr, prefixPtr, prefixLen);
}

/** Whether bytes begin with a text. */
export function startsWithText(ptr: usize, len: u32, prefix: Text): bool {
  return startsWith(ptr, len, textPtr(prefix), textLen(prefix));
}

/** Whether bytes begin with a lower-case text, upper and lower case letters being alike. */
export function startsWithLowerText(ptr: usize, len: u32, lowerPrefix: Text): bool {
  const prefixLen = textLen(lowerPrefix);
  return len >= prefixLen && equalsLower(ptr, textPtr(lowerPrefix), prefixLen);
}

/** Address of the first such byte in [ptr, end), else `end`. */
export function findByte(ptr: usize, end: usize, byte: Char): usize {
  let at = ptr;
  if (at + 16 <= end) {
    const sought = i8x16.splat(<i8>byte);
    const last = end - 16;
    for (; at < last; at += 16) {
      const found = i8x16.bitmask(i8x16.eq(v128.load(at), sought));
      if (found != 0) return at + ctz(found);
    }
    const found = i8x16.bitmask(i8x16.eq(v128.load(last), sought));
    return found != 0 ? last + ctz(found) : end;
  }
  while (at < end && load<u8>(at) != byte) at++;
  return at;
}

/** Whether no byte is a control character other than HTAB; obs-text passes (RFC 9110 §5.5). */
export function isFieldValue(ptr: usize, len: u32): bool {
  let offset: u32 = 0;
  if (len >= 16) {
    for (const last = len - 16; offset < last; offset += 16) {
      if (hasControl(v128.load(ptr + offset))) return false;
    }
    return !hasControl(v128.load(ptr + len - 16));
  }
  if (len >= 4) return !hasControl(loadShort(ptr, len));
  for (; offset < len; offset++) {
    const c = <u32>load<u8>(ptr + offset);
    if ((c < <u32>Char.SPACE && c != Char.HTAB) || c == Char.DELETE) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function hasControl(bytes: v128): bool {
  const control = v128.andnot(
    i8x16.lt_u(bytes, i8x16.splat(<i8>Char.SPACE)),
    i8x16.eq(bytes, i8x16.splat(<i8>Char.HTAB)),
  );
  return v128.any_true(v128.or(control, i8x16.eq(bytes, i8x16.splat(<i8>Char.DELETE))));
}

/** Whether all bytes are SP or VCHAR: printable ASCII, neither control characters nor obs-text. */
export function isVisibleAscii(ptr: usize, len: u32): bool {
  let offset: u32 = 0;
  if (len >= 16) {
    for (const last = len - 16; offset < last; offset += 16) {
      if (!areVisible(v128.load(ptr + offset))) return false;
    }
    return areVisible(v128.load(ptr + len - 16));
  }
  if (len >= 4) return areVisible(loadShort(ptr, len));
  for (; offset < len; offset++) {
    if (<u32>load<u8>(ptr + offset) - Char.SPACE >= VISIBLE) return false;
  }
  return true;
}

/** Characters from SP on that are neither control characters nor obs-text. */
const VISIBLE: u32 = Char.DELETE - Char.SPACE;

// @ts-ignore: decorator
@inline
function areVisible(bytes: v128): bool {
  const above = i8x16.sub(bytes, i8x16.splat(<i8>Char.SPACE));
  return i8x16.all_true(i8x16.lt_u(above, i8x16.splat(<i8>VISIBLE)));
}

// @ts-ignore: decorator
@inline
function isOws(c: u32): bool {
  return c == Char.SPACE || c == Char.HTAB;
}

/**
 * Address of the first byte in [ptr, end) that is not optional whitespace, else `end` (RFC 9110
 * §5.6.3).
 */
export function skipOws(ptr: usize, end: usize): usize {
  let at = ptr;
  while (at < end && isOws(load<u8>(at))) at++;
  return at;
}

/** Address behind the last byte in [ptr, end) that is not optional whitespace, else `ptr`. */
export function trimOwsEnd(ptr: usize, end: usize): usize {
  let at = end;
  while (at > ptr && isOws(load<u8>(at - 1))) at--;
  return at;
}
