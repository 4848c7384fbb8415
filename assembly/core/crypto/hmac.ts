// HMAC (RFC 2104) with the work on the key done once.
//
//   key ──► ┌───────────────────────────┬───────────────────────────┐
//           │ chain after key XOR ipad  │ chain after key XOR opad  │
//           └───────────────────────────┴───────────────────────────┘
//           0                           64                        128

import { equalCt } from "./equal";
import {
  digest,
  Hash,
  HASH_BLOCK_BYTES_MAX,
  HASH_LEN_MAX,
  HASH_STATE_BYTES,
  hashBegin,
  hashBlockBytes,
  hashEnd,
  hashLen,
  hashResume,
  hashSave,
  hashUpdate,
} from "./hash";

const OUTER: u32 = 64;

/** Bytes of a prepared key of any hash. Needs 16-byte alignment. */
export const HMAC_KEY_BYTES: u32 = 128;

const IPAD: u64 = 0x3636363636363636;
const OPAD: u64 = 0x5c5c5c5c5c5c5c5c;

const STATE: usize = memory.data(208, 16);
if (HASH_STATE_BYTES != 208) ERROR("the static state is not one state");
const PAD: usize = memory.data(128, 16);
if (HASH_BLOCK_BYTES_MAX != 128) ERROR("the static pad is not one block");
const TAG: usize = memory.data(64, 16);
if (HASH_LEN_MAX != 64) ERROR("the static tag is not one digest");

/**
 * Prepares a key of any length, 0 too; one longer than a block counts as its digest (RFC 2104 §2).
 * Nothing is wiped: the pad states that stay can sign as well as the secret can.
 */
export function prepareHmac(hash: Hash, ptr: usize, len: u32, key: usize): void {
  memory.fill(PAD, 0, HASH_BLOCK_BYTES_MAX);
  if (len > hashBlockBytes(hash)) digest(hash, ptr, len, PAD);
  else memory.copy(PAD, ptr, len);
  keepPad(hash, IPAD, key);
  keepPad(hash, IPAD ^ OPAD, key + OUTER);
}

/** Writes the tag of `len` bytes, hashLen bytes. `target` may lie in the bytes. */
export function hmac(hash: Hash, key: usize, ptr: usize, len: u32, target: usize): void {
  const blockBytes = hashBlockBytes(hash);
  hashResume(STATE, key, blockBytes);
  hashUpdate(hash, STATE, ptr, len);
  hashEnd(hash, STATE, TAG);
  hashResume(STATE, key + OUTER, blockBytes);
  hashUpdate(hash, STATE, TAG, hashLen(hash));
  hashEnd(hash, STATE, target);
}

/**
 * Whether `tag` is the whole tag of `len` bytes; a truncated one is not (RFC 7518 §3.2). The time
 * does not depend on how much of it is right.
 */
export function verifyHmac(
  hash: Hash,
  key: usize,
  ptr: usize,
  len: u32,
  tag: usize,
  tagLen: u32,
): bool {
  if (tagLen != hashLen(hash)) return false;
  hmac(hash, key, ptr, len, TAG);
  return equalCt(TAG, tag, tagLen);
}

/** XORs the pad with a word and writes the chain of the block that results. */
function keepPad(hash: Hash, word: u64, chain: usize): void {
  for (let at: usize = 0; at < HASH_BLOCK_BYTES_MAX; at += 8) {
    store<u64>(PAD + at, load<u64>(PAD + at) ^ word);
  }
  hashBegin(hash, STATE);
  hashUpdate(hash, STATE, PAD, hashBlockBytes(hash));
  hashSave(STATE, chain);
}
