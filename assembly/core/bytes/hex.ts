// Hexadecimal (RFC 4648 §8), written in the lower case of W3C Trace Context §2.2.1.

import { Char, isDigit, lower } from "./ascii";

const SIX_LETTERS: u32 = 6;

/** Whether all bytes are 0-9 or a-f. */
export function isLowerHex(ptr: usize, len: u32): bool {
  const end = ptr + len;
  for (let at = ptr; at < end; at++) {
    const c = <u32>load<u8>(at);
    if (!isDigit(c) && c - Char.LOWER_A >= SIX_LETTERS) return false;
  }
  return true;
}

/** Value of a hexadecimal digit of either case; above 0xf when it is not one. */
// @ts-ignore: decorator
@inline
export function hexValue(c: u32): u32 {
  if (isDigit(c)) return c - Char.ZERO;
  const letter = lower(c) - Char.LOWER_A;
  return letter < SIX_LETTERS ? letter + 10 : u32.MAX_VALUE;
}

/** Writes two digits for each byte of `source`: 2 x byteLen bytes at `target`. */
export function writeHex(target: usize, source: usize, byteLen: u32): void {
  let i: u32 = 0;
  for (; i + 8 <= byteLen; i += 8) v128.store(target + 2 * i, digitsOf(load<u64>(source + i)));
  for (; i < byteLen; i++) {
    const byte = <u32>load<u8>(source + i);
    store<u8>(target + 2 * i, digit(byte >> 4));
    store<u8>(target + 2 * i + 1, digit(byte & 0xf));
  }
}

/** The sixteen digits of eight bytes. */
// @ts-ignore: decorator
@inline
function digitsOf(bytes: u64): v128 {
  const both = i64x2.splat(bytes);
  const low = v128.and(both, i8x16.splat(0xf));
  const high = i8x16.shr_u(both, 4);
  const nibbles = i8x16.shuffle(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const letters = i8x16.gt_u(nibbles, i8x16.splat(9));
  const toLetter = i8x16.splat(<i8>(Char.LOWER_A - 10 - Char.ZERO));
  const digits = i8x16.add(nibbles, i8x16.splat(<i8>Char.ZERO));
  return i8x16.add(digits, v128.and(letters, toLetter));
}

/** Reads 2 x byteLen digits in either case; false when one is none. */
export function readHex(target: usize, source: usize, byteLen: u32): bool {
  for (let i: u32 = 0; i < byteLen; i++) {
    const high = hexValue(load<u8>(source + 2 * i));
    const low = hexValue(load<u8>(source + 2 * i + 1));
    if ((high | low) > 0xf) return false;
    store<u8>(target + i, (high << 4) | low);
  }
  return true;
}

/** Value of 16 hexadecimal digits. */
export function readHexNumber(ptr: usize): u64 {
  let value: u64 = 0;
  for (let i: u32 = 0; i < 16; i++) value = (value << 4) | (<u64>hexValue(load<u8>(ptr + i)));
  return value;
}

/** Writes 16 hexadecimal digits. */
export function writeHexNumber(target: usize, value: u64): void {
  for (let i: u32 = 0; i < 16; i++) {
    store<u8>(target + i, digit((<u32>(value >> (60 - 4 * i))) & 0xf));
  }
}

// @ts-ignore: decorator
@inline
function digit(nibble: u32): u32 {
  return nibble < 10 ? Char.ZERO + nibble : Char.LOWER_A - 10 + nibble;
}
