// Numbers as little-endian 64-bit words, in and out of limbs of another radix.

/** `len` bits, 1 to 32, of a number of `wordCount` words, from `bit` up; zeros beyond its end. */
export function bitsAt(words: usize, wordCount: u32, bit: u32, len: u32): u32 {
  const word = bit >> 6;
  const shift = bit & 63;
  if (word >= wordCount) return 0;
  let bits = load<u64>(words + 8 * word) >> shift;
  if (shift + len > 64 && word + 1 < wordCount) {
    bits |= load<u64>(words + 8 * (word + 1)) << (64 - shift);
  }
  return (<u32>bits) & (u32.MAX_VALUE >> (32 - len));
}

/**
 * Writes the number whose limbs of `radixBits` bits are u32 at `limbs`, least significant first, as
 * `wordCount` words. The last limb may have any 32 bits; what does not fit the words is dropped.
 */
export function packLimbs(
  target: usize,
  wordCount: u32,
  limbs: usize,
  limbCount: u32,
  radixBits: u32,
): void {
  const end = target + 8 * wordCount;
  let at = target;
  let word: u64 = 0;
  let bits: u32 = 0;
  for (let limb: u32 = 0; limb < limbCount; limb++) {
    const value: u64 = load<u32>(limbs + 4 * limb);
    word |= value << bits;
    bits += radixBits;
    if (bits < 64) continue;
    store<u64>(at, word);
    at += 8;
    bits -= 64;
    word = value >> (radixBits - bits);
  }
  if (at < end) store<u64>(at, word);
}
