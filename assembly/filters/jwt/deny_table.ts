// A deny-list that was fetched, as it is looked up: 64-bit keyed hashes of what is listed, in a
// table with open addressing. A value that is not listed is found with a probability of 2^-50 at
// most (DENY_ENTRIES_MAX of 2^64), and refused then: deny on doubt.
//
//   area of a set:  entries u32 │ 0 u32 │ DENY_SLOTS × hash u64, 0 where there is none

import { randomBytes } from "../../abi/random";
import { Status } from "../../abi/types";
import { siphash } from "../../core/bytes/hash";
import { DENY_ENTRIES_MAX, FETCHED_SET_BYTES } from "../../core/limits";

/** What is listed. */
export const enum Denied {
  TOKEN_ID,
  SUBJECT,
}

const HEADER_BYTES: u32 = 8;
const DENY_SLOTS: u32 = (FETCHED_SET_BYTES - HEADER_BYTES) / 8;
// A table that is fuller makes long ways to what is not there.
if (DENY_SLOTS < DENY_ENTRIES_MAX + DENY_ENTRIES_MAX / 4) ERROR("a deny-list needs more room");

/** A secret of this VM for each kind: nobody can choose values that meet in the table. */
const SECRET_BYTES: u32 = 16;
const SECRETS: usize = memory.data(32, 8);
let hasSecrets: bool = false;

/** Draws the secrets, once; anything but OK when the host gives none. */
export function drawDenySecrets(): Status {
  if (hasSecrets) return Status.OK;
  const random = randomBytes(2 * SECRET_BYTES);
  if (random == 0) return Status.INTERNAL_FAILURE;
  memory.copy(SECRETS, random, 2 * SECRET_BYTES);
  hasSecrets = true;
  return Status.OK;
}

/** Hash of a value, never 0. */
function hashOf(kind: Denied, ptr: usize, len: u32): u64 {
  const secret = SECRETS + <u32>kind * SECRET_BYTES;
  return max<u64>(siphash(ptr, len, load<u64>(secret), load<u64>(secret, 8)), 1);
}

/** Address of the slot that has a hash, or else the free one where it belongs. */
function slotOf(area: usize, hash: u64): usize {
  let index = <u32>(((hash >> 32) * <u64>DENY_SLOTS) >> 32);
  let slot: usize = 0;
  // There are more slots than entries.
  for (let i: u32 = 0; i < DENY_SLOTS; i++) {
    slot = area + HEADER_BYTES + (index << 3);
    const found = load<u64>(slot);
    if (found == 0 || found == hash) break;
    index = index + 1 == DENY_SLOTS ? 0 : index + 1;
  }
  return slot;
}

/** Makes an area of FETCHED_SET_BYTES an empty table. */
export function clearDenied(area: usize): void {
  memory.fill(area, 0, HEADER_BYTES + DENY_SLOTS * 8);
}

export function deniedCount(area: usize): u32 {
  return load<u32>(area);
}

/** Adds a value to fewer than DENY_ENTRIES_MAX: its hash, 0 when it is there already. */
export function addDenied(area: usize, kind: Denied, ptr: usize, len: u32): u64 {
  const hash = hashOf(kind, ptr, len);
  const slot = slotOf(area, hash);
  if (load<u64>(slot) == hash) return 0;
  store<u64>(slot, hash);
  store<u32>(area, deniedCount(area) + 1);
  return hash;
}

export function hasDenied(area: usize, kind: Denied, ptr: usize, len: u32): bool {
  const hash = hashOf(kind, ptr, len);
  return load<u64>(slotOf(area, hash)) == hash;
}
