// Arithmetic modulo p = 2^255 - 19 on two independent elements at a time. Made by
// scripts/crypto/field25519.ts.
//
// An element pair is 144 bytes: limb i of both, radix 2^29, is the v128 at 16 i, lane 0 in its
// first i32 and lane 1 in its second; the other half of the v128 is never looked at. Limbs are
// signed:
//   reduced   what multiply, square and carry write: limbs in [-2^16, 2^29 + 2^16]
//   loose     a sum or difference of two reduced elements: limbs at most 2^30 + 2^17 in size
// The 9 products a_i b_j of a column may sum to 2^63 - 2^45 in size; what is carried and folded
// into it stays below 2^45. So these may be multiplied: a reduced element, or a difference of two,
// by a loose one (9 2^29 2^30 < 2^62.2) or by a sum of three (9 2^29 1.5 2^30 < 2^62.8).

const LOW_29: v128 = i64x2(0x1fffffff, 0x1fffffff);
const LOW_29_32: v128 = i32x4(0x1fffffff, 0x1fffffff, 0x1fffffff, 0x1fffffff);
const LOW_23_32: v128 = i32x4(0x7fffff, 0x7fffff, 0x7fffff, 0x7fffff);

// A CPU has no signed SIMD shift of 64 bits. So a column is kept 2^63 too large, shifted unsigned,
// and the 2^63 >> 29 = 2^34 that is too much then is taken off where the next 2^63 is added.
const BIAS: v128 = i64x2(i64.MIN_VALUE, i64.MIN_VALUE);
const NEXT_BIAS: v128 = i64x2(0x7ffffffc00000000, 0x7ffffffc00000000);
const BIAS_CARRY: v128 = i64x2(0x400000000, 0x400000000);

/** a b, both lanes. */
// @ts-ignore: decorator
@inline
function product(a: v128, b: v128): v128 {
  return i64x2.extmul_low_i32x4_s(a, b);
}

/** sum + a b, both lanes. */
// @ts-ignore: decorator
@inline
function plus(sum: v128, a: v128, b: v128): v128 {
  return i64x2.add(sum, i64x2.extmul_low_i32x4_s(a, b));
}

/** What a column carries into the next one, biased. */
// @ts-ignore: decorator
@inline
function next(column: v128): v128 {
  return i64x2.add(i64x2.shr_u(column, 29), NEXT_BIAS);
}

/** What the last column carries, its bias off. */
// @ts-ignore: decorator
@inline
function last(column: v128): v128 {
  return i64x2.sub(i64x2.shr_u(column, 29), BIAS_CARRY);
}

/** column + 1216 high: 2^261 = 64 * 19 modulo p, and 1216 = 2^10 + 2^7 + 2^6. */
// @ts-ignore: decorator
@inline
function fold(column: v128, high: v128): v128 {
  const tens = i64x2.add(i64x2.shl(high, 10), i64x2.shl(high, 7));
  return i64x2.add(column, i64x2.add(tens, i64x2.shl(high, 6)));
}

// @ts-ignore: decorator
@inline
function low(column: v128): v128 {
  return v128.and(column, LOW_29);
}

/** A limb as it is stored: the low halves of two 64-bit lanes. */
// @ts-ignore: decorator
@inline
function narrow(limb: v128): v128 {
  return v128.shuffle<i32>(limb, limb, 0, 2, 0, 2);
}

