// Names that are removed from the header map in hand without a look at their values: they are not
// in the table of names.

import { NONE } from "../bytes/none";
import { UNLISTED_REMOVALS_MAX } from "../rule_limits";
import {
  addToSet,
  clearNames,
  makeNameSet,
  NAME_SET_BYTES,
  SET_HEAD_BYTES,
  SET_NAME_BYTES,
  setNameAt,
} from "./name_set";

const LAST: u32 = UNLISTED_REMOVALS_MAX - 1;
if ((UNLISTED_REMOVALS_MAX & LAST) != 0) ERROR("UNLISTED_REMOVALS_MAX: no power of two");
const REMOVALS = makeNameSet(
  memory.data(<i32>NAME_SET_BYTES, 16),
  UNLISTED_REMOVALS_MAX,
  memory.data(<i32>(UNLISTED_REMOVALS_MAX * SET_NAME_BYTES), 16),
  memory.data(<i32>(UNLISTED_REMOVALS_MAX * SET_HEAD_BYTES), 16),
);

/** Begins a header map: nothing is removed. */
// @ts-ignore: decorator
@inline
export function beginRemovals(): void {
  clearNames(REMOVALS);
}

/**
 * Removes all fields with a name that has no number, once however often it is asked for; false when
 * there is no room for the edit.
 */
export function removeUnlisted(namePtr: usize, nameLen: u32): bool {
  return addToSet(REMOVALS, namePtr, nameLen) != NONE;
}

export function removalsCount(): u32 {
  return REMOVALS.count;
}

export function removalPtr(index: u32): usize {
  return setNameAt(REMOVALS, index).ptr;
}

export function removalLen(index: u32): u32 {
  return setNameAt(REMOVALS, index).len;
}
