// Buckets in the memory of this VM, for all limits that are kept here: POOL_SLOTS of them, in sets
// of 32 by bits of the key, so that limits share the room as they need it.
//
// When a set is crowded, a newcomer takes the slot of the bucket that owes least. What a limit's
// buckets had when they lost their slots is kept by the limit, in its row: the lowest of those
// levels, growing like a bucket. A key without a slot has at least that level, and a newcomer
// starts with it: no key gets more than its limit, however many there are (page.ts has the
// argument). A row is found by the limit's name, so a push keeps it. A name that takes over the row
// of another has an empty bucket as its row: it does not know what its keys owe.

import { POOL_ROWS, POOL_SLOTS } from "../limits";
import { costUnits, grow, levelAt, Limit, LIMIT_SIZE, TOKEN_UNITS } from "./bucket";

// @ts-ignore: decorator
@unmanaged
class PoolSlot {
  /** 0 for a free slot. */
  keyHash: u64;
  levelUnits: u64;
  updatedAt: u64;
  /** Number of the limit's row. */
  row: u32;
}

// @ts-ignore: decorator
@unmanaged
class Row {
  /** 0 for a free row. */
  nameHash: u64;
  levelUnits: u64;
  updatedAt: u64;
  /** When a configuration first used it, in the order of all that did. */
  claim: u64;
}

const SLOT_BYTES: u32 = 32;
const SET_SLOTS: u32 = 32;
const SET_BYTES: u32 = SET_SLOTS * SLOT_BYTES;
const SETS: u32 = POOL_SLOTS / SET_SLOTS;
/** Other bits than those that choose a page or a lease. */
const SET_SHIFT: u64 = 16;
const ROW_BYTES: u32 = 64;
/** Behind the Row is its Limit. */
const LIMIT_AT: u32 = 32;
if (offsetof<PoolSlot>() > <usize>SLOT_BYTES) ERROR("PoolSlot has more than 32 bytes");
if (offsetof<Row>() != <usize>LIMIT_AT) ERROR("Row is not 32 bytes");
if (LIMIT_AT + LIMIT_SIZE != ROW_BYTES) ERROR("a row is not 64 bytes");
if ((SETS & (SETS - 1)) != 0) ERROR("the number of sets is no power of two");

const POOL: usize = memory.data(<i32>(POOL_SLOTS * SLOT_BYTES), 16);
/** Number 0 is no row. */
const ROWS: usize = memory.data(<i32>((POOL_ROWS + 1) * ROW_BYTES), 16);
let claims: u64 = 0;
/** Level of a row that has had no bucket (page.ts): full, whatever the capacity becomes. */
const FULL: u64 = u64.MAX_VALUE;

/** What came of a take from the pool. */
// @ts-ignore: decorator
@unmanaged
export class TakenFromPool {
  /** Level after it. */
  levelUnits: u64;
  admitted: bool;
  /** A bucket that was not full lost its slot. */
  evicted: bool;
}

// @ts-ignore: decorator
@inline
function rowAt(index: u32): Row {
  return changetype<Row>(ROWS + index * ROW_BYTES);
}

// @ts-ignore: decorator
@inline
function limitOf(row: Row): Limit {
  return changetype<Limit>(changetype<usize>(row) + LIMIT_AT);
}

// @ts-ignore: decorator
@inline
function slotAt(set: usize, index: u32): PoolSlot {
  return changetype<PoolSlot>(set + index * SLOT_BYTES);
}

// @ts-ignore: decorator
@inline
function setOf(keyHash: u64): usize {
  return POOL + ((<u32>(keyHash >> SET_SHIFT)) & (SETS - 1)) * SET_BYTES;
}

/** The row of a limit; searched for when the limit is used for the first time. */
// @ts-ignore: decorator
@inline
function rowOf(limit: Limit, nameHash: u64, nowMicroseconds: u64): Row {
  const known = rowAt(limit.row);
  if (limit.row != 0 && known.nameHash == nameHash) return known;
  return claimRow(limit, nameHash, nowMicroseconds);
}