/** target = a b: reduced, for a and b in the bounds above. `target` may be either. */
export function multiply(target: usize, a: usize, b: usize): void {
  const a0 = v128.load(a, 0);
  const a1 = v128.load(a, 16);
  const a2 = v128.load(a, 32);
  const a3 = v128.load(a, 48);
  const a4 = v128.load(a, 64);
  const a5 = v128.load(a, 80);
  const a6 = v128.load(a, 96);
  const a7 = v128.load(a, 112);
  const a8 = v128.load(a, 128);
  const b0 = v128.load(b, 0);
  const b1 = v128.load(b, 16);
  const b2 = v128.load(b, 32);
  const b3 = v128.load(b, 48);
  const b4 = v128.load(b, 64);
  const b5 = v128.load(b, 80);
  const b6 = v128.load(b, 96);
  const b7 = v128.load(b, 112);
  const b8 = v128.load(b, 128);
  let column: v128;
  let sum: v128;
  sum = product(a1, b8);
  sum = plus(sum, a2, b7);
  sum = plus(sum, a3, b6);
  sum = plus(sum, a4, b5);
  sum = plus(sum, a5, b4);
  sum = plus(sum, a6, b3);
  sum = plus(sum, a7, b2);
  sum = plus(sum, a8, b1);
  column = i64x2.add(sum, BIAS);
  const high0 = low(column);
  sum = product(a2, b8);
  sum = plus(sum, a3, b7);
  sum = plus(sum, a4, b6);
  sum = plus(sum, a5, b5);
  sum = plus(sum, a6, b4);
  sum = plus(sum, a7, b3);
  sum = plus(sum, a8, b2);
  column = i64x2.add(sum, next(column));
  const high1 = low(column);
  sum = product(a3, b8);
  sum = plus(sum, a4, b7);
  sum = plus(sum, a5, b6);
  sum = plus(sum, a6, b5);
  sum = plus(sum, a7, b4);
  sum = plus(sum, a8, b3);
  column = i64x2.add(sum, next(column));
  const high2 = low(column);
  sum = product(a4, b8);
  sum = plus(sum, a5, b7);
  sum = plus(sum, a6, b6);
  sum = plus(sum, a7, b5);
  sum = plus(sum, a8, b4);
  column = i64x2.add(sum, next(column));
  const high3 = low(column);
  sum = product(a5, b8);
  sum = plus(sum, a6, b7);
  sum = plus(sum, a7, b6);
  sum = plus(sum, a8, b5);
  column = i64x2.add(sum, next(column));
  const high4 = low(column);
  sum = product(a6, b8);
  sum = plus(sum, a7, b7);
  sum = plus(sum, a8, b6);
  column = i64x2.add(sum, next(column));
  const high5 = low(column);
  sum = product(a7, b8);
  sum = plus(sum, a8, b7);
  column = i64x2.add(sum, next(column));
  const high6 = low(column);
  sum = product(a8, b8);
  column = i64x2.add(sum, next(column));
  const high7 = low(column);
  const high8 = last(column);

  sum = product(a0, b0);
  sum = fold(sum, high0);
  column = i64x2.add(sum, BIAS);
  let limb0 = low(column);
  sum = product(a0, b1);
  sum = plus(sum, a1, b0);
  sum = fold(sum, high1);
  column = i64x2.add(sum, next(column));
  let limb1 = low(column);
  sum = product(a0, b2);
  sum = plus(sum, a1, b1);
  sum = plus(sum, a2, b0);
  sum = fold(sum, high2);
  column = i64x2.add(sum, next(column));
  const limb2 = low(column);
  sum = product(a0, b3);
  sum = plus(sum, a1, b2);
  sum = plus(sum, a2, b1);
  sum = plus(sum, a3, b0);
  sum = fold(sum, high3);
  column = i64x2.add(sum, next(column));
  const limb3 = low(column);
  sum = product(a0, b4);
  sum = plus(sum, a1, b3);
  sum = plus(sum, a2, b2);
  sum = plus(sum, a3, b1);
  sum = plus(sum, a4, b0);
  sum = fold(sum, high4);
  column = i64x2.add(sum, next(column));
  const limb4 = low(column);
  sum = product(a0, b5);
  sum = plus(sum, a1, b4);
  sum = plus(sum, a2, b3);
  sum = plus(sum, a3, b2);
  sum = plus(sum, a4, b1);
  sum = plus(sum, a5, b0);
  sum = fold(sum, high5);
  column = i64x2.add(sum, next(column));
  const limb5 = low(column);
  sum = product(a0, b6);
  sum = plus(sum, a1, b5);
  sum = plus(sum, a2, b4);
  sum = plus(sum, a3, b3);
  sum = plus(sum, a4, b2);
  sum = plus(sum, a5, b1);
  sum = plus(sum, a6, b0);
  sum = fold(sum, high6);
  column = i64x2.add(sum, next(column));
  const limb6 = low(column);
  sum = product(a0, b7);
  sum = plus(sum, a1, b6);
  sum = plus(sum, a2, b5);
  sum = plus(sum, a3, b4);
  sum = plus(sum, a4, b3);
  sum = plus(sum, a5, b2);
  sum = plus(sum, a6, b1);
  sum = plus(sum, a7, b0);
  sum = fold(sum, high7);
  column = i64x2.add(sum, next(column));
  const limb7 = low(column);
  sum = product(a0, b8);
  sum = plus(sum, a1, b7);
  sum = plus(sum, a2, b6);
  sum = plus(sum, a3, b5);
  sum = plus(sum, a4, b4);
  sum = plus(sum, a5, b3);
  sum = plus(sum, a6, b2);
  sum = plus(sum, a7, b1);
  sum = plus(sum, a8, b0);
  sum = fold(sum, high8);
  column = i64x2.add(sum, next(column));
  const limb8 = low(column);

  // At most 2^34 in size; limb 1 gets at most 2^16 of it.
  column = fold(i64x2.add(limb0, BIAS), last(column));
  limb0 = low(column);
  limb1 = i64x2.add(limb1, last(column));
  v128.store(target, narrow(limb0), 0);
  v128.store(target, narrow(limb1), 16);
  v128.store(target, narrow(limb2), 32);
  v128.store(target, narrow(limb3), 48);
  v128.store(target, narrow(limb4), 64);
  v128.store(target, narrow(limb5), 80);
  v128.store(target, narrow(limb6), 96);
  v128.store(target, narrow(limb7), 112);
  v128.store(target, narrow(limb8), 128);
}

