// P-521
// Made by scripts/crypto/field.ts.
//
// Two numbers at once: limb i of both is at 8 i, lane 0 first, in 32 bits signed.
//
// Factors: (j) and (k) with j k at most 7. A column has at most 18 products of limbs, so 18
// 7 (2^28 + 2^7)^2 < 2^63 - 2^57 + 2^44; twice a limb or carry of the upper half, less than
// 2^36; a carry of less than 2^35: all in all less than 2^63 in size. squareP521 doubles
// limbs: (2) fits.
//
// Reduction: limb i + 18 counts 2^522 = 2 modulo p at limb i. The upper half is carried to
// limbs in [0, 2^29 - 1] first, its top one signed and below 2^34 in size.
//
// A column is kept 2^63 up, so that it is never negative and one unsigned shift carries it;
// what that adds to the next one is in its bias.
//
// Limbs of the result are in [-2^28, 2^28 - 1], as the columns were half a limb up when
// they were masked. But twice the carry out of the top, less than 2^35, is added to limb 0,
// and what limb 0 then has too much, at most 2^6 + 1, to limb 1. So a value of (k) is below
// k (1 + 2^-20) 2^521.

const LIMB_BITS: i32 = 29;
// In memory, as a v128.const would take 18 bytes of code at each use.
// prettier-ignore
const CONSTANTS: usize = memory.data<u32>([
  0x0, 0x7ffffffc, 0x0, 0x7ffffffc, // 2^63 - 2^34
  0x10000000, 0x7ffffffc, 0x10000000, 0x7ffffffc, // 2^63 - 2^34 + 2^28
  0x1fffffff, 0x0, 0x1fffffff, 0x0, // 2^29 - 1
  0x0, 0x80000000, 0x0, 0x80000000, // 2^63
  0x10000000, 0x80000000, 0x10000000, 0x80000000, // 2^63 + 2^28
  0x0, 0xfffffffc, 0x0, 0xfffffffc, // -2^34
  0x1fffffff, 0x1fffffff, 0x1fffffff, 0x1fffffff, // 2^29 - 1, four times
  0x10000000, 0x10000000, 0x10000000, 0x10000000, // 2^28, four times
], 16);
const BIAS: usize = CONSTANTS + 0;
const ROUND_BIAS: usize = CONSTANTS + 16;
const MASK: usize = CONSTANTS + 32;
const FIRST_BIAS: usize = CONSTANTS + 48;
const FIRST_ROUND_BIAS: usize = CONSTANTS + 64;
const NO_BIAS: usize = CONSTANTS + 80;
const PAIR_MASK: usize = CONSTANTS + 96;
const PAIR_HALF: usize = CONSTANTS + 112;

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

