// Names of the map in hand that the configuration does not have: they get numbers behind those of
// the table of names.

import { NONE } from "../bytes/none";
import { NAMES_MAX } from "../limits";
import { ADOPTED_NAMES_MAX } from "../rule_limits";
import {
  addToSet,
  clearNames,
  findInSet,
  makeNameSet,
  NAME_SET_BYTES,
  SET_HEAD_BYTES,
  SET_NAME_BYTES,
  setNameAt,
} from "./name_set";

if ((ADOPTED_NAMES_MAX & (ADOPTED_NAMES_MAX - 1)) != 0) ERROR("ADOPTED_NAMES_MAX: no power of two");
const ADOPTED = makeNameSet(
  memory.data(<i32>NAME_SET_BYTES, 16),
  ADOPTED_NAMES_MAX,
  memory.data(<i32>(ADOPTED_NAMES_MAX * SET_NAME_BYTES), 16),
  memory.data(<i32>(ADOPTED_NAMES_MAX * SET_HEAD_BYTES), 16),
);

/** Begins a map: no name is adopted. */
// @ts-ignore: decorator
@inline
export function beginAdopted(): void {
  clearNames(ADOPTED);
}

// @ts-ignore: decorator
@inline
export function adoptedCount(): u32 {
  return ADOPTED.count;
}

/** Bytes of the name with a number from NAMES_MAX on. */
export function adoptedPtr(id: u32): usize {
  return setNameAt(ADOPTED, id - NAMES_MAX).ptr;
}

export function adoptedLen(id: u32): u32 {
  return setNameAt(ADOPTED, id - NAMES_MAX).len;
}

/** Number of a name; NONE when it was not adopted. */
export function findAdopted(ptr: usize, len: u32): u32 {
  return numberOf(findInSet(ADOPTED, ptr, len));
}

/** Number of a name, which gets one if it has none; NONE when there are too many (name_set.ts). */
export function findOrAdopt(ptr: usize, len: u32): u32 {
  return numberOf(addToSet(ADOPTED, ptr, len));
}

// @ts-ignore: decorator
@inline
function numberOf(index: u32): u32 {
  return index == NONE ? NONE : NAMES_MAX + index;
}
