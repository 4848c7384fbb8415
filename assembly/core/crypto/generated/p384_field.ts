// P-384
// Made by scripts/crypto/field.ts.
//
// Two numbers at once: limb i of both is at 8 i, lane 0 first, in 32 bits signed.
//
// Factors: (j) and (k) with j k at most 36. A column has at most 14 products of limbs, so
// 14 36 (2^27 + 2^7)^2 < 2^63 - 2^57 + 2^45; of quotients less than 2^32 + 2^40 + 2^44 +
// 2^48; a carry of less than 2^36: all in all less than 2^63 in size. squareP384 doubles
// limbs: (6) fits.
//
// Reduction: P. L. Montgomery, "Modular multiplication without trial division", 1985. The
// low limb m_i of column i is taken from it by adding m_i p, as m_i (p + 1) further up less
// m_i: masking. The result is (a b + m p) / R with 0 <= m < R: in [a b / R, a b / R + p).
// As factors have values below 2^4 p in size, it is below 2^4 p.
//
// A column is kept 2^63 up, so that it is never negative and one unsigned shift carries it;
// what that adds to the next one is in its bias.
//
// Limbs of the result are in [-2^27, 2^27 - 1], as the columns were half a limb up when
// they were masked. The top one has what is left: less than that for values below 2^4 p.

const LIMB_BITS: i32 = 28;
// In memory, as a v128.const would take 18 bytes of code at each use.
// prettier-ignore
const CONSTANTS: usize = memory.data<u32>([
  0x0, 0x7ffffff8, 0x0, 0x7ffffff8, // 2^63 - 2^35
  0x8000000, 0x7ffffff8, 0x8000000, 0x7ffffff8, // 2^63 - 2^35 + 2^27
  0xfffffff, 0x0, 0xfffffff, 0x0, // 2^28 - 1
  0x0, 0x80000000, 0x0, 0x80000000, // 2^63
  0x8000000, 0xfffffff8, 0x8000000, 0xfffffff8, // 2^27 - 2^35
  0xfffffff, 0xfffffff, 0xfffffff, 0xfffffff, // 2^28 - 1, four times
  0x8000000, 0x8000000, 0x8000000, 0x8000000, // 2^27, four times
], 16);
const BIAS: usize = CONSTANTS + 0;
const ROUND_BIAS: usize = CONSTANTS + 16;
const MASK: usize = CONSTANTS + 32;
const FIRST_BIAS: usize = CONSTANTS + 48;
const HALF_BIAS: usize = CONSTANTS + 64;
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

// @ts-ignore: decorator
@inline
function packMasked(low: v128, high: v128, half: v128): v128 {
  return i32x4.sub(v128.shuffle<i32>(low, high, 0, 2, 4, 6), half);
}

