// P-256
// Made by scripts/crypto/field.ts.
//
// Two numbers at once: limb i of both is at 8 i, lane 0 first, in 32 bits signed.
//
// Factors: (j) and (k) with j k at most 14, or two such pairs with a sum of at most 14. A
// column has at most 9 products of limbs, so 9 14 (2^28 + 2^7)^2 < 2^63 - 2^57 + 2^44; of
// quotients less than 2^38 + 2^47 + 2^50 + 2^53; a carry of less than 2^35: all in all
// less than 2^63 in size. squareP256 doubles limbs: (3) fits. mulSubP256 negates those of
// c, which must be above -2^31.
//
// Reduction: P. L. Montgomery, "Modular multiplication without trial division", 1985. The
// low limb m_i of column i is taken from it by adding m_i p, as m_i (p + 1) further up less
// m_i: masking. The result is (a b + m p) / R with 0 <= m < R: in [a b / R, a b / R + p).
// As factors have values below 2^4 p in size, it is below 2^4 p.
//
// A column is kept 2^63 up, so that it is never negative and one unsigned shift carries it;
// what that adds to the next one is in its bias.
//
// Limbs of the result are in [-2^28, 2^28 - 1], as the columns were half a limb up when
// they were masked. The top one has what is left: less than that for values below 2^4 p.

const LIMB_BITS: i32 = 29;
// In memory, as a v128.const would take 18 bytes of code at each use.
// prettier-ignore
const CONSTANTS: usize = memory.data<u32>([
  0x0, 0x7ffffffc, 0x0, 0x7ffffffc, // 2^63 - 2^34
  0x10000000, 0x7ffffffc, 0x10000000, 0x7ffffffc, // 2^63 - 2^34 + 2^28
  0x1fffffff, 0x0, 0x1fffffff, 0x0, // 2^29 - 1
  0x0, 0x80000000, 0x0, 0x80000000, // 2^63
  0x0, 0xfffffffc, 0x0, 0xfffffffc, // -2^34
  0x1fffffff, 0x1fffffff, 0x1fffffff, 0x1fffffff, // 2^29 - 1, four times
  0x10000000, 0x10000000, 0x10000000, 0x10000000, // 2^28, four times
], 16);
const BIAS: usize = CONSTANTS + 0;
const ROUND_BIAS: usize = CONSTANTS + 16;
const MASK: usize = CONSTANTS + 32;
const FIRST_BIAS: usize = CONSTANTS + 48;
const NO_BIAS: usize = CONSTANTS + 64;
const PAIR_MASK: usize = CONSTANTS + 80;
const PAIR_HALF: usize = CONSTANTS + 96;

// @ts-ignore: decorator
@inline
function times(a: v128, b: v128): v128 {
  return i64x2.extmul_low_i32x4_s(a, b);
}

// @ts-ignore: decorator
@inline
function carry(column: v128, bias: v128): v128 {
  return i64x2.add(i64x2.shr_u(column, LIMB_BITS), bias);
}

/** Two limbs of both elements from two columns that are up by half a limb; masks them if asked. */
// @ts-ignore: decorator
@inline
function pack(low: v128, high: v128, mask: v128, half: v128): v128 {
  return i32x4.sub(v128.and(v128.shuffle<i32>(low, high, 0, 2, 4, 6), mask), half);
}

