// Every fetched set of this VM, found by what it is fetched from: roots with the same source share
// one, so a push keeps its content. A set has an area of fixed size for its keys or its list. One
// area more than there are sets is always free: a document is read into it, and only when it is
// good does the set take it and give its old one back.

import { acquireTables, releaseTables } from "../../core/crypto/tables";
import { VerifyKey } from "../../core/crypto/verify_key";
import { ENTITY_TAG_BYTES_MAX, FETCHED_SET_BYTES, FETCHED_SETS_MAX } from "../../core/limits";
import { NONE } from "../../core/bytes/none";
import { TRACE_BYTES } from "../../core/stream_data";
import { FetchedSet } from "./fetched_set";
import { keyAt, KeySet } from "./key_set";
import { Source } from "./source";

const SET_BYTES: u32 = (<u32>offsetof<FetchedSet>() + 7) & ~7;
const SETS: usize = memory.data(<i32>(FETCHED_SETS_MAX * 224), 16);
if (SET_BYTES > 224) ERROR("FetchedSet needs more room");
const AREAS: usize = memory.data(<i32>((FETCHED_SETS_MAX + 1) * FETCHED_SET_BYTES), 16);
const TRACES: usize = memory.data(<i32>(FETCHED_SETS_MAX * TRACE_BYTES), 8);
const TAGS: usize = memory.data(<i32>(FETCHED_SETS_MAX * ENTITY_TAG_BYTES_MAX), 16);

let freeArea: usize = AREAS;
/** Of the content that came last, whichever set it is of. */
let lastGeneration: u32 = 0;

for (let i: u32 = 0; i < FETCHED_SETS_MAX; i++) setAt(i).area = AREAS + (i + 1) * FETCHED_SET_BYTES;

// @ts-ignore: decorator
@inline
export function setAt(place: u32): FetchedSet {
  return changetype<FetchedSet>(SETS + place * SET_BYTES);
}

/** Number of a set in the store. */
export function placeOf(set: FetchedSet): u32 {
  return <u32>(changetype<usize>(set) - SETS) / SET_BYTES;
}

/** Gives a source its set; false when all are taken. */
export function openSet(source: Source): bool {
  if (source.set != 0) return true;
  let free: u32 = NONE;
  for (let i: u32 = 0; i < FETCHED_SETS_MAX; i++) {
    const set = setAt(i);
    if (set.users == 0) {
      if (free == NONE) free = i;
    } else if (isOf(set, source)) {
      set.users++;
      source.set = changetype<usize>(set);
      return true;
    }
  }
  if (free == NONE) return false;
  const set = setAt(free);
  const area = set.area;
  memory.fill(changetype<usize>(set), 0, SET_BYTES);
  set.area = area;
  set.entityTag = TAGS + free * ENTITY_TAG_BYTES_MAX;
  set.trace = TRACES + free * TRACE_BYTES;
  set.id0 = source.id0;
  set.id1 = source.id1;
  set.id2 = source.id2;
  set.id3 = source.id3;
  set.users = 1;
  source.set = changetype<usize>(set);
  return true;
}

/** The source needs its set no longer; the last one takes the content with it. */
export function closeSet(source: Source): void {
  if (source.set == 0) return;
  const set = changetype<FetchedSet>(source.set);
  source.set = 0;
  set.users--;
  if (set.users != 0) return;
  releaseSetTables(set);
  set.keyCount = 0;
  set.flightSerial = 0;
}

function isOf(set: FetchedSet, source: Source): bool {
  return (
    set.id0 == source.id0 && set.id1 == source.id1 && set.id2 == source.id2 && set.id3 == source.id3
  );
}

/** Address of the FETCHED_SET_BYTES that belong to no set yet. */
export function stagingArea(): usize {
  return freeArea;
}

/** The set takes the staging area with the keys in it; its old one is the next to be staged in. */
export function adoptStaged(set: FetchedSet, staged: KeySet, contentHash: u64): void {
  // Taken before the old ones are given back, so that keys that stay keep their tables.
  acquireSetTables(staged);
  releaseSetTables(set);
  const old = set.area;
  set.area = freeArea;
  freeArea = old;
  set.keys = staged.keys;
  set.keyCount = staged.keyCount;
  set.contentHash = contentHash;
  lastGeneration++;
  set.generation = lastGeneration;
}

/** The keys of a set are used from now on (core/crypto/tables.ts). */
export function acquireSetTables(set: KeySet): void {
  for (let i: u32 = 0; i < set.keyCount; i++) {
    acquireTables(changetype<VerifyKey>(keyAt(set, i).verifyKey));
  }
}

/** They are used no longer. */
export function releaseSetTables(set: KeySet): void {
  for (let i: u32 = 0; i < set.keyCount; i++) {
    releaseTables(changetype<VerifyKey>(keyAt(set, i).verifyKey));
  }
}
