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

/**
 * Characters that must be left for a block: it writes four bytes more than it decodes, which what
 * follows overwrites.
 */
const BLOCK_ROOM: u32 = 24;

/**
 * Decodes sixteen characters to twelve bytes and writes sixteen; false when one is not of the
 * alphabet. Ranges of the alphabet, then sextets side by side: W. Muła and D. Lemire, "Faster
 * Base64 Encoding and Decoding using AVX2 Instructions" (2018), §3.
 */
// @ts-ignore: decorator
@inline
function decodeBlock(target: usize, source: usize): bool {
  const characters = v128.load(source);
  const upper = inRange(characters, Char.UPPER_A, 26);
  const lower = inRange(characters, Char.LOWER_A, 26);
  const digit = inRange(characters, Char.ZERO, 10);
  const minus = i8x16.eq(characters, i8x16.splat(<i8>Char.MINUS));
  const underscore = i8x16.eq(characters, i8x16.splat(<i8>Char.UNDERSCORE));
  const letters = v128.or(upper, lower);
  const inAlphabet = v128.or(v128.or(letters, digit), v128.or(minus, underscore));
  if (!i8x16.all_true(inAlphabet)) return false;
  const ofLetters = v128.or(shiftOf(upper, 0 - Char.UPPER_A), shiftOf(lower, 26 - Char.LOWER_A));
  const ofMarks = v128.or(
    shiftOf(minus, 62 - Char.MINUS),
    shiftOf(underscore, 63 - Char.UNDERSCORE),
  );
  const shifts = v128.or(v128.or(ofLetters, ofMarks), shiftOf(digit, 52 - Char.ZERO));
  const sextets = i8x16.add(characters, shifts);
  // Lanes of 16 bits: sextets a, b (a in the low byte) to a << 6 | b; of 32: two of these to one.
  const low = i16x8.splat(0x3f);
  const pairs = v128.or(
    i16x8.shl(v128.and(sextets, low), 6),
    v128.and(i16x8.shr_u(sextets, 8), low),
  );
  const quads = v128.or(i32x4.shl(v128.and(pairs, i32x4.splat(0xfff)), 12), i32x4.shr_u(pairs, 16));
  // The three low bytes of each lane, the highest first.
  const order = i8x16(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 16, 16, 16, 16);
  v128.store(target, i8x16.swizzle(quads, order));
  return true;
}

/** All ones in each lane whose byte is one of `count` from `first`. */
// @ts-ignore: decorator
@inline
function inRange(bytes: v128, first: Char, count: i8): v128 {
  return i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(<i8>first)), i8x16.splat(count));
}

// @ts-ignore: decorator
@inline
function shiftOf(lanes: v128, shift: i32): v128 {
  return v128.and(lanes, i8x16.splat(<i8>shift));
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
  for (; from + BLOCK_ROOM <= quadsEnd; from += 16, to += 12) {
    if (!decodeBlock(to, from)) return -1;
  }
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
