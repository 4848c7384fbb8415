// RSASSA-PSS (RFC 8017 §9.1.2) as RFC 7518 §3.5 uses it: MGF1 with the same hash function, a salt
// as long as its output.

import { Hash, HASH_STATE_BYTES, hashBegin, hashEnd, hashLen, hashUpdate } from "../hash";

const STATE: usize = memory.data(<i32>HASH_STATE_BYTES, 16);
const DIGEST: usize = memory.data(64, 16);
const ZEROS: usize = memory.data(8, 8);
const COUNTER: usize = memory.data(4, 4);
const TRAILER: u32 = 0xbc;

/**
 * Whether `len` bytes are EMSA-PSS of a digest for a modulus of `modulusBits`; they are unmasked in
 * place. emBits is modulusBits - 1: when that is a multiple of 8, the first byte is not part of the
 * encoding and must be 0.
 */
export function isPss(encoded: usize, len: u32, modulusBits: u32, hash: Hash, digest: usize): bool {
  let block = encoded;
  let blockLen = len;
  const encodedBits = modulusBits - 1;
  if ((encodedBits & 7) == 0) {
    if (load<u8>(encoded) != 0) return false;
    block++;
    blockLen--;
  }
  const digestLen = hashLen(hash);
  const maskedLen = blockLen - digestLen - 1;
  const h = block + maskedLen;
  if (load<u8>(h + digestLen) != TRAILER) return false;
  const unusedBits = 8 * blockLen - encodedBits;
  const usedMask: u32 = 0xff >> unusedBits;
  if ((load<u8>(block) & ~usedMask) != 0) return false;
  unmask(block, maskedLen, hash, h);
  store<u8>(block, load<u8>(block) & usedMask);
  const salt = h - digestLen;
  if (!isPadding(block, salt)) return false;
  hashBegin(hash, STATE);
  hashUpdate(hash, STATE, ZEROS, 8);
  hashUpdate(hash, STATE, digest, digestLen);
  hashUpdate(hash, STATE, salt, digestLen);
  hashEnd(hash, STATE, DIGEST);
  return memory.compare(DIGEST, h, digestLen) == 0;
}

/** Zeros, then a 1 right before the salt. */
function isPadding(block: usize, salt: usize): bool {
  let bits: u32 = 0;
  for (let at = block; at < salt - 1; at++) bits |= load<u8>(at);
  return bits == 0 && load<u8>(salt - 1) == 1;
}

/** block ^= MGF1(h) (RFC 8017 §B.2.1). */
function unmask(block: usize, len: u32, hash: Hash, h: usize): void {
  const digestLen = hashLen(hash);
  let counter: u32 = 0;
  for (let done: u32 = 0; done < len; done += digestLen) {
    store<u32>(COUNTER, bswap<u32>(counter++));
    hashBegin(hash, STATE);
    hashUpdate(hash, STATE, h, digestLen);
    hashUpdate(hash, STATE, COUNTER, 4);
    hashEnd(hash, STATE, DIGEST);
    const count = min(digestLen, len - done);
    for (let at: u32 = 0; at < count; at++) {
      const byte = block + done + at;
      store<u8>(byte, load<u8>(byte) ^ load<u8>(DIGEST + at));
    }
  }
}
