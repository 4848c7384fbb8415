// Numbers as rows of limbs: from bytes and to bytes, compared, doubled, brought below the modulus.

import { LIMB_BITS, LIMB_MASK, limbOf, modulusOf, pairOf, RsaKey, TILE_BYTES } from "./key";

/** Reads a big-endian number into a row of the key's length, with its zeros. */
export function readNumber(ptr: usize, len: u32, row: usize, key: RsaKey): void {
  memory.fill(row - TILE_BYTES, 0, (key.tiles + 2) * TILE_BYTES);
  let target = row;
  let left = len;
  // Seven bytes are two limbs; eight are read while they are there.
  for (; left >= 8; left -= 7) {
    const bits = bswap<u64>(load<u64>(ptr + left - 8));
    store<u32>(target, pairOf((<u32>bits) & LIMB_MASK));
    store<u32>(target, pairOf((<u32>(bits >> LIMB_BITS)) & LIMB_MASK), 4);
    target += 8;
  }
  let bits: u64 = 0;
  for (let at: u32 = 0; at < left; at++) bits = (bits << 8) | load<u8>(ptr + at);
  store<u32>(target, pairOf((<u32>bits) & LIMB_MASK));
  store<u32>(target, pairOf(<u32>(bits >> LIMB_BITS)), 4);
}

/** Writes a number below 2^(8 len) as `len` big-endian bytes. */
export function writeNumber(row: usize, target: usize, len: u32): void {
  let source = row;
  let left = len;
  // Two limbs are seven bytes; the zero that is written as an eighth is overwritten next.
  for (; left >= 8; left -= 7) {
    store<u64>(target + left - 8, bswap<u64>(twoLimbs(source)));
    source += 8;
  }
  let bits = twoLimbs(source);
  for (; left > 0; left--) {
    store<u8>(target + left - 1, <u8>bits);
    bits >>= 8;
  }
}

// @ts-ignore: decorator
@inline
function twoLimbs(row: usize): u64 {
  return limbOf(load<u32>(row)) | ((<u64>limbOf(load<u32>(row, 4))) << LIMB_BITS);
}

/** Whether a number is below the modulus; pairs of digits compare like numbers. */
export function isBelowModulus(row: usize, key: RsaKey): bool {
  const modulus = modulusOf(key);
  for (let limb = key.limbs; limb > 0; limb--) {
    const left = load<u32>(row + 4 * limb - 4);
    const right = load<u32>(modulus + 4 * limb - 4);
    if (left != right) return left < right;
  }
  return false;
}

/** Brings a number below 3 N, of limbs above 2^28 too, below N. */
export function reduceTwice(row: usize, key: RsaKey): void {
  carryThrough(row, key);
  for (let time = 0; time < 2; time++) {
    if (isBelowModulus(row, key)) return;
    subtractModulus(row, key);
  }
}

/** Brings the limbs below 2^28. */
function carryThrough(row: usize, key: RsaKey): void {
  let carry: u32 = 0;
  for (let at: u32 = 0; at < 4 * key.limbs; at += 4) {
    const sum = limbOf(load<u32>(row + at)) + carry;
    store<u32>(row + at, pairOf(sum & LIMB_MASK));
    carry = sum >> LIMB_BITS;
  }
}

function subtractModulus(row: usize, key: RsaKey): void {
  const modulus = modulusOf(key);
  let borrow: u32 = 0;
  for (let at: u32 = 0; at < 4 * key.limbs; at += 4) {
    const difference = limbOf(load<u32>(row + at)) - limbOf(load<u32>(modulus + at)) - borrow;
    store<u32>(row + at, pairOf(difference & LIMB_MASK));
    borrow = difference >> 31;
  }
}

/** row = 2 row mod N, for a number below N. */
export function doubleModulo(row: usize, key: RsaKey): void {
  let carry: u32 = 0;
  for (let at: u32 = 0; at < 4 * key.limbs; at += 4) {
    const sum = (limbOf(load<u32>(row + at)) << 1) | carry;
    store<u32>(row + at, pairOf(sum & LIMB_MASK));
    carry = sum >> LIMB_BITS;
  }
  if (!isBelowModulus(row, key)) subtractModulus(row, key);
}

/** row = 2^bits - N, which is 2^bits mod N for the bits of N. */
export function setPowerOfTwo(row: usize, key: RsaKey): void {
  const modulus = modulusOf(key);
  memory.fill(row - TILE_BYTES, 0, (key.tiles + 2) * TILE_BYTES);
  let carry: u32 = 1;
  let left = key.modulusBits;
  for (let at: u32 = 0; at < 4 * key.limbs; at += 4) {
    const kept = left >= LIMB_BITS ? LIMB_MASK : ((<u32>1) << left) - 1;
    const sum = (~limbOf(load<u32>(modulus + at)) & kept) + carry;
    store<u32>(row + at, pairOf(sum & kept));
    carry = kept == LIMB_MASK ? sum >> LIMB_BITS : 0;
    left -= min(left, LIMB_BITS);
  }
}