function claimRow(limit: Limit, nameHash: u64, nowMicroseconds: u64): Row {
  let found: u32 = 1;
  for (let i: u32 = 1; i <= POOL_ROWS; i++) {
    const row = rowAt(i);
    // A free row is older than all others and has none in use behind it.
    if (row.claim < rowAt(found).claim) found = i;
    if (row.nameHash != nameHash && row.nameHash != 0) continue;
    found = i;
    break;
  }
  const row = rowAt(found);
  if (row.nameHash != nameHash) {
    row.levelUnits = row.nameHash == 0 ? FULL : 0;
    row.updatedAt = nowMicroseconds;
    row.nameHash = nameHash;
  }
  row.claim = ++claims;
  limit.row = found;
  memory.copy(changetype<usize>(limitOf(row)), changetype<usize>(limit), LIMIT_SIZE);
  return row;
}

/**
 * Takes `cost` tokens from the bucket of `keyHash` (not 0). `nameHash` is that of the limit's name.
 * Cost 0 takes nothing, and is admitted unless the capacity is 0.
 */
export function takeFromPool(
  limit: Limit,
  nameHash: u64,
  keyHash: u64,
  cost: u32,
  nowMicroseconds: u64,
  out: TakenFromPool,
): void {
  const row = rowOf(limit, nameHash, nowMicroseconds);
  const slot = findSlot(setOf(keyHash), keyHash, nowMicroseconds);
  const isOwn = slot.keyHash == keyHash;
  const storedAt = isOwn ? slot.updatedAt : row.updatedAt;
  const storedLevel = isOwn ? slot.levelUnits : row.levelUnits;
  const level = levelAt(limit, storedLevel, storedAt, nowMicroseconds);
  const units = costUnits(limit, cost);
  out.admitted = cost > 0 ? level >= units : limit.capacity > 0;
  out.levelUnits = level;
  out.evicted = false;
  if (!out.admitted || cost == 0) return;
  out.levelUnits = level - units;
  if (!isOwn && slot.keyHash != 0) out.evicted = keepInRow(slot, nowMicroseconds);
  slot.keyHash = keyHash;
  slot.levelUnits = level - units;
  // A clock that went back must not make time count twice.
  slot.updatedAt = max(storedAt, nowMicroseconds);
  slot.row = limit.row;
}

/** The key's own slot; else a free one; else that of the bucket that owes least now. */
function findSlot(set: usize, keyHash: u64, nowMicroseconds: u64): PoolSlot {
  let free: usize = 0;
  for (let i: u32 = 0; i < SET_SLOTS; i++) {
    const slot = slotAt(set, i);
    if (slot.keyHash == keyHash) return slot;
    if (slot.keyHash == 0 && free == 0) free = changetype<usize>(slot);
  }
  if (free != 0) return changetype<PoolSlot>(free);
  let found = slotAt(set, 0);
  let least: u64 = u64.MAX_VALUE;
  for (let i: u32 = 0; i < SET_SLOTS && least != 0; i++) {
    const slot = slotAt(set, i);
    const limit = limitOf(rowAt(slot.row));
    const level = levelAt(limit, slot.levelUnits, slot.updatedAt, nowMicroseconds);
    const owed = limit.capacityUnits - level;
    if (owed >= least) continue;
    found = slot;
    least = owed;
  }
  return found;
}

/** The row remembers the bucket of a slot that is given away; whether that was not full. */
function keepInRow(slot: PoolSlot, nowMicroseconds: u64): bool {
  const row = rowAt(slot.row);
  const limit = limitOf(row);
  const at = max(nowMicroseconds, max(row.updatedAt, slot.updatedAt));
  const level = levelAt(limit, slot.levelUnits, slot.updatedAt, at);
  const lower = min(level, levelAt(limit, row.levelUnits, row.updatedAt, at));
  row.levelUnits = lower;
  row.updatedAt = at;
  return level < limit.capacityUnits;
}

/**
 * Gives back tokens that were taken then and not used, less what the bucket gained since: it may
 * have grown into their room. Nothing is owed to a key that has no slot any more.
 */
export function putBackInPool(
  limit: Limit,
  keyHash: u64,
  cost: u32,
  takenAtMicroseconds: u64,
): void {
  const set = setOf(keyHash);
  for (let i: u32 = 0; i < SET_SLOTS; i++) {
    const slot = slotAt(set, i);
    if (slot.keyHash != keyHash) continue;
    const level = levelAt(limit, slot.levelUnits, slot.updatedAt, takenAtMicroseconds);
    slot.updatedAt = max(slot.updatedAt, takenAtMicroseconds);
    const units = TOKEN_UNITS * min(cost, limit.capacity);
    const gained = grow(limit, 0, slot.updatedAt - takenAtMicroseconds, units);
    slot.levelUnits = min(level + units - gained, limit.capacityUnits);
    return;
  }
}
