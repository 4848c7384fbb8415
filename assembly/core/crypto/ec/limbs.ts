// Numbers of one lane: big-endian bytes, words, limbs, and the one representative in [0, p).

import { CurveConstants, NUMBER_BYTES } from "./curve";

/** A reduced element in limbs of 64 bits. */
const WIDE: usize = memory.data(<i32>(18 * 8), 16);

/** Big-endian bytes become a number in words; `len` is at most 72. */
export function readNumber(target: usize, ptr: usize, len: u32): void {
  memory.fill(target, 0, NUMBER_BYTES);
  let at = target;
  let left = len;
  for (; left >= 8; left -= 8) {
    store<u64>(at, bswap<u64>(load<u64>(ptr + left - 8)));
    at += 8;
  }
  for (; left > 0; left--) store<u8>(at++, load<u8>(ptr + left - 1));
}

/** Up to 57 bits of a number in words, from some bit on. */
// @ts-ignore: decorator
@inline
export function bitsOf(number: usize, bit: u32, count: u32): u64 {
  return (load<u64>(number + (bit >> 3)) >> (bit & 7)) & (((<u64>1) << count) - 1);
}

/** A number below 2^(limbs limbBits) becomes limbs of 32 bits, none negative. */
export function toLimbs(target: usize, number: usize, curve: CurveConstants): void {
  const bits = curve.limbBits;
  for (let limb: u32 = 0; limb < curve.limbs; limb++) {
    store<u32>(target + 4 * limb, <u32>bitsOf(number, bits * limb, bits));
  }
}

/** One lane of an element becomes its number in [0, p), in words. */
export function toNumber(target: usize, element: usize, lane: u32, curve: CurveConstants): void {
  reduce(element, lane, curve);
  memory.fill(target, 0, NUMBER_BYTES);
  const bits = curve.limbBits;
  for (let limb: u32 = 0; limb < curve.limbs; limb++) {
    const bit = bits * limb;
    const at = target + (bit >> 3);
    store<u64>(at, load<u64>(at) | (load<u64>(WIDE + 8 * limb) << (bit & 7)));
  }
}

/** Whether one lane of an element is 0 mod p. */
export function isZeroElement(element: usize, lane: u32, curve: CurveConstants): bool {
  reduce(element, lane, curve);
  let bits: u64 = 0;
  for (let limb: u32 = 0; limb < curve.limbs; limb++) bits |= load<u64>(WIDE + 8 * limb);
  return bits == 0;
}

/**
 * Leaves the representative in [0, p) in WIDE. The value v is below 2^7 p in size. A turn takes
 * floor(v / 2^bits) times p from it: as p = 2^bits - d with d < 2^(bits - 31), the first leaves it
 * in (-2^(bits - 24), 2^bits + 2^(bits - 24)), the second in [0, 2^bits), p at most once too much.
 */
function reduce(element: usize, lane: u32, curve: CurveConstants): void {
  for (let limb: u32 = 0; limb < curve.limbs; limb++) {
    store<i64>(WIDE + 8 * limb, load<i32>(element + 8 * limb + 4 * lane));
  }
  const top = WIDE + 8 * (curve.limbs - 1);
  addPrime(0, curve);
  addPrime(-(load<i64>(top) >> curve.topBits), curve);
  addPrime(-(load<i64>(top) >> curve.topBits), curve);
  addPrime(-1, curve);
  if (load<i64>(top) < 0) addPrime(1, curve);
}

/** Adds p some times and carries; only the top limb can be negative after it. */
function addPrime(times: i64, curve: CurveConstants): void {
  const bits = curve.limbBits;
  const mask = ((<i64>1) << bits) - 1;
  const prime = curve.primeLimbs;
  const last = curve.limbs - 1;
  let carry: i64 = 0;
  for (let limb: u32 = 0; limb <= last; limb++) {
    const at = WIDE + 8 * limb;
    carry += load<i64>(at) + times * load<u32>(prime + 4 * limb);
    store<i64>(at, limb == last ? carry : carry & mask);
    carry >>= bits;
  }
}
