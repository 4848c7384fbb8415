// Test-only: hashes and HMAC, one call or many.

import { digest, Hash, HASH_STATE_BYTES } from "../../core/crypto/hash";
import { hmac, HMAC_KEY_BYTES } from "../../core/crypto/hmac";

export { equalCt } from "../../core/crypto/equal";
export { digest, hashBegin, hashEnd, hashLen, hashUpdate } from "../../core/crypto/hash";
export { hmac, prepareHmac, verifyHmac } from "../../core/crypto/hmac";

export const hashStateBytes = HASH_STATE_BYTES;
export const hmacKeyBytes = HMAC_KEY_BYTES;

/** Digests the same bytes `times` times. */
export function digestMany(hash: Hash, ptr: usize, len: u32, target: usize, times: u32): void {
  for (let turn: u32 = 0; turn < times; turn++) digest(hash, ptr, len, target);
}

/** Tags the same bytes `times` times. */
export function hmacMany(
  hash: Hash,
  key: usize,
  ptr: usize,
  len: u32,
  target: usize,
  times: u32,
): void {
  for (let turn: u32 = 0; turn < times; turn++) hmac(hash, key, ptr, len, target);
}
