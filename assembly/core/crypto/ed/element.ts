// Elements modulo p = 2^255 - 19: what is done with them now and then. Their layout and the bounds
// of their limbs stand in generated/field25519.ts.

import { ONE, PRIME } from "../generated/ed25519_constants";
import { multiply } from "../generated/field25519";
import { invert } from "../inverse";
import { bitsAt, packLimbs } from "../limbs";

export const ELEMENT_BYTES: usize = 144;
/** 64-bit words of a number below 2^256. */
export const WORDS: u32 = 4;

const LIMBS: u32 = 9;
const LIMB_BITS: u32 = 29;
const LIMB_MASK: i64 = 0x1fffffff;
/** Bits of the top limb below 2^255. */
const TOP_BITS: u32 = 23;
const TOP_MASK: i64 = 0x7fffff;

const CARRIED: usize = memory.data(36, 16);
const NUMBER: usize = memory.data(32, 16);
const PRODUCT: usize = memory.data(144, 16);
const SWAPPED: usize = memory.data(144, 16);

export function copyElement(target: usize, source: usize): void {
  memory.copy(target, source, ELEMENT_BYTES);
}

export function setOne(target: usize): void {
  copyElement(target, ONE);
}

/** Sets both lanes to a number below 2^256. */
export function setWords(target: usize, words: usize): void {
  for (let limb: u32 = 0; limb < LIMBS; limb++) {
    const bits = bitsAt(words, WORDS, LIMB_BITS * limb, LIMB_BITS);
    v128.store(target + 16 * limb, i32x4.splat(bits));
  }
}

/** Lane 0 of one element pair and lane 1 of another. `target` may be either. */
export function mergeLanes(target: usize, lane0: usize, lane1: usize): void {
  for (let at: usize = 0; at < ELEMENT_BYTES; at += 16) {
    const limbs = v128.shuffle<i32>(v128.load(lane0 + at), v128.load(lane1 + at), 0, 5, 0, 5);
    v128.store(target + at, limbs);
  }
}

export function swapLanes(target: usize, source: usize): void {
  for (let at: usize = 0; at < ELEMENT_BYTES; at += 16) {
    const limbs = v128.load(source + at);
    v128.store(target + at, v128.shuffle<i32>(limbs, limbs, 1, 0, 1, 0));
  }
}

/**
 * Writes one lane, reduced to [0, p), as words. Limbs may be any i32. The first turn leaves
 * low + 2^255 over with |over| < 2^9; low + 19 over is less than 2^14 outside [0, 2^255), so the
 * second leaves an over of -1, 0 or 1, and the third one of 0.
 */
export function writeCanonical(words: usize, element: usize, lane: u32): void {
  for (let limb: u32 = 0; limb < LIMBS; limb++) {
    store<i32>(CARRIED + 4 * limb, load<i32>(element + 16 * limb + 4 * lane));
  }
  let over: i64 = 0;
  for (let turn = 0; turn < 3; turn++) {
    let column = 19 * over;
    for (let limb: u32 = 0; limb < LIMBS - 1; limb++) {
      column += load<i32>(CARRIED + 4 * limb);
      store<i32>(CARRIED + 4 * limb, <i32>(column & LIMB_MASK));
      column >>= LIMB_BITS;
    }
    column += load<i32>(CARRIED + 4 * (LIMBS - 1));
    store<i32>(CARRIED + 4 * (LIMBS - 1), <i32>(column & TOP_MASK));
    over = column >> TOP_BITS;
  }
  packLimbs(words, WORDS, CARRIED, LIMBS, LIMB_BITS);
  if (isBelowPrime(words)) return;
  store<u64>(words, load<u64>(words) + 19);
  memory.fill(words + 8, 0, 24);
}

/** Whether a number below 2^255 is below p, as all but the last 19 are. */
export function isBelowPrime(words: usize): bool {
  const middle = load<u64>(words, 8) & load<u64>(words, 16);
  const isHigh = middle == u64.MAX_VALUE && load<u64>(words, 24) == <u64>i64.MAX_VALUE;
  return !isHigh || load<u64>(words) < <u64>-19;
}

/** Whether lane 0 is 0 modulo p. */
export function isZero(element: usize): bool {
  writeCanonical(NUMBER, element, 0);
  return !v128.any_true(v128.or(v128.load(NUMBER), v128.load(NUMBER, 16)));
}

/**
 * target = 1 / a, each lane, with one inversion, of the product of both (P. L. Montgomery,
 * "Speeding the Pollard and elliptic curve methods", 1987, §10.3.1). False when a lane is 0.
 */
export function invertBoth(target: usize, a: usize): bool {
  swapLanes(SWAPPED, a);
  multiply(PRODUCT, a, SWAPPED);
  writeCanonical(NUMBER, PRODUCT, 0);
  if (!invert(NUMBER, PRIME, NUMBER)) return false;
  setWords(PRODUCT, NUMBER);
  multiply(target, PRODUCT, SWAPPED);
  return true;
}