/** target = a^2: reduced, for a difference of reduced elements. `target` may be `a`. */
export function square(target: usize, a: usize): void {
  const a0 = v128.load(a, 0);
  const a1 = v128.load(a, 16);
  const a2 = v128.load(a, 32);
  const a3 = v128.load(a, 48);
  const a4 = v128.load(a, 64);
  const a5 = v128.load(a, 80);
  const a6 = v128.load(a, 96);
  const a7 = v128.load(a, 112);
  const a8 = v128.load(a, 128);
  const twice1 = i32x4.shl(a1, 1);
  const twice2 = i32x4.shl(a2, 1);
  const twice3 = i32x4.shl(a3, 1);
  const twice4 = i32x4.shl(a4, 1);
  const twice5 = i32x4.shl(a5, 1);
  const twice6 = i32x4.shl(a6, 1);
  const twice7 = i32x4.shl(a7, 1);
  const twice8 = i32x4.shl(a8, 1);
  let column: v128;
  let sum: v128;
  sum = product(a1, twice8);
  sum = plus(sum, a2, twice7);
  sum = plus(sum, a3, twice6);
  sum = plus(sum, a4, twice5);
  column = i64x2.add(sum, BIAS);
  const high0 = low(column);
  sum = product(a2, twice8);
  sum = plus(sum, a3, twice7);
  sum = plus(sum, a4, twice6);
  sum = plus(sum, a5, a5);
  column = i64x2.add(sum, next(column));
  const high1 = low(column);
  sum = product(a3, twice8);
  sum = plus(sum, a4, twice7);
  sum = plus(sum, a5, twice6);
  column = i64x2.add(sum, next(column));
  const high2 = low(column);
  sum = product(a4, twice8);
  sum = plus(sum, a5, twice7);
  sum = plus(sum, a6, a6);
  column = i64x2.add(sum, next(column));
  const high3 = low(column);
  sum = product(a5, twice8);
  sum = plus(sum, a6, twice7);
  column = i64x2.add(sum, next(column));
  const high4 = low(column);
  sum = product(a6, twice8);
  sum = plus(sum, a7, a7);
  column = i64x2.add(sum, next(column));
  const high5 = low(column);
  sum = product(a7, twice8);
  column = i64x2.add(sum, next(column));
  const high6 = low(column);
  sum = product(a8, a8);
  column = i64x2.add(sum, next(column));
  const high7 = low(column);
  const high8 = last(column);

  sum = product(a0, a0);
  sum = fold(sum, high0);
  column = i64x2.add(sum, BIAS);
  let limb0 = low(column);
  sum = product(a0, twice1);
  sum = fold(sum, high1);
  column = i64x2.add(sum, next(column));
  let limb1 = low(column);
  sum = product(a0, twice2);
  sum = plus(sum, a1, a1);
  sum = fold(sum, high2);
  column = i64x2.add(sum, next(column));
  const limb2 = low(column);
  sum = product(a0, twice3);
  sum = plus(sum, a1, twice2);
  sum = fold(sum, high3);
  column = i64x2.add(sum, next(column));
  const limb3 = low(column);
  sum = product(a0, twice4);
  sum = plus(sum, a1, twice3);
  sum = plus(sum, a2, a2);
  sum = fold(sum, high4);
  column = i64x2.add(sum, next(column));
  const limb4 = low(column);
  sum = product(a0, twice5);
  sum = plus(sum, a1, twice4);
  sum = plus(sum, a2, twice3);
  sum = fold(sum, high5);
  column = i64x2.add(sum, next(column));
  const limb5 = low(column);
  sum = product(a0, twice6);
  sum = plus(sum, a1, twice5);
  sum = plus(sum, a2, twice4);
  sum = plus(sum, a3, a3);
  sum = fold(sum, high6);
  column = i64x2.add(sum, next(column));
  const limb6 = low(column);
  sum = product(a0, twice7);
  sum = plus(sum, a1, twice6);
  sum = plus(sum, a2, twice5);
  sum = plus(sum, a3, twice4);
  sum = fold(sum, high7);
  column = i64x2.add(sum, next(column));
  const limb7 = low(column);
  sum = product(a0, twice8);
  sum = plus(sum, a1, twice7);
  sum = plus(sum, a2, twice6);
  sum = plus(sum, a3, twice5);
  sum = plus(sum, a4, a4);
  sum = fold(sum, high8);
  column = i64x2.add(sum, next(column));
  const limb8 = low(column);

  // At most 2^34 in size; limb 1 gets at most 2^16 of it.
  column = fold(i64x2.add(limb0, BIAS), last(column));
  limb0 = low(column);
  limb1 = i64x2.add(limb1, last(column));
  v128.store(target, narrow(limb0), 0);
  v128.store(target, narrow(limb1), 16);
  v128.store(target, narrow(limb2), 32);
  v128.store(target, narrow(limb3), 48);
  v128.store(target, narrow(limb4), 64);
  v128.store(target, narrow(limb5), 80);
  v128.store(target, narrow(limb6), 96);
  v128.store(target, narrow(limb7), 112);
  v128.store(target, narrow(limb8), 128);
}

