// Unsigned decimal integers as text.

import { Char } from "./ascii";

/** Largest integer that every JSON implementation keeps exactly (RFC 8259 §6). */
export const SAFE_INTEGER_MAX: u64 = (1 << 53) - 1;

/** Bytes that writeUnsigned needs at most: the digits of 2^64 - 1. */
export const UNSIGNED_DIGITS_MAX: u32 = 20;

/** Value of 1*DIGIT; -1 when it is anything else or above 2^53 - 1. */
export function parseUnsigned(ptr: usize, len: u32): i64 {
  if (len == 0) return -1;
  const end = ptr + len;
  let value: u64 = 0;
  for (let at = ptr; at < end; at++) {
    const digit = <u32>load<u8>(at) - Char.ZERO;
    if (digit >= 10) return -1;
    value = value * 10 + digit;
    if (value > SAFE_INTEGER_MAX) return -1;
  }
  return value;
}

/** Whether bytes are 1 to 20 digits of at most 2^64 - 1; the value goes to `parsedUnsigned64`. */
export function parseUnsigned64(ptr: usize, len: u32): bool {
  parsedUnsigned64 = 0;
  if (len == 0 || len > UNSIGNED_DIGITS_MAX) return false;
  let value: u64 = 0;
  for (let i: u32 = 0; i < len; i++) {
    const digit = <u32>load<u8>(ptr + i) - Char.ZERO;
    if (digit >= 10) return false;
    const next = value * 10 + digit;
    // Only the twentieth digit can overflow.
    if (i == UNSIGNED_DIGITS_MAX - 1 && (value > u64.MAX_VALUE / 10 || next < value)) return false;
    value = next;
  }
  parsedUnsigned64 = value;
  return true;
}

/** Value of the last `parseUnsigned64`. */
export let parsedUnsigned64: u64 = 0;

/** Writes a number without leading zeros; returns how many bytes (at most 20). */
export function writeUnsigned(target: usize, value: u64): u32 {
  let digits: u32 = 1;
  for (let rest = value / 10; rest != 0; rest /= 10) digits++;
  let rest = value;
  for (let i = digits; i > 0; i--) {
    store<u8>(target + i - 1, Char.ZERO + <u32>(rest % 10));
    rest /= 10;
  }
  return digits;
}
