// Which rules the map in hand is a reason for: a bit for each.

import {
  headerCount,
  nameLenOf,
  namePtrOf,
  requestNames,
  touchedId,
  touchedNames,
} from "../../../core/headers/request";
import { Char, findByte } from "../../../core/bytes/ascii";
import { findName, hashName } from "../../../core/headers/names";
import { findPattern, foundLen, PatternSide } from "../../../core/headers/name_patterns";
import { HEADER_NAME_BYTES_MAX } from "../../../core/limits";
import { findMatches } from "../../../core/match/match_index";
import { requestPath } from "../../../core/match/request_path";
import { HEADER_RULES_MAX } from "../../../core/rule_limits";
import { RuleSet } from "./model";

const WORD_SHIFT: u32 = 5;
const BITS: usize = memory.data(<i32>(HEADER_RULES_MAX >> 3), 8);
/** A name with `-` for `_`. */
const TWIN: usize = memory.data(<i32>HEADER_NAME_BYTES_MAX, 16);
const FOUND: usize = memory.data(<i32>(HEADER_RULES_MAX << 2), 8);

/** Finds those of all names that the map has. */
export function beginCandidates(set: RuleSet): void {
  const bytes = ((set.ruleCount + 31) >> WORD_SHIFT) << 2;
  // Mostly one word: memory.copy calls out of the module.
  for (let at: u32 = 0; at < bytes; at += 4) store<u32>(BITS + at, load<u32>(set.always + at));
  noteNames(set);
}

/** Adds those that the request is a reason for by its path and host. */
export function noteRequest(set: RuleSet): void {
  const index = set.index;
  if (changetype<usize>(index) == 0) return;
  const path = requestPath();
  const count = findMatches(index, path.ptr, path.len, path.isWhole != 0, FOUND);
  for (let i: u32 = 0; i < count; i++) {
    const number = load<u32>(FOUND + (i << 2));
    noteRule(<u32>load<u16>(set.indexed + (number << 1)));
  }
}

/** Adds those of all names that the map has by now. */
export function noteNames(set: RuleSet): void {
  for (let i: u32 = 0, count = touchedNames(); i < count; i++) {
    const id = touchedId(i);
    if (headerCount(id) != 0) noteName(set, id);
  }
}

/** Adds those that are about a header which the map has from now on. */
export function noteName(set: RuleSet, id: u32): void {
  if (id < set.namedCount) {
    noteNumbers(load<u32>(set.byName + (id << 2)));
    return;
  }
  const ptr = namePtrOf(id);
  const len = nameLenOf(id);
  notePatterns(set, ptr, len);
  if (!set.coversTwins || len > HEADER_NAME_BYTES_MAX) return;
  if (findByte(ptr, ptr + len, Char.UNDERSCORE) == ptr + len) return;
  for (let i: u32 = 0; i < len; i++) {
    const c = load<u8>(ptr + i);
    store<u8>(TWIN + i, c == Char.UNDERSCORE ? <u8>Char.MINUS : c);
  }
  const twinId = findName(requestNames(), TWIN, len, hashName(TWIN, len));
  if (twinId < set.namedCount) noteNumbers(load<u32>(set.byName + (twinId << 2)));
  else notePatterns(set, TWIN, len);
}

function notePatterns(set: RuleSet, ptr: usize, len: u32): void {
  noteSide(set.patterns.prefixes, ptr, len, false);
  noteSide(set.patterns.suffixes, ptr, len, true);
}

function noteSide(side: PatternSide, ptr: usize, len: u32, fromEnd: bool): void {
  if (side.slots == 0) return;
  let afterLen: u32 = 0;
  for (let turn: u32 = 0; turn < HEADER_NAME_BYTES_MAX; turn++) {
    const numbers = findPattern(side, ptr, len, fromEnd, afterLen);
    if (numbers == 0) return;
    afterLen = foundLen;
    noteNumbers(numbers);
  }
}

function noteNumbers(numbers: usize): void {
  if (numbers == 0) return;
  const count = <u32>load<u16>(numbers);
  for (let i: u32 = 0; i < count; i++) noteRule(<u32>load<u16>(numbers + 2 + (i << 1)));
}

// @ts-ignore: decorator
@inline
function noteRule(number: u32): void {
  const word = BITS + ((number >> WORD_SHIFT) << 2);
  store<u32>(word, load<u32>(word) | (1 << (number & 31)));
}

/** Number of the first candidate in [from, end); `end` when there is none. */
export function nextCandidate(from: u32, end: u32): u32 {
  let number = from;
  while (number < end) {
    const bits = load<u32>(BITS + ((number >> WORD_SHIFT) << 2)) >> (number & 31);
    if (bits != 0) return min(number + ctz(bits), end);
    number = (number | 31) + 1;
  }
  return end;
}
