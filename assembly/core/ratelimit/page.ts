// A page of buckets: one value in shared data, changed by compare-and-swap. A limit has a fixed
// number of them and a key always falls into the same one, so shared data does not grow with the
// number of keys.
//
//     0   mark: magic "SPRL" u32 │ version u8 │ slots u8 │ 0 u16 │ rest as in a slot
//    32   31 slots × { keyHash u64 │ levelUnits u64 │ updatedAtMicroseconds u64 │
//                      leasedNow u32 │ leasedBefore u32 }
//  1024
//
// A keyHash of 0 is a free slot.
//
// Leases. A worker takes tokens ahead, debit first, and spends them without a look at the page. A
// slot counts what was leased, in whole tokens, by epochs of the clock (2^19 µs): leasedNow in the
// epoch of updatedAt, leasedBefore in the one before. Older ones are forgotten: a lease is neither
// spent nor returned after the epoch that follows its own.
//
// What is exact. Let L be what a bucket has leased and not forgotten, U what of it is unspent. A
// level is cut to capacity - L wherever it grows or is raised, and time is walked epoch by epoch
// (`advance`), so that at no time level + L > capacity; as U <= L, level + U <= capacity. That sum
// rises by the refill only: a grant moves tokens from the level to U, a return moves them back (L
// falls by the whole grant, of which the rest was a part), forgetting lowers U and leaves the level
// where it is. Each admitted token lowers it by one. So in any window W all workers together admit
// capacity + refill x W at most. A worker whose clock reading is older than what another wrote
// works at the other's time, which has been: it gains nothing that time had not given.
//
// What is put back. Between a take and its put-back others may have brought the page to a later
// time, and the bucket grew into the room that the tokens had left. So what it gained since is lost
// from them: then level + U + tokens to be put back does not rise in that time.
//
// The mark. When a page is crowded, a newcomer takes the slot of the bucket that has the most; the
// mark takes the lower level and the larger leases of itself and that bucket. So a key without a
// slot has at least the mark's level and at most its leases: that is so when its slot is taken, and
// growth, takes, grants and returns keep the order of two buckets, as each is monotone in level and
// leases. A newcomer starts as a copy of the mark. So no key gets more than a bucket of its own
// would give it, however many keys there are: an offender that was pushed out comes back with what
// it had, or less. Those that owe most stay, and what others do takes nothing from a key that has a
// slot. A full bucket equals none.

import { RATE_LIMIT_PAGE_SLOTS } from "../limits";
import { costUnits, grow, Limit, TOKEN_UNITS, tokensOf } from "./bucket";

// @ts-ignore: decorator
@unmanaged
export class Slot {
  keyHash: u64;
  levelUnits: u64;
  updatedAt: u64;
  leasedNow: u32;
  leasedBefore: u32;
}

// @ts-ignore: decorator
@unmanaged
class PageHead {
  magic: u32;
  version: u8;
  slots: u8;
  zero: u16;
}

/** Bytes of a slot. */
export const SLOT_BYTES: u32 = 32;
if (offsetof<Slot>() != <usize>SLOT_BYTES) ERROR("Slot is not 32 bytes");
if (offsetof<PageHead>() != 8) ERROR("PageHead is not where keyHash is");

/** Bytes of a page. */
export const PAGE_BYTES: u32 = RATE_LIMIT_PAGE_SLOTS * SLOT_BYTES;

const MAGIC: u32 = 0x4c525053;
const VERSION: u8 = 2;

/** 2^19 µs, 0.52 s: an epoch is a shift away. */
const EPOCH_SHIFT: u64 = 19;
/**
 * A lease is at most this part of the level, as a shift: what is left is for the other workers, and
 * the last tokens of a burst are taken one by one.
 */
const SPARE_SHIFT: u32 = 3;

/** The epoch of a time. */
// @ts-ignore: decorator
@inline
export function epochOf(microseconds: u64): u64 {
  return microseconds >> EPOCH_SHIFT;
}

/** When an epoch begins. */
// @ts-ignore: decorator
@inline
export function epochStart(epoch: u64): u64 {
  return epoch << EPOCH_SHIFT;
}

/** What is asked of a page, and its answer. */
// @ts-ignore: decorator
@unmanaged
export class Ask {
  /** Not 0. */
  keyHash: u64;
  /** Epoch of the lease that comes back. */
  returnedEpoch: u64;
  /** The lease that comes back, and what is left of it; 0 and 0 for none. */
  returnedGrant: u32;
  returnedRest: u32;
  /** Tokens. 0 looks and takes nothing. */
  cost: u32;
  /** Tokens that are wanted as a lease beside the cost. */
  wanted: u32;

  /** Answer: what is left for this worker, a lease that could come back included. */
  levelUnits: u64;
  grantedEpoch: u64;
  granted: u32;
  admitted: bool;
  /** The page differs from what it was and has to be written. A refusal changes nothing. */
  changed: bool;
  /** A bucket that was not full lost its slot. */
  evicted: bool;
}

