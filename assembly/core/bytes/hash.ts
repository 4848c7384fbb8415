// SipHash-1-3 with 64 bits of output: a keyed hash for tables whose keys others choose.
// J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012; rounds as in Rust's and
// Python's tables.

const INITIAL_0: u64 = 0x736f6d6570736575;
const INITIAL_1: u64 = 0x646f72616e646f6d;
const INITIAL_2: u64 = 0x6c7967656e657261;
const INITIAL_3: u64 = 0x7465646279746573;
const FINAL_MARK: u64 = 0xff;
const FINAL_ROUNDS: u32 = 3;

/** SipHash-1-3 of `len` bytes under the 128-bit key (k0, k1), both halves little endian. */
export function siphash(ptr: usize, len: u32, k0: u64, k1: u64): u64 {
  let v0 = k0 ^ INITIAL_0;
  let v1 = k1 ^ INITIAL_1;
  let v2 = k0 ^ INITIAL_2;
  let v3 = k1 ^ INITIAL_3;

  const wordsEnd = ptr + (len & ~7);
  for (let at = ptr; at < wordsEnd; at += 8) {
    const word = load<u64>(at);
    v3 ^= word;
    v0 += v1;
    v1 = rotl<u64>(v1, 13) ^ v0;
    v0 = rotl<u64>(v0, 32);
    v2 += v3;
    v3 = rotl<u64>(v3, 16) ^ v2;
    v0 += v3;
    v3 = rotl<u64>(v3, 21) ^ v0;
    v2 += v1;
    v1 = rotl<u64>(v1, 17) ^ v2;
    v2 = rotl<u64>(v2, 32);
    v0 ^= word;
  }

  // The bytes that are left and the length, then FINAL_ROUNDS without input.
  let word = tail(wordsEnd, len) | ((<u64>len) << 56);
  for (let turn: u32 = 0; turn <= FINAL_ROUNDS; turn++) {
    v3 ^= word;
    v0 += v1;
    v1 = rotl<u64>(v1, 13) ^ v0;
    v0 = rotl<u64>(v0, 32);
    v2 += v3;
    v3 = rotl<u64>(v3, 16) ^ v2;
    v0 += v3;
    v3 = rotl<u64>(v3, 21) ^ v0;
    v2 += v1;
    v1 = rotl<u64>(v1, 17) ^ v2;
    v2 = rotl<u64>(v2, 32);
    v0 ^= word;
    if (turn == 0) v2 ^= FINAL_MARK;
    word = 0;
  }
  return v0 ^ v1 ^ v2 ^ v3;
}

/** Bytes of a secret. */
export const SECRET_BYTES: u32 = 16;

/**
 * What tables in this VM whose keys others choose are hashed with. Constants until `setSecret`, as
 * on a host without random bytes: then others can make them slow, within their bounds.
 */
let secret0: u64 = 0x9ae16a3b2f90404f;
let secret1: u64 = 0xc949c7defebe6b75;
export let isSecretSet: bool = false;

/** Takes SECRET_BYTES that nobody else knows. */
export function setSecret(bytes: usize): void {
  secret0 = load<u64>(bytes);
  secret1 = load<u64>(bytes, 8);
  isSecretSet = true;
}

/** SipHash-1-3 under this VM's secret. */
export function secretHash(ptr: usize, len: u32): u64 {
  return siphash(ptr, len, secret0, secret1);
}

/**
 * `bits` bits of a word that is a hash already, chosen by this VM's secret: by multiplication with
 * an odd number (M. Dietzfelbinger et al., "A reliable randomized algorithm for the closest-pair
 * problem", 1997).
 */
// @ts-ignore: decorator
@inline
export function secretBits(word: u64, bits: u32): u32 {
  return <u32>((word * (secret0 | 1)) >> (<u64>(64 - bits)));
}

/** Bytes that `hashBlock` hashes, and those of its secret. */
export const BLOCK_BYTES: u32 = 16;
export const BLOCK_SECRET_BYTES: u32 = 40;

/**
 * A keyed hash of 32 bits of BLOCK_BYTES, in a tenth of SipHash's instructions: under a secret that
 * is drawn by chance, two blocks that differ have the same one once in 2^32 times. D. Lemire, O.
 * Kaser, "Strongly universal string hashing is fast", 2014, §3.
 */
// @ts-ignore: decorator
@inline
export function hashBlock(ptr: usize, secret: usize): u64 {
  const first = load<u64>(secret, 8) + <u64>load<u32>(ptr);
  const second = load<u64>(secret, 16) + <u64>load<u32>(ptr, 4);
  const third = load<u64>(secret, 24) + <u64>load<u32>(ptr, 8);
  const fourth = load<u64>(secret, 32) + <u64>load<u32>(ptr, 12);
  return (load<u64>(secret) + first * second + third * fourth) >> 32;
}

/** The bytes behind the last whole word of `len` bytes, at `wordsEnd`: the low ones of a word. */
function tail(wordsEnd: usize, len: u32): u64 {
  const rest = len & 7;
  if (rest == 0) return 0;
  // Those in front of them are shifted out: nothing behind them is read.
  if (len > 8) return load<u64>(wordsEnd + rest - 8) >> (<u64>((8 - rest) << 3));
  let word: u64 = 0;
  for (let i: u32 = 0; i < rest; i++) word |= (<u64>load<u8>(wordsEnd + i)) << (i << 3);
  return word;
}

/** 2^64 divided by the golden ratio: D. E. Knuth, The Art of Computer Programming 3, §6.4. */
const GOLDEN: u64 = 0x9e3779b97f4a7c15;

/**
 * A cheap hash for tables that are filled by the configuration alone. The bits of `fold` count as
 * set in all bytes.
 */
export function quickHash(ptr: usize, len: u32, fold: u64): u32 {
  const wordsEnd = ptr + (len & ~7);
  let hash = <u64>len * GOLDEN;
  for (let at = ptr; at < wordsEnd; at += 8) hash = mix(hash ^ (load<u64>(at) | fold));
  return <u32>(mix(hash ^ (tail(wordsEnd, len) | fold)) >> 32);
}

// @ts-ignore: decorator
@inline
function mix(word: u64): u64 {
  return (word ^ (word >> 32)) * GOLDEN;
}
