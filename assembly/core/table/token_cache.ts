// Tokens that were judged before, in a region of fixed size, given by the caller. A log: entries
// are appended, the oldest are overwritten, nothing is ever moved or freed. A set-associative index
// finds them by hash.
//
//    0  head u32 │ lap u32 │ sets - 1 u32 │ bytes of the log u32
//   16  index: sets × WAYS × { hash u64 │ offset u32 │ lap u32 }        lap 0 is a free way
//    …  log: entries one behind the other, each aligned to 8
//
//   entry    0  expiresAtSeconds u64
//            8  notBeforeSeconds u64
//           16  generation u32 │ tokenLen u32
//           24  valueLen u32   │ owner u32
//           32  token bytes, then value bytes from the next multiple of 8
//
// An entry does not wrap: what is left at the end of the log is skipped and the next lap begins. So
// an entry written at `offset` in lap n is whole while the log is in lap n, and in lap n + 1 as
// long as `head` has not passed `offset`.

import { equals } from "../bytes/ascii";
import { NONE } from "../bytes/none";
// @ts-ignore: decorator
@unmanaged
class CacheHeader {
  head: u32;
  lap: u32;
  setMask: u32;
  logBytes: u32;
}

// @ts-ignore: decorator
@unmanaged
class Way {
  hash: u64;
  offset: u32;
  lap: u32;
}

/** What a token is looked up by. */
// @ts-ignore: decorator
@unmanaged
export class TokenKey {
  /** Keyed hash over any part of the token. */
  hash: u64;
  /** Changes whenever what the token was verified with does. */
  generation: u32;
  tokenPtr: usize;
  tokenLen: u32;
  /** Whose token it is taken for: what is known of it holds for nobody else. */
  owner: u32;
}

/** A judged token. Valid until the next insert. */
// @ts-ignore: decorator
@unmanaged
export class CachedToken {
  /** For the owner of the cache; not looked at here. */
  expiresAtSeconds: u64;
  notBeforeSeconds: u64;
  generation: u32;
  tokenLen: u32;
  valueLen: u32;
  owner: u32;
}

const WAYS: u32 = 4;
const WAY_SIZE: u32 = 16;
const SET_SHIFT: u32 = 6;
const INDEX_AT: u32 = 16;
const ENTRY_SIZE: u32 = 32;
if (WAYS * WAY_SIZE != 1 << SET_SHIFT) ERROR("a set is not 64 bytes");
if (offsetof<CacheHeader>() != <usize>INDEX_AT) ERROR("CacheHeader is not 16 bytes");
if (offsetof<Way>() != <usize>WAY_SIZE) ERROR("Way is not 16 bytes");
if (offsetof<CachedToken>() > <usize>ENTRY_SIZE) ERROR("CachedToken has more than 32 bytes");

/** Whether the last token that was inserted took the place of another one in the index. */
export let displaced: bool = false;

/**
 * Makes `cache` an empty cache: `bytes`, a multiple of 8 at an address aligned to 16, for `entries`
 * tokens, a power of two above 2.
 */
export function formatTokens(cache: usize, bytes: u32, entries: u32): void {
  const header = changetype<CacheHeader>(cache);
  header.setMask = entries / WAYS - 1;
  header.logBytes = bytes - INDEX_AT - entries * WAY_SIZE;
  flushTokens(cache);
}

/** Makes a cache empty again. */
export function flushTokens(cache: usize): void {
  const header = changetype<CacheHeader>(cache);
  header.head = 0;
  header.lap = 1;
  memory.fill(cache + INDEX_AT, 0, (header.setMask + 1) << SET_SHIFT);
}

/** The token's entry, or null. The bytes of the token are compared, not only its hash. */
// @ts-ignore: decorator
@inline
export function findToken(cache: usize, key: TokenKey): CachedToken | null {
  const way = findWay(cache, key);
  return way == NONE ? null : entryAt(cache, wayAt(cache, way).offset);
}

/** Drops a token. */
export function removeToken(cache: usize, key: TokenKey): void {
  const way = findWay(cache, key);
  if (way != NONE) wayAt(cache, way).lap = 0;
}

/**
 * Appends a token with room for `valueLen` bytes, which the caller fills before anything else is
 * done with the cache (`valueOf`), as it does the times. null: too large to be kept.
 */
export function insertToken(cache: usize, key: TokenKey, valueLen: u32): CachedToken | null {
  const size = entryBytes(key.tokenLen, valueLen);
  // Larger ones would push out too many others.
  if (size > changetype<CacheHeader>(cache).logBytes >> 2) return null;
  const known = findWay(cache, key);
  const offset = append(cache, <u32>size);
  const way = wayAt(cache, known == NONE ? victimOf(cache, key.hash) : known);
  displaced = known == NONE && way.lap != 0;
  way.hash = key.hash;
  way.offset = offset;
  way.lap = changetype<CacheHeader>(cache).lap;
  const entry = entryAt(cache, offset);
  entry.expiresAtSeconds = 0;
  entry.notBeforeSeconds = 0;
  entry.generation = key.generation;
  entry.tokenLen = key.tokenLen;
  entry.valueLen = valueLen;
  entry.owner = key.owner;
  memory.copy(tokenOf(entry), key.tokenPtr, key.tokenLen);
  return entry;
}