/** Room for an Ask. */
export const ASK_BYTES: u32 = 64;
if (offsetof<Ask>() > <usize>ASK_BYTES) ERROR("Ask needs more room");

/** The bucket that is worked on: the page changes only when all is decided. */
const STATE = changetype<Slot>(memory.data(32, 8));
const COMPARED = changetype<Slot>(memory.data(32, 8));

// @ts-ignore: decorator
@inline
function slotAt(page: usize, index: u32): Slot {
  return changetype<Slot>(page + index * SLOT_BYTES);
}

// @ts-ignore: decorator
@inline
function markOf(page: usize): Slot {
  return changetype<Slot>(page);
}

/** Copies all of a slot but its key. */
// @ts-ignore: decorator
@inline
function copyBucket(target: Slot, source: Slot): void {
  target.levelUnits = source.levelUnits;
  target.updatedAt = source.updatedAt;
  target.leasedNow = source.leasedNow;
  target.leasedBefore = source.leasedBefore;
}

/** Whether bytes from shared data are a page. What is not counts as absent and is written anew. */
export function isPage(ptr: usize, len: u32): bool {
  if (len != PAGE_BYTES) return false;
  const head = changetype<PageHead>(ptr);
  return (
    head.magic == MAGIC &&
    head.version == VERSION &&
    head.slots == <u8>RATE_LIMIT_PAGE_SLOTS &&
    head.zero == 0
  );
}

/**
 * Level of a mark that has had no bucket: full, whatever the capacity becomes. One that was full
 * under a small capacity says nothing about a larger one: it may have been cut.
 */
const FULL: u64 = u64.MAX_VALUE;

/** Writes a page in which every slot is free, PAGE_BYTES long. */
export function writeEmptyPage(page: usize): void {
  memory.fill(page, 0, PAGE_BYTES);
  const head = changetype<PageHead>(page);
  head.magic = MAGIC;
  head.version = VERSION;
  head.slots = <u8>RATE_LIMIT_PAGE_SLOTS;
  markOf(page).levelUnits = FULL;
}

/** What a bucket can hold beside its leases. */
// @ts-ignore: decorator
@inline
function roomOf(slot: Slot, limit: Limit): u64 {
  const leased = <u64>slot.leasedNow + slot.leasedBefore;
  return leased < limit.capacity ? limit.capacityUnits - leased * TOKEN_UNITS : 0;
}

/** Brings a bucket to a later time; time that went back changes nothing. Below 2^63 µs. */
function advance(slot: Slot, limit: Limit, nowMicroseconds: u64): void {
  // A lease is outstanding for the rest of its epoch and the next, so two ends of epochs count.
  for (let i: u32 = 0; i < 2 && (slot.leasedNow | slot.leasedBefore) != 0; i++) {
    const end = epochStart(epochOf(slot.updatedAt) + 1);
    if (end > nowMicroseconds) break;
    growUntil(slot, limit, end);
    slot.leasedBefore = slot.leasedNow;
    slot.leasedNow = 0;
  }
  growUntil(slot, limit, max(slot.updatedAt, nowMicroseconds));
}

function growUntil(slot: Slot, limit: Limit, microseconds: u64): void {
  const elapsed = microseconds - slot.updatedAt;
  slot.levelUnits = grow(limit, slot.levelUnits, elapsed, roomOf(slot, limit));
  slot.updatedAt = microseconds;
}

/**
 * Takes from the bucket of `ask.keyHash`, gives back the worker's old lease and grants a new one. A
 * cost above the capacity is never admitted; cost 0 is, unless the capacity is 0. `page` holds
 * PAGE_BYTES that isPage accepted or writeEmptyPage wrote.
 */
export function take(page: usize, limit: Limit, nowMicroseconds: u64, ask: Ask): void {
  const slot = slotAt(page, findSlot(page, ask.keyHash, limit, nowMicroseconds));
  const isOwn = slot.keyHash == ask.keyHash;
  copyBucket(STATE, isOwn ? slot : markOf(page));
  advance(STATE, limit, nowMicroseconds);
  takeLeaseBack(STATE, limit, ask);

  const units = costUnits(limit, ask.cost);
  ask.admitted = ask.cost > 0 ? STATE.levelUnits >= units : limit.capacity > 0;
  ask.changed = ask.admitted && ask.cost > 0;
  ask.levelUnits = STATE.levelUnits;
  ask.granted = 0;
  ask.evicted = false;
  if (!ask.changed) return;

  STATE.levelUnits -= units;
  ask.levelUnits = STATE.levelUnits;
  grantLease(STATE, limit, nowMicroseconds, ask);
  if (!isOwn && slot.keyHash != 0) ask.evicted = keepInMark(page, slot, limit, nowMicroseconds);
  slot.keyHash = ask.keyHash;
  copyBucket(slot, STATE);
}