/** target = a + b, limb by limb. `target` may be either. */
export function add(target: usize, a: usize, b: usize): void {
  v128.store(target, i32x4.add(v128.load(a, 0), v128.load(b, 0)), 0);
  v128.store(target, i32x4.add(v128.load(a, 16), v128.load(b, 16)), 16);
  v128.store(target, i32x4.add(v128.load(a, 32), v128.load(b, 32)), 32);
  v128.store(target, i32x4.add(v128.load(a, 48), v128.load(b, 48)), 48);
  v128.store(target, i32x4.add(v128.load(a, 64), v128.load(b, 64)), 64);
  v128.store(target, i32x4.add(v128.load(a, 80), v128.load(b, 80)), 80);
  v128.store(target, i32x4.add(v128.load(a, 96), v128.load(b, 96)), 96);
  v128.store(target, i32x4.add(v128.load(a, 112), v128.load(b, 112)), 112);
  v128.store(target, i32x4.add(v128.load(a, 128), v128.load(b, 128)), 128);
}

/** target = a - b, limb by limb. `target` may be either. */
export function subtract(target: usize, a: usize, b: usize): void {
  v128.store(target, i32x4.sub(v128.load(a, 0), v128.load(b, 0)), 0);
  v128.store(target, i32x4.sub(v128.load(a, 16), v128.load(b, 16)), 16);
  v128.store(target, i32x4.sub(v128.load(a, 32), v128.load(b, 32)), 32);
  v128.store(target, i32x4.sub(v128.load(a, 48), v128.load(b, 48)), 48);
  v128.store(target, i32x4.sub(v128.load(a, 64), v128.load(b, 64)), 64);
  v128.store(target, i32x4.sub(v128.load(a, 80), v128.load(b, 80)), 80);
  v128.store(target, i32x4.sub(v128.load(a, 96), v128.load(b, 96)), 96);
  v128.store(target, i32x4.sub(v128.load(a, 112), v128.load(b, 112)), 112);
  v128.store(target, i32x4.sub(v128.load(a, 128), v128.load(b, 128)), 128);
}

