// Names that are removed from the header map in hand without a look at their values: they are not
// in the table of names.

import { equals } from "../bytes/ascii";
import { UNLISTED_REMOVALS_MAX } from "../rule_limits";

// @ts-ignore: decorator
@unmanaged
class Removal {
  ptr: usize;
  len: u32;
  hash: u32;
}

const REMOVAL_BYTES: u32 = <u32>offsetof<Removal>();
const REMOVALS: usize = memory.data(<i32>(UNLISTED_REMOVALS_MAX * REMOVAL_BYTES), 16);
let removalCount: u32 = 0;

/** Begins a header map: nothing is removed. */
// @ts-ignore: decorator
@inline
export function beginRemovals(): void {
  removalCount = 0;
}

/**
 * Removes all fields with a name that has no number, once however often it is asked for; false when
 * there is no room for the edit. `hash` is the same for the same name.
 */
export function removeUnlisted(namePtr: usize, nameLen: u32, hash: u32): bool {
  for (let i: u32 = 0; i < removalCount; i++) {
    const known = removalAt(i);
    if (known.hash != hash || known.len != nameLen) continue;
    if (equals(known.ptr, namePtr, nameLen)) return true;
  }
  if (removalCount >= UNLISTED_REMOVALS_MAX) return false;
  const removal = removalAt(removalCount++);
  removal.ptr = namePtr;
  removal.len = nameLen;
  removal.hash = hash;
  return true;
}

// @ts-ignore: decorator
@inline
function removalAt(index: u32): Removal {
  return changetype<Removal>(REMOVALS + index * REMOVAL_BYTES);
}

export function removalsCount(): u32 {
  return removalCount;
}

export function removalPtr(index: u32): usize {
  return removalAt(index).ptr;
}

export function removalLen(index: u32): u32 {
  return removalAt(index).len;
}
