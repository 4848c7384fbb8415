// SHA-512 and SHA-384 (FIPS 180-4 §6.4, §6.5) over whole blocks: start, compression, result.
// hash.ts cuts and pads.

import { compressSha512 } from "./generated/sha512_compress";
import { INITIAL_CHAIN_384, INITIAL_CHAIN_512 } from "./generated/sha512_table";

export { compressSha512 };

/** Bytes of a block. */
export const SHA512_BLOCK_BYTES: u32 = 128;
/** Bytes of the digest of SHA-512, and of the chain of both. */
export const SHA512_LEN: u32 = 64;
/** Bytes of the digest of SHA-384. */
export const SHA384_LEN: u32 = 48;

/** Writes H(0) of SHA-512, eight words u64, to `chain` (§5.3.5). */
export function beginSha512(chain: usize): void {
  memory.copy(chain, INITIAL_CHAIN_512, SHA512_LEN);
}

/** Writes H(0) of SHA-384 to `chain` (§5.3.4). */
export function beginSha384(chain: usize): void {
  memory.copy(chain, INITIAL_CHAIN_384, SHA512_LEN);
}

/** Writes the first `digestLen` bytes of the words of `chain` in big endian. */
export function writeSha512(chain: usize, digestLen: u32, target: usize): void {
  for (let at: usize = 0; at < digestLen; at += 8) {
    store<u64>(target + at, bswap<u64>(load<u64>(chain + at)));
  }
}