/** sum = a + b, difference = a - b, limb by limb. Either may be `a` or `b`. */
export function addAndSubtract(sum: usize, difference: usize, a: usize, b: usize): void {
  const a0 = v128.load(a, 0);
  const b0 = v128.load(b, 0);
  v128.store(sum, i32x4.add(a0, b0), 0);
  v128.store(difference, i32x4.sub(a0, b0), 0);
  const a1 = v128.load(a, 16);
  const b1 = v128.load(b, 16);
  v128.store(sum, i32x4.add(a1, b1), 16);
  v128.store(difference, i32x4.sub(a1, b1), 16);
  const a2 = v128.load(a, 32);
  const b2 = v128.load(b, 32);
  v128.store(sum, i32x4.add(a2, b2), 32);
  v128.store(difference, i32x4.sub(a2, b2), 32);
  const a3 = v128.load(a, 48);
  const b3 = v128.load(b, 48);
  v128.store(sum, i32x4.add(a3, b3), 48);
  v128.store(difference, i32x4.sub(a3, b3), 48);
  const a4 = v128.load(a, 64);
  const b4 = v128.load(b, 64);
  v128.store(sum, i32x4.add(a4, b4), 64);
  v128.store(difference, i32x4.sub(a4, b4), 64);
  const a5 = v128.load(a, 80);
  const b5 = v128.load(b, 80);
  v128.store(sum, i32x4.add(a5, b5), 80);
  v128.store(difference, i32x4.sub(a5, b5), 80);
  const a6 = v128.load(a, 96);
  const b6 = v128.load(b, 96);
  v128.store(sum, i32x4.add(a6, b6), 96);
  v128.store(difference, i32x4.sub(a6, b6), 96);
  const a7 = v128.load(a, 112);
  const b7 = v128.load(b, 112);
  v128.store(sum, i32x4.add(a7, b7), 112);
  v128.store(difference, i32x4.sub(a7, b7), 112);
  const a8 = v128.load(a, 128);
  const b8 = v128.load(b, 128);
  v128.store(sum, i32x4.add(a8, b8), 128);
  v128.store(difference, i32x4.sub(a8, b8), 128);
}