/** Address of the entry's `valueLen` bytes, aligned to 8. */
export function valueOf(entry: CachedToken): usize {
  return tokenOf(entry) + ((entry.tokenLen + 7) & ~7);
}

// @ts-ignore: decorator
@inline
function tokenOf(entry: CachedToken): usize {
  return changetype<usize>(entry) + ENTRY_SIZE;
}

/** In 64 bits: the lengths are the caller's word. */
function entryBytes(tokenLen: u32, valueLen: u32): u64 {
  return <u64>ENTRY_SIZE + ((<u64>tokenLen + 7) & ~7) + ((<u64>valueLen + 7) & ~7);
}

// @ts-ignore: decorator
@inline
function wayAt(cache: usize, index: u32): Way {
  return changetype<Way>(cache + INDEX_AT + index * WAY_SIZE);
}

// @ts-ignore: decorator
@inline
function entryAt(cache: usize, offset: u32): CachedToken {
  const index = (changetype<CacheHeader>(cache).setMask + 1) << SET_SHIFT;
  return changetype<CachedToken>(cache + INDEX_AT + index + offset);
}

// @ts-ignore: decorator
@inline
function firstWayOf(header: CacheHeader, hash: u64): u32 {
  return ((<u32>hash) & header.setMask) * WAYS;
}

/** Whether what the way points to has not been overwritten, not even in part. */
function isWhole(header: CacheHeader, way: Way): bool {
  if (way.lap == header.lap) return true;
  return way.lap != 0 && way.lap + 1 == header.lap && way.offset >= header.head;
}

function findWay(cache: usize, key: TokenKey): u32 {
  const header = changetype<CacheHeader>(cache);
  const first = firstWayOf(header, key.hash);
  for (let i: u32 = first; i < first + WAYS; i++) {
    const way = wayAt(cache, i);
    if (way.hash != key.hash || !isWhole(header, way)) continue;
    const entry = entryAt(cache, way.offset);
    if (
      entry.generation == key.generation &&
      entry.owner == key.owner &&
      entry.tokenLen == key.tokenLen &&
      sameBytes(tokenOf(entry), key.tokenPtr, key.tokenLen)
    ) {
      return i;
    }
  }
  return NONE;
}

const STRIDE: u32 = 64;

/** As `equals`, in strides that suit tokens; those that come here are mostly equal to the end. */
function sameBytes(a: usize, b: usize, len: u32): bool {
  if (len < STRIDE) return equals(a, b, len);
  const last = len - STRIDE;
  let differences = difference(a + last, b + last);
  for (let offset: u32 = 0; offset < last; offset += STRIDE) {
    differences = v128.or(differences, difference(a + offset, b + offset));
  }
  return !v128.any_true(differences);
}

/** Zero when STRIDE bytes are equal. */
// @ts-ignore: decorator
@inline
function difference(a: usize, b: usize): v128 {
  return v128.or(
    v128.or(v128.xor(v128.load(a), v128.load(b)), v128.xor(v128.load(a, 16), v128.load(b, 16))),
    v128.or(
      v128.xor(v128.load(a, 32), v128.load(b, 32)),
      v128.xor(v128.load(a, 48), v128.load(b, 48)),
    ),
  );
}

/** The way of the hash's set that is free or dead, else the one whose entry is the oldest. */
function victimOf(cache: usize, hash: u64): u32 {
  const header = changetype<CacheHeader>(cache);
  const first = firstWayOf(header, hash);
  let oldest = first;
  let oldestAge = u64.MAX_VALUE;
  for (let i: u32 = first; i < first + WAYS; i++) {
    const way = wayAt(cache, i);
    if (!isWhole(header, way)) return i;
    const age = ((<u64>way.lap) << 32) | way.offset;
    if (age < oldestAge) {
      oldestAge = age;
      oldest = i;
    }
  }
  return oldest;
}

/**
 * Takes `size` bytes (a multiple of 8, at most a quarter of the log) from the log; returns their
 * offset.
 */
function append(cache: usize, size: u32): u32 {
  const header = changetype<CacheHeader>(cache);
  if (header.head + size > header.logBytes) {
    // A lap number must never come back while a way still has it.
    if (header.lap == u32.MAX_VALUE) flushTokens(cache);
    header.lap++;
    header.head = 0;
  }
  const offset = header.head;
  header.head = offset + size;
  return offset;
}
