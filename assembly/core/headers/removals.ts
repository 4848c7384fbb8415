// Names that are removed from the header map in hand without a look at their values: they are not
// in the table of names.

import { equals } from "../bytes/ascii";
import { secretHash } from "../bytes/hash";
import { UNLISTED_REMOVALS_MAX } from "../rule_limits";

// @ts-ignore: decorator
@unmanaged
class Removal {
  ptr: usize;
  len: u32;
  hash: u32;
  /** Index plus one of the next one in its chain. */
  next: u32;
}

const REMOVAL_BYTES: u32 = <u32>offsetof<Removal>();
const REMOVALS: usize = memory.data(<i32>(UNLISTED_REMOVALS_MAX * REMOVAL_BYTES), 16);
let removalCount: u32 = 0;

const HEADS_MASK: u32 = 511;
/** Index plus one of the first removal with a hash, u16 each. */
const HEADS: usize = memory.data(<i32>(2 * (HEADS_MASK + 1)), 16);

/** Begins a header map: nothing is removed. */
export function beginRemovals(): void {
  if (removalCount != 0) memory.fill(HEADS, 0, 2 * (HEADS_MASK + 1));
  removalCount = 0;
}

/**
 * Removes all fields with a name that has no number, once however often it is asked for; false when
 * there is no room for the edit.
 */
export function removeUnlisted(namePtr: usize, nameLen: u32): bool {
  const hash = <u32>secretHash(namePtr, nameLen);
  const head = HEADS + ((hash & HEADS_MASK) << 1);
  // A chain has no more links than there are removals, each made once.
  for (let next = <u32>load<u16>(head); next != 0;) {
    const known = removalAt(next - 1);
    const isSame = known.hash == hash && known.len == nameLen;
    if (isSame && equals(known.ptr, namePtr, nameLen)) return true;
    next = known.next;
  }
  if (removalCount >= UNLISTED_REMOVALS_MAX) return false;
  const removal = removalAt(removalCount++);
  removal.ptr = namePtr;
  removal.len = nameLen;
  removal.hash = hash;
  removal.next = <u32>load<u16>(head);
  store<u16>(head, <u16>removalCount);
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
