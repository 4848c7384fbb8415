// Names of the map in hand that the configuration does not have: they get numbers behind those of
// the table of names, found by a hash that is keyed with this VM's secret, as clients choose them.

import { equals } from "../bytes/ascii";
import { secretHash } from "../bytes/hash";
import { NONE } from "../bytes/none";
import { NAMES_MAX } from "../limits";
import { ADOPTED_NAMES_MAX } from "../rule_limits";

// @ts-ignore: decorator
@unmanaged
class AdoptedName {
  ptr: usize;
  len: u32;
  hash: u32;
  /** Index plus one of the next one in its chain. */
  next: u32;
}

const ADOPTED_BYTES: u32 = 16;
if (offsetof<AdoptedName>() != <usize>ADOPTED_BYTES) ERROR("AdoptedName is not 16 bytes");

/** Names with numbers from NAMES_MAX on. */
const ADOPTED: usize = memory.data(<i32>(ADOPTED_NAMES_MAX * ADOPTED_BYTES), 16);
const HEADS_MASK: u32 = ADOPTED_NAMES_MAX - 1;
if ((ADOPTED_NAMES_MAX & HEADS_MASK) != 0) ERROR("the number of heads is no power of two");
/** Index plus one of the first name with a hash, u16 each. */
const HEADS: usize = memory.data(<i32>(2 * ADOPTED_NAMES_MAX), 16);

export let adoptedCount: u32 = 0;

/** Begins a map: no name is adopted. */
export function beginAdopted(): void {
  if (adoptedCount != 0) memory.fill(HEADS, 0, 2 * ADOPTED_NAMES_MAX);
  adoptedCount = 0;
}

// @ts-ignore: decorator
@inline
function adoptedAt(index: u32): AdoptedName {
  return changetype<AdoptedName>(ADOPTED + index * ADOPTED_BYTES);
}

// @ts-ignore: decorator
@inline
function headOf(hash: u32): usize {
  return HEADS + ((hash & HEADS_MASK) << 1);
}

/** Bytes of the name with a number from NAMES_MAX on. */
export function adoptedPtr(id: u32): usize {
  return adoptedAt(id - NAMES_MAX).ptr;
}

export function adoptedLen(id: u32): u32 {
  return adoptedAt(id - NAMES_MAX).len;
}

/** Number of a name; NONE when it was not adopted. */
export function findAdopted(ptr: usize, len: u32): u32 {
  return adoptedCount == 0 ? NONE : findHashed(ptr, len, <u32>secretHash(ptr, len));
}

function findHashed(ptr: usize, len: u32, hash: u32): u32 {
  // A chain has no more links than there are adopted names, each made once.
  for (let next = <u32>load<u16>(headOf(hash)); next != 0;) {
    const name = adoptedAt(next - 1);
    if (name.hash == hash && name.len == len && equals(name.ptr, ptr, len)) {
      return NAMES_MAX + next - 1;
    }
    next = name.next;
  }
  return NONE;
}

/**
 * Number of a name, which gets one if it has none; NONE when there are too many. The bytes are a
 * view that lives as long as the map is in hand.
 */
export function findOrAdopt(ptr: usize, len: u32): u32 {
  const hash = <u32>secretHash(ptr, len);
  const known = findHashed(ptr, len, hash);
  if (known != NONE || adoptedCount >= ADOPTED_NAMES_MAX) return known;
  const id = NAMES_MAX + adoptedCount;
  const name = adoptedAt(adoptedCount++);
  const head = headOf(hash);
  name.ptr = ptr;
  name.len = len;
  name.hash = hash;
  name.next = <u32>load<u16>(head);
  store<u16>(head, <u16>adoptedCount);
  return id;
}
