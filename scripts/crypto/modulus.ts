// The record of a modulus that assembly/core/crypto/inverse.ts reads: limb count, word count,
// inverse of m mod 2^30, then the limbs of 30 bits.

const LIMB_BITS = 30n;

/** The record as 32-bit numbers, for `memory.data<u32>`. */
export function modulusRecord(modulus: bigint): number[] {
  const bits = modulus.toString(2).length;
  const limbs = Math.ceil((bits + 1) / Number(LIMB_BITS));
  const words = Math.ceil(bits / 64);
  const lowInverse = inverseOfOdd(modulus, LIMB_BITS);
  const record = [limbs, words, Number(lowInverse)];
  for (let limb = 0; limb < limbs; limb++) {
    record.push(Number(BigInt.asUintN(Number(LIMB_BITS), modulus >> (LIMB_BITS * BigInt(limb)))));
  }
  return record;
}

/** The inverse of an odd number modulo 2^bits, by Newton: each turn doubles the right bits. */
export function inverseOfOdd(value: bigint, bits: bigint): bigint {
  let inverse = value;
  for (let right = 3n; right < bits; right *= 2n) inverse *= 2n - value * inverse;
  return BigInt.asUintN(Number(bits), inverse);
}
