// The functions of SHA-512 (FIPS 180-4 §4.1.3), and its schedule (§6.4.2, step 1) over vectors of
// two words. Words are modulo 2^64.

/** FIPS 180-4 (4.8): g, with the bits of f where e has 1. */
// @ts-ignore: decorator
@inline
export function choose(e: u64, f: u64, g: u64): u64 {
  return g ^ (e & (f ^ g));
}

/**
 * FIPS 180-4 (4.9): b where b and c agree, else a. b ^ c is a ^ b of the round before, which the
 * engine keeps.
 */
// @ts-ignore: decorator
@inline
export function majority(a: u64, b: u64, c: u64): u64 {
  return b ^ ((a ^ b) & (b ^ c));
}

/** FIPS 180-4 (4.10). */
// @ts-ignore: decorator
@inline
export function bigSigma0(a: u64): u64 {
  return rotr<u64>(a, 28) ^ rotr<u64>(a, 34) ^ rotr<u64>(a, 39);
}

/** FIPS 180-4 (4.11). */
// @ts-ignore: decorator
@inline
export function bigSigma1(e: u64): u64 {
  return rotr<u64>(e, 14) ^ rotr<u64>(e, 18) ^ rotr<u64>(e, 41);
}

/** FIPS 180-4 (4.12) of two words. */
// @ts-ignore: decorator
@inline
function sigma0(x: v128): v128 {
  const by1 = v128.or(i64x2.shr_u(x, 1), i64x2.shl(x, 63));
  const by8 = v128.or(i64x2.shr_u(x, 8), i64x2.shl(x, 56));
  return v128.xor(v128.xor(by1, by8), i64x2.shr_u(x, 7));
}

/** FIPS 180-4 (4.13) of two words. */
// @ts-ignore: decorator
@inline
function sigma1(x: v128): v128 {
  const by19 = v128.or(i64x2.shr_u(x, 19), i64x2.shl(x, 45));
  const by61 = v128.or(i64x2.shr_u(x, 61), i64x2.shl(x, 3));
  return v128.xor(v128.xor(by19, by61), i64x2.shr_u(x, 6));
}

/** Two words that are big-endian in memory. */
// @ts-ignore: decorator
@inline
export function bigEndian(x: v128): v128 {
  return v128.swizzle(x, i8x16(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));
}

/** The two words after the sixteen in x0 to x7 (§6.4.2, step 1), all but their sigma1. */
// @ts-ignore: decorator
@inline
export function withoutSigma1(x0: v128, x1: v128, x4: v128, x5: v128): v128 {
  const sigmas = sigma0(v128.shuffle<i64>(x0, x1, 1, 2));
  return i64x2.add(i64x2.add(x0, sigmas), v128.shuffle<i64>(x4, x5, 1, 2));
}

/** The two words, complete. */
// @ts-ignore: decorator
@inline
export function withSigma1(words: v128, x7: v128): v128 {
  return i64x2.add(words, sigma1(x7));
}
