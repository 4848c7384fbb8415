// Base64 and base64url (RFC 4648 §4, §5), strict and canonical: padded as a whole or not at all,
// unused bits zero.

import { Char } from "./ascii";
import { decode as decodeUrl } from "./base64url";

const LETTERS: u32 = 26;
const DIGITS_END: u32 = 62;

/** Bytes that `encode` writes for `len` bytes, padded or not. */
export function encodedLen(len: u32, pads: bool): u32 {
  return pads ? ((len + 2) / 3) << 2 : (len << 2) / 3 + u32(len % 3 != 0);
}

/** Writes the `encodedLen` characters of `len` bytes (below 2^30); base64url has no padding. */
export function encode(target: usize, ptr: usize, len: u32, isUrl: bool): void {
  const end = ptr + len;
  let to = target;
  let at = ptr;
  for (; at + 3 <= end; at += 3, to += 4) {
    const word = ((<u32>load<u8>(at)) << 16) | ((<u32>load<u8>(at, 1)) << 8) | load<u8>(at, 2);
    writeSextets(to, word, 4, isUrl);
  }
  const left = <u32>(end - at);
  if (left == 0) return;
  const word = ((<u32>load<u8>(at)) << 16) | (left == 2 ? (<u32>load<u8>(at, 1)) << 8 : 0);
  writeSextets(to, word, left + 1, isUrl);
  if (isUrl) return;
  if (left == 1) store<u8>(to, Char.EQUALS, 2);
  store<u8>(to, Char.EQUALS, 3);
}

/** Writes the first sextets of 24 bits. */
function writeSextets(target: usize, word: u32, count: u32, isUrl: bool): void {
  for (let i: u32 = 0; i < count; i++) {
    store<u8>(target + i, <u8>character((word >> (18 - 6 * i)) & 0x3f, isUrl));
  }
}

function character(sextet: u32, isUrl: bool): u32 {
  if (sextet < LETTERS) return Char.UPPER_A + sextet;
  if (sextet < 2 * LETTERS) return Char.LOWER_A + (sextet - LETTERS);
  if (sextet < DIGITS_END) return Char.ZERO + (sextet - 2 * LETTERS);
  if (sextet == DIGITS_END) return isUrl ? Char.MINUS : Char.PLUS;
  return isUrl ? Char.UNDERSCORE : Char.SLASH;
}

/**
 * Decodes `len` characters (below 2^31) to `target`, which has room for `len` bytes. Returns how
 * many bytes there are, -1 when the input is none of it.
 */
export function decode(target: usize, ptr: usize, len: u32, isUrl: bool): i32 {
  let dataLen = len;
  while (dataLen > 0 && len - dataLen < 2 && load<u8>(ptr + dataLen - 1) == Char.EQUALS) dataLen--;
  if (dataLen != len && (len & 3) != 0) return -1;
  memory.copy(target, ptr, dataLen);
  if (isUrl) return decodeUrl(target, target, dataLen);
  for (let at = target, end = target + dataLen; at < end; at++) {
    const c = load<u8>(at);
    if (c == Char.PLUS) store<u8>(at, Char.MINUS);
    else if (c == Char.SLASH) store<u8>(at, Char.UNDERSCORE);
    else if (c == Char.MINUS || c == Char.UNDERSCORE) return -1;
  }
  return decodeUrl(target, target, dataLen);
}
