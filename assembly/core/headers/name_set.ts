// A set of names that clients choose, for as long as a header map is in hand: found by a hash that
// is keyed with this VM's secret, numbered in the order in which they came.

import { equals } from "../bytes/ascii";
import { secretHash } from "../bytes/hash";
import { NONE } from "../bytes/none";

// @ts-ignore: decorator
@unmanaged
export class SetName {
  ptr: usize;
  len: u32;
  hash: u32;
  /** Number plus one of the next one in its chain. */
  next: u32;
}

/** Bytes of a SetName. */
export const SET_NAME_BYTES: u32 = 16;
if (offsetof<SetName>() != <usize>SET_NAME_BYTES) ERROR("SetName is not 16 bytes");
/** Bytes of heads for each name that there is room for: two heads, so that chains are short. */
export const SET_HEAD_BYTES: u32 = 4;

// @ts-ignore: decorator
@unmanaged
export class NameSet {
  count: u32;
  /** Names that there is room for: a power of two, at most 2^15. */
  max: u32;
  /** Address of `max` SetNames. */
  names: usize;
  /** Address of the numbers plus one of the first name with each hash, u16 each. */
  heads: usize;
}

export const NAME_SET_BYTES: u32 = <u32>offsetof<NameSet>();

/** Takes memory for `max` names, once, at the start of the program. */
export function makeNameSet(target: usize, max: u32, names: usize, heads: usize): NameSet {
  const set = changetype<NameSet>(target);
  set.max = max;
  set.names = names;
  set.heads = heads;
  return set;
}

/** Begins a map: no name is in the set. */
// @ts-ignore: decorator
@inline
export function clearNames(set: NameSet): void {
  if (set.count == 0) return;
  memory.fill(set.heads, 0, set.max * SET_HEAD_BYTES);
  set.count = 0;
}

// @ts-ignore: decorator
@inline
export function setNameAt(set: NameSet, number: u32): SetName {
  return changetype<SetName>(set.names + number * SET_NAME_BYTES);
}

// @ts-ignore: decorator
@inline
function headOf(set: NameSet, hash: u32): usize {
  return set.heads + ((hash & (2 * set.max - 1)) << 1);
}

/** Number of a name; NONE when it is not in the set. */
export function findInSet(set: NameSet, ptr: usize, len: u32): u32 {
  return set.count == 0 ? NONE : findHashed(set, ptr, len, <u32>secretHash(ptr, len));
}

function findHashed(set: NameSet, ptr: usize, len: u32, hash: u32): u32 {
  // A chain has no more links than there are names, each added once.
  for (let next = <u32>load<u16>(headOf(set, hash)); next != 0;) {
    const name = setNameAt(set, next - 1);
    if (name.hash == hash && name.len == len && equals(name.ptr, ptr, len)) return next - 1;
    next = name.next;
  }
  return NONE;
}

/**
 * Number of a name, which is added if it is not there; NONE when there are too many. The bytes are
 * a view that lives as long as the map is in hand.
 */
export function addToSet(set: NameSet, ptr: usize, len: u32): u32 {
  const hash = <u32>secretHash(ptr, len);
  const known = findHashed(set, ptr, len, hash);
  if (known != NONE || set.count >= set.max) return known;
  const number = set.count++;
  const name = setNameAt(set, number);
  const head = headOf(set, hash);
  name.ptr = ptr;
  name.len = len;
  name.hash = hash;
  name.next = <u32>load<u16>(head);
  store<u16>(head, <u16>(number + 1));
  return number;
}
