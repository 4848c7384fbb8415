// SHA-256 (FIPS 180-4 §6.2) over whole blocks: start, compression, result. hash.ts cuts and pads.

import { compressSha256 } from "./generated/sha256_compress";
import { INITIAL_CHAIN } from "./generated/sha256_table";

export { compressSha256 };

/** Bytes of a block. */
export const SHA256_BLOCK_BYTES: u32 = 64;
/** Bytes of the digest. */
export const SHA256_LEN: u32 = 32;

/** Writes H(0), eight words u32, to `chain` (§5.3.3). */
export function beginSha256(chain: usize): void {
  v128.store(chain, v128.load(INITIAL_CHAIN, 0), 0);
  v128.store(chain, v128.load(INITIAL_CHAIN, 16), 16);
}

/** Writes the digest, the words of `chain` in big endian. */
export function writeSha256(chain: usize, target: usize): void {
  for (let at: usize = 0; at < SHA256_LEN; at += 4) {
    store<u32>(target + at, bswap<u32>(load<u32>(chain + at)));
  }
}
