// The name of a bucket in Redis. All Envoys must agree on it, so it hashes the parts of the key
// without a secret; nobody can choose two different ones with one SHA-256.
//
//   kind u32 │ length u32 │ bytes     for each part; of one that is missing the length is NONE

import { NONE } from "../../../../core/bytes/none";
import { writeHex } from "../../../../core/bytes/hex";
import {
  Hash,
  hashBegin,
  HASH_STATE_BYTES,
  hashEnd,
  hashUpdate,
} from "../../../../core/crypto/hash";
import { SHA256_LEN } from "../../../../core/crypto/sha256";
import { findPart, partLen, partPtr } from "../../keys/part_value";
import { partAt, RateLimitConfig, Rule } from "../../model";

/** Hexadecimal digits of a hash: half of SHA-256 is enough that nobody finds two alike. */
export const KEY_DIGITS: u32 = 32;

const HEAD: usize = memory.data(8, 8);
const HEAD_BYTES: u32 = 8;
const DIGEST: usize = memory.data(32, 16);
if (SHA256_LEN != 32) ERROR("the digest is not 32 bytes");
const STATE: usize = memory.data(208, 16);
if (HASH_STATE_BYTES != 208) ERROR("the state of the hash is not 208 bytes");

/** Writes the KEY_DIGITS of a rule's key for the request in hand. */
export function writeKeyDigits(config: RateLimitConfig, rule: Rule, target: usize): void {
  hashBegin(Hash.SHA256, STATE);
  for (let place: u32 = 0; place < rule.partCount; place++) {
    const part = partAt(rule, place);
    const isThere = findPart(config, part);
    store<u32>(HEAD, part.kind);
    store<u32>(HEAD, isThere ? partLen : NONE, 4);
    hashUpdate(Hash.SHA256, STATE, HEAD, HEAD_BYTES);
    if (isThere) hashUpdate(Hash.SHA256, STATE, partPtr, partLen);
  }
  hashEnd(Hash.SHA256, STATE, DIGEST);
  writeHex(target, DIGEST, KEY_DIGITS >> 1);
}