/** target = a b mod p. `target` may be either. */
export function mulP521(target: usize, a: usize, b: usize): void {
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
  const a14 = v128.load64_zero(a, 112);
  const a15 = v128.load64_zero(a, 120);
  const a16 = v128.load64_zero(a, 128);
  const a17 = v128.load64_zero(a, 136);
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
  const b14 = v128.load64_zero(b, 112);
  const b15 = v128.load64_zero(b, 120);
  const b16 = v128.load64_zero(b, 128);
  const b17 = v128.load64_zero(b, 136);
  const bias = v128.load(BIAS);
  const roundBias = v128.load(ROUND_BIAS);
  const mask = v128.load(MASK);
  const pairMask = v128.load(PAIR_MASK);
  const half = v128.load(PAIR_HALF);
  let sum: v128;
  let column: v128;
  // Column 18
  sum = times(a1, b17);
  sum = i64x2.add(sum, times(a2, b16));
  sum = i64x2.add(sum, times(a3, b15));
  sum = i64x2.add(sum, times(a4, b14));
  sum = i64x2.add(sum, times(a5, b13));
  sum = i64x2.add(sum, times(a6, b12));
  sum = i64x2.add(sum, times(a7, b11));
  sum = i64x2.add(sum, times(a8, b10));
  sum = i64x2.add(sum, times(a9, b9));
  sum = i64x2.add(sum, times(a10, b8));
  sum = i64x2.add(sum, times(a11, b7));
  sum = i64x2.add(sum, times(a12, b6));
  sum = i64x2.add(sum, times(a13, b5));
  sum = i64x2.add(sum, times(a14, b4));
  sum = i64x2.add(sum, times(a15, b3));
  sum = i64x2.add(sum, times(a16, b2));
  sum = i64x2.add(sum, times(a17, b1));
  column = i64x2.add(sum, v128.load(FIRST_BIAS));
  const h0 = v128.and(column, mask);
  // Column 19
  sum = times(a2, b17);
  sum = i64x2.add(sum, times(a3, b16));
  sum = i64x2.add(sum, times(a4, b15));
  sum = i64x2.add(sum, times(a5, b14));
  sum = i64x2.add(sum, times(a6, b13));
  sum = i64x2.add(sum, times(a7, b12));
  sum = i64x2.add(sum, times(a8, b11));
  sum = i64x2.add(sum, times(a9, b10));
  sum = i64x2.add(sum, times(a10, b9));
  sum = i64x2.add(sum, times(a11, b8));
  sum = i64x2.add(sum, times(a12, b7));
  sum = i64x2.add(sum, times(a13, b6));
  sum = i64x2.add(sum, times(a14, b5));
  sum = i64x2.add(sum, times(a15, b4));
  sum = i64x2.add(sum, times(a16, b3));
  sum = i64x2.add(sum, times(a17, b2));
  column = i64x2.add(sum, carry(column, bias));
  const h1 = v128.and(column, mask);
  // Column 20
  sum = times(a3, b17);
  sum = i64x2.add(sum, times(a4, b16));
  sum = i64x2.add(sum, times(a5, b15));
  sum = i64x2.add(sum, times(a6, b14));
  sum = i64x2.add(sum, times(a7, b13));
  sum = i64x2.add(sum, times(a8, b12));
  sum = i64x2.add(sum, times(a9, b11));
  sum = i64x2.add(sum, times(a10, b10));
  sum = i64x2.add(sum, times(a11, b9));
  sum = i64x2.add(sum, times(a12, b8));
  sum = i64x2.add(sum, times(a13, b7));
  sum = i64x2.add(sum, times(a14, b6));
  sum = i64x2.add(sum, times(a15, b5));
  sum = i64x2.add(sum, times(a16, b4));
  sum = i64x2.add(sum, times(a17, b3));
  column = i64x2.add(sum, carry(column, bias));
  const h2 = v128.and(column, mask);
  // Column 21
  sum = times(a4, b17);
  sum = i64x2.add(sum, times(a5, b16));
  sum = i64x2.add(sum, times(a6, b15));
  sum = i64x2.add(sum, times(a7, b14));
  sum = i64x2.add(sum, times(a8, b13));
  sum = i64x2.add(sum, times(a9, b12));
  sum = i64x2.add(sum, times(a10, b11));
  sum = i64x2.add(sum, times(a11, b10));
  sum = i64x2.add(sum, times(a12, b9));
  sum = i64x2.add(sum, times(a13, b8));
  sum = i64x2.add(sum, times(a14, b7));
  sum = i64x2.add(sum, times(a15, b6));
  sum = i64x2.add(sum, times(a16, b5));
  sum = i64x2.add(sum, times(a17, b4));
  column = i64x2.add(sum, carry(column, bias));
  const h3 = v128.and(column, mask);
  // Column 22
  sum = times(a5, b17);
  sum = i64x2.add(sum, times(a6, b16));
  sum = i64x2.add(sum, times(a7, b15));
  sum = i64x2.add(sum, times(a8, b14));
  sum = i64x2.add(sum, times(a9, b13));
  sum = i64x2.add(sum, times(a10, b12));
  sum = i64x2.add(sum, times(a11, b11));
  sum = i64x2.add(sum, times(a12, b10));
  sum = i64x2.add(sum, times(a13, b9));
  sum = i64x2.add(sum, times(a14, b8));
  sum = i64x2.add(sum, times(a15, b7));
  sum = i64x2.add(sum, times(a16, b6));
  sum = i64x2.add(sum, times(a17, b5));
  column = i64x2.add(sum, carry(column, bias));
  const h4 = v128.and(column, mask);
  // Column 23
  sum = times(a6, b17);
  sum = i64x2.add(sum, times(a7, b16));
  sum = i64x2.add(sum, times(a8, b15));
  sum = i64x2.add(sum, times(a9, b14));
  sum = i64x2.add(sum, times(a10, b13));
  sum = i64x2.add(sum, times(a11, b12));
  sum = i64x2.add(sum, times(a12, b11));
  sum = i64x2.add(sum, times(a13, b10));
  sum = i64x2.add(sum, times(a14, b9));
  sum = i64x2.add(sum, times(a15, b8));
  sum = i64x2.add(sum, times(a16, b7));
  sum = i64x2.add(sum, times(a17, b6));
  column = i64x2.add(sum, carry(column, bias));
  const h5 = v128.and(column, mask);
  // Column 24
  sum = times(a7, b17);
  sum = i64x2.add(sum, times(a8, b16));
  sum = i64x2.add(sum, times(a9, b15));
  sum = i64x2.add(sum, times(a10, b14));
  sum = i64x2.add(sum, times(a11, b13));
  sum = i64x2.add(sum, times(a12, b12));
  sum = i64x2.add(sum, times(a13, b11));
  sum = i64x2.add(sum, times(a14, b10));
  sum = i64x2.add(sum, times(a15, b9));
  sum = i64x2.add(sum, times(a16, b8));
  sum = i64x2.add(sum, times(a17, b7));
  column = i64x2.add(sum, carry(column, bias));
  const h6 = v128.and(column, mask);
  // Column 25
  sum = times(a8, b17);
  sum = i64x2.add(sum, times(a9, b16));
  sum = i64x2.add(sum, times(a10, b15));
  sum = i64x2.add(sum, times(a11, b14));
  sum = i64x2.add(sum, times(a12, b13));
  sum = i64x2.add(sum, times(a13, b12));
  sum = i64x2.add(sum, times(a14, b11));
  sum = i64x2.add(sum, times(a15, b10));
  sum = i64x2.add(sum, times(a16, b9));
  sum = i64x2.add(sum, times(a17, b8));
  column = i64x2.add(sum, carry(column, bias));
  const h7 = v128.and(column, mask);
  // Column 26
  sum = times(a9, b17);
  sum = i64x2.add(sum, times(a10, b16));
  sum = i64x2.add(sum, times(a11, b15));
  sum = i64x2.add(sum, times(a12, b14));
  sum = i64x2.add(sum, times(a13, b13));
  sum = i64x2.add(sum, times(a14, b12));
  sum = i64x2.add(sum, times(a15, b11));
  sum = i64x2.add(sum, times(a16, b10));
  sum = i64x2.add(sum, times(a17, b9));
  column = i64x2.add(sum, carry(column, bias));
  const h8 = v128.and(column, mask);
  // Column 27
  sum = times(a10, b17);
  sum = i64x2.add(sum, times(a11, b16));
  sum = i64x2.add(sum, times(a12, b15));
  sum = i64x2.add(sum, times(a13, b14));
  sum = i64x2.add(sum, times(a14, b13));
  sum = i64x2.add(sum, times(a15, b12));
  sum = i64x2.add(sum, times(a16, b11));
  sum = i64x2.add(sum, times(a17, b10));
  column = i64x2.add(sum, carry(column, bias));
  const h9 = v128.and(column, mask);
  // Column 28
  sum = times(a11, b17);
  sum = i64x2.add(sum, times(a12, b16));
  sum = i64x2.add(sum, times(a13, b15));
  sum = i64x2.add(sum, times(a14, b14));
  sum = i64x2.add(sum, times(a15, b13));
  sum = i64x2.add(sum, times(a16, b12));
  sum = i64x2.add(sum, times(a17, b11));
  column = i64x2.add(sum, carry(column, bias));
  const h10 = v128.and(column, mask);
  // Column 29
  sum = times(a12, b17);
  sum = i64x2.add(sum, times(a13, b16));
  sum = i64x2.add(sum, times(a14, b15));
  sum = i64x2.add(sum, times(a15, b14));
  sum = i64x2.add(sum, times(a16, b13));
  sum = i64x2.add(sum, times(a17, b12));
  column = i64x2.add(sum, carry(column, bias));
  const h11 = v128.and(column, mask);
  // Column 30
  sum = times(a13, b17);
  sum = i64x2.add(sum, times(a14, b16));
  sum = i64x2.add(sum, times(a15, b15));
  sum = i64x2.add(sum, times(a16, b14));
  sum = i64x2.add(sum, times(a17, b13));
  column = i64x2.add(sum, carry(column, bias));
  const h12 = v128.and(column, mask);
  // Column 31
  sum = times(a14, b17);
  sum = i64x2.add(sum, times(a15, b16));
  sum = i64x2.add(sum, times(a16, b15));
  sum = i64x2.add(sum, times(a17, b14));
  column = i64x2.add(sum, carry(column, bias));
  const h13 = v128.and(column, mask);
  // Column 32
  sum = times(a15, b17);
  sum = i64x2.add(sum, times(a16, b16));
  sum = i64x2.add(sum, times(a17, b15));
  column = i64x2.add(sum, carry(column, bias));
  const h14 = v128.and(column, mask);
  // Column 33
  sum = times(a16, b17);
  sum = i64x2.add(sum, times(a17, b16));
  column = i64x2.add(sum, carry(column, bias));
  const h15 = v128.and(column, mask);
  // Column 34
  sum = times(a17, b17);
  column = i64x2.add(sum, carry(column, bias));
  const h16 = v128.and(column, mask);
  const h17 = carry(column, v128.load(NO_BIAS));
  // Column 0
  sum = times(a0, b0);
  sum = i64x2.add(sum, i64x2.shl(h0, 1));
  column = i64x2.add(sum, v128.load(FIRST_ROUND_BIAS));
  const o0 = column;
  // Column 1
  sum = times(a0, b1);
  sum = i64x2.add(sum, times(a1, b0));
  sum = i64x2.add(sum, i64x2.shl(h1, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o1 = column;
  // Column 2
  sum = times(a0, b2);
  sum = i64x2.add(sum, times(a1, b1));
  sum = i64x2.add(sum, times(a2, b0));
  sum = i64x2.add(sum, i64x2.shl(h2, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o2 = column;
  // Column 3
  sum = times(a0, b3);
  sum = i64x2.add(sum, times(a1, b2));
  sum = i64x2.add(sum, times(a2, b1));
  sum = i64x2.add(sum, times(a3, b0));
  sum = i64x2.add(sum, i64x2.shl(h3, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o3 = column;
  // Column 4
  sum = times(a0, b4);
  sum = i64x2.add(sum, times(a1, b3));
  sum = i64x2.add(sum, times(a2, b2));
  sum = i64x2.add(sum, times(a3, b1));
  sum = i64x2.add(sum, times(a4, b0));
  sum = i64x2.add(sum, i64x2.shl(h4, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o4 = column;
  // Column 5
  sum = times(a0, b5);
  sum = i64x2.add(sum, times(a1, b4));
  sum = i64x2.add(sum, times(a2, b3));
  sum = i64x2.add(sum, times(a3, b2));
  sum = i64x2.add(sum, times(a4, b1));
  sum = i64x2.add(sum, times(a5, b0));
  sum = i64x2.add(sum, i64x2.shl(h5, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o5 = column;
  // Column 6
  sum = times(a0, b6);
  sum = i64x2.add(sum, times(a1, b5));
  sum = i64x2.add(sum, times(a2, b4));
  sum = i64x2.add(sum, times(a3, b3));
  sum = i64x2.add(sum, times(a4, b2));
  sum = i64x2.add(sum, times(a5, b1));
  sum = i64x2.add(sum, times(a6, b0));
  sum = i64x2.add(sum, i64x2.shl(h6, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o6 = column;
  // Column 7
  sum = times(a0, b7);
  sum = i64x2.add(sum, times(a1, b6));
  sum = i64x2.add(sum, times(a2, b5));
  sum = i64x2.add(sum, times(a3, b4));
  sum = i64x2.add(sum, times(a4, b3));
  sum = i64x2.add(sum, times(a5, b2));
  sum = i64x2.add(sum, times(a6, b1));
  sum = i64x2.add(sum, times(a7, b0));
  sum = i64x2.add(sum, i64x2.shl(h7, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o7 = column;
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
  sum = i64x2.add(sum, i64x2.shl(h8, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o8 = column;
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
  sum = i64x2.add(sum, i64x2.shl(h9, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o9 = column;
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
  sum = i64x2.add(sum, i64x2.shl(h10, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o10 = column;
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
  sum = i64x2.add(sum, i64x2.shl(h11, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o11 = column;
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
  sum = i64x2.add(sum, i64x2.shl(h12, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o12 = column;
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
  sum = i64x2.add(sum, i64x2.shl(h13, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o13 = column;
  // Column 14
  sum = times(a0, b14);
  sum = i64x2.add(sum, times(a1, b13));
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
  sum = i64x2.add(sum, times(a14, b0));
  sum = i64x2.add(sum, i64x2.shl(h14, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o14 = column;
  // Column 15
  sum = times(a0, b15);
  sum = i64x2.add(sum, times(a1, b14));
  sum = i64x2.add(sum, times(a2, b13));
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
  sum = i64x2.add(sum, times(a14, b1));
  sum = i64x2.add(sum, times(a15, b0));
  sum = i64x2.add(sum, i64x2.shl(h15, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o15 = column;
  // Column 16
  sum = times(a0, b16);
  sum = i64x2.add(sum, times(a1, b15));
  sum = i64x2.add(sum, times(a2, b14));
  sum = i64x2.add(sum, times(a3, b13));
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
  sum = i64x2.add(sum, times(a14, b2));
  sum = i64x2.add(sum, times(a15, b1));
  sum = i64x2.add(sum, times(a16, b0));
  sum = i64x2.add(sum, i64x2.shl(h16, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o16 = column;
  // Column 17
  sum = times(a0, b17);
  sum = i64x2.add(sum, times(a1, b16));
  sum = i64x2.add(sum, times(a2, b15));
  sum = i64x2.add(sum, times(a3, b14));
  sum = i64x2.add(sum, times(a4, b13));
  sum = i64x2.add(sum, times(a5, b12));
  sum = i64x2.add(sum, times(a6, b11));
  sum = i64x2.add(sum, times(a7, b10));
  sum = i64x2.add(sum, times(a8, b9));
  sum = i64x2.add(sum, times(a9, b8));
  sum = i64x2.add(sum, times(a10, b7));
  sum = i64x2.add(sum, times(a11, b6));
  sum = i64x2.add(sum, times(a12, b5));
  sum = i64x2.add(sum, times(a13, b4));
  sum = i64x2.add(sum, times(a14, b3));
  sum = i64x2.add(sum, times(a15, b2));
  sum = i64x2.add(sum, times(a16, b1));
  sum = i64x2.add(sum, times(a17, b0));
  sum = i64x2.add(sum, i64x2.shl(h17, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o17 = column;
  // Twice of what is carried out of the top goes to the lowest limb.
  sum = i64x2.shl(carry(column, v128.load(NO_BIAS)), 1);
  sum = i64x2.add(sum, v128.load(FIRST_BIAS));
  column = i64x2.add(sum, v128.and(o0, mask));
  sum = i64x2.add(v128.and(o1, mask), carry(column, v128.load(NO_BIAS)));
  v128.store(target, packMasked(v128.and(column, mask), sum, half));
  v128.store(target, pack(o2, o3, pairMask, half), 16);
  v128.store(target, pack(o4, o5, pairMask, half), 32);
  v128.store(target, pack(o6, o7, pairMask, half), 48);
  v128.store(target, pack(o8, o9, pairMask, half), 64);
  v128.store(target, pack(o10, o11, pairMask, half), 80);
  v128.store(target, pack(o12, o13, pairMask, half), 96);
  v128.store(target, pack(o14, o15, pairMask, half), 112);
  v128.store(target, pack(o16, o17, pairMask, half), 128);
}

/** target = a^2 mod p. `target` may be `a`. */
export function squareP521(target: usize, a: usize): void {
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
  const a14 = v128.load64_zero(a, 112);
  const a15 = v128.load64_zero(a, 120);
  const a16 = v128.load64_zero(a, 128);
  const a17 = v128.load64_zero(a, 136);
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
  const d14 = i32x4.shl(a14, 1);
  const d15 = i32x4.shl(a15, 1);
  const d16 = i32x4.shl(a16, 1);
  const d17 = i32x4.shl(a17, 1);
  const bias = v128.load(BIAS);
  const roundBias = v128.load(ROUND_BIAS);
  const mask = v128.load(MASK);
  const pairMask = v128.load(PAIR_MASK);
  const half = v128.load(PAIR_HALF);
  let sum: v128;
  let column: v128;
  // Column 18
  sum = times(a1, d17);
  sum = i64x2.add(sum, times(a2, d16));
  sum = i64x2.add(sum, times(a3, d15));
  sum = i64x2.add(sum, times(a4, d14));
  sum = i64x2.add(sum, times(a5, d13));
  sum = i64x2.add(sum, times(a6, d12));
  sum = i64x2.add(sum, times(a7, d11));
  sum = i64x2.add(sum, times(a8, d10));
  sum = i64x2.add(sum, times(a9, a9));
  column = i64x2.add(sum, v128.load(FIRST_BIAS));
  const h0 = v128.and(column, mask);
  // Column 19
  sum = times(a2, d17);
  sum = i64x2.add(sum, times(a3, d16));
  sum = i64x2.add(sum, times(a4, d15));
  sum = i64x2.add(sum, times(a5, d14));
  sum = i64x2.add(sum, times(a6, d13));
  sum = i64x2.add(sum, times(a7, d12));
  sum = i64x2.add(sum, times(a8, d11));
  sum = i64x2.add(sum, times(a9, d10));
  column = i64x2.add(sum, carry(column, bias));
  const h1 = v128.and(column, mask);
  // Column 20
  sum = times(a3, d17);
  sum = i64x2.add(sum, times(a4, d16));
  sum = i64x2.add(sum, times(a5, d15));
  sum = i64x2.add(sum, times(a6, d14));
  sum = i64x2.add(sum, times(a7, d13));
  sum = i64x2.add(sum, times(a8, d12));
  sum = i64x2.add(sum, times(a9, d11));
  sum = i64x2.add(sum, times(a10, a10));
  column = i64x2.add(sum, carry(column, bias));
  const h2 = v128.and(column, mask);
  // Column 21
  sum = times(a4, d17);
  sum = i64x2.add(sum, times(a5, d16));
  sum = i64x2.add(sum, times(a6, d15));
  sum = i64x2.add(sum, times(a7, d14));
  sum = i64x2.add(sum, times(a8, d13));
  sum = i64x2.add(sum, times(a9, d12));
  sum = i64x2.add(sum, times(a10, d11));
  column = i64x2.add(sum, carry(column, bias));
  const h3 = v128.and(column, mask);
  // Column 22
  sum = times(a5, d17);
  sum = i64x2.add(sum, times(a6, d16));
  sum = i64x2.add(sum, times(a7, d15));
  sum = i64x2.add(sum, times(a8, d14));
  sum = i64x2.add(sum, times(a9, d13));
  sum = i64x2.add(sum, times(a10, d12));
  sum = i64x2.add(sum, times(a11, a11));
  column = i64x2.add(sum, carry(column, bias));
  const h4 = v128.and(column, mask);
  // Column 23
  sum = times(a6, d17);
  sum = i64x2.add(sum, times(a7, d16));
  sum = i64x2.add(sum, times(a8, d15));
  sum = i64x2.add(sum, times(a9, d14));
  sum = i64x2.add(sum, times(a10, d13));
  sum = i64x2.add(sum, times(a11, d12));
  column = i64x2.add(sum, carry(column, bias));
  const h5 = v128.and(column, mask);
  // Column 24
  sum = times(a7, d17);
  sum = i64x2.add(sum, times(a8, d16));
  sum = i64x2.add(sum, times(a9, d15));
  sum = i64x2.add(sum, times(a10, d14));
  sum = i64x2.add(sum, times(a11, d13));
  sum = i64x2.add(sum, times(a12, a12));
  column = i64x2.add(sum, carry(column, bias));
  const h6 = v128.and(column, mask);
  // Column 25
  sum = times(a8, d17);
  sum = i64x2.add(sum, times(a9, d16));
  sum = i64x2.add(sum, times(a10, d15));
  sum = i64x2.add(sum, times(a11, d14));
  sum = i64x2.add(sum, times(a12, d13));
  column = i64x2.add(sum, carry(column, bias));
  const h7 = v128.and(column, mask);
  // Column 26
  sum = times(a9, d17);
  sum = i64x2.add(sum, times(a10, d16));
  sum = i64x2.add(sum, times(a11, d15));
  sum = i64x2.add(sum, times(a12, d14));
  sum = i64x2.add(sum, times(a13, a13));
  column = i64x2.add(sum, carry(column, bias));
  const h8 = v128.and(column, mask);
  // Column 27
  sum = times(a10, d17);
  sum = i64x2.add(sum, times(a11, d16));
  sum = i64x2.add(sum, times(a12, d15));
  sum = i64x2.add(sum, times(a13, d14));
  column = i64x2.add(sum, carry(column, bias));
  const h9 = v128.and(column, mask);
  // Column 28
  sum = times(a11, d17);
  sum = i64x2.add(sum, times(a12, d16));
  sum = i64x2.add(sum, times(a13, d15));
  sum = i64x2.add(sum, times(a14, a14));
  column = i64x2.add(sum, carry(column, bias));
  const h10 = v128.and(column, mask);
  // Column 29
  sum = times(a12, d17);
  sum = i64x2.add(sum, times(a13, d16));
  sum = i64x2.add(sum, times(a14, d15));
  column = i64x2.add(sum, carry(column, bias));
  const h11 = v128.and(column, mask);
  // Column 30
  sum = times(a13, d17);
  sum = i64x2.add(sum, times(a14, d16));
  sum = i64x2.add(sum, times(a15, a15));
  column = i64x2.add(sum, carry(column, bias));
  const h12 = v128.and(column, mask);
  // Column 31
  sum = times(a14, d17);
  sum = i64x2.add(sum, times(a15, d16));
  column = i64x2.add(sum, carry(column, bias));
  const h13 = v128.and(column, mask);
  // Column 32
  sum = times(a15, d17);
  sum = i64x2.add(sum, times(a16, a16));
  column = i64x2.add(sum, carry(column, bias));
  const h14 = v128.and(column, mask);
  // Column 33
  sum = times(a16, d17);
  column = i64x2.add(sum, carry(column, bias));
  const h15 = v128.and(column, mask);
  // Column 34
  sum = times(a17, a17);
  column = i64x2.add(sum, carry(column, bias));
  const h16 = v128.and(column, mask);
  const h17 = carry(column, v128.load(NO_BIAS));
  // Column 0
  sum = times(a0, a0);
  sum = i64x2.add(sum, i64x2.shl(h0, 1));
  column = i64x2.add(sum, v128.load(FIRST_ROUND_BIAS));
  const o0 = column;
  // Column 1
  sum = times(a0, d1);
  sum = i64x2.add(sum, i64x2.shl(h1, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o1 = column;
  // Column 2
  sum = times(a0, d2);
  sum = i64x2.add(sum, times(a1, a1));
  sum = i64x2.add(sum, i64x2.shl(h2, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o2 = column;
  // Column 3
  sum = times(a0, d3);
  sum = i64x2.add(sum, times(a1, d2));
  sum = i64x2.add(sum, i64x2.shl(h3, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o3 = column;
  // Column 4
  sum = times(a0, d4);
  sum = i64x2.add(sum, times(a1, d3));
  sum = i64x2.add(sum, times(a2, a2));
  sum = i64x2.add(sum, i64x2.shl(h4, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o4 = column;
  // Column 5
  sum = times(a0, d5);
  sum = i64x2.add(sum, times(a1, d4));
  sum = i64x2.add(sum, times(a2, d3));
  sum = i64x2.add(sum, i64x2.shl(h5, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o5 = column;
  // Column 6
  sum = times(a0, d6);
  sum = i64x2.add(sum, times(a1, d5));
  sum = i64x2.add(sum, times(a2, d4));
  sum = i64x2.add(sum, times(a3, a3));
  sum = i64x2.add(sum, i64x2.shl(h6, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o6 = column;
  // Column 7
  sum = times(a0, d7);
  sum = i64x2.add(sum, times(a1, d6));
  sum = i64x2.add(sum, times(a2, d5));
  sum = i64x2.add(sum, times(a3, d4));
  sum = i64x2.add(sum, i64x2.shl(h7, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o7 = column;
  // Column 8
  sum = times(a0, d8);
  sum = i64x2.add(sum, times(a1, d7));
  sum = i64x2.add(sum, times(a2, d6));
  sum = i64x2.add(sum, times(a3, d5));
  sum = i64x2.add(sum, times(a4, a4));
  sum = i64x2.add(sum, i64x2.shl(h8, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o8 = column;
  // Column 9
  sum = times(a0, d9);
  sum = i64x2.add(sum, times(a1, d8));
  sum = i64x2.add(sum, times(a2, d7));
  sum = i64x2.add(sum, times(a3, d6));
  sum = i64x2.add(sum, times(a4, d5));
  sum = i64x2.add(sum, i64x2.shl(h9, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o9 = column;
  // Column 10
  sum = times(a0, d10);
  sum = i64x2.add(sum, times(a1, d9));
  sum = i64x2.add(sum, times(a2, d8));
  sum = i64x2.add(sum, times(a3, d7));
  sum = i64x2.add(sum, times(a4, d6));
  sum = i64x2.add(sum, times(a5, a5));
  sum = i64x2.add(sum, i64x2.shl(h10, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o10 = column;
  // Column 11
  sum = times(a0, d11);
  sum = i64x2.add(sum, times(a1, d10));
  sum = i64x2.add(sum, times(a2, d9));
  sum = i64x2.add(sum, times(a3, d8));
  sum = i64x2.add(sum, times(a4, d7));
  sum = i64x2.add(sum, times(a5, d6));
  sum = i64x2.add(sum, i64x2.shl(h11, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o11 = column;
  // Column 12
  sum = times(a0, d12);
  sum = i64x2.add(sum, times(a1, d11));
  sum = i64x2.add(sum, times(a2, d10));
  sum = i64x2.add(sum, times(a3, d9));
  sum = i64x2.add(sum, times(a4, d8));
  sum = i64x2.add(sum, times(a5, d7));
  sum = i64x2.add(sum, times(a6, a6));
  sum = i64x2.add(sum, i64x2.shl(h12, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o12 = column;
  // Column 13
  sum = times(a0, d13);
  sum = i64x2.add(sum, times(a1, d12));
  sum = i64x2.add(sum, times(a2, d11));
  sum = i64x2.add(sum, times(a3, d10));
  sum = i64x2.add(sum, times(a4, d9));
  sum = i64x2.add(sum, times(a5, d8));
  sum = i64x2.add(sum, times(a6, d7));
  sum = i64x2.add(sum, i64x2.shl(h13, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o13 = column;
  // Column 14
  sum = times(a0, d14);
  sum = i64x2.add(sum, times(a1, d13));
  sum = i64x2.add(sum, times(a2, d12));
  sum = i64x2.add(sum, times(a3, d11));
  sum = i64x2.add(sum, times(a4, d10));
  sum = i64x2.add(sum, times(a5, d9));
  sum = i64x2.add(sum, times(a6, d8));
  sum = i64x2.add(sum, times(a7, a7));
  sum = i64x2.add(sum, i64x2.shl(h14, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o14 = column;
  // Column 15
  sum = times(a0, d15);
  sum = i64x2.add(sum, times(a1, d14));
  sum = i64x2.add(sum, times(a2, d13));
  sum = i64x2.add(sum, times(a3, d12));
  sum = i64x2.add(sum, times(a4, d11));
  sum = i64x2.add(sum, times(a5, d10));
  sum = i64x2.add(sum, times(a6, d9));
  sum = i64x2.add(sum, times(a7, d8));
  sum = i64x2.add(sum, i64x2.shl(h15, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o15 = column;
  // Column 16
  sum = times(a0, d16);
  sum = i64x2.add(sum, times(a1, d15));
  sum = i64x2.add(sum, times(a2, d14));
  sum = i64x2.add(sum, times(a3, d13));
  sum = i64x2.add(sum, times(a4, d12));
  sum = i64x2.add(sum, times(a5, d11));
  sum = i64x2.add(sum, times(a6, d10));
  sum = i64x2.add(sum, times(a7, d9));
  sum = i64x2.add(sum, times(a8, a8));
  sum = i64x2.add(sum, i64x2.shl(h16, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o16 = column;
  // Column 17
  sum = times(a0, d17);
  sum = i64x2.add(sum, times(a1, d16));
  sum = i64x2.add(sum, times(a2, d15));
  sum = i64x2.add(sum, times(a3, d14));
  sum = i64x2.add(sum, times(a4, d13));
  sum = i64x2.add(sum, times(a5, d12));
  sum = i64x2.add(sum, times(a6, d11));
  sum = i64x2.add(sum, times(a7, d10));
  sum = i64x2.add(sum, times(a8, d9));
  sum = i64x2.add(sum, i64x2.shl(h17, 1));
  column = i64x2.add(sum, carry(column, roundBias));
  const o17 = column;
  // Twice of what is carried out of the top goes to the lowest limb.
  sum = i64x2.shl(carry(column, v128.load(NO_BIAS)), 1);
  sum = i64x2.add(sum, v128.load(FIRST_BIAS));
  column = i64x2.add(sum, v128.and(o0, mask));
  sum = i64x2.add(v128.and(o1, mask), carry(column, v128.load(NO_BIAS)));
  v128.store(target, packMasked(v128.and(column, mask), sum, half));
  v128.store(target, pack(o2, o3, pairMask, half), 16);
  v128.store(target, pack(o4, o5, pairMask, half), 32);
  v128.store(target, pack(o6, o7, pairMask, half), 48);
  v128.store(target, pack(o8, o9, pairMask, half), 64);
  v128.store(target, pack(o10, o11, pairMask, half), 80);
  v128.store(target, pack(o12, o13, pairMask, half), 96);
  v128.store(target, pack(o14, o15, pairMask, half), 112);
  v128.store(target, pack(o16, o17, pairMask, half), 128);
}
