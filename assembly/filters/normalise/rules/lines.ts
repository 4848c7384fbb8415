// The lines of one header on their way through a rule: what it has, and what it is to have.

import { equals, isFieldValue } from "../../../core/bytes/ascii";
import { NONE } from "../../../core/bytes/none";
import {
  headerCount,
  headerLen,
  headerPtr,
  nextField,
  removeHeader,
  requestField,
  setHeader,
} from "../../../core/headers/request";
import { addLine, clearLines } from "../../../core/headers/rewrite";
import { Reason } from "../../../core/reason";
import { FIELDS_MAX, LIST_MEMBERS_MAX } from "../../../core/rule_limits";

/** Lines that a header can have: as many as there are fields. */
const LINES_MAX: u32 = FIELDS_MAX;
if (LIST_MEMBERS_MAX > LINES_MAX) ERROR("a header cannot have as many lines as members");
/** ptr u32, len u32 each. */
const TAKEN: usize = memory.data(<i32>(LINES_MAX << 3), 8);
const GIVEN: usize = memory.data(<i32>(LINES_MAX << 3), 8);

export let takenCount: u32 = 0;
export let givenCount: u32 = 0;

// @ts-ignore: decorator
@inline
export function takenPtr(index: u32): usize {
  return load<u32>(TAKEN + (index << 3));
}

// @ts-ignore: decorator
@inline
export function takenLen(index: u32): u32 {
  return load<u32>(TAKEN + (index << 3), 4);
}

// @ts-ignore: decorator
@inline
export function givenPtr(index: u32): usize {
  return load<u32>(GIVEN + (index << 3));
}

// @ts-ignore: decorator
@inline
export function givenLen(index: u32): u32 {
  return load<u32>(GIVEN + (index << 3), 4);
}

/** Takes the lines of a header; it is given none so far. */
export function takeLines(id: u32): void {
  takenCount = 0;
  givenCount = 0;
  const count = headerCount(id);
  if (count == 1) take(headerPtr(id), headerLen(id));
  if (count < 2) return;
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < FIELDS_MAX && at != NONE; i++) {
    const field = requestField(at);
    take(field.valuePtr, field.valueLen);
    at = nextField(id, at + 1);
  }
}

/** Takes the lines that were given, to be given anew. */
export function takeGiven(): void {
  memory.copy(TAKEN, GIVEN, givenCount << 3);
  takenCount = givenCount;
  givenCount = 0;
}

function take(ptr: usize, len: u32): void {
  const line = TAKEN + (takenCount++ << 3);
  store<u32>(line, <u32>ptr);
  store<u32>(line, len, 4);
}

/** Gives a line; false when there are too many. */
export function give(ptr: usize, len: u32): bool {
  if (givenCount >= LINES_MAX) return false;
  const line = GIVEN + (givenCount++ << 3);
  store<u32>(line, <u32>ptr);
  store<u32>(line, len, 4);
  return true;
}

/**
 * The header shall have the lines that were given. One that no field may have refuses what the map
 * belongs to, wherever it is from.
 */
export function putLines(id: u32): Reason {
  if (givenCount == headerCount(id) && isUnchanged(id)) return Reason.OK;
  if (givenCount == 0) {
    removeHeader(id);
    return Reason.OK;
  }
  for (let i: u32 = 0; i < givenCount; i++) {
    if (!isFieldValue(givenPtr(i), givenLen(i))) return Reason.HEADER_REFUSED;
  }
  if (givenCount == 1) {
    setHeader(id, givenPtr(0), givenLen(0));
    return Reason.OK;
  }
  clearLines(id);
  for (let i: u32 = 0; i < givenCount; i++) {
    if (!addLine(id, givenPtr(i), givenLen(i))) return Reason.HEADERS_TOO_LARGE;
  }
  return Reason.OK;
}

/** Whether as many lines as a header has, which were given, are those. */
function isUnchanged(id: u32): bool {
  if (givenCount == 1) return isGiven(0, headerPtr(id), headerLen(id));
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < givenCount && at != NONE; i++) {
    const field = requestField(at);
    if (!isGiven(i, field.valuePtr, field.valueLen)) return false;
    at = nextField(id, at + 1);
  }
  return true;
}

function isGiven(index: u32, ptr: usize, len: u32): bool {
  if (givenLen(index) != len) return false;
  return givenPtr(index) == ptr || equals(givenPtr(index), ptr, len);
}
