// Beginnings and ends of header names, each with the numbers of what they stand for. A name is read
// once from each side, whatever their number: at a length that some pattern has, a table says which
// one it is.
//
//   slots u16[2^n] ──► entry ──► entry          numbers of entries begin with 1
//                      ┌────────────┬──────────┬───────────┬────────────────┐
//                      │ text u32   │ hash u32 │ next u32  │ numbers u32    │
//                      └────────────┴──────────┴───────────┴────────────────┘
//
// `numbers` is the address of a count and as many numbers, u16 each.

import { equals } from "../bytes/ascii";
import { textLen, textPtr } from "../bytes/text";
import { HEADER_NAME_BYTES_MAX } from "../limits";

/** The patterns of one side. */
// @ts-ignore: decorator
@unmanaged
export class PatternSide {
  /** 0 when there are none. */
  slots: usize;
  /** Slots minus one. */
  mask: u32;
  /** Address of entry number 0, which is none. */
  entries: usize;
  /** Bytes of the longest one. */
  lenMax: u32;
  /** Bits: lengths that some pattern has. */
  lengths: usize;
}

// @ts-ignore: decorator
@unmanaged
export class NamePatterns {
  prefixes: PatternSide;
  suffixes: PatternSide;
}

// @ts-ignore: decorator
@unmanaged
export class PatternEntry {
  text: usize;
  hash: u32;
  next: u32;
  numbers: usize;
}

export const PATTERN_SIDE_BYTES: u32 = <u32>offsetof<PatternSide>();
export const NAME_PATTERNS_BYTES: u32 = <u32>offsetof<NamePatterns>();
export const PATTERN_ENTRY_BYTES: u32 = <u32>offsetof<PatternEntry>();
/** Bytes of PatternSide.lengths. */
export const PATTERN_LENGTHS_BYTES: u32 = (HEADER_NAME_BYTES_MAX >> 3) + 8;

// FNV-1a, which takes a byte at a time: http://www.isthe.com/chongo/tech/comp/fnv/
export const PATTERN_HASH_BEGIN: u32 = 0x811c9dc5;
const PRIME: u32 = 0x01000193;

// @ts-ignore: decorator
@inline
export function patternHash(hash: u32, byte: u32): u32 {
  return (hash ^ byte) * PRIME;
}

// @ts-ignore: decorator
@inline
export function patternSlot(side: PatternSide, hash: u32): usize {
  return side.slots + (((hash ^ (hash >> 15)) & side.mask) << 1);
}

// @ts-ignore: decorator
@inline
export function patternEntryAt(side: PatternSide, number: u32): PatternEntry {
  return changetype<PatternEntry>(side.entries + number * PATTERN_ENTRY_BYTES);
}

/** Whether there is a beginning or an end at all. */
// @ts-ignore: decorator
@inline
export function hasPatterns(patterns: NamePatterns): bool {
  return (patterns.prefixes.slots | patterns.suffixes.slots) != 0;
}

/** Whether a name in lower case has one of the beginnings or ends. */
export function matchesPatterns(patterns: NamePatterns, ptr: usize, len: u32): bool {
  return (
    findPattern(patterns.prefixes, ptr, len, false, 0) != 0 ||
    findPattern(patterns.suffixes, ptr, len, true, 0) != 0
  );
}

/** Bytes of the pattern that `findPattern` found last. */
export let foundLen: u32 = 0;

/**
 * `numbers` of the shortest pattern that a name has on a side and that is longer than `afterLen`; 0
 * when there is none.
 */
export function findPattern(
  side: PatternSide,
  ptr: usize,
  len: u32,
  fromEnd: bool,
  afterLen: u32,
): usize {
  if (side.slots == 0) return 0;
  const most = min(len, side.lenMax);
  const last = ptr + len - 1;
  let hash = PATTERN_HASH_BEGIN;
  for (let i: u32 = 0; i < most; i++) {
    hash = patternHash(hash, load<u8>(fromEnd ? last - i : ptr + i));
    const patternLen = i + 1;
    if (patternLen <= afterLen || !hasLength(side, patternLen)) continue;
    const start = fromEnd ? ptr + len - patternLen : ptr;
    const numbers = numbersOf(side, hash, start, patternLen);
    if (numbers == 0) continue;
    foundLen = patternLen;
    return numbers;
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function hasLength(side: PatternSide, len: u32): bool {
  return ((load<u8>(side.lengths + (len >> 3)) >> (<u8>(len & 7))) & 1) != 0;
}

function numbersOf(side: PatternSide, hash: u32, ptr: usize, len: u32): usize {
  // A chain has no more links than its table has entries, each made once.
  for (let number = <u32>load<u16>(patternSlot(side, hash)); number != 0;) {
    const entry = patternEntryAt(side, number);
    if (entry.hash == hash && textLen(entry.text) == len && equals(textPtr(entry.text), ptr, len)) {
      return entry.numbers;
    }
    number = entry.next;
  }
  return 0;
}
