// Tables of multiples of keys that are used again: one for each distinct key of all configurations,
// and one for the base point of each curve that has keys. They are built where requests are
// verified and nowhere else: each right signature that was verified without tables pays for one
// slice, so no request waits for a whole table, and who has no right signature builds nothing.
//
//   slots   0..3 base points │ keys, found by their content, with the number of their users
//   pool    table │ table │ table │ free            in the order in which they were begun
//
// All tables have one width. It is chosen when the first is begun, as the largest with which each
// key would have a table; when keys come and the pool is too small, the tables are dropped and
// begun again with the width that fits.

import { NONE } from "../bytes/none";
import { TABLE_KEYS_MAX, TABLE_POOL_BYTES, TABLE_WIDTH_MAX, TABLE_WIDTH_MIN } from "../limits";
import { KeyType } from "./algorithm";
import { beginEcTable, continueEcTable, EC_BUILD_BYTES, ecTableBytes } from "./ecdsa";
import { beginEdTable, continueEdTable, ED_BUILD_BYTES, edTableBytes } from "./ed25519";
import { digest, Hash } from "./hash";
import { curveOf, preparedBytes, VerifyKey, verifyKeyBytes } from "./verify_key";

// @ts-ignore: decorator
@unmanaged
class Slot {
  /** SHA-256 of the prepared key. */
  content0: u64;
  content1: u64;
  content2: u64;
  content3: u64;
  /** Keys of configurations that are this one; of a base point, distinct keys of its curve. */
  users: u32;
  keyType: KeyType;
  /** Where its table begins in the pool, and its bytes; 0 bytes when it has none. */
  tableOffset: u32;
  tableBytes: u32;
  isComplete: u32;
  private reserved: u32;
}

const SLOT_BYTES: u32 = 56;
if (offsetof<Slot>() != SLOT_BYTES) ERROR("Slot is not 56 bytes");

/** Curves: each has a base point, in the slot of its number, and one build at a time. */
const CURVES: u32 = 4;
const SLOTS_MAX: u32 = CURVES + TABLE_KEYS_MAX;
const SLOTS: usize = memory.data(<i32>(SLOTS_MAX * SLOT_BYTES), 16);

/** Slots that have or had users lie below this. */
let slotsEnd: u32 = CURVES;

const POOL: usize = memory.data(<i32>TABLE_POOL_BYTES, 16);
let poolUsed: u32 = 0;
let width: u32 = 0;

// The table that a curve builds now: number of its slot or NONE, and the state between slices.
const BUILD_BYTES: u32 = ED_BUILD_BYTES > EC_BUILD_BYTES ? ED_BUILD_BYTES : EC_BUILD_BYTES;
const BUILDS: usize = memory.data(<i32>(CURVES * BUILD_BYTES), 16);
const BUILDING: usize = memory.data<u32>([NONE, NONE, NONE, NONE]);

const CONTENT: usize = memory.data(32, 16);

// @ts-ignore: decorator
@inline
function slotAt(number: u32): Slot {
  return changetype<Slot>(SLOTS + number * SLOT_BYTES);
}

// @ts-ignore: decorator
@inline
function curveNumber(keyType: KeyType): u32 {
  return <u32>keyType - <u32>KeyType.EC_P256;
}

// @ts-ignore: decorator
@inline
function building(curve: u32): u32 {
  return load<u32>(BUILDING + (curve << 2));
}

// @ts-ignore: decorator
@inline
function setBuilding(curve: u32, number: u32): void {
  store<u32>(BUILDING + (curve << 2), number);
}

/** Whether keys of a type have tables. */
function hasTables(keyType: KeyType): bool {
  return curveNumber(keyType) < CURVES;
}

function tableBytes(curve: u32, ofWidth: u32): u32 {
  const keyType = <KeyType>(curve + <u32>KeyType.EC_P256);
  const bytes =
    keyType == KeyType.OKP_ED25519
      ? edTableBytes(ofWidth)
      : ecTableBytes(curveOf(keyType), ofWidth);
  return (bytes + 15) & ~15;
}

// Users ----------------------------------------------------------------------------------------

/** A configuration that is used from now on has this key. Not on the request path. */
export function acquireTables(key: VerifyKey): void {
  key.slot = NONE;
  if (!hasTables(key.keyType)) return;
  const bytes = verifyKeyBytes(key.keyType, key.memberLen);
  const preparedLen = bytes - <u32>(preparedBytes(key) - changetype<usize>(key));
  digest(Hash.SHA256, preparedBytes(key), preparedLen, CONTENT);
  let number = findContent(key.keyType);
  if (number == NONE) {
    number = openSlot(key.keyType);
    // A key beyond TABLE_KEYS_MAX is verified without tables.
    if (number == NONE) return;
  }
  slotAt(number).users++;
  key.slot = number;
}

/** What acquireTables counted is no longer used; the last user takes the table with it. */
export function releaseTables(key: VerifyKey): void {
  const number = key.slot;
  key.slot = NONE;
  if (number == NONE) return;
  const slot = slotAt(number);
  slot.users--;
  if (slot.users != 0) return;
  dropTable(number);
  const curve = curveNumber(slot.keyType);
  slotAt(curve).users--;
  if (slotAt(curve).users == 0) dropTable(curve);
}

