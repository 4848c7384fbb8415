// Escapes in JSON strings (RFC 8259 §7), and the hash under which member names are compared.

import { Char } from "../bytes/ascii";

/** FNV-1a, 64 bits (RFC 9923 §5). */
const HASH_BASIS: u64 = 0xcbf29ce484222325;
const HASH_PRIME: u64 = 0x100000001b3;

// An escape decodes to one number: the UTF-8 bytes of its character, first byte lowest, their count
// and the bytes that the escape itself takes.
//
//   bits 0..31 UTF-8 bytes | 32..39 their count | 40..47 bytes of the escape
const COUNT_SHIFT: u64 = 32;
const SOURCE_SHIFT: u64 = 40;

const UNICODE_ESCAPE_LEN: u32 = 6;
const NOT_HEX: u32 = 0xffff_ffff;

// @ts-ignore: decorator
@inline
function utf8Bytes(escape: u64): u32 {
  return <u32>escape;
}

// @ts-ignore: decorator
@inline
function utf8Len(escape: u64): u32 {
  return (<u32>(escape >> COUNT_SHIFT)) & 0xff;
}

// @ts-ignore: decorator
@inline
function sourceLen(escape: u64): u32 {
  return <u32>(escape >> SOURCE_SHIFT);
}

/** Hash of a member name that has been read, as it is when unescaped. */
export function hashName(ptr: usize, len: u32): u64 {
  const end = ptr + len;
  let hash = HASH_BASIS;
  for (let at = ptr; at < end;) {
    const unit = unitAt(at, end);
    let bytes = utf8Bytes(unit);
    for (let i = utf8Len(unit); i > 0; i--, bytes >>= 8) {
      hash = (hash ^ (bytes & 0xff)) * HASH_PRIME;
    }
    at += sourceLen(unit);
  }
  return hash;
}

/** Whether a string that has been read is, unescaped, these bytes. */
export function unescapedIs(ptr: usize, len: u32, bytesPtr: usize, bytesLen: u32): bool {
  const end = ptr + len;
  let matched: u32 = 0;
  for (let at = ptr; at < end;) {
    const unit = unitAt(at, end);
    const count = utf8Len(unit);
    if (count > bytesLen - matched) return false;
    let bytes = utf8Bytes(unit);
    for (let i: u32 = 0; i < count; i++, bytes >>= 8) {
      if (load<u8>(bytesPtr + matched + i) != <u8>bytes) return false;
    }
    matched += count;
    at += sourceLen(unit);
  }
  return matched == bytesLen;
}

/**
 * Writes a string that has been read as it is when unescaped; returns its length, -1 when that is
 * above `capacity`.
 */
export function unescapeInto(target: usize, capacity: u32, ptr: usize, len: u32): i32 {
  const end = ptr + len;
  let written: u32 = 0;
  for (let at = ptr; at < end;) {
    const unit = unitAt(at, end);
    const count = utf8Len(unit);
    if (count > capacity - written) return -1;
    let bytes = utf8Bytes(unit);
    for (let i: u32 = 0; i < count; i++, bytes >>= 8) {
      store<u8>(target + written + i, <u8>bytes);
    }
    written += count;
    at += sourceLen(unit);
  }
  return <i32>written;
}

/** The byte or the escape at `at` inside a string that has been read; `at` is before `end`. */
function unitAt(at: usize, end: usize): u64 {
  const c = <u32>load<u8>(at);
  const escape = c == Char.BACKSLASH ? escapeAt(at, end) : 0;
  return escape != 0 ? escape : pack(c, 1, 1);
}

/** Bytes of the escape whose backslash is at `at`; 0 when it is not a complete, valid one. */
export function escapedLen(at: usize, end: usize): u32 {
  return sourceLen(escapeAt(at, end));
}

/** The escape whose backslash is at `at`; 0 when it is not a complete, valid one. */
function escapeAt(at: usize, end: usize): u64 {
  if (end - at < 2) return 0;
  const c = <u32>load<u8>(at + 1);
  switch (c) {
    case Char.QUOTE:
    case Char.BACKSLASH:
    case Char.SLASH:
      return pack(c, 1, 2);
    case Char.LOWER_B:
      return pack(0x08, 1, 2);
    case Char.LOWER_F:
      return pack(0x0c, 1, 2);
    case Char.LOWER_N:
      return pack(Char.LF, 1, 2);
    case Char.LOWER_R:
      return pack(Char.CR, 1, 2);
    case Char.LOWER_T:
      return pack(Char.HTAB, 1, 2);
    case Char.LOWER_U:
      return unicodeEscapeAt(at, end);
    default:
      return 0;
  }
}

/**
 * \uXXXX, or two of them that are the halves of one character; a lone half is no character (RFC
 * 8259 §8.2).
 */
function unicodeEscapeAt(at: usize, end: usize): u64 {
  const unit = hexUnit(at, end);
  if (unit == NOT_HEX) return 0;
  if (unit < 0xd800 || unit > 0xdfff) return encode(unit, UNICODE_ESCAPE_LEN);
  if (unit > 0xdbff) return 0;
  const low = hexUnit(at + UNICODE_ESCAPE_LEN, end);
  if (low == NOT_HEX || low < 0xdc00 || low > 0xdfff) return 0;
  return encode(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), 2 * UNICODE_ESCAPE_LEN);
}

function hexUnit(at: usize, end: usize): u32 {
  if (at + UNICODE_ESCAPE_LEN > end) return NOT_HEX;
  if (load<u8>(at) != Char.BACKSLASH || load<u8>(at + 1) != Char.LOWER_U) return NOT_HEX;
  let unit: u32 = 0;
  for (let digit = at + 2; digit < at + UNICODE_ESCAPE_LEN; digit++) {
    const value = hexValue(load<u8>(digit));
    if (value == NOT_HEX) return NOT_HEX;
    unit = (unit << 4) | value;
  }
  return unit;
}

function hexValue(c: u32): u32 {
  if (c - Char.ZERO < 10) return c - Char.ZERO;
  const letter = (c | 0x20) - Char.LOWER_A;
  return letter < 6 ? letter + 10 : NOT_HEX;
}

/** UTF-8 of a character (RFC 3629 §3). */
function encode(character: u32, escapeLen: u32): u64 {
  if (character < 0x80) return pack(character, 1, escapeLen);
  const last = 0x80 | (character & 0x3f);
  if (character < 0x800) return pack(0xc0 | (character >> 6) | (last << 8), 2, escapeLen);
  const third = 0x80 | ((character >> 6) & 0x3f);
  if (character < 0x10000) {
    return pack(0xe0 | (character >> 12) | (third << 8) | (last << 16), 3, escapeLen);
  }
  const second = 0x80 | ((character >> 12) & 0x3f);
  const first = 0xf0 | (character >> 18);
  return pack(first | (second << 8) | (third << 16) | (last << 24), 4, escapeLen);
}

// @ts-ignore: decorator
@inline
function pack(bytes: u32, count: u32, escapeLen: u32): u64 {
  return (<u64>bytes) | ((<u64>count) << COUNT_SHIFT) | ((<u64>escapeLen) << SOURCE_SHIFT);
}
