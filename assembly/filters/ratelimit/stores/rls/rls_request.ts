// What a service is asked: a descriptor for each limit that applies, of an entry for each part of
// its key.
//
// Values come from clients. A service refuses a whole request for a value that is not UTF-8, which
// would leave it to the client whether its limit is asked about: such a value, and one that is too
// long, is sent as its hash.

import { NONE } from "../../../../core/bytes/none";
import { Text, text, textLen, textPtr } from "../../../../core/bytes/text";
import { validLen } from "../../../../core/bytes/utf8";
import { writeHex } from "../../../../core/bytes/hex";
import { digest, Hash } from "../../../../core/crypto/hash";
import { SHA256_LEN } from "../../../../core/crypto/sha256";
import {
  DESCRIPTOR_KEY_BYTES_MAX,
  DESCRIPTOR_VALUE_BYTES_MAX,
  IDENTIFIER_BYTES_MAX,
  RATE_LIMIT_KEY_PARTS_MAX,
  SERVICE_LIMITS_MAX,
} from "../../../../core/limits";
import {
  DESCRIPTOR_HEADS_BYTES,
  ENTRY_HEADS_BYTES,
  putDescriptor,
  putDomain,
  putEntry,
  putHits,
  putRequestHits,
  REQUEST_HEADS_BYTES,
} from "../../../../core/ratelimit/rls_message";
import { appliedAt, appliedCount, appliedRule } from "../../applied";
import { findPart, partLen, partPtr } from "../../keys/part_value";
import { partAt, RateLimitConfig, Rule, Store } from "../../model";

const GENERIC_KEY = text("generic_key");
/** In place of a part that a request does not have: a value has one character at least. */
const MISSING = text("-");
const HASHED = text("sha256:");

const ENTRY_BYTES: u32 = ENTRY_HEADS_BYTES + DESCRIPTOR_KEY_BYTES_MAX + DESCRIPTOR_VALUE_BYTES_MAX;
const DESCRIPTOR_BYTES: u32 = DESCRIPTOR_HEADS_BYTES + RATE_LIMIT_KEY_PARTS_MAX * ENTRY_BYTES;
/** Bytes of the largest request there can be. */
const MESSAGE_BYTES: u32 =
  REQUEST_HEADS_BYTES + IDENTIFIER_BYTES_MAX + SERVICE_LIMITS_MAX * DESCRIPTOR_BYTES;
const MESSAGE: usize = memory.data(<i32>MESSAGE_BYTES, 16);
const MESSAGE_END: usize = MESSAGE + MESSAGE_BYTES;

const DIGEST: usize = memory.data(32, 8);
const HASHED_BYTES: u32 = 71;
const HASHED_VALUE: usize = memory.data(71, 8);
if (SHA256_LEN != 32) ERROR("a digest is not 32 bytes");
if (DESCRIPTOR_VALUE_BYTES_MAX < HASHED_BYTES) ERROR("a hash is longer than a value may be");

/** Length of the message that ends at MESSAGE_END. */
// @ts-ignore: decorator
@inline
export function messageLen(start: usize): u32 {
  return <u32>(MESSAGE_END - start);
}

/**
 * Writes what to ask about the applied limits of a service, of which there are SERVICE_LIMITS_MAX
 * at most; returns the address of the message.
 */
export function writeRequest(config: RateLimitConfig, service: Store): usize {
  const cost = commonCost(config, service);
  let at = MESSAGE_END;
  // A cost for each descriptor is younger than one for the request, which all servers know; but
  // there 0 is 1.
  const isCommon = cost != NONE && cost != 0;
  if (isCommon) at = putRequestHits(at, cost);
  let left = SERVICE_LIMITS_MAX;
  for (let i = appliedCount; i > 0 && left > 0; i--) {
    const rule = appliedRule(config, i - 1);
    if (rule.store != changetype<usize>(service)) continue;
    left--;
    const end = at;
    if (!isCommon) at = putHits(at, appliedAt(i - 1).cost);
    at = putDescriptor(putEntries(at, config, rule), end);
  }
  return putDomain(at, textPtr(service.domain), textLen(service.domain));
}

/** The cost that all limits of the service have; NONE when they differ. */
function commonCost(config: RateLimitConfig, service: Store): u32 {
  let common = NONE;
  for (let i: u32 = 0; i < appliedCount; i++) {
    if (appliedRule(config, i).store != changetype<usize>(service)) continue;
    const cost = appliedAt(i).cost;
    if (common != NONE && common != cost) return NONE;
    common = cost;
  }
  return common;
}

function putEntries(end: usize, config: RateLimitConfig, rule: Rule): usize {
  if (rule.partCount == 0) {
    const name = textPtr(rule.name);
    return putKeyed(end, GENERIC_KEY, name, textLen(rule.name));
  }
  let at = end;
  for (let place = rule.partCount; place > 0; place--) {
    const part = partAt(rule, place - 1);
    const isFound = findPart(config, part) && partLen > 0;
    at = isFound
      ? putValue(at, part.descriptorKey, partPtr, partLen)
      : putKeyed(at, part.descriptorKey, textPtr(MISSING), textLen(MISSING));
  }
  return at;
}

/** Writes an entry with a value that came with the request. */
function putValue(end: usize, key: Text, ptr: usize, len: u32): usize {
  if (len <= DESCRIPTOR_VALUE_BYTES_MAX && validLen(ptr, len) == len) {
    return putKeyed(end, key, ptr, len);
  }
  digest(Hash.SHA256, ptr, len, DIGEST);
  memory.copy(HASHED_VALUE, textPtr(HASHED), textLen(HASHED));
  writeHex(HASHED_VALUE + textLen(HASHED), DIGEST, SHA256_LEN);
  return putKeyed(end, key, HASHED_VALUE, HASHED_BYTES);
}

function putKeyed(end: usize, key: Text, valuePtr: usize, valueLen: u32): usize {
  const keyLen = min(textLen(key), DESCRIPTOR_KEY_BYTES_MAX);
  return putEntry(end, textPtr(key), keyLen, valuePtr, valueLen);
}