/** target = a, reduced: one carry from each limb, bits 255 and up times 19 to limb 0. */
export function carry(target: usize, a: usize): void {
  const a0 = v128.load(a, 0);
  const a1 = v128.load(a, 16);
  const a2 = v128.load(a, 32);
  const a3 = v128.load(a, 48);
  const a4 = v128.load(a, 64);
  const a5 = v128.load(a, 80);
  const a6 = v128.load(a, 96);
  const a7 = v128.load(a, 112);
  const a8 = v128.load(a, 128);
  const over = i32x4.shr_s(a8, 23);
  const folded = i32x4.mul(over, i32x4.splat(19));
  v128.store(target, i32x4.add(v128.and(a0, LOW_29_32), folded));
  v128.store(target, i32x4.add(v128.and(a1, LOW_29_32), i32x4.shr_s(a0, 29)), 16);
  v128.store(target, i32x4.add(v128.and(a2, LOW_29_32), i32x4.shr_s(a1, 29)), 32);
  v128.store(target, i32x4.add(v128.and(a3, LOW_29_32), i32x4.shr_s(a2, 29)), 48);
  v128.store(target, i32x4.add(v128.and(a4, LOW_29_32), i32x4.shr_s(a3, 29)), 64);
  v128.store(target, i32x4.add(v128.and(a5, LOW_29_32), i32x4.shr_s(a4, 29)), 80);
  v128.store(target, i32x4.add(v128.and(a6, LOW_29_32), i32x4.shr_s(a5, 29)), 96);
  v128.store(target, i32x4.add(v128.and(a7, LOW_29_32), i32x4.shr_s(a6, 29)), 112);
  v128.store(target, i32x4.add(v128.and(a8, LOW_23_32), i32x4.shr_s(a7, 29)), 128);
}

/**
 * Writes three element pairs u, v, c, of the entry of each lane: an entry is the 27 limbs of its u,
 * v and c. Where a lane's sign is -1 and not 0, its entry is negated: (v, u, -c).
 */