/** target = a b / 2^261 mod p. `target` may be either. */
export function mulP256(target: usize, a: usize, b: usize): void {
  const a0 = v128.load64_zero(a, 0);
  const a1 = v128.load64_zero(a, 8);
  const a2 = v128.load64_zero(a, 16);
  const a3 = v128.load64_zero(a, 24);
  const a4 = v128.load64_zero(a, 32);
  const a5 = v128.load64_zero(a, 40);
  const a6 = v128.load64_zero(a, 48);
  const a7 = v128.load64_zero(a, 56);
  const a8 = v128.load64_zero(a, 64);
  const b0 = v128.load64_zero(b, 0);
  const b1 = v128.load64_zero(b, 8);
  const b2 = v128.load64_zero(b, 16);
  const b3 = v128.load64_zero(b, 24);
  const b4 = v128.load64_zero(b, 32);
  const b5 = v128.load64_zero(b, 40);
  const b6 = v128.load64_zero(b, 48);
  const b7 = v128.load64_zero(b, 56);
  const b8 = v128.load64_zero(b, 64);
  const bias = v128.load(BIAS);
  const roundBias = v128.load(ROUND_BIAS);
  const mask = v128.load(MASK);
  const pairMask = v128.load(PAIR_MASK);
  const half = v128.load(PAIR_HALF);
  let sum: v128;
  let column: v128;
  // Column 0
  sum = times(a0, b0);
  column = i64x2.add(sum, v128.load(FIRST_BIAS));
  const m0 = v128.and(column, mask);
  // Column 1
  sum = times(a0, b1);
  sum = i64x2.add(sum, times(a1, b0));
  column = i64x2.add(sum, carry(column, bias));
  const m1 = v128.and(column, mask);
  // Column 2
  sum = times(a0, b2);
  sum = i64x2.add(sum, times(a1, b1));
  sum = i64x2.add(sum, times(a2, b0));
  column = i64x2.add(sum, carry(column, bias));
  const m2 = v128.and(column, mask);
  // Column 3
  sum = times(a0, b3);
  sum = i64x2.add(sum, times(a1, b2));
  sum = i64x2.add(sum, times(a2, b1));
  sum = i64x2.add(sum, times(a3, b0));
  sum = i64x2.add(sum, i64x2.shl(m0, 9));
  column = i64x2.add(sum, carry(column, bias));
  const m3 = v128.and(column, mask);
  // Column 4
  sum = times(a0, b4);
  sum = i64x2.add(sum, times(a1, b3));
  sum = i64x2.add(sum, times(a2, b2));
  sum = i64x2.add(sum, times(a3, b1));
  sum = i64x2.add(sum, times(a4, b0));
  sum = i64x2.add(sum, i64x2.shl(m1, 9));
  column = i64x2.add(sum, carry(column, bias));
  const m4 = v128.and(column, mask);
  // Column 5
  sum = times(a0, b5);
  sum = i64x2.add(sum, times(a1, b4));
  sum = i64x2.add(sum, times(a2, b3));
  sum = i64x2.add(sum, times(a3, b2));
  sum = i64x2.add(sum, times(a4, b1));
  sum = i64x2.add(sum, times(a5, b0));
  sum = i64x2.add(sum, i64x2.shl(m2, 9));
  column = i64x2.add(sum, carry(column, bias));
  const m5 = v128.and(column, mask);
  // Column 6
  sum = times(a0, b6);
  sum = i64x2.add(sum, times(a1, b5));
  sum = i64x2.add(sum, times(a2, b4));
  sum = i64x2.add(sum, times(a3, b3));
  sum = i64x2.add(sum, times(a4, b2));
  sum = i64x2.add(sum, times(a5, b1));
  sum = i64x2.add(sum, times(a6, b0));
  sum = i64x2.add(sum, i64x2.shl(m3, 9));
  sum = i64x2.add(sum, i64x2.shl(m0, 18));
  column = i64x2.add(sum, carry(column, bias));
  const m6 = v128.and(column, mask);
  // Column 7
  sum = times(a0, b7);
  sum = i64x2.add(sum, times(a1, b6));
  sum = i64x2.add(sum, times(a2, b5));
  sum = i64x2.add(sum, times(a3, b4));
  sum = i64x2.add(sum, times(a4, b3));
  sum = i64x2.add(sum, times(a5, b2));
  sum = i64x2.add(sum, times(a6, b1));
  sum = i64x2.add(sum, times(a7, b0));
  sum = i64x2.add(sum, i64x2.shl(m4, 9));
  sum = i64x2.add(sum, i64x2.shl(m1, 18));
  sum = i64x2.sub(sum, i64x2.shl(m0, 21));
  column = i64x2.add(sum, carry(column, bias));
  const m7 = v128.and(column, mask);
  // Column 8
  sum = times(a0, b8);
  sum = i64x2.add(sum, times(a1, b7));
  sum = i64x2.add(sum, times(a2, b6));
  sum = i64x2.add(sum, times(a3, b5));
  sum = i64x2.add(sum, times(a4, b4));
  sum = i64x2.add(sum, times(a5, b3));
  sum = i64x2.add(sum, times(a6, b2));
  sum = i64x2.add(sum, times(a7, b1));
  sum = i64x2.add(sum, times(a8, b0));
  sum = i64x2.add(sum, i64x2.shl(m5, 9));
  sum = i64x2.add(sum, i64x2.shl(m2, 18));
  sum = i64x2.add(sum, i64x2.shl(m0, 24));
  sum = i64x2.sub(sum, i64x2.shl(m1, 21));
  column = i64x2.add(sum, carry(column, bias));
  const m8 = v128.and(column, mask);
  // Column 9
  sum = times(a1, b8);
  sum = i64x2.add(sum, times(a2, b7));
  sum = i64x2.add(sum, times(a3, b6));
  sum = i64x2.add(sum, times(a4, b5));
  sum = i64x2.add(sum, times(a5, b4));
  sum = i64x2.add(sum, times(a6, b3));
  sum = i64x2.add(sum, times(a7, b2));
  sum = i64x2.add(sum, times(a8, b1));
  sum = i64x2.add(sum, i64x2.shl(m6, 9));
  sum = i64x2.add(sum, i64x2.shl(m3, 18));
  sum = i64x2.add(sum, i64x2.shl(m1, 24));
  sum = i64x2.sub(sum, i64x2.shl(m2, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o0 = column;
  // Column 10
  sum = times(a2, b8);
  sum = i64x2.add(sum, times(a3, b7));
  sum = i64x2.add(sum, times(a4, b6));
  sum = i64x2.add(sum, times(a5, b5));
  sum = i64x2.add(sum, times(a6, b4));
  sum = i64x2.add(sum, times(a7, b3));
  sum = i64x2.add(sum, times(a8, b2));
  sum = i64x2.add(sum, i64x2.shl(m7, 9));
  sum = i64x2.add(sum, i64x2.shl(m4, 18));
  sum = i64x2.add(sum, i64x2.shl(m2, 24));
  sum = i64x2.sub(sum, i64x2.shl(m3, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o1 = column;
  // Column 11
  sum = times(a3, b8);
  sum = i64x2.add(sum, times(a4, b7));
  sum = i64x2.add(sum, times(a5, b6));
  sum = i64x2.add(sum, times(a6, b5));
  sum = i64x2.add(sum, times(a7, b4));
  sum = i64x2.add(sum, times(a8, b3));
  sum = i64x2.add(sum, i64x2.shl(m8, 9));
  sum = i64x2.add(sum, i64x2.shl(m5, 18));
  sum = i64x2.add(sum, i64x2.shl(m3, 24));
  sum = i64x2.sub(sum, i64x2.shl(m4, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o2 = column;
  // Column 12
  sum = times(a4, b8);
  sum = i64x2.add(sum, times(a5, b7));
  sum = i64x2.add(sum, times(a6, b6));
  sum = i64x2.add(sum, times(a7, b5));
  sum = i64x2.add(sum, times(a8, b4));
  sum = i64x2.add(sum, i64x2.shl(m6, 18));
  sum = i64x2.add(sum, i64x2.shl(m4, 24));
  sum = i64x2.sub(sum, i64x2.shl(m5, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o3 = column;
  // Column 13
  sum = times(a5, b8);
  sum = i64x2.add(sum, times(a6, b7));
  sum = i64x2.add(sum, times(a7, b6));
  sum = i64x2.add(sum, times(a8, b5));
  sum = i64x2.add(sum, i64x2.shl(m7, 18));
  sum = i64x2.add(sum, i64x2.shl(m5, 24));
  sum = i64x2.sub(sum, i64x2.shl(m6, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o4 = column;
  // Column 14
  sum = times(a6, b8);
  sum = i64x2.add(sum, times(a7, b7));
  sum = i64x2.add(sum, times(a8, b6));
  sum = i64x2.add(sum, i64x2.shl(m8, 18));
  sum = i64x2.add(sum, i64x2.shl(m6, 24));
  sum = i64x2.sub(sum, i64x2.shl(m7, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o5 = column;
  // Column 15
  sum = times(a7, b8);
  sum = i64x2.add(sum, times(a8, b7));
  sum = i64x2.add(sum, i64x2.shl(m7, 24));
  sum = i64x2.sub(sum, i64x2.shl(m8, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o6 = column;
  // Column 16
  sum = times(a8, b8);
  sum = i64x2.add(sum, i64x2.shl(m8, 24));
  column = i64x2.add(sum, carry(column, roundBias));
  const o7 = column;
  v128.store(target, pack(o0, o1, pairMask, half), 0);
  v128.store(target, pack(o2, o3, pairMask, half), 16);
  v128.store(target, pack(o4, o5, pairMask, half), 32);
  v128.store(target, pack(o6, o7, pairMask, half), 48);
  column = carry(o7, v128.load(NO_BIAS));
  v128.store(target, v128.shuffle<i32>(column, column, 0, 2, 0, 2), 64);
}

/** target = a^2 / 2^261 mod p. `target` may be `a`. */
export function squareP256(target: usize, a: usize): void {
  const a0 = v128.load64_zero(a, 0);
  const a1 = v128.load64_zero(a, 8);
  const a2 = v128.load64_zero(a, 16);
  const a3 = v128.load64_zero(a, 24);
  const a4 = v128.load64_zero(a, 32);
  const a5 = v128.load64_zero(a, 40);
  const a6 = v128.load64_zero(a, 48);
  const a7 = v128.load64_zero(a, 56);
  const a8 = v128.load64_zero(a, 64);
  const d1 = i32x4.shl(a1, 1);
  const d2 = i32x4.shl(a2, 1);
  const d3 = i32x4.shl(a3, 1);
  const d4 = i32x4.shl(a4, 1);
  const d5 = i32x4.shl(a5, 1);
  const d6 = i32x4.shl(a6, 1);
  const d7 = i32x4.shl(a7, 1);
  const d8 = i32x4.shl(a8, 1);
  const bias = v128.load(BIAS);
  const roundBias = v128.load(ROUND_BIAS);
  const mask = v128.load(MASK);
  const pairMask = v128.load(PAIR_MASK);
  const half = v128.load(PAIR_HALF);
  let sum: v128;
  let column: v128;
  // Column 0
  sum = times(a0, a0);
  column = i64x2.add(sum, v128.load(FIRST_BIAS));
  const m0 = v128.and(column, mask);
  // Column 1
  sum = times(a0, d1);
  column = i64x2.add(sum, carry(column, bias));
  const m1 = v128.and(column, mask);
  // Column 2
  sum = times(a0, d2);
  sum = i64x2.add(sum, times(a1, a1));
  column = i64x2.add(sum, carry(column, bias));
  const m2 = v128.and(column, mask);
  // Column 3
  sum = times(a0, d3);
  sum = i64x2.add(sum, times(a1, d2));
  sum = i64x2.add(sum, i64x2.shl(m0, 9));
  column = i64x2.add(sum, carry(column, bias));
  const m3 = v128.and(column, mask);
  // Column 4
  sum = times(a0, d4);
  sum = i64x2.add(sum, times(a1, d3));
  sum = i64x2.add(sum, times(a2, a2));
  sum = i64x2.add(sum, i64x2.shl(m1, 9));
  column = i64x2.add(sum, carry(column, bias));
  const m4 = v128.and(column, mask);
  // Column 5
  sum = times(a0, d5);
  sum = i64x2.add(sum, times(a1, d4));
  sum = i64x2.add(sum, times(a2, d3));
  sum = i64x2.add(sum, i64x2.shl(m2, 9));
  column = i64x2.add(sum, carry(column, bias));
  const m5 = v128.and(column, mask);
  // Column 6
  sum = times(a0, d6);
  sum = i64x2.add(sum, times(a1, d5));
  sum = i64x2.add(sum, times(a2, d4));
  sum = i64x2.add(sum, times(a3, a3));
  sum = i64x2.add(sum, i64x2.shl(m3, 9));
  sum = i64x2.add(sum, i64x2.shl(m0, 18));
  column = i64x2.add(sum, carry(column, bias));
  const m6 = v128.and(column, mask);
  // Column 7
  sum = times(a0, d7);
  sum = i64x2.add(sum, times(a1, d6));
  sum = i64x2.add(sum, times(a2, d5));
  sum = i64x2.add(sum, times(a3, d4));
  sum = i64x2.add(sum, i64x2.shl(m4, 9));
  sum = i64x2.add(sum, i64x2.shl(m1, 18));
  sum = i64x2.sub(sum, i64x2.shl(m0, 21));
  column = i64x2.add(sum, carry(column, bias));
  const m7 = v128.and(column, mask);
  // Column 8
  sum = times(a0, d8);
  sum = i64x2.add(sum, times(a1, d7));
  sum = i64x2.add(sum, times(a2, d6));
  sum = i64x2.add(sum, times(a3, d5));
  sum = i64x2.add(sum, times(a4, a4));
  sum = i64x2.add(sum, i64x2.shl(m5, 9));
  sum = i64x2.add(sum, i64x2.shl(m2, 18));
  sum = i64x2.add(sum, i64x2.shl(m0, 24));
  sum = i64x2.sub(sum, i64x2.shl(m1, 21));
  column = i64x2.add(sum, carry(column, bias));
  const m8 = v128.and(column, mask);
  // Column 9
  sum = times(a1, d8);
  sum = i64x2.add(sum, times(a2, d7));
  sum = i64x2.add(sum, times(a3, d6));
  sum = i64x2.add(sum, times(a4, d5));
  sum = i64x2.add(sum, i64x2.shl(m6, 9));
  sum = i64x2.add(sum, i64x2.shl(m3, 18));
  sum = i64x2.add(sum, i64x2.shl(m1, 24));
  sum = i64x2.sub(sum, i64x2.shl(m2, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o0 = column;
  // Column 10
  sum = times(a2, d8);
  sum = i64x2.add(sum, times(a3, d7));
  sum = i64x2.add(sum, times(a4, d6));
  sum = i64x2.add(sum, times(a5, a5));
  sum = i64x2.add(sum, i64x2.shl(m7, 9));
  sum = i64x2.add(sum, i64x2.shl(m4, 18));
  sum = i64x2.add(sum, i64x2.shl(m2, 24));
  sum = i64x2.sub(sum, i64x2.shl(m3, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o1 = column;
  // Column 11
  sum = times(a3, d8);
  sum = i64x2.add(sum, times(a4, d7));
  sum = i64x2.add(sum, times(a5, d6));
  sum = i64x2.add(sum, i64x2.shl(m8, 9));
  sum = i64x2.add(sum, i64x2.shl(m5, 18));
  sum = i64x2.add(sum, i64x2.shl(m3, 24));
  sum = i64x2.sub(sum, i64x2.shl(m4, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o2 = column;
  // Column 12
  sum = times(a4, d8);
  sum = i64x2.add(sum, times(a5, d7));
  sum = i64x2.add(sum, times(a6, a6));
  sum = i64x2.add(sum, i64x2.shl(m6, 18));
  sum = i64x2.add(sum, i64x2.shl(m4, 24));
  sum = i64x2.sub(sum, i64x2.shl(m5, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o3 = column;
  // Column 13
  sum = times(a5, d8);
  sum = i64x2.add(sum, times(a6, d7));
  sum = i64x2.add(sum, i64x2.shl(m7, 18));
  sum = i64x2.add(sum, i64x2.shl(m5, 24));
  sum = i64x2.sub(sum, i64x2.shl(m6, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o4 = column;
  // Column 14
  sum = times(a6, d8);
  sum = i64x2.add(sum, times(a7, a7));
  sum = i64x2.add(sum, i64x2.shl(m8, 18));
  sum = i64x2.add(sum, i64x2.shl(m6, 24));
  sum = i64x2.sub(sum, i64x2.shl(m7, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o5 = column;
  // Column 15
  sum = times(a7, d8);
  sum = i64x2.add(sum, i64x2.shl(m7, 24));
  sum = i64x2.sub(sum, i64x2.shl(m8, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o6 = column;
  // Column 16
  sum = times(a8, a8);
  sum = i64x2.add(sum, i64x2.shl(m8, 24));
  column = i64x2.add(sum, carry(column, roundBias));
  const o7 = column;
  v128.store(target, pack(o0, o1, pairMask, half), 0);
  v128.store(target, pack(o2, o3, pairMask, half), 16);
  v128.store(target, pack(o4, o5, pairMask, half), 32);
  v128.store(target, pack(o6, o7, pairMask, half), 48);
  column = carry(o7, v128.load(NO_BIAS));
  v128.store(target, v128.shuffle<i32>(column, column, 0, 2, 0, 2), 64);
}

/** target = (a b - c d) / 2^261 mod p. `target` may be any of them. */
export function mulSubP256(target: usize, a: usize, b: usize, c: usize, d: usize): void {
  const a0 = v128.load64_zero(a, 0);
  const a1 = v128.load64_zero(a, 8);
  const a2 = v128.load64_zero(a, 16);
  const a3 = v128.load64_zero(a, 24);
  const a4 = v128.load64_zero(a, 32);
  const a5 = v128.load64_zero(a, 40);
  const a6 = v128.load64_zero(a, 48);
  const a7 = v128.load64_zero(a, 56);
  const a8 = v128.load64_zero(a, 64);
  const b0 = v128.load64_zero(b, 0);
  const b1 = v128.load64_zero(b, 8);
  const b2 = v128.load64_zero(b, 16);
  const b3 = v128.load64_zero(b, 24);
  const b4 = v128.load64_zero(b, 32);
  const b5 = v128.load64_zero(b, 40);
  const b6 = v128.load64_zero(b, 48);
  const b7 = v128.load64_zero(b, 56);
  const b8 = v128.load64_zero(b, 64);
  const c0 = i32x4.neg(v128.load64_zero(c, 0));
  const c1 = i32x4.neg(v128.load64_zero(c, 8));
  const c2 = i32x4.neg(v128.load64_zero(c, 16));
  const c3 = i32x4.neg(v128.load64_zero(c, 24));
  const c4 = i32x4.neg(v128.load64_zero(c, 32));
  const c5 = i32x4.neg(v128.load64_zero(c, 40));
  const c6 = i32x4.neg(v128.load64_zero(c, 48));
  const c7 = i32x4.neg(v128.load64_zero(c, 56));
  const c8 = i32x4.neg(v128.load64_zero(c, 64));
  const d0 = v128.load64_zero(d, 0);
  const d1 = v128.load64_zero(d, 8);
  const d2 = v128.load64_zero(d, 16);
  const d3 = v128.load64_zero(d, 24);
  const d4 = v128.load64_zero(d, 32);
  const d5 = v128.load64_zero(d, 40);
  const d6 = v128.load64_zero(d, 48);
  const d7 = v128.load64_zero(d, 56);
  const d8 = v128.load64_zero(d, 64);
  const bias = v128.load(BIAS);
  const roundBias = v128.load(ROUND_BIAS);
  const mask = v128.load(MASK);
  const pairMask = v128.load(PAIR_MASK);
  const half = v128.load(PAIR_HALF);
  let sum: v128;
  let column: v128;
  // Column 0
  sum = times(a0, b0);
  sum = i64x2.add(sum, times(c0, d0));
  column = i64x2.add(sum, v128.load(FIRST_BIAS));
  const m0 = v128.and(column, mask);
  // Column 1
  sum = times(a0, b1);
  sum = i64x2.add(sum, times(a1, b0));
  sum = i64x2.add(sum, times(c0, d1));
  sum = i64x2.add(sum, times(c1, d0));
  column = i64x2.add(sum, carry(column, bias));
  const m1 = v128.and(column, mask);
  // Column 2
  sum = times(a0, b2);
  sum = i64x2.add(sum, times(a1, b1));
  sum = i64x2.add(sum, times(a2, b0));
  sum = i64x2.add(sum, times(c0, d2));
  sum = i64x2.add(sum, times(c1, d1));
  sum = i64x2.add(sum, times(c2, d0));
  column = i64x2.add(sum, carry(column, bias));
  const m2 = v128.and(column, mask);
  // Column 3
  sum = times(a0, b3);
  sum = i64x2.add(sum, times(a1, b2));
  sum = i64x2.add(sum, times(a2, b1));
  sum = i64x2.add(sum, times(a3, b0));
  sum = i64x2.add(sum, times(c0, d3));
  sum = i64x2.add(sum, times(c1, d2));
  sum = i64x2.add(sum, times(c2, d1));
  sum = i64x2.add(sum, times(c3, d0));
  sum = i64x2.add(sum, i64x2.shl(m0, 9));
  column = i64x2.add(sum, carry(column, bias));
  const m3 = v128.and(column, mask);
  // Column 4
  sum = times(a0, b4);
  sum = i64x2.add(sum, times(a1, b3));
  sum = i64x2.add(sum, times(a2, b2));
  sum = i64x2.add(sum, times(a3, b1));
  sum = i64x2.add(sum, times(a4, b0));
  sum = i64x2.add(sum, times(c0, d4));
  sum = i64x2.add(sum, times(c1, d3));
  sum = i64x2.add(sum, times(c2, d2));
  sum = i64x2.add(sum, times(c3, d1));
  sum = i64x2.add(sum, times(c4, d0));
  sum = i64x2.add(sum, i64x2.shl(m1, 9));
  column = i64x2.add(sum, carry(column, bias));
  const m4 = v128.and(column, mask);
  // Column 5
  sum = times(a0, b5);
  sum = i64x2.add(sum, times(a1, b4));
  sum = i64x2.add(sum, times(a2, b3));
  sum = i64x2.add(sum, times(a3, b2));
  sum = i64x2.add(sum, times(a4, b1));
  sum = i64x2.add(sum, times(a5, b0));
  sum = i64x2.add(sum, times(c0, d5));
  sum = i64x2.add(sum, times(c1, d4));
  sum = i64x2.add(sum, times(c2, d3));
  sum = i64x2.add(sum, times(c3, d2));
  sum = i64x2.add(sum, times(c4, d1));
  sum = i64x2.add(sum, times(c5, d0));
  sum = i64x2.add(sum, i64x2.shl(m2, 9));
  column = i64x2.add(sum, carry(column, bias));
  const m5 = v128.and(column, mask);
  // Column 6
  sum = times(a0, b6);
  sum = i64x2.add(sum, times(a1, b5));
  sum = i64x2.add(sum, times(a2, b4));
  sum = i64x2.add(sum, times(a3, b3));
  sum = i64x2.add(sum, times(a4, b2));
  sum = i64x2.add(sum, times(a5, b1));
  sum = i64x2.add(sum, times(a6, b0));
  sum = i64x2.add(sum, times(c0, d6));
  sum = i64x2.add(sum, times(c1, d5));
  sum = i64x2.add(sum, times(c2, d4));
  sum = i64x2.add(sum, times(c3, d3));
  sum = i64x2.add(sum, times(c4, d2));
  sum = i64x2.add(sum, times(c5, d1));
  sum = i64x2.add(sum, times(c6, d0));
  sum = i64x2.add(sum, i64x2.shl(m3, 9));
  sum = i64x2.add(sum, i64x2.shl(m0, 18));
  column = i64x2.add(sum, carry(column, bias));
  const m6 = v128.and(column, mask);
  // Column 7
  sum = times(a0, b7);
  sum = i64x2.add(sum, times(a1, b6));
  sum = i64x2.add(sum, times(a2, b5));
  sum = i64x2.add(sum, times(a3, b4));
  sum = i64x2.add(sum, times(a4, b3));
  sum = i64x2.add(sum, times(a5, b2));
  sum = i64x2.add(sum, times(a6, b1));
  sum = i64x2.add(sum, times(a7, b0));
  sum = i64x2.add(sum, times(c0, d7));
  sum = i64x2.add(sum, times(c1, d6));
  sum = i64x2.add(sum, times(c2, d5));
  sum = i64x2.add(sum, times(c3, d4));
  sum = i64x2.add(sum, times(c4, d3));
  sum = i64x2.add(sum, times(c5, d2));
  sum = i64x2.add(sum, times(c6, d1));
  sum = i64x2.add(sum, times(c7, d0));
  sum = i64x2.add(sum, i64x2.shl(m4, 9));
  sum = i64x2.add(sum, i64x2.shl(m1, 18));
  sum = i64x2.sub(sum, i64x2.shl(m0, 21));
  column = i64x2.add(sum, carry(column, bias));
  const m7 = v128.and(column, mask);
  // Column 8
  sum = times(a0, b8);
  sum = i64x2.add(sum, times(a1, b7));
  sum = i64x2.add(sum, times(a2, b6));
  sum = i64x2.add(sum, times(a3, b5));
  sum = i64x2.add(sum, times(a4, b4));
  sum = i64x2.add(sum, times(a5, b3));
  sum = i64x2.add(sum, times(a6, b2));
  sum = i64x2.add(sum, times(a7, b1));
  sum = i64x2.add(sum, times(a8, b0));
  sum = i64x2.add(sum, times(c0, d8));
  sum = i64x2.add(sum, times(c1, d7));
  sum = i64x2.add(sum, times(c2, d6));
  sum = i64x2.add(sum, times(c3, d5));
  sum = i64x2.add(sum, times(c4, d4));
  sum = i64x2.add(sum, times(c5, d3));
  sum = i64x2.add(sum, times(c6, d2));
  sum = i64x2.add(sum, times(c7, d1));
  sum = i64x2.add(sum, times(c8, d0));
  sum = i64x2.add(sum, i64x2.shl(m5, 9));
  sum = i64x2.add(sum, i64x2.shl(m2, 18));
  sum = i64x2.add(sum, i64x2.shl(m0, 24));
  sum = i64x2.sub(sum, i64x2.shl(m1, 21));
  column = i64x2.add(sum, carry(column, bias));
  const m8 = v128.and(column, mask);
  // Column 9
  sum = times(a1, b8);
  sum = i64x2.add(sum, times(a2, b7));
  sum = i64x2.add(sum, times(a3, b6));
  sum = i64x2.add(sum, times(a4, b5));
  sum = i64x2.add(sum, times(a5, b4));
  sum = i64x2.add(sum, times(a6, b3));
  sum = i64x2.add(sum, times(a7, b2));
  sum = i64x2.add(sum, times(a8, b1));
  sum = i64x2.add(sum, times(c1, d8));
  sum = i64x2.add(sum, times(c2, d7));
  sum = i64x2.add(sum, times(c3, d6));
  sum = i64x2.add(sum, times(c4, d5));
  sum = i64x2.add(sum, times(c5, d4));
  sum = i64x2.add(sum, times(c6, d3));
  sum = i64x2.add(sum, times(c7, d2));
  sum = i64x2.add(sum, times(c8, d1));
  sum = i64x2.add(sum, i64x2.shl(m6, 9));
  sum = i64x2.add(sum, i64x2.shl(m3, 18));
  sum = i64x2.add(sum, i64x2.shl(m1, 24));
  sum = i64x2.sub(sum, i64x2.shl(m2, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o0 = column;
  // Column 10
  sum = times(a2, b8);
  sum = i64x2.add(sum, times(a3, b7));
  sum = i64x2.add(sum, times(a4, b6));
  sum = i64x2.add(sum, times(a5, b5));
  sum = i64x2.add(sum, times(a6, b4));
  sum = i64x2.add(sum, times(a7, b3));
  sum = i64x2.add(sum, times(a8, b2));
  sum = i64x2.add(sum, times(c2, d8));
  sum = i64x2.add(sum, times(c3, d7));
  sum = i64x2.add(sum, times(c4, d6));
  sum = i64x2.add(sum, times(c5, d5));
  sum = i64x2.add(sum, times(c6, d4));
  sum = i64x2.add(sum, times(c7, d3));
  sum = i64x2.add(sum, times(c8, d2));
  sum = i64x2.add(sum, i64x2.shl(m7, 9));
  sum = i64x2.add(sum, i64x2.shl(m4, 18));
  sum = i64x2.add(sum, i64x2.shl(m2, 24));
  sum = i64x2.sub(sum, i64x2.shl(m3, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o1 = column;
  // Column 11
  sum = times(a3, b8);
  sum = i64x2.add(sum, times(a4, b7));
  sum = i64x2.add(sum, times(a5, b6));
  sum = i64x2.add(sum, times(a6, b5));
  sum = i64x2.add(sum, times(a7, b4));
  sum = i64x2.add(sum, times(a8, b3));
  sum = i64x2.add(sum, times(c3, d8));
  sum = i64x2.add(sum, times(c4, d7));
  sum = i64x2.add(sum, times(c5, d6));
  sum = i64x2.add(sum, times(c6, d5));
  sum = i64x2.add(sum, times(c7, d4));
  sum = i64x2.add(sum, times(c8, d3));
  sum = i64x2.add(sum, i64x2.shl(m8, 9));
  sum = i64x2.add(sum, i64x2.shl(m5, 18));
  sum = i64x2.add(sum, i64x2.shl(m3, 24));
  sum = i64x2.sub(sum, i64x2.shl(m4, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o2 = column;
  // Column 12
  sum = times(a4, b8);
  sum = i64x2.add(sum, times(a5, b7));
  sum = i64x2.add(sum, times(a6, b6));
  sum = i64x2.add(sum, times(a7, b5));
  sum = i64x2.add(sum, times(a8, b4));
  sum = i64x2.add(sum, times(c4, d8));
  sum = i64x2.add(sum, times(c5, d7));
  sum = i64x2.add(sum, times(c6, d6));
  sum = i64x2.add(sum, times(c7, d5));
  sum = i64x2.add(sum, times(c8, d4));
  sum = i64x2.add(sum, i64x2.shl(m6, 18));
  sum = i64x2.add(sum, i64x2.shl(m4, 24));
  sum = i64x2.sub(sum, i64x2.shl(m5, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o3 = column;
  // Column 13
  sum = times(a5, b8);
  sum = i64x2.add(sum, times(a6, b7));
  sum = i64x2.add(sum, times(a7, b6));
  sum = i64x2.add(sum, times(a8, b5));
  sum = i64x2.add(sum, times(c5, d8));
  sum = i64x2.add(sum, times(c6, d7));
  sum = i64x2.add(sum, times(c7, d6));
  sum = i64x2.add(sum, times(c8, d5));
  sum = i64x2.add(sum, i64x2.shl(m7, 18));
  sum = i64x2.add(sum, i64x2.shl(m5, 24));
  sum = i64x2.sub(sum, i64x2.shl(m6, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o4 = column;
  // Column 14
  sum = times(a6, b8);
  sum = i64x2.add(sum, times(a7, b7));
  sum = i64x2.add(sum, times(a8, b6));
  sum = i64x2.add(sum, times(c6, d8));
  sum = i64x2.add(sum, times(c7, d7));
  sum = i64x2.add(sum, times(c8, d6));
  sum = i64x2.add(sum, i64x2.shl(m8, 18));
  sum = i64x2.add(sum, i64x2.shl(m6, 24));
  sum = i64x2.sub(sum, i64x2.shl(m7, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o5 = column;
  // Column 15
  sum = times(a7, b8);
  sum = i64x2.add(sum, times(a8, b7));
  sum = i64x2.add(sum, times(c7, d8));
  sum = i64x2.add(sum, times(c8, d7));
  sum = i64x2.add(sum, i64x2.shl(m7, 24));
  sum = i64x2.sub(sum, i64x2.shl(m8, 21));
  column = i64x2.add(sum, carry(column, roundBias));
  const o6 = column;
  // Column 16
  sum = times(a8, b8);
  sum = i64x2.add(sum, times(c8, d8));
  sum = i64x2.add(sum, i64x2.shl(m8, 24));
  column = i64x2.add(sum, carry(column, roundBias));
  const o7 = column;
  v128.store(target, pack(o0, o1, pairMask, half), 0);
  v128.store(target, pack(o2, o3, pairMask, half), 16);
  v128.store(target, pack(o4, o5, pairMask, half), 32);
  v128.store(target, pack(o6, o7, pairMask, half), 48);
  column = carry(o7, v128.load(NO_BIAS));
  v128.store(target, v128.shuffle<i32>(column, column, 0, 2, 0, 2), 64);
}
