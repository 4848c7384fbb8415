// Inverses modulo an odd number by safegcd, in variable time: whatever is inverted here is public.
//
// D. J. Bernstein, B.-Y. Yang, "Fast constant-time gcd computation and modular inversion", 2019,
// §8 with delta = 1 at first: divsteps on the low 30 bits, then their matrix on whole numbers. How
// one turn takes several zero bits, and the bounds of d and e, are those of P. Wuille,
// libsecp256k1, doc/safegcd_implementation.md §5 and §7.

import { bitsAt, packLimbs } from "./limbs";

// A modulus m is a record of u32: scripts/crypto/modulus.ts makes it.
const LIMB_COUNT: usize = 0;
const WORD_COUNT: usize = 4;
/** m^-1 mod 2^30. */
const LOW_INVERSE: usize = 8;
/** m in limbs of 30 bits, least significant first. */
const LIMBS: usize = 12;

const LIMB_BITS: u32 = 30;
const LIMB_MASK: i32 = 0x3fffffff;
const LIMBS_MAX: i32 = 18;

// Numbers of signed limbs: all but the top one are in [0, 2^30), the top one has the sign.
const F: usize = memory.data(4 * LIMBS_MAX, 16);
const G: usize = memory.data(4 * LIMBS_MAX, 16);
const D: usize = memory.data(4 * LIMBS_MAX, 16);
const E: usize = memory.data(4 * LIMBS_MAX, 16);

// What 30 divsteps do: 2^30 f' = u f + v g and 2^30 g' = q f + r g, with |u| + |v| <= 2^30 and
// |q| + |r| <= 2^30 (Bernstein–Yang §9).
let u: i32 = 0;
let v: i32 = 0;
let q: i32 = 0;
let r: i32 = 0;

/**
 * Writes the inverse of `value` modulo the modulus, reduced to [0, m). Both are the modulus' count
 * of 64-bit words, least significant first; `target` may be `value`. A value of m or more is taken
 * modulo m while it is less than 2^(30 limbs); false beyond that, and when there is no inverse.
 */
export function invert(value: usize, modulus: usize, target: usize): bool {
  const limbs = load<u32>(modulus, LIMB_COUNT);
  if (!begin(value, modulus, limbs)) return false;

  let len = limbs;
  let eta: i32 = -1;
  const turns = turnsMax(limbs);
  for (let turn: u32 = 0; turn < turns; turn++) {
    eta = divsteps(eta, load<u32>(F), load<u32>(G));
    updateDE(modulus, limbs);
    if (updateFG(len)) return finish(modulus, limbs, len, target);
    len = shorten(len);
  }
  return false;
}

/**
 * Turns of 30 divsteps that suffice for numbers below 2^d, d = 30 limbs: Bernstein–Yang Theorem
 * 11.2 gives floor((49 d + 57) / 17) divsteps for d >= 46.
 */
function turnsMax(limbs: u32): u32 {
  return (49 * LIMB_BITS * limbs + 57) / (17 * LIMB_BITS) + 1;
}

/** f = m, g = value, d = 0, e = 1; false when the value needs more limbs than the modulus. */
function begin(value: usize, modulus: usize, limbs: u32): bool {
  const words = load<u32>(modulus, WORD_COUNT);
  const excessBits = <i32>(words << 6) - <i32>(LIMB_BITS * limbs);
  const lastWord = load<u64>(value + 8 * (words - 1));
  if (excessBits > 0 && lastWord >> (64 - excessBits) != 0) return false;

  memory.copy(F, modulus + LIMBS, 4 * limbs);
  memory.fill(D, 0, 4 * limbs);
  memory.fill(E, 0, 4 * limbs);
  store<u32>(E, 1);
  for (let limb: u32 = 0; limb < limbs; limb++) {
    store<u32>(G + 4 * limb, bitsAt(value, words, LIMB_BITS * limb, LIMB_BITS));
  }
  return true;
}

/**
 * 30 divsteps on the low bits of f and g; leaves their matrix in u, v, q, r and returns the new
 * eta, which is -delta. A turn adds that multiple of f to g which clears as many low bits of g as
 * delta allows, up to 6 or 4 of them; so g is even after it, and each turn but the first takes a
 * step.
 */
function divsteps(etaBefore: i32, f: u32, g: u32): i32 {
  let eta = etaBefore;
  let a: u32 = 1;
  let b: u32 = 0;
  let c: u32 = 0;
  let d: u32 = 1;
  let left: i32 = LIMB_BITS;
  for (let turn: u32 = 0; turn <= LIMB_BITS; turn++) {
    const zeros: i32 = ctz<u32>(g | (u32.MAX_VALUE << left));
    g >>= zeros;
    a <<= zeros;
    b <<= zeros;
    eta -= zeros;
    left -= zeros;
    if (left == 0) break;

    const swaps = eta < 0;
    if (swaps) {
      eta = -eta;
      const f0 = f;
      f = g;
      g = 0 - f0;
      const a0 = a;
      a = c;
      c = 0 - a0;
      const b0 = b;
      b = d;
      d = 0 - b0;
    }
    // w = -g / f modulo 2^6 or 2^4, cut to the steps before the next swap and the steps left.
    const steps = min(eta + 1, left);
    const mask = u32.MAX_VALUE >> (32 - steps);
    const w: u32 = swaps
      ? (f * g * (f * f - 2)) & mask & 63
      : ((0 - (f + (((f + 1) & 4) << 1))) * g) & mask & 15;
    g += f * w;
    c += a * w;
    d += b * w;
  }
  u = a;
  v = b;
  q = c;
  r = d;
  return eta;
}

