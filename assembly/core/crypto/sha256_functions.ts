// The functions of SHA-256 (FIPS 180-4 §4.1.2), and its schedule (§6.2.2, step 1) over vectors of
// four words. Words are modulo 2^32.

/** FIPS 180-4 (4.2): g, with the bits of f where e has 1. */
// @ts-ignore: decorator
@inline
export function choose(e: u32, f: u32, g: u32): u32 {
  return g ^ (e & (f ^ g));
}

/**
 * FIPS 180-4 (4.3): b where b and c agree, else a. b ^ c is a ^ b of the round before, which the
 * engine keeps: 4 % faster.
 */
// @ts-ignore: decorator
@inline
export function majority(a: u32, b: u32, c: u32): u32 {
  return b ^ ((a ^ b) & (b ^ c));
}

/** FIPS 180-4 (4.4): rotations by 2, 13 and 22; the common 2 comes last, which saves a move. */
// @ts-ignore: decorator
@inline
export function bigSigma0(a: u32): u32 {
  return rotr<u32>(a ^ rotr<u32>(a, 11) ^ rotr<u32>(a, 20), 2);
}

/** FIPS 180-4 (4.5): rotations by 6, 11 and 25; the common 6 comes last. */
// @ts-ignore: decorator
@inline
export function bigSigma1(e: u32): u32 {
  return rotr<u32>(e ^ rotr<u32>(e, 5) ^ rotr<u32>(e, 19), 6);
}

/** FIPS 180-4 (4.6) of four words. */
// @ts-ignore: decorator
@inline
function sigma0(x: v128): v128 {
  const by7 = v128.or(i32x4.shr_u(x, 7), i32x4.shl(x, 25));
  const by18 = v128.or(i32x4.shr_u(x, 18), i32x4.shl(x, 14));
  return v128.xor(v128.xor(by7, by18), i32x4.shr_u(x, 3));
}

/** FIPS 180-4 (4.7) of two words, each given twice: shifting 64 bits then rotates 32. */
// @ts-ignore: decorator
@inline
function sigma1(x: v128): v128 {
  return v128.xor(v128.xor(i64x2.shr_u(x, 17), i64x2.shr_u(x, 19)), i32x4.shr_u(x, 10));
}

/** Four words that are big-endian in memory. */
// @ts-ignore: decorator
@inline
export function bigEndian(x: v128): v128 {
  return v128.swizzle(x, i8x16(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
}

/** The four words after the sixteen in x0 to x3 (§6.2.2, step 1), all but their sigma1. */
// @ts-ignore: decorator
@inline
export function withoutSigma1(x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  const sigmas = sigma0(v128.shuffle<i32>(x0, x1, 1, 2, 3, 4));
  return i32x4.add(i32x4.add(x0, sigmas), v128.shuffle<i32>(x2, x3, 1, 2, 3, 4));
}

/** What the first two of them lack, in lanes 0 and 2: sigma1 of the last two words of x3. */
// @ts-ignore: decorator
@inline
export function firstSigma1(x3: v128): v128 {
  return sigma1(v128.shuffle<i32>(x3, x3, 2, 2, 3, 3));
}

/** What the last two of them lack, in lanes 0 and 2: sigma1 of the first two, now complete. */
// @ts-ignore: decorator
@inline
export function lastSigma1(words: v128, first: v128): v128 {
  return sigma1(
    i32x4.add(
      v128.shuffle<i32>(words, words, 0, 0, 1, 1),
      v128.shuffle<i32>(first, first, 0, 0, 2, 2),
    ),
  );
}

/** The four words, complete. */
// @ts-ignore: decorator
@inline
export function withSigma1(words: v128, first: v128, last: v128): v128 {
  return i32x4.add(words, v128.shuffle<i32>(first, last, 0, 2, 4, 6));
}