export function selectEntries(
  target: usize,
  entry0: usize,
  sign0: i32,
  entry1: usize,
  sign1: i32,
): void {
  const none = i32x4.splat(0);
  const signs = i32x4.replace_lane(i32x4.replace_lane(none, 0, sign0), 1, sign1);
  const u0_0 = v128.load(entry0, 0);
  const u0_1 = v128.load(entry0, 16);
  const u0_2 = v128.load32_zero(entry0, 32);
  const v0_0 = v128.load(entry0, 36);
  const v0_1 = v128.load(entry0, 52);
  const v0_2 = v128.load32_zero(entry0, 68);
  const c0_0 = v128.load(entry0, 72);
  const c0_1 = v128.load(entry0, 88);
  const c0_2 = v128.load32_zero(entry0, 104);
  const u1_0 = v128.load(entry1, 0);
  const u1_1 = v128.load(entry1, 16);
  const u1_2 = v128.load32_zero(entry1, 32);
  const v1_0 = v128.load(entry1, 36);
  const v1_1 = v128.load(entry1, 52);
  const v1_2 = v128.load32_zero(entry1, 68);
  const c1_0 = v128.load(entry1, 72);
  const c1_1 = v128.load(entry1, 88);
  const c1_2 = v128.load32_zero(entry1, 104);
  const u0 = v128.shuffle<i32>(u0_0, u1_0, 0, 4, 0, 4);
  const v0 = v128.shuffle<i32>(v0_0, v1_0, 0, 4, 0, 4);
  const c0 = v128.shuffle<i32>(c0_0, c1_0, 0, 4, 0, 4);
  v128.store(target, v128.bitselect(v0, u0, signs), 0);
  v128.store(target, v128.bitselect(u0, v0, signs), 144);
  v128.store(target, i32x4.sub(v128.xor(c0, signs), signs), 288);
  const u1 = v128.shuffle<i32>(u0_0, u1_0, 1, 5, 1, 5);
  const v1 = v128.shuffle<i32>(v0_0, v1_0, 1, 5, 1, 5);
  const c1 = v128.shuffle<i32>(c0_0, c1_0, 1, 5, 1, 5);
  v128.store(target, v128.bitselect(v1, u1, signs), 16);
  v128.store(target, v128.bitselect(u1, v1, signs), 160);
  v128.store(target, i32x4.sub(v128.xor(c1, signs), signs), 304);
  const u2 = v128.shuffle<i32>(u0_0, u1_0, 2, 6, 2, 6);
  const v2 = v128.shuffle<i32>(v0_0, v1_0, 2, 6, 2, 6);
  const c2 = v128.shuffle<i32>(c0_0, c1_0, 2, 6, 2, 6);
  v128.store(target, v128.bitselect(v2, u2, signs), 32);
  v128.store(target, v128.bitselect(u2, v2, signs), 176);
  v128.store(target, i32x4.sub(v128.xor(c2, signs), signs), 320);
  const u3 = v128.shuffle<i32>(u0_0, u1_0, 3, 7, 3, 7);
  const v3 = v128.shuffle<i32>(v0_0, v1_0, 3, 7, 3, 7);
  const c3 = v128.shuffle<i32>(c0_0, c1_0, 3, 7, 3, 7);
  v128.store(target, v128.bitselect(v3, u3, signs), 48);
  v128.store(target, v128.bitselect(u3, v3, signs), 192);
  v128.store(target, i32x4.sub(v128.xor(c3, signs), signs), 336);
  const u4 = v128.shuffle<i32>(u0_1, u1_1, 0, 4, 0, 4);
  const v4 = v128.shuffle<i32>(v0_1, v1_1, 0, 4, 0, 4);
  const c4 = v128.shuffle<i32>(c0_1, c1_1, 0, 4, 0, 4);
  v128.store(target, v128.bitselect(v4, u4, signs), 64);
  v128.store(target, v128.bitselect(u4, v4, signs), 208);
  v128.store(target, i32x4.sub(v128.xor(c4, signs), signs), 352);
  const u5 = v128.shuffle<i32>(u0_1, u1_1, 1, 5, 1, 5);
  const v5 = v128.shuffle<i32>(v0_1, v1_1, 1, 5, 1, 5);
  const c5 = v128.shuffle<i32>(c0_1, c1_1, 1, 5, 1, 5);
  v128.store(target, v128.bitselect(v5, u5, signs), 80);
  v128.store(target, v128.bitselect(u5, v5, signs), 224);
  v128.store(target, i32x4.sub(v128.xor(c5, signs), signs), 368);
  const u6 = v128.shuffle<i32>(u0_1, u1_1, 2, 6, 2, 6);
  const v6 = v128.shuffle<i32>(v0_1, v1_1, 2, 6, 2, 6);
  const c6 = v128.shuffle<i32>(c0_1, c1_1, 2, 6, 2, 6);
  v128.store(target, v128.bitselect(v6, u6, signs), 96);
  v128.store(target, v128.bitselect(u6, v6, signs), 240);
  v128.store(target, i32x4.sub(v128.xor(c6, signs), signs), 384);
  const u7 = v128.shuffle<i32>(u0_1, u1_1, 3, 7, 3, 7);
  const v7 = v128.shuffle<i32>(v0_1, v1_1, 3, 7, 3, 7);
  const c7 = v128.shuffle<i32>(c0_1, c1_1, 3, 7, 3, 7);
  v128.store(target, v128.bitselect(v7, u7, signs), 112);
  v128.store(target, v128.bitselect(u7, v7, signs), 256);
  v128.store(target, i32x4.sub(v128.xor(c7, signs), signs), 400);
  const u8 = v128.shuffle<i32>(u0_2, u1_2, 0, 4, 0, 4);
  const v8 = v128.shuffle<i32>(v0_2, v1_2, 0, 4, 0, 4);
  const c8 = v128.shuffle<i32>(c0_2, c1_2, 0, 4, 0, 4);
  v128.store(target, v128.bitselect(v8, u8, signs), 128);
  v128.store(target, v128.bitselect(u8, v8, signs), 272);
  v128.store(target, i32x4.sub(v128.xor(c8, signs), signs), 416);
}