/**
 * d, e = (u d + v e, q d + r e) / 2^30 mod m. Both stay in (-2m, m): half of what would be needed
 * is added when they are negative, then the multiple of m that makes the low 30 bits 0. A column is
 * below 2^60 + 2^60 + 2^32 in size.
 */
function updateDE(modulus: usize, limbs: u32): void {
  const top: usize = 4 * (limbs - 1);
  const lowInverse = load<u32>(modulus, LOW_INVERSE);
  const signD = load<i32>(D + top) >> 31;
  const signE = load<i32>(E + top) >> 31;
  let timesD: i32 = (u & signD) + (v & signE);
  let timesE: i32 = (q & signD) + (r & signE);

  let columnD = column(u, load<i32>(D), v, load<i32>(E));
  let columnE = column(q, load<i32>(D), r, load<i32>(E));
  timesD -= <i32>((lowInverse * <u32>columnD + timesD) & LIMB_MASK);
  timesE -= <i32>((lowInverse * <u32>columnE + timesE) & LIMB_MASK);
  columnD += <i64>timesD * load<u32>(modulus, LIMBS);
  columnE += <i64>timesE * load<u32>(modulus, LIMBS);
  for (let at: usize = 4; at <= top; at += 4) {
    const limbD = load<i32>(D + at);
    const limbE = load<i32>(E + at);
    const limbM: i64 = load<u32>(modulus + at, LIMBS);
    columnD = (columnD >> LIMB_BITS) + column(u, limbD, v, limbE) + timesD * limbM;
    columnE = (columnE >> LIMB_BITS) + column(q, limbD, r, limbE) + timesE * limbM;
    store<i32>(D + at - 4, (<i32>columnD) & LIMB_MASK);
    store<i32>(E + at - 4, (<i32>columnE) & LIMB_MASK);
  }
  store<i32>(D + top, <i32>(columnD >> LIMB_BITS));
  store<i32>(E + top, <i32>(columnE >> LIMB_BITS));
}

/** f, g = (u f + v g, q f + r g) / 2^30, exactly; says whether g is 0 now. */
function updateFG(len: u32): bool {
  const top: usize = 4 * (len - 1);
  let columnF = column(u, load<i32>(F), v, load<i32>(G));
  let columnG = column(q, load<i32>(F), r, load<i32>(G));
  let bits: i32 = 0;
  for (let at: usize = 4; at <= top; at += 4) {
    const limbF = load<i32>(F + at);
    const limbG = load<i32>(G + at);
    columnF = (columnF >> LIMB_BITS) + column(u, limbF, v, limbG);
    columnG = (columnG >> LIMB_BITS) + column(q, limbF, r, limbG);
    store<i32>(F + at - 4, (<i32>columnF) & LIMB_MASK);
    store<i32>(G + at - 4, (<i32>columnG) & LIMB_MASK);
    bits |= (<i32>columnG) & LIMB_MASK;
  }
  store<i32>(F + top, <i32>(columnF >> LIMB_BITS));
  store<i32>(G + top, <i32>(columnG >> LIMB_BITS));
  return (bits | (<i32>(columnG >> LIMB_BITS))) == 0;
}

// @ts-ignore: decorator
@inline
function column(a: i32, x: i32, b: i32, y: i32): i64 {
  return <i64>a * x + <i64>b * y;
}

/** The limbs f and g need once their top limbs are only signs: those move into the limb below. */
function shorten(len: u32): u32 {
  if (len == 1) return len;
  const top: usize = 4 * (len - 1);
  const topF = load<i32>(F + top);
  const topG = load<i32>(G + top);
  if ((topF ^ (topF >> 31)) != 0 || (topG ^ (topG >> 31)) != 0) return len;
  store<i32>(F + top - 4, load<i32>(F + top - 4) | (topF << LIMB_BITS));
  store<i32>(G + top - 4, load<i32>(G + top - 4) | (topG << LIMB_BITS));
  return len - 1;
}

/** With g = 0, f is the greatest common divisor or its negative, and d = f / value mod m. */
function finish(modulus: usize, limbs: u32, len: u32, target: usize): bool {
  const sign = load<i32>(F + 4 * (len - 1)) >> 31;
  let bits: i32 = 0;
  for (let limb: u32 = 0; limb < len; limb++) {
    const one = limb == 0 ? sign | 1 : sign;
    bits |= load<i32>(F + 4 * limb) ^ (limb < len - 1 ? one & LIMB_MASK : one);
  }
  if (bits != 0) return false;
  // From (-2m, m) to (-m, m), which negation keeps, to [0, m).
  reduce(modulus, limbs, sign);
  reduce(modulus, limbs, 0);
  packLimbs(target, load<u32>(modulus, WORD_COUNT), D, limbs, LIMB_BITS);
  return true;
}

/** Adds m to a negative d, then negates it when `sign` is -1. A limb's sum fits 31 bits. */
function reduce(modulus: usize, limbs: u32, sign: i32): void {
  const top: usize = 4 * (limbs - 1);
  const added = load<i32>(D + top) >> 31;
  let carry: i32 = 0;
  for (let at: usize = 0; at <= top; at += 4) {
    const limb = load<i32>(D + at) + (load<i32>(modulus + at, LIMBS) & added);
    carry += (limb ^ sign) - sign;
    if (at == top) break;
    store<i32>(D + at, carry & LIMB_MASK);
    carry >>= LIMB_BITS;
  }
  store<i32>(D + top, carry);
}