/**
 * Number of the key's own slot; else of a free one; else of the one with the highest level now. A
 * lease outstanding keeps a level below the capacity, so what has none and is full comes first.
 */
function findSlot(page: usize, keyHash: u64, limit: Limit, nowMicroseconds: u64): u32 {
  let free: u32 = 0;
  for (let i: u32 = 1; i < RATE_LIMIT_PAGE_SLOTS; i++) {
    const hash = slotAt(page, i).keyHash;
    if (hash == keyHash) return i;
    if (hash == 0 && free == 0) free = i;
  }
  if (free != 0) return free;
  let fullest: u32 = 1;
  let highest: u64 = 0;
  for (let i: u32 = 1; i < RATE_LIMIT_PAGE_SLOTS; i++) {
    copyBucket(COMPARED, slotAt(page, i));
    advance(COMPARED, limit, nowMicroseconds);
    if (COMPARED.levelUnits <= highest) continue;
    fullest = i;
    highest = COMPARED.levelUnits;
    if (highest == limit.capacityUnits) break;
  }
  return fullest;
}

/** Gives back a lease whose epoch still counts; the rest of another is lost. */
function takeLeaseBack(state: Slot, limit: Limit, ask: Ask): bool {
  if (ask.returnedGrant == 0) return false;
  const age = epochOf(state.updatedAt) - ask.returnedEpoch;
  if (age > 1) return false;
  if (age == 0) state.leasedNow -= min(state.leasedNow, ask.returnedGrant);
  else state.leasedBefore -= min(state.leasedBefore, ask.returnedGrant);
  // Below 2^64: a level is at most the capacity, and so is a rest.
  const rest = TOKEN_UNITS * min(ask.returnedRest, limit.capacity);
  state.levelUnits = min(state.levelUnits + rest, roomOf(state, limit));
  return true;
}

/** Grants what is wanted as far as the level has it to spare. */
function grantLease(state: Slot, limit: Limit, nowMicroseconds: u64, ask: Ask): void {
  ask.grantedEpoch = epochOf(state.updatedAt);
  // In an epoch that this worker's clock has not reached it could not spend it.
  if (ask.wanted == 0 || epochOf(nowMicroseconds) != ask.grantedEpoch) return;
  ask.granted = min(ask.wanted, tokensOf(limit, state.levelUnits) >> SPARE_SHIFT);
  state.levelUnits -= TOKEN_UNITS * ask.granted;
  // At most the capacity: level + leased was.
  state.leasedNow += ask.granted;
}

/** The mark remembers the bucket of a slot that is given away; whether that was not full. */
function keepInMark(page: usize, slot: Slot, limit: Limit, nowMicroseconds: u64): bool {
  const mark = markOf(page);
  // All three have been, so the latest is a time that both buckets can be brought to. The mark's
  // time goes on even when the bucket is full: a newcomer whose clock reading is older must not
  // let the time since count again.
  const at = max(nowMicroseconds, max(mark.updatedAt, slot.updatedAt));
  advance(slot, limit, at);
  advance(mark, limit, at);
  mark.levelUnits = min(mark.levelUnits, slot.levelUnits);
  mark.leasedNow = max(mark.leasedNow, slot.leasedNow);
  mark.leasedBefore = max(mark.leasedBefore, slot.leasedBefore);
  return slot.levelUnits < limit.capacityUnits;
}

/** The key's own slot; 0 when it has none (any more). */
function ownSlot(page: usize, keyHash: u64): usize {
  for (let i: u32 = 1; i < RATE_LIMIT_PAGE_SLOTS; i++) {
    const slot = slotAt(page, i);
    if (slot.keyHash == keyHash) return changetype<usize>(slot);
  }
  return 0;
}

/**
 * Gives back tokens that were taken at `nowMicroseconds` and not used, less what the bucket gained
 * since. Nothing is owed to a key whose slot has been given away. Returns whether the page has to
 * be written.
 */
export function putBack(
  page: usize,
  keyHash: u64,
  cost: u32,
  limit: Limit,
  nowMicroseconds: u64,
): bool {
  if (cost == 0 || cost > limit.capacity) return false;
  const own = ownSlot(page, keyHash);
  if (own == 0) return false;
  const slot = changetype<Slot>(own);
  advance(slot, limit, nowMicroseconds);
  const units = TOKEN_UNITS * cost;
  const gained = grow(limit, 0, slot.updatedAt - nowMicroseconds, units);
  slot.levelUnits = min(slot.levelUnits + units - gained, roomOf(slot, limit));
  return true;
}

/** Gives back the lease of an Ask and takes nothing; whether the page has to be written. */
export function putLeaseBack(page: usize, limit: Limit, nowMicroseconds: u64, ask: Ask): bool {
  const own = ownSlot(page, ask.keyHash);
  if (own == 0) return false;
  const slot = changetype<Slot>(own);
  advance(slot, limit, nowMicroseconds);
  return takeLeaseBack(slot, limit, ask);
}