/** The slot in use whose content is that in CONTENT, or NONE. */
function findContent(keyType: KeyType): u32 {
  for (let number = CURVES; number < slotsEnd; number++) {
    const slot = slotAt(number);
    const same =
      slot.users != 0 &&
      slot.keyType == keyType &&
      slot.content0 == load<u64>(CONTENT) &&
      slot.content1 == load<u64>(CONTENT, 8) &&
      slot.content2 == load<u64>(CONTENT, 16) &&
      slot.content3 == load<u64>(CONTENT, 24);
    if (same) return number;
  }
  return NONE;
}

function openSlot(keyType: KeyType): u32 {
  let number = CURVES;
  while (number < slotsEnd && slotAt(number).users != 0) number++;
  if (number == SLOTS_MAX) return NONE;
  slotsEnd = max(slotsEnd, number + 1);
  const slot = slotAt(number);
  memory.copy(changetype<usize>(slot), CONTENT, 32);
  slot.keyType = keyType;
  slot.tableBytes = 0;
  slot.isComplete = 0;
  const curve = curveNumber(keyType);
  slotAt(curve).keyType = keyType;
  slotAt(curve).users++;
  return number;
}

// Use ------------------------------------------------------------------------------------------

/** Width of every table. */
export function tablesWidth(): u32 {
  return width;
}

/** Address of a key's table, or 0 while it, or that of its base point, is not complete. */
export function keyTable(key: VerifyKey): usize {
  const number = key.slot;
  if (number == NONE) return 0;
  const slot = slotAt(number);
  const isReady = slot.isComplete != 0 && slotAt(curveNumber(slot.keyType)).isComplete != 0;
  return isReady ? POOL + slot.tableOffset : 0;
}

/** Address of the table of a curve's base point; complete when that of one of its keys is used. */
export function baseTable(keyType: KeyType): usize {
  return POOL + slotAt(curveNumber(keyType)).tableOffset;
}

/** Does one slice of the curve's build in hand; when there is none, begins one for this key. */
export function advanceTables(key: VerifyKey): void {
  if (key.slot == NONE) return;
  const curve = curveNumber(key.keyType);
  let number = building(curve);
  if (number == NONE) {
    number = nextTable(curve, key);
    if (number == NONE) return;
  }
  const slot = slotAt(number);
  const build = BUILDS + curve * BUILD_BYTES;
  const table = POOL + slot.tableOffset;
  const isComplete =
    key.keyType == KeyType.OKP_ED25519
      ? continueEdTable(width, build, table)
      : continueEcTable(curveOf(key.keyType), width, build, table);
  if (!isComplete) return;
  slot.isComplete = 1;
  setBuilding(curve, NONE);
}

/** Begins the table that a key needs next: of the base point, then its own; NONE without room. */
function nextTable(curve: u32, key: VerifyKey): u32 {
  if (poolUsed == 0) width = chooseWidth();
  let number = slotAt(curve).isComplete != 0 ? key.slot : curve;
  if (slotAt(number).isComplete != 0) return NONE;
  if (tableBytes(curve, width) > TABLE_POOL_BYTES - poolUsed) {
    const narrower = chooseWidth();
    if (narrower >= width) return NONE;
    dropAllTables();
    width = narrower;
    number = curve;
    if (tableBytes(curve, width) > TABLE_POOL_BYTES) return NONE;
  }
  const slot = slotAt(number);
  slot.tableOffset = poolUsed;
  slot.tableBytes = tableBytes(curve, width);
  poolUsed += slot.tableBytes;
  const prepared: usize = number == curve ? 0 : preparedBytes(key);
  const build = BUILDS + curve * BUILD_BYTES;
  if (key.keyType == KeyType.OKP_ED25519) beginEdTable(prepared, build);
  else beginEcTable(curveOf(key.keyType), prepared, build);
  setBuilding(curve, number);
  return number;
}

/** The largest width with which every key has a table, else the smallest. */
function chooseWidth(): u32 {
  for (let each = TABLE_WIDTH_MAX; each > TABLE_WIDTH_MIN; each--) {
    let bytes: u64 = 0;
    for (let curve: u32 = 0; curve < CURVES; curve++) {
      const keys = slotAt(curve).users;
      if (keys != 0) bytes += <u64>(keys + 1) * <u64>tableBytes(curve, each);
    }
    if (bytes <= <u64>TABLE_POOL_BYTES) return each;
  }
  return TABLE_WIDTH_MIN;
}

// Room -----------------------------------------------------------------------------------------

/** Drops every table: keys are verified without until theirs are built again. */
function dropAllTables(): void {
  for (let number: u32 = 0; number < slotsEnd; number++) {
    slotAt(number).tableBytes = 0;
    slotAt(number).isComplete = 0;
  }
  for (let curve: u32 = 0; curve < CURVES; curve++) setBuilding(curve, NONE);
  poolUsed = 0;
}

/** Drops a table and closes the gap: the tables behind it move down. */
function dropTable(number: u32): void {
  const gap = slotAt(number);
  const bytes = gap.tableBytes;
  if (bytes == 0) return;
  const behind = gap.tableOffset + bytes;
  memory.copy(POOL + gap.tableOffset, POOL + behind, poolUsed - behind);
  poolUsed -= bytes;
  gap.tableBytes = 0;
  gap.isComplete = 0;
  for (let other: u32 = 0; other < slotsEnd; other++) {
    const slot = slotAt(other);
    if (slot.tableBytes != 0 && slot.tableOffset >= behind) slot.tableOffset -= bytes;
  }
  const curve = curveNumber(gap.keyType);
  if (building(curve) == number) setBuilding(curve, NONE);
}

/** Bytes of the pool that tables take. */
export function tablePoolUsed(): u32 {
  return poolUsed;
}
