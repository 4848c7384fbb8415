// The hashes of RFC 7518 (SHA-256, SHA-384, SHA-512) over bytes that come in any pieces.
//
//   state ──► ┌────────────────┬─────────────┬───────┬──────────────────┐
//             │ chain, 8 words │ taken bytes │   -   │ unfinished block │
//             └────────────────┴─────────────┴───────┴──────────────────┘
//             0                64 u64        72      80               208

import { beginSha256, compressSha256, SHA256_BLOCK_BYTES, SHA256_LEN, writeSha256 } from "./sha256";
import {
  beginSha384,
  beginSha512,
  compressSha512,
  SHA384_LEN,
  SHA512_BLOCK_BYTES,
  SHA512_LEN,
  writeSha512,
} from "./sha512";

export const enum Hash {
  SHA256,
  SHA384,
  SHA512,
}

const TAKEN: u32 = 64;
const BLOCK: u32 = 80;

/** Bytes of a state of any hash. Needs 16-byte alignment. */
export const HASH_STATE_BYTES: u32 = BLOCK + SHA512_BLOCK_BYTES;

/** The longest digest. */
export const HASH_LEN_MAX: u32 = SHA512_LEN;
/** The longest block. */
export const HASH_BLOCK_BYTES_MAX: u32 = SHA512_BLOCK_BYTES;

const STATE: usize = memory.data(208, 16);
if (HASH_STATE_BYTES != 208) ERROR("the static state is not one state");

/** First byte of the padding: the bit 1 and seven bits 0. */
const PADDING: u8 = 0x80;

/** Bytes of the digest. */
export function hashLen(hash: Hash): u32 {
  return hash == Hash.SHA256 ? SHA256_LEN : hash == Hash.SHA384 ? SHA384_LEN : SHA512_LEN;
}

/** Bytes of a block, a power of two. */
export function hashBlockBytes(hash: Hash): u32 {
  return hash == Hash.SHA256 ? SHA256_BLOCK_BYTES : SHA512_BLOCK_BYTES;
}

/** Makes `state` that of no bytes. */
export function hashBegin(hash: Hash, state: usize): void {
  if (hash == Hash.SHA256) beginSha256(state);
  else if (hash == Hash.SHA384) beginSha384(state);
  else beginSha512(state);
  store<u64>(state, 0, TAKEN);
}

/**
 * Takes `len` bytes. Whole blocks are read where they lie; only what begins or ends inside a block
 * is copied, at most a block less a byte.
 */
export function hashUpdate(hash: Hash, state: usize, ptr: usize, len: u32): void {
  const blockBytes = hashBlockBytes(hash);
  const taken = load<u64>(state, TAKEN);
  const block = state + BLOCK;
  const held = (<u32>taken) & (blockBytes - 1);
  store<u64>(state, taken + len, TAKEN);

  let at = ptr;
  let left = len;
  if (held != 0) {
    const missing = blockBytes - held;
    if (left < missing) {
      memory.copy(block + held, at, left);
      return;
    }
    memory.copy(block + held, at, missing);
    compress(hash, state, block, block + blockBytes);
    at += missing;
    left -= missing;
  }
  const whole = left & ~(blockBytes - 1);
  compress(hash, state, at, at + whole);
  memory.copy(block, at + whole, left - whole);
}

/**
 * Writes the digest of all bytes taken, hashLen bytes; the state is used up. Padding as in FIPS
 * 180-4 §5.1: the bit 1, zeros, and the length in bits as the last 8 or 16 bytes of a block, of
 * which the upper 8 of 16 stay 0, as no message has 2^61 bytes.
 */
export function hashEnd(hash: Hash, state: usize, target: usize): void {
  const blockBytes = hashBlockBytes(hash);
  const taken = load<u64>(state, TAKEN);
  const block = state + BLOCK;
  const end = block + blockBytes;
  const lengthBytes = blockBytes >> 3;
  let at = block + ((<u32>taken) & (blockBytes - 1));
  store<u8>(at++, PADDING);
  if (at > end - lengthBytes) {
    memory.fill(at, 0, end - at);
    compress(hash, state, block, end);
    at = block;
  }
  memory.fill(at, 0, end - at);
  store<u64>(end - 8, bswap<u64>(taken << 3));
  compress(hash, state, block, end);
  if (hash == Hash.SHA256) writeSha256(state, target);
  else writeSha512(state, hashLen(hash), target);
}

/** Writes the digest of `len` bytes, hashLen bytes. `target` may lie in the bytes. */
export function digest(hash: Hash, ptr: usize, len: u32, target: usize): void {
  hashBegin(hash, STATE);
  hashUpdate(hash, STATE, ptr, len);
  hashEnd(hash, STATE, target);
}

/** Copies the chain of a state, which has taken whole blocks, to `chain`, 64 bytes. */
export function hashSave(state: usize, chain: usize): void {
  for (let at: usize = 0; at < TAKEN; at += 16) v128.store(chain + at, v128.load(state + at));
}

/** Makes `state` that which had `chain` after `taken` bytes, whole blocks. */
export function hashResume(state: usize, chain: usize, taken: u32): void {
  for (let at: usize = 0; at < TAKEN; at += 16) v128.store(state + at, v128.load(chain + at));
  store<u64>(state, taken, TAKEN);
}

/** Takes the whole blocks in [ptr, end). */
function compress(hash: Hash, state: usize, ptr: usize, end: usize): void {
  if (hash == Hash.SHA256) compressSha256(state, ptr, end);
  else compressSha512(state, ptr, end);
}
