// Consistent probability sampling: a trace is sampled where its 56 bits of randomness reach a
// threshold, which every hop compares alike
// (https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/).
//
//   randomness  0 ────────────── threshold ─────────── 2^56 - 1
//                 not sampled        │       sampled

import { Char, isDigit } from "../bytes/ascii";
import { hexValue, isLowerHex } from "../bytes/hex";
import { TRACE_ID_LEN } from "./span_context";

/** Digits of a randomness, and the most of a threshold. */
export const RANDOMNESS_LEN: u32 = 14;
/** The threshold that no randomness reaches. */
// @ts-ignore: decorator
@inline
export const NEVER_SAMPLED: u64 = 1 << 56;
/** No number: what was read is not one. */
// @ts-ignore: decorator
@inline
export const NO_NUMBER: u64 = u64.MAX_VALUE;

/** Decimals of a probability: the least one is below 2^-56. */
export const PROBABILITY_DECIMALS_MAX: u32 = 18;
/** Digits of a threshold behind those that are f, which say how small a probability is. */
const THRESHOLD_PRECISION: u32 = 5;

/** Whether a trace is sampled. */
// @ts-ignore: decorator
@inline
export function reaches(randomness: u64, threshold: u64): bool {
  return randomness >= threshold;
}

/** The randomness of a trace: the last 56 bits of its id (W3C Trace Context Level 2 §3.2.2.3). */
export function randomnessOfTraceId(traceIdPtr: usize): u64 {
  return readDigits(traceIdPtr + TRACE_ID_LEN - RANDOMNESS_LEN, RANDOMNESS_LEN);
}

/** Value of RANDOMNESS_LEN lower-case digits; NO_NUMBER when they are none. */
export function readRandomness(ptr: usize, len: u32): u64 {
  return len == RANDOMNESS_LEN ? readDigits(ptr, len) : NO_NUMBER;
}

/** Value of 1 to RANDOMNESS_LEN lower-case digits, padded with zeros; NO_NUMBER otherwise. */
export function readThreshold(ptr: usize, len: u32): u64 {
  if (len == 0 || len > RANDOMNESS_LEN) return NO_NUMBER;
  const digits = readDigits(ptr, len);
  return digits == NO_NUMBER ? digits : digits << (4 * u64(RANDOMNESS_LEN - len));
}

function readDigits(ptr: usize, len: u32): u64 {
  if (!isLowerHex(ptr, len)) return NO_NUMBER;
  let value: u64 = 0;
  for (let i: u32 = 0; i < len; i++) value = (value << 4) | u64(hexValue(load<u8>(ptr + i)));
  return value;
}

/** Writes 1 to RANDOMNESS_LEN digits, without the zeros at the end; returns how many. */
export function writeThreshold(target: usize, threshold: u64): u32 {
  let len: u32 = 0;
  let left = threshold << 8;
  do {
    store<u8>(target + len++, digitOf(u32(left >> 60)));
    left <<= 4;
  } while (left != 0 && len < RANDOMNESS_LEN);
  return len;
}

/** Writes a randomness of 56 bits: RANDOMNESS_LEN digits. */
export function writeRandomness(target: usize, randomness: u64): void {
  for (let i: u32 = 0; i < RANDOMNESS_LEN; i++) {
    const shift = 4 * u64(RANDOMNESS_LEN - 1 - i);
    store<u8>(target + i, digitOf(u32(randomness >> shift) & 0xf));
  }
}

// @ts-ignore: decorator
@inline
function digitOf(nibble: u32): u8 {
  return u8(nibble < 10 ? Char.ZERO + nibble : Char.LOWER_A - 10 + nibble);
}

/**
 * The threshold of a probability from 0 to 1 in decimals, such as 0.25; NO_NUMBER when it is none.
 * Never by floating point: what a text says is exact. At configure only.
 */
export function thresholdOf(ptr: usize, len: u32): u64 {
  if (len == 0 || (len > 1 && load<u8>(ptr, 1) != Char.DOT) || len == 2) return NO_NUMBER;
  if (len - 1 > PROBABILITY_DECIMALS_MAX + 1) return NO_NUMBER;
  let numerator: u64 = 0;
  let denominator: u64 = 1;
  for (let i: u32 = 0; i < len; i++) {
    if (i == 1) continue;
    const c = <u32>load<u8>(ptr + i);
    if (!isDigit(c)) return NO_NUMBER;
    if (i > 1) denominator *= 10;
    numerator = numerator * 10 + (c - Char.ZERO);
    if (i == 0 && numerator > 1) return NO_NUMBER;
  }
  if (numerator > denominator) return NO_NUMBER;
  return rounded(NEVER_SAMPLED - scaled(numerator, denominator));
}

/** numerator / denominator x 2^56, rounded: by long division, in numbers below 2^61. */
function scaled(numerator: u64, denominator: u64): u64 {
  let quotient: u64 = numerator / denominator;
  let rest = numerator % denominator;
  for (let i = 0; i < 56; i++) {
    rest <<= 1;
    quotient <<= 1;
    if (rest < denominator) continue;
    rest -= denominator;
    quotient |= 1;
  }
  return rest << 1 >= denominator ? quotient + 1 : quotient;
}

/** A threshold with no more digits than say something: those that are f, and a few behind them. */
function rounded(threshold: u64): u64 {
  if (threshold >= NEVER_SAMPLED) return NEVER_SAMPLED;
  let digits = THRESHOLD_PRECISION;
  while (
    digits < RANDOMNESS_LEN &&
    ((threshold >> (52 - 4 * u64(digits - THRESHOLD_PRECISION))) & 0xf) == 0xf
  ) {
    digits++;
  }
  if (digits >= RANDOMNESS_LEN) return threshold;
  const unit = u64(1) << (4 * u64(RANDOMNESS_LEN - digits));
  const up = (threshold + (unit >> 1)) & ~(unit - 1);
  return up >= NEVER_SAMPLED ? threshold : up;
}
