// A page of buckets: one value in shared data, changed by compare-and-swap. A limit has
// RATE_LIMIT_PAGES of them and a key always falls into the same one, so shared data does not grow
// with the number of keys.
//
//     0   magic "SPRL" u32
//     4   version u8 │ period u8 │ buckets u16
//     8   overflow bucket: levelUnits u64 │ updatedAtMicroseconds u64
//    24   buckets × { keyHash u64 │ levelUnits u64 │ updatedAtMicroseconds u64 }
//   384
//
// A keyHash of 0 is a free bucket.
//
// A key that finds no bucket of its own takes from the overflow bucket, and a bucket that is
// claimed starts at the overflow bucket's level. So no key ever gets more than its limit, however
// many keys there are: what a key without a bucket owes is part of what the overflow bucket owes.
// While no page is crowded that level is full.

import { RATE_LIMIT_PAGE_BUCKETS } from "../limits";
import { costUnits, levelAt, Limit } from "./bucket";

// @ts-ignore: decorator
@unmanaged
class PageHeader {
  magic: u32;
  version: u8;
  period: u8;
  buckets: u16;
  overflowLevelUnits: u64;
  overflowUpdatedAt: u64;
}

// @ts-ignore: decorator
@unmanaged
class Bucket {
  keyHash: u64;
  levelUnits: u64;
  updatedAt: u64;
}

const HEADER_SIZE: u32 = 24;
const BUCKET_SIZE: u32 = 24;
if (offsetof<PageHeader>() != <usize>HEADER_SIZE) ERROR("PageHeader is not 24 bytes");
if (offsetof<Bucket>() != <usize>BUCKET_SIZE) ERROR("Bucket is not 24 bytes");

/** Bytes of a page. */
export const PAGE_BYTES: u32 = HEADER_SIZE + RATE_LIMIT_PAGE_BUCKETS * BUCKET_SIZE;

const MAGIC: u32 = 0x4c525053;
const VERSION: u8 = 1;

/** "The overflow bucket" among bucket numbers. */
export const OVERFLOW: u32 = RATE_LIMIT_PAGE_BUCKETS;

/** What came of a take. */
// @ts-ignore: decorator
@unmanaged
export class Taken {
  /** Level after it, at the given time. */
  levelUnits: u64;
  /** Number of the bucket, or OVERFLOW: `putBack` needs it. */
  bucket: u32;
  admitted: bool;
  /** The page differs from what it was and has to be written. A refusal changes nothing. */
  changed: bool;
}

// @ts-ignore: decorator
@inline
function headerOf(page: usize): PageHeader {
  return changetype<PageHeader>(page);
}

// @ts-ignore: decorator
@inline
function bucketAt(page: usize, index: u32): Bucket {
  return changetype<Bucket>(page + HEADER_SIZE + index * BUCKET_SIZE);
}

/**
 * Whether bytes from shared data are a page of this limit. What is not counts as absent and is
 * written anew.
 */
export function isPage(ptr: usize, len: u32, limit: Limit): bool {
  if (len != PAGE_BYTES) return false;
  const header = headerOf(ptr);
  return (
    header.magic == MAGIC &&
    header.version == VERSION &&
    header.period == limit.period &&
    header.buckets == RATE_LIMIT_PAGE_BUCKETS
  );
}

/** Writes a page in which every bucket is free, PAGE_BYTES long. */
export function writeEmptyPage(page: usize, limit: Limit): void {
  memory.fill(page, 0, PAGE_BYTES);
  const header = headerOf(page);
  header.magic = MAGIC;
  header.version = VERSION;
  header.period = <u8>limit.period;
  header.buckets = <u16>RATE_LIMIT_PAGE_BUCKETS;
  header.overflowLevelUnits = limit.capacityUnits;
}

/**
 * Takes `cost` tokens from the bucket of `keyHash` (not 0). Cost 0 looks and takes nothing; a cost
 * above the capacity is never admitted. `page` holds PAGE_BYTES that isPage accepted or
 * writeEmptyPage wrote.
 */
export function take(
  page: usize,
  keyHash: u64,
  cost: u32,
  limit: Limit,
  nowMicroseconds: u64,
  out: Taken,
): void {
  const header = headerOf(page);
  const index = findBucket(page, keyHash, limit, nowMicroseconds);
  const isOverflow = index == OVERFLOW;
  // Not read when the overflow bucket is meant.
  const bucket = bucketAt(page, isOverflow ? 0 : index);
  const isOwn = !isOverflow && bucket.keyHash == keyHash;
  const storedLevel = isOwn ? bucket.levelUnits : header.overflowLevelUnits;
  const storedAt = isOwn ? bucket.updatedAt : header.overflowUpdatedAt;
  const level = levelAt(limit, storedLevel, storedAt, nowMicroseconds);
  const units = costUnits(limit, cost);

  out.bucket = index;
  out.admitted = level >= units;
  out.changed = out.admitted && cost > 0;
  out.levelUnits = level;
  if (!out.changed) return;

  const rest = level - units;
  out.levelUnits = rest;
  // A clock that went back must not make time count twice.
  const updatedAt = max(storedAt, nowMicroseconds);
  if (isOverflow) {
    header.overflowLevelUnits = rest;
    header.overflowUpdatedAt = updatedAt;
  } else {
    bucket.keyHash = keyHash;
    bucket.levelUnits = rest;
    bucket.updatedAt = updatedAt;
  }
}

/**
 * The key's own bucket, else a free one, else one that is full by now, which equals no bucket; else
 * OVERFLOW.
 */
function findBucket(page: usize, keyHash: u64, limit: Limit, nowMicroseconds: u64): u32 {
  let free = OVERFLOW;
  for (let i: u32 = 0; i < RATE_LIMIT_PAGE_BUCKETS; i++) {
    const hash = bucketAt(page, i).keyHash;
    if (hash == keyHash) return i;
    if (hash == 0 && free == OVERFLOW) free = i;
  }
  if (free != OVERFLOW) return free;
  for (let i: u32 = 0; i < RATE_LIMIT_PAGE_BUCKETS; i++) {
    const bucket = bucketAt(page, i);
    const level = levelAt(limit, bucket.levelUnits, bucket.updatedAt, nowMicroseconds);
    if (level == limit.capacityUnits) return i;
  }
  return OVERFLOW;
}

/**
 * Gives back what `take` took from `bucket`. The page may have changed since: a bucket that is
 * another key's by now had been full, so nothing is owed to it. Returns whether the page has to be
 * written.
 */
export function putBack(page: usize, keyHash: u64, bucket: u32, cost: u32, limit: Limit): bool {
  if (cost == 0 || cost > limit.capacity) return false;
  const units = costUnits(limit, cost);
  if (bucket >= OVERFLOW) {
    const header = headerOf(page);
    header.overflowLevelUnits = raised(header.overflowLevelUnits, units, limit);
    return true;
  }
  const own = bucketAt(page, bucket);
  if (own.keyHash != keyHash) return false;
  own.levelUnits = raised(own.levelUnits, units, limit);
  return true;
}

// @ts-ignore: decorator
@inline
function raised(levelUnits: u64, units: u64, limit: Limit): u64 {
  return min(min(levelUnits, limit.capacityUnits) + units, limit.capacityUnits);
}