/** target = a b / 2^392 mod p. `target` may be either. */
export function mulP384(target: usize, a: usize, b: usize): void {
  const a0 = v128.load64_zero(a, 0);
  const a1 = v128.load64_zero(a, 8);
  const a2 = v128.load64_zero(a, 16);
  const a3 = v128.load64_zero(a, 24);
  const a4 = v128.load64_zero(a, 32);
  const a5 = v128.load64_zero(a, 40);
  const a6 = v128.load64_zero(a, 48);
  const a7 = v128.load64_zero(a, 56);
  const a8 = v128.load64_zero(a, 64);
  const a9 = v128.load64_zero(a, 72);
  const a10 = v128.load64_zero(a, 80);
  const a11 = v128.load64_zero(a, 88);
  const a12 = v128.load64_zero(a, 96);
  const a13 = v128.load64_zero(a, 104);
  const b0 = v128.load64_zero(b, 0);
  const b1 = v128.load64_zero(b, 8);
  const b2 = v128.load64_zero(b, 16);
  const b3 = v128.load64_zero(b, 24);
  const b4 = v128.load64_zero(b, 32);
  const b5 = v128.load64_zero(b, 40);
  const b6 = v128.load64_zero(b, 48);
  const b7 = v128.load64_zero(b, 56);
  const b8 = v128.load64_zero(b, 64);
  const b9 = v128.load64_zero(b, 72);
  const b10 = v128.load64_zero(b, 80);
  const b11 = v128.load64_zero(b, 88);
  const b12 = v128.load64_zero(b, 96);
  const b13 = v128.load64_zero(b, 104);
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
  sum = i64x2.add(sum, i64x2.shl(m0, 4));
  column = i64x2.add(sum, carry(column, bias));
  const m1 = v128.and(column, mask);
  // Column 2
  sum = times(a0, b2);
  sum = i64x2.add(sum, times(a1, b1));
  sum = i64x2.add(sum, times(a2, b0));
  sum = i64x2.add(sum, i64x2.shl(m1, 4));
  column = i64x2.add(sum, carry(column, bias));
  const m2 = v128.and(column, mask);
  // Column 3
  sum = times(a0, b3);
  sum = i64x2.add(sum, times(a1, b2));
  sum = i64x2.add(sum, times(a2, b1));
  sum = i64x2.add(sum, times(a3, b0));
  sum = i64x2.add(sum, i64x2.shl(m2, 4));
  sum = i64x2.sub(sum, i64x2.shl(m0, 12));
  column = i64x2.add(sum, carry(column, bias));
  const m3 = v128.and(column, mask);
  // Column 4
  sum = times(a0, b4);
  sum = i64x2.add(sum, times(a1, b3));
  sum = i64x2.add(sum, times(a2, b2));
  sum = i64x2.add(sum, times(a3, b1));
  sum = i64x2.add(sum, times(a4, b0));
  sum = i64x2.add(sum, i64x2.shl(m3, 4));
  sum = i64x2.sub(sum, i64x2.shl(m1, 12));
  sum = i64x2.sub(sum, i64x2.shl(m0, 16));
  column = i64x2.add(sum, carry(column, bias));
  const m4 = v128.and(column, mask);
  // Column 5
  sum = times(a0, b5);
  sum = i64x2.add(sum, times(a1, b4));
  sum = i64x2.add(sum, times(a2, b3));
  sum = i64x2.add(sum, times(a3, b2));
  sum = i64x2.add(sum, times(a4, b1));
  sum = i64x2.add(sum, times(a5, b0));
  sum = i64x2.add(sum, i64x2.shl(m4, 4));
  sum = i64x2.sub(sum, i64x2.shl(m2, 12));
  sum = i64x2.sub(sum, i64x2.shl(m1, 16));
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
  sum = i64x2.add(sum, i64x2.shl(m5, 4));
  sum = i64x2.sub(sum, i64x2.shl(m3, 12));
  sum = i64x2.sub(sum, i64x2.shl(m2, 16));
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
  sum = i64x2.add(sum, i64x2.shl(m6, 4));
  sum = i64x2.sub(sum, i64x2.shl(m4, 12));
  sum = i64x2.sub(sum, i64x2.shl(m3, 16));
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
  sum = i64x2.add(sum, i64x2.shl(m7, 4));
  sum = i64x2.sub(sum, i64x2.shl(m5, 12));
  sum = i64x2.sub(sum, i64x2.shl(m4, 16));
  column = i64x2.add(sum, carry(column, bias));
  const m8 = v128.and(column, mask);
  // Column 9
  sum = times(a0, b9);
  sum = i64x2.add(sum, times(a1, b8));
  sum = i64x2.add(sum, times(a2, b7));
  sum = i64x2.add(sum, times(a3, b6));
  sum = i64x2.add(sum, times(a4, b5));
  sum = i64x2.add(sum, times(a5, b4));
  sum = i64x2.add(sum, times(a6, b3));
  sum = i64x2.add(sum, times(a7, b2));
  sum = i64x2.add(sum, times(a8, b1));
  sum = i64x2.add(sum, times(a9, b0));
  sum = i64x2.add(sum, i64x2.shl(m8, 4));
  sum = i64x2.sub(sum, i64x2.shl(m6, 12));
  sum = i64x2.sub(sum, i64x2.shl(m5, 16));
  column = i64x2.add(sum, carry(column, bias));
  const m9 = v128.and(column, mask);
  // Column 10
  sum = times(a0, b10);
  sum = i64x2.add(sum, times(a1, b9));
  sum = i64x2.add(sum, times(a2, b8));
  sum = i64x2.add(sum, times(a3, b7));
  sum = i64x2.add(sum, times(a4, b6));
  sum = i64x2.add(sum, times(a5, b5));
  sum = i64x2.add(sum, times(a6, b4));
  sum = i64x2.add(sum, times(a7, b3));
  sum = i64x2.add(sum, times(a8, b2));
  sum = i64x2.add(sum, times(a9, b1));
  sum = i64x2.add(sum, times(a10, b0));
  sum = i64x2.add(sum, i64x2.shl(m9, 4));
  sum = i64x2.sub(sum, i64x2.shl(m7, 12));
  sum = i64x2.sub(sum, i64x2.shl(m6, 16));
  column = i64x2.add(sum, carry(column, bias));
  const m10 = v128.and(column, mask);
  // Column 11
  sum = times(a0, b11);
  sum = i64x2.add(sum, times(a1, b10));
  sum = i64x2.add(sum, times(a2, b9));
  sum = i64x2.add(sum, times(a3, b8));
  sum = i64x2.add(sum, times(a4, b7));
  sum = i64x2.add(sum, times(a5, b6));
  sum = i64x2.add(sum, times(a6, b5));
  sum = i64x2.add(sum, times(a7, b4));
  sum = i64x2.add(sum, times(a8, b3));
  sum = i64x2.add(sum, times(a9, b2));
  sum = i64x2.add(sum, times(a10, b1));
  sum = i64x2.add(sum, times(a11, b0));
  sum = i64x2.add(sum, i64x2.shl(m10, 4));
  sum = i64x2.sub(sum, i64x2.shl(m8, 12));
  sum = i64x2.sub(sum, i64x2.shl(m7, 16));
  column = i64x2.add(sum, carry(column, bias));
  const m11 = v128.and(column, mask);
  // Column 12
  sum = times(a0, b12);
  sum = i64x2.add(sum, times(a1, b11));
  sum = i64x2.add(sum, times(a2, b10));
  sum = i64x2.add(sum, times(a3, b9));
  sum = i64x2.add(sum, times(a4, b8));
  sum = i64x2.add(sum, times(a5, b7));
  sum = i64x2.add(sum, times(a6, b6));
  sum = i64x2.add(sum, times(a7, b5));
  sum = i64x2.add(sum, times(a8, b4));
  sum = i64x2.add(sum, times(a9, b3));
  sum = i64x2.add(sum, times(a10, b2));
  sum = i64x2.add(sum, times(a11, b1));
  sum = i64x2.add(sum, times(a12, b0));
  sum = i64x2.add(sum, i64x2.shl(m11, 4));
  sum = i64x2.sub(sum, i64x2.shl(m9, 12));
  sum = i64x2.sub(sum, i64x2.shl(m8, 16));
  column = i64x2.add(sum, carry(column, bias));
  const m12 = v128.and(column, mask);
  // Column 13
  sum = times(a0, b13);
  sum = i64x2.add(sum, times(a1, b12));
  sum = i64x2.add(sum, times(a2, b11));
  sum = i64x2.add(sum, times(a3, b10));
  sum = i64x2.add(sum, times(a4, b9));
  sum = i64x2.add(sum, times(a5, b8));
  sum = i64x2.add(sum, times(a6, b7));
  sum = i64x2.add(sum, times(a7, b6));
  sum = i64x2.add(sum, times(a8, b5));
  sum = i64x2.add(sum, times(a9, b4));
  sum = i64x2.add(sum, times(a10, b3));
  sum = i64x2.add(sum, times(a11, b2));
  sum = i64x2.add(sum, times(a12, b1));
  sum = i64x2.add(sum, times(a13, b0));
  sum = i64x2.add(sum, i64x2.shl(m12, 4));
  sum = i64x2.add(sum, i64x2.shl(m0, 20));
  sum = i64x2.sub(sum, i64x2.shl(m10, 12));
  sum = i64x2.sub(sum, i64x2.shl(m9, 16));
  column = i64x2.add(sum, carry(column, bias));
  const m13 = v128.and(column, mask);
  // Column 14
  sum = times(a1, b13);
  sum = i64x2.add(sum, times(a2, b12));
  sum = i64x2.add(sum, times(a3, b11));
  sum = i64x2.add(sum, times(a4, b10));
  sum = i64x2.add(sum, times(a5, b9));
  sum = i64x2.add(sum, times(a6, b8));
  sum = i64x2.add(sum, times(a7, b7));
  sum = i64x2.add(sum, times(a8, b6));
  sum = i64x2.add(sum, times(a9, b5));
  sum = i64x2.add(sum, times(a10, b4));
  sum = i64x2.add(sum, times(a11, b3));
  sum = i64x2.add(sum, times(a12, b2));
  sum = i64x2.add(sum, times(a13, b1));
  sum = i64x2.add(sum, i64x2.shl(m13, 4));
  sum = i64x2.add(sum, i64x2.shl(m1, 20));
  sum = i64x2.sub(sum, i64x2.shl(m11, 12));
  sum = i64x2.sub(sum, i64x2.shl(m10, 16));
  column = i64x2.add(sum, carry(column, roundBias));
  const o0 = column;
  // Column 15
  sum = times(a2, b13);
  sum = i64x2.add(sum, times(a3, b12));
  sum = i64x2.add(sum, times(a4, b11));
  sum = i64x2.add(sum, times(a5, b10));
  sum = i64x2.add(sum, times(a6, b9));
  sum = i64x2.add(sum, times(a7, b8));
  sum = i64x2.add(sum, times(a8, b7));
  sum = i64x2.add(sum, times(a9, b6));
  sum = i64x2.add(sum, times(a10, b5));
  sum = i64x2.add(sum, times(a11, b4));
  sum = i64x2.add(sum, times(a12, b3));
  sum = i64x2.add(sum, times(a13, b2));
  sum = i64x2.add(sum, i64x2.shl(m2, 20));
  sum = i64x2.sub(sum, i64x2.shl(m12, 12));
  sum = i64x2.sub(sum, i64x2.shl(m11, 16));
  column = i64x2.add(sum, carry(column, roundBias));
  const o1 = column;
  // Column 16
  sum = times(a3, b13);
  sum = i64x2.add(sum, times(a4, b12));
  sum = i64x2.add(sum, times(a5, b11));
  sum = i64x2.add(sum, times(a6, b10));
  sum = i64x2.add(sum, times(a7, b9));
  sum = i64x2.add(sum, times(a8, b8));
  sum = i64x2.add(sum, times(a9, b7));
  sum = i64x2.add(sum, times(a10, b6));
  sum = i64x2.add(sum, times(a11, b5));
  sum = i64x2.add(sum, times(a12, b4));
  sum = i64x2.add(sum, times(a13, b3));
  sum = i64x2.add(sum, i64x2.shl(m3, 20));
  sum = i64x2.sub(sum, i64x2.shl(m13, 12));
  sum = i64x2.sub(sum, i64x2.shl(m12, 16));
  column = i64x2.add(sum, carry(column, roundBias));
  const o2 = column;
  // Column 17
  sum = times(a4, b13);
  sum = i64x2.add(sum, times(a5, b12));
  sum = i64x2.add(sum, times(a6, b11));
  sum = i64x2.add(sum, times(a7, b10));
  sum = i64x2.add(sum, times(a8, b9));
  sum = i64x2.add(sum, times(a9, b8));
  sum = i64x2.add(sum, times(a10, b7));
  sum = i64x2.add(sum, times(a11, b6));
  sum = i64x2.add(sum, times(a12, b5));
  sum = i64x2.add(sum, times(a13, b4));
  sum = i64x2.add(sum, i64x2.shl(m4, 20));
  sum = i64x2.sub(sum, i64x2.shl(m13, 16));
  column = i64x2.add(sum, carry(column, roundBias));
  const o3 = column;
  // Column 18
  sum = times(a5, b13);
  sum = i64x2.add(sum, times(a6, b12));
  sum = i64x2.add(sum, times(a7, b11));
  sum = i64x2.add(sum, times(a8, b10));
  sum = i64x2.add(sum, times(a9, b9));
  sum = i64x2.add(sum, times(a10, b8));
  sum = i64x2.add(sum, times(a11, b7));
  sum = i64x2.add(sum, times(a12, b6));
  sum = i64x2.add(sum, times(a13, b5));
  sum = i64x2.add(sum, i64x2.shl(m5, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o4 = column;
  // Column 19
  sum = times(a6, b13);
  sum = i64x2.add(sum, times(a7, b12));
  sum = i64x2.add(sum, times(a8, b11));
  sum = i64x2.add(sum, times(a9, b10));
  sum = i64x2.add(sum, times(a10, b9));
  sum = i64x2.add(sum, times(a11, b8));
  sum = i64x2.add(sum, times(a12, b7));
  sum = i64x2.add(sum, times(a13, b6));
  sum = i64x2.add(sum, i64x2.shl(m6, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o5 = column;
  // Column 20
  sum = times(a7, b13);
  sum = i64x2.add(sum, times(a8, b12));
  sum = i64x2.add(sum, times(a9, b11));
  sum = i64x2.add(sum, times(a10, b10));
  sum = i64x2.add(sum, times(a11, b9));
  sum = i64x2.add(sum, times(a12, b8));
  sum = i64x2.add(sum, times(a13, b7));
  sum = i64x2.add(sum, i64x2.shl(m7, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o6 = column;
  // Column 21
  sum = times(a8, b13);
  sum = i64x2.add(sum, times(a9, b12));
  sum = i64x2.add(sum, times(a10, b11));
  sum = i64x2.add(sum, times(a11, b10));
  sum = i64x2.add(sum, times(a12, b9));
  sum = i64x2.add(sum, times(a13, b8));
  sum = i64x2.add(sum, i64x2.shl(m8, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o7 = column;
  // Column 22
  sum = times(a9, b13);
  sum = i64x2.add(sum, times(a10, b12));
  sum = i64x2.add(sum, times(a11, b11));
  sum = i64x2.add(sum, times(a12, b10));
  sum = i64x2.add(sum, times(a13, b9));
  sum = i64x2.add(sum, i64x2.shl(m9, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o8 = column;
  // Column 23
  sum = times(a10, b13);
  sum = i64x2.add(sum, times(a11, b12));
  sum = i64x2.add(sum, times(a12, b11));
  sum = i64x2.add(sum, times(a13, b10));
  sum = i64x2.add(sum, i64x2.shl(m10, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o9 = column;
  // Column 24
  sum = times(a11, b13);
  sum = i64x2.add(sum, times(a12, b12));
  sum = i64x2.add(sum, times(a13, b11));
  sum = i64x2.add(sum, i64x2.shl(m11, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o10 = column;
  // Column 25
  sum = times(a12, b13);
  sum = i64x2.add(sum, times(a13, b12));
  sum = i64x2.add(sum, i64x2.shl(m12, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o11 = column;
  // Column 26
  sum = times(a13, b13);
  sum = i64x2.add(sum, i64x2.shl(m13, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o12 = column;
  v128.store(target, pack(o0, o1, pairMask, half), 0);
  v128.store(target, pack(o2, o3, pairMask, half), 16);
  v128.store(target, pack(o4, o5, pairMask, half), 32);
  v128.store(target, pack(o6, o7, pairMask, half), 48);
  v128.store(target, pack(o8, o9, pairMask, half), 64);
  v128.store(target, pack(o10, o11, pairMask, half), 80);
  column = carry(o12, v128.load(HALF_BIAS));
  v128.store(target, packMasked(v128.and(o12, mask), column, half), 96);
}

/** target = a^2 / 2^392 mod p. `target` may be `a`. */
export function squareP384(target: usize, a: usize): void {
  const a0 = v128.load64_zero(a, 0);
  const a1 = v128.load64_zero(a, 8);
  const a2 = v128.load64_zero(a, 16);
  const a3 = v128.load64_zero(a, 24);
  const a4 = v128.load64_zero(a, 32);
  const a5 = v128.load64_zero(a, 40);
  const a6 = v128.load64_zero(a, 48);
  const a7 = v128.load64_zero(a, 56);
  const a8 = v128.load64_zero(a, 64);
  const a9 = v128.load64_zero(a, 72);
  const a10 = v128.load64_zero(a, 80);
  const a11 = v128.load64_zero(a, 88);
  const a12 = v128.load64_zero(a, 96);
  const a13 = v128.load64_zero(a, 104);
  const d1 = i32x4.shl(a1, 1);
  const d2 = i32x4.shl(a2, 1);
  const d3 = i32x4.shl(a3, 1);
  const d4 = i32x4.shl(a4, 1);
  const d5 = i32x4.shl(a5, 1);
  const d6 = i32x4.shl(a6, 1);
  const d7 = i32x4.shl(a7, 1);
  const d8 = i32x4.shl(a8, 1);
  const d9 = i32x4.shl(a9, 1);
  const d10 = i32x4.shl(a10, 1);
  const d11 = i32x4.shl(a11, 1);
  const d12 = i32x4.shl(a12, 1);
  const d13 = i32x4.shl(a13, 1);
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
  sum = i64x2.add(sum, i64x2.shl(m0, 4));
  column = i64x2.add(sum, carry(column, bias));
  const m1 = v128.and(column, mask);
  // Column 2
  sum = times(a0, d2);
  sum = i64x2.add(sum, times(a1, a1));
  sum = i64x2.add(sum, i64x2.shl(m1, 4));
  column = i64x2.add(sum, carry(column, bias));
  const m2 = v128.and(column, mask);
  // Column 3
  sum = times(a0, d3);
  sum = i64x2.add(sum, times(a1, d2));
  sum = i64x2.add(sum, i64x2.shl(m2, 4));
  sum = i64x2.sub(sum, i64x2.shl(m0, 12));
  column = i64x2.add(sum, carry(column, bias));
  const m3 = v128.and(column, mask);
  // Column 4
  sum = times(a0, d4);
  sum = i64x2.add(sum, times(a1, d3));
  sum = i64x2.add(sum, times(a2, a2));
  sum = i64x2.add(sum, i64x2.shl(m3, 4));
  sum = i64x2.sub(sum, i64x2.shl(m1, 12));
  sum = i64x2.sub(sum, i64x2.shl(m0, 16));
  column = i64x2.add(sum, carry(column, bias));
  const m4 = v128.and(column, mask);
  // Column 5
  sum = times(a0, d5);
  sum = i64x2.add(sum, times(a1, d4));
  sum = i64x2.add(sum, times(a2, d3));
  sum = i64x2.add(sum, i64x2.shl(m4, 4));
  sum = i64x2.sub(sum, i64x2.shl(m2, 12));
  sum = i64x2.sub(sum, i64x2.shl(m1, 16));
  column = i64x2.add(sum, carry(column, bias));
  const m5 = v128.and(column, mask);
  // Column 6
  sum = times(a0, d6);
  sum = i64x2.add(sum, times(a1, d5));
  sum = i64x2.add(sum, times(a2, d4));
  sum = i64x2.add(sum, times(a3, a3));
  sum = i64x2.add(sum, i64x2.shl(m5, 4));
  sum = i64x2.sub(sum, i64x2.shl(m3, 12));
  sum = i64x2.sub(sum, i64x2.shl(m2, 16));
  column = i64x2.add(sum, carry(column, bias));
  const m6 = v128.and(column, mask);
  // Column 7
  sum = times(a0, d7);
  sum = i64x2.add(sum, times(a1, d6));
  sum = i64x2.add(sum, times(a2, d5));
  sum = i64x2.add(sum, times(a3, d4));
  sum = i64x2.add(sum, i64x2.shl(m6, 4));
  sum = i64x2.sub(sum, i64x2.shl(m4, 12));
  sum = i64x2.sub(sum, i64x2.shl(m3, 16));
  column = i64x2.add(sum, carry(column, bias));
  const m7 = v128.and(column, mask);
  // Column 8
  sum = times(a0, d8);
  sum = i64x2.add(sum, times(a1, d7));
  sum = i64x2.add(sum, times(a2, d6));
  sum = i64x2.add(sum, times(a3, d5));
  sum = i64x2.add(sum, times(a4, a4));
  sum = i64x2.add(sum, i64x2.shl(m7, 4));
  sum = i64x2.sub(sum, i64x2.shl(m5, 12));
  sum = i64x2.sub(sum, i64x2.shl(m4, 16));
  column = i64x2.add(sum, carry(column, bias));
  const m8 = v128.and(column, mask);
  // Column 9
  sum = times(a0, d9);
  sum = i64x2.add(sum, times(a1, d8));
  sum = i64x2.add(sum, times(a2, d7));
  sum = i64x2.add(sum, times(a3, d6));
  sum = i64x2.add(sum, times(a4, d5));
  sum = i64x2.add(sum, i64x2.shl(m8, 4));
  sum = i64x2.sub(sum, i64x2.shl(m6, 12));
  sum = i64x2.sub(sum, i64x2.shl(m5, 16));
  column = i64x2.add(sum, carry(column, bias));
  const m9 = v128.and(column, mask);
  // Column 10
  sum = times(a0, d10);
  sum = i64x2.add(sum, times(a1, d9));
  sum = i64x2.add(sum, times(a2, d8));
  sum = i64x2.add(sum, times(a3, d7));
  sum = i64x2.add(sum, times(a4, d6));
  sum = i64x2.add(sum, times(a5, a5));
  sum = i64x2.add(sum, i64x2.shl(m9, 4));
  sum = i64x2.sub(sum, i64x2.shl(m7, 12));
  sum = i64x2.sub(sum, i64x2.shl(m6, 16));
  column = i64x2.add(sum, carry(column, bias));
  const m10 = v128.and(column, mask);
  // Column 11
  sum = times(a0, d11);
  sum = i64x2.add(sum, times(a1, d10));
  sum = i64x2.add(sum, times(a2, d9));
  sum = i64x2.add(sum, times(a3, d8));
  sum = i64x2.add(sum, times(a4, d7));
  sum = i64x2.add(sum, times(a5, d6));
  sum = i64x2.add(sum, i64x2.shl(m10, 4));
  sum = i64x2.sub(sum, i64x2.shl(m8, 12));
  sum = i64x2.sub(sum, i64x2.shl(m7, 16));
  column = i64x2.add(sum, carry(column, bias));
  const m11 = v128.and(column, mask);
  // Column 12
  sum = times(a0, d12);
  sum = i64x2.add(sum, times(a1, d11));
  sum = i64x2.add(sum, times(a2, d10));
  sum = i64x2.add(sum, times(a3, d9));
  sum = i64x2.add(sum, times(a4, d8));
  sum = i64x2.add(sum, times(a5, d7));
  sum = i64x2.add(sum, times(a6, a6));
  sum = i64x2.add(sum, i64x2.shl(m11, 4));
  sum = i64x2.sub(sum, i64x2.shl(m9, 12));
  sum = i64x2.sub(sum, i64x2.shl(m8, 16));
  column = i64x2.add(sum, carry(column, bias));
  const m12 = v128.and(column, mask);
  // Column 13
  sum = times(a0, d13);
  sum = i64x2.add(sum, times(a1, d12));
  sum = i64x2.add(sum, times(a2, d11));
  sum = i64x2.add(sum, times(a3, d10));
  sum = i64x2.add(sum, times(a4, d9));
  sum = i64x2.add(sum, times(a5, d8));
  sum = i64x2.add(sum, times(a6, d7));
  sum = i64x2.add(sum, i64x2.shl(m12, 4));
  sum = i64x2.add(sum, i64x2.shl(m0, 20));
  sum = i64x2.sub(sum, i64x2.shl(m10, 12));
  sum = i64x2.sub(sum, i64x2.shl(m9, 16));
  column = i64x2.add(sum, carry(column, bias));
  const m13 = v128.and(column, mask);
  // Column 14
  sum = times(a1, d13);
  sum = i64x2.add(sum, times(a2, d12));
  sum = i64x2.add(sum, times(a3, d11));
  sum = i64x2.add(sum, times(a4, d10));
  sum = i64x2.add(sum, times(a5, d9));
  sum = i64x2.add(sum, times(a6, d8));
  sum = i64x2.add(sum, times(a7, a7));
  sum = i64x2.add(sum, i64x2.shl(m13, 4));
  sum = i64x2.add(sum, i64x2.shl(m1, 20));
  sum = i64x2.sub(sum, i64x2.shl(m11, 12));
  sum = i64x2.sub(sum, i64x2.shl(m10, 16));
  column = i64x2.add(sum, carry(column, roundBias));
  const o0 = column;
  // Column 15
  sum = times(a2, d13);
  sum = i64x2.add(sum, times(a3, d12));
  sum = i64x2.add(sum, times(a4, d11));
  sum = i64x2.add(sum, times(a5, d10));
  sum = i64x2.add(sum, times(a6, d9));
  sum = i64x2.add(sum, times(a7, d8));
  sum = i64x2.add(sum, i64x2.shl(m2, 20));
  sum = i64x2.sub(sum, i64x2.shl(m12, 12));
  sum = i64x2.sub(sum, i64x2.shl(m11, 16));
  column = i64x2.add(sum, carry(column, roundBias));
  const o1 = column;
  // Column 16
  sum = times(a3, d13);
  sum = i64x2.add(sum, times(a4, d12));
  sum = i64x2.add(sum, times(a5, d11));
  sum = i64x2.add(sum, times(a6, d10));
  sum = i64x2.add(sum, times(a7, d9));
  sum = i64x2.add(sum, times(a8, a8));
  sum = i64x2.add(sum, i64x2.shl(m3, 20));
  sum = i64x2.sub(sum, i64x2.shl(m13, 12));
  sum = i64x2.sub(sum, i64x2.shl(m12, 16));
  column = i64x2.add(sum, carry(column, roundBias));
  const o2 = column;
  // Column 17
  sum = times(a4, d13);
  sum = i64x2.add(sum, times(a5, d12));
  sum = i64x2.add(sum, times(a6, d11));
  sum = i64x2.add(sum, times(a7, d10));
  sum = i64x2.add(sum, times(a8, d9));
  sum = i64x2.add(sum, i64x2.shl(m4, 20));
  sum = i64x2.sub(sum, i64x2.shl(m13, 16));
  column = i64x2.add(sum, carry(column, roundBias));
  const o3 = column;
  // Column 18
  sum = times(a5, d13);
  sum = i64x2.add(sum, times(a6, d12));
  sum = i64x2.add(sum, times(a7, d11));
  sum = i64x2.add(sum, times(a8, d10));
  sum = i64x2.add(sum, times(a9, a9));
  sum = i64x2.add(sum, i64x2.shl(m5, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o4 = column;
  // Column 19
  sum = times(a6, d13);
  sum = i64x2.add(sum, times(a7, d12));
  sum = i64x2.add(sum, times(a8, d11));
  sum = i64x2.add(sum, times(a9, d10));
  sum = i64x2.add(sum, i64x2.shl(m6, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o5 = column;
  // Column 20
  sum = times(a7, d13);
  sum = i64x2.add(sum, times(a8, d12));
  sum = i64x2.add(sum, times(a9, d11));
  sum = i64x2.add(sum, times(a10, a10));
  sum = i64x2.add(sum, i64x2.shl(m7, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o6 = column;
  // Column 21
  sum = times(a8, d13);
  sum = i64x2.add(sum, times(a9, d12));
  sum = i64x2.add(sum, times(a10, d11));
  sum = i64x2.add(sum, i64x2.shl(m8, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o7 = column;
  // Column 22
  sum = times(a9, d13);
  sum = i64x2.add(sum, times(a10, d12));
  sum = i64x2.add(sum, times(a11, a11));
  sum = i64x2.add(sum, i64x2.shl(m9, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o8 = column;
  // Column 23
  sum = times(a10, d13);
  sum = i64x2.add(sum, times(a11, d12));
  sum = i64x2.add(sum, i64x2.shl(m10, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o9 = column;
  // Column 24
  sum = times(a11, d13);
  sum = i64x2.add(sum, times(a12, a12));
  sum = i64x2.add(sum, i64x2.shl(m11, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o10 = column;
  // Column 25
  sum = times(a12, d13);
  sum = i64x2.add(sum, i64x2.shl(m12, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o11 = column;
  // Column 26
  sum = times(a13, a13);
  sum = i64x2.add(sum, i64x2.shl(m13, 20));
  column = i64x2.add(sum, carry(column, roundBias));
  const o12 = column;
  v128.store(target, pack(o0, o1, pairMask, half), 0);
  v128.store(target, pack(o2, o3, pairMask, half), 16);
  v128.store(target, pack(o4, o5, pairMask, half), 32);
  v128.store(target, pack(o6, o7, pairMask, half), 48);
  v128.store(target, pack(o8, o9, pairMask, half), 64);
  v128.store(target, pack(o10, o11, pairMask, half), 80);
  column = carry(o12, v128.load(HALF_BIAS));
  v128.store(target, packMasked(v128.and(o12, mask), column, half), 96);
}
