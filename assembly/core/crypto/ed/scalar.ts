// Scalars modulo L, the order of the base point (RFC 8032 §5.1), as 4 little-endian words.

import { ORDER, ORDER_TAIL } from "../generated/ed25519_constants";
import { bitsAt, packLimbs } from "../limbs";
import { WORDS } from "./element";

/** A scalar has at most this many digits, each an i8. */
export const DIGITS_MAX: i32 = 64;

const WIDTH_MIN: u32 = 4;
const DIGIT_COUNTS: usize = memory.data<u8>([64, 51, 43, 37, 32]);

// Limbs of 28 bits: 2^252 is limb 9, and L is 2^252 plus a tail of 5 limbs.
const LIMB_BITS: u32 = 28;
const LIMB_MASK: i64 = 0xfffffff;
const ORDER_LIMBS: u32 = 9;
const TAIL_LIMBS: u32 = 5;
const WIDE_WORDS: u32 = 8;
const WIDE_LIMBS: u32 = 19;

const WIDE: usize = memory.data(19 * 8, 16);
const NARROW: usize = memory.data(9 * 4, 16);

/** Whether 32 little-endian bytes are a number below L. */
export function isScalar(ptr: usize): bool {
  for (let word = WORDS; word > 0; word--) {
    const own = load<u64>(ptr + 8 * (word - 1));
    const limit = load<u64>(ORDER + 8 * (word - 1));
    if (own != limit) return own < limit;
  }
  return false;
}

/**
 * Writes 64 little-endian bytes modulo L, reduced to [0, L). From the top down, limb i is replaced
 * by minus itself times the tail of L at limb i - 9, as 2^252 = -tail modulo L; then the limbs are
 * carried up to i - 1. A limb is below 2^28, the top one at least -1 as a borrow makes it; so a
 * product is below 2^56, and a limb less 5 of them below 2^59 in size. At the end the number is at
 * least -2^28 tail > -2^153 and at most 2^252 - 1 + tail < L.
 */
export function reduceWide(target: usize, ptr: usize): void {
  for (let limb: u32 = 0; limb < WIDE_LIMBS; limb++) {
    store<i64>(WIDE + 8 * limb, bitsAt(ptr, WIDE_WORDS, LIMB_BITS * limb, LIMB_BITS));
  }
  for (let top = WIDE_LIMBS - 1; top >= ORDER_LIMBS; top--) {
    const low = WIDE + 8 * (top - ORDER_LIMBS);
    const times = load<i64>(WIDE + 8 * top);
    for (let limb: u32 = 0; limb < TAIL_LIMBS; limb++) {
      const product = times * load<u32>(ORDER_TAIL + 4 * limb);
      store<i64>(low + 8 * limb, load<i64>(low + 8 * limb) - product);
    }
    carryLimbs(low);
  }
  if (load<i64>(WIDE, 8 * (ORDER_LIMBS - 1)) < 0) {
    for (let limb: u32 = 0; limb < TAIL_LIMBS; limb++) {
      const sum = load<i64>(WIDE + 8 * limb) + load<u32>(ORDER_TAIL + 4 * limb);
      store<i64>(WIDE + 8 * limb, sum);
    }
    // 2^252 itself.
    const top = load<i64>(WIDE, 8 * (ORDER_LIMBS - 1)) + (LIMB_MASK + 1);
    store<i64>(WIDE, top, 8 * (ORDER_LIMBS - 1));
    carryLimbs(WIDE);
  }
  for (let limb: u32 = 0; limb < ORDER_LIMBS; limb++) {
    store<u32>(NARROW + 4 * limb, <u32>load<i64>(WIDE + 8 * limb));
  }
  packLimbs(target, WORDS, NARROW, ORDER_LIMBS, LIMB_BITS);
}

/** Carries 9 limbs into each other; the last keeps what it gets. */
function carryLimbs(limbs: usize): void {
  let column: i64 = 0;
  for (let limb: u32 = 0; limb < ORDER_LIMBS - 1; limb++) {
    column += load<i64>(limbs + 8 * limb);
    store<i64>(limbs + 8 * limb, column & LIMB_MASK);
    column >>= LIMB_BITS;
  }
  const top = limbs + 8 * (ORDER_LIMBS - 1);
  store<i64>(top, load<i64>(top) + column);
}

/**
 * Digits of a scalar at a width of 4 to 8: those of 254 bits, one more than it has, so that the
 * last gives no carry.
 */
export function digitCount(width: u32): u32 {
  return load<u8>(DIGIT_COUNTS + (width - WIDTH_MIN));
}

/**
 * Writes a scalar below 2^253 as `digitCount` digits, sum of digit i times 2^(width i), each in
 * [-2^(width - 1), 2^(width - 1)), as i8: width is 4 to 8.
 */
export function writeDigits(target: usize, scalar: usize, width: u32): void {
  const count = digitCount(width);
  const half: i32 = 1 << (width - 1);
  let carry: i32 = 0;
  for (let digit: u32 = 0; digit < count; digit++) {
    const value = <i32>bitsAt(scalar, WORDS, width * digit, width) + carry;
    carry = i32(value >= half);
    store<i8>(target + digit, value - (carry << width));
  }
}
