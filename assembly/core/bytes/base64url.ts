// base64url without padding, canonical only (RFC 4648 §5 and §3.5, RFC 7515 §2): one encoding for
// each byte string, so that a token cannot be written in two ways.

import { Char } from "./ascii";

/** What the table holds for a byte outside of the alphabet. */
const OUTSIDE: u32 = 0x80;
const SEXTETS: usize = memory.data(256);

fillSextets();

function fillSextets(): void {
  memory.fill(SEXTETS, <u8>OUTSIDE, 256);
  for (let i: u32 = 0; i < 26; i++) {
    store<u8>(SEXTETS + Char.UPPER_A + i, i);
    store<u8>(SEXTETS + Char.LOWER_A + i, 26 + i);
  }
  for (let i: u32 = 0; i < 10; i++) store<u8>(SEXTETS + Char.ZERO + i, 52 + i);
  store<u8>(SEXTETS + Char.MINUS, 62);
  store<u8>(SEXTETS + Char.UNDERSCORE, 63);
}

// @ts-ignore: decorator
@inline
function sextet(at: usize): u32 {
  return load<u8>(SEXTETS + load<u8>(at));
}

/** Bytes that `len` characters decode to; right only for lengths that decode at all. */
// @ts-ignore: decorator
@inline
export function decodedLen(len: u32): u32 {
  return (len >> 2) * 3 + (((len & 3) * 3) >> 2);
}

/**
 * Decodes `len` characters (below 2^31). Returns how many bytes were written, -1 when the input
 * holds padding or another alphabet, has an impossible length, or unused bits that are not zero.
 * `target` needs decodedLen(len) bytes and may be `source`.
 */
export function decode(target: usize, source: usize, len: u32): i32 {
  const tail = len & 3;
  if (tail == 1) return -1;
  let from = source;
  let to = target;
  const quadsEnd = source + (len - tail);
  for (; from < quadsEnd; from += 4, to += 3) {
    const a = sextet(from);
    const b = sextet(from + 1);
    const c = sextet(from + 2);
    const d = sextet(from + 3);
    if (((a | b | c | d) & OUTSIDE) != 0) return -1;
    store<u8>(to, (a << 2) | (b >> 4));
    store<u8>(to + 1, (b << 4) | (c >> 2));
    store<u8>(to + 2, (c << 6) | d);
  }
  if (tail != 0) {
    const a = sextet(from);
    const b = sextet(from + 1);
    const c = tail == 3 ? sextet(from + 2) : 0;
    if (((a | b | c) & OUTSIDE) != 0) return -1;
    const unused = tail == 3 ? c & 0x3 : b & 0xf;
    if (unused != 0) return -1;
    store<u8>(to, (a << 2) | (b >> 4));
    if (tail == 3) store<u8>(to + 1, (b << 4) | (c >> 2));
    to += tail - 1;
  }
  return <i32>(to - target);
}
