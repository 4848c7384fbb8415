// Patterns of whole values: literals, and wildcards between them. A `*` stands for one or more
// bytes, none of them "/", and a `**`, of which there is at most one, for any bytes.
//
//   /v1/{id}-*/{rest**}.js   ─►   "/v1/"   {id} "-"   * "/"   {rest**} ".js"
//                                 part 0   part 1     part 2  part 3
//
// Before `**` each literal is taken where it is found first, behind it where it is found last; the
// first and the last literal have only one place. No other choice need be tried. By induction over
// the literals before `**`: let the first choice of a literal end at e, and another one at f. Then
// e <= f, and no "/" lies in [e, f):
//
// - For the next literal, the wildcard in front of it reaches from e over all that it holds from f.
//   So each place that is found from f is found from e, and the first one from e is not behind it.
// - Places of a literal without "/" have none in between: what the wildcard in front of the further
//   one holds, and the literal, lie there. A literal with "/" has one place: its first "/" is the
//   first one behind e.
//
// So what can follow another choice can follow the first. Behind `**` it is the same from the end,
// and the two halves do not depend on each other but for the room that they leave.

import { Char, equals, findByte, startsWith } from "../bytes/ascii";
import { NONE } from "../bytes/none";
import { PATTERN_CAPTURES_MAX } from "../rule_limits";

// @ts-ignore: decorator
@unmanaged
export class Pattern {
  /** Part 0 has no wildcard. Only the literals of the first and the last part may be empty. */
  parts: usize;
  /** Number of the last part. */
  last: u32;
  /** The part with `**`; 0 when there is none. */
  restPart: u32;
  /** Span of each capture's name. */
  names: usize;
  captureCount: u32;
}

/** A wildcard and the literal behind it. */
// @ts-ignore: decorator
@unmanaged
export class Part {
  literalPtr: usize;
  literalLen: u32;
  /** Number of the wildcard's capture; NONE when it is not captured. */
  capture: u32;
}

// @ts-ignore: decorator
@unmanaged
export class Span {
  ptr: usize;
  len: u32;
}

export const PATTERN_BYTES: u32 = <u32>offsetof<Pattern>();
export const PART_BYTES: u32 = <u32>offsetof<Part>();
export const SPAN_BYTES: u32 = 8;
if (offsetof<Span>() != <usize>SPAN_BYTES) ERROR("Span is not 8 bytes");

// @ts-ignore: decorator
@inline
export function partAt(parts: usize, index: u32): Part {
  return changetype<Part>(parts + index * PART_BYTES);
}

// @ts-ignore: decorator
@inline
export function spanAt(spans: usize, index: u32): Span {
  return changetype<Span>(spans + index * SPAN_BYTES);
}

const CAPTURES: usize = memory.data(<i32>(PATTERN_CAPTURES_MAX * SPAN_BYTES), 16);
/** Those of a match that may still fail. */
const PENDING: usize = memory.data(<i32>(PATTERN_CAPTURES_MAX * SPAN_BYTES), 16);

/** Address of what a capture of the last match that succeeded stands for. */
// @ts-ignore: decorator
@inline
export function capturePtr(index: u32): usize {
  return spanAt(CAPTURES, index).ptr;
}

/** Length of what a capture of the last match that succeeded stands for. */
// @ts-ignore: decorator
@inline
export function captureLen(index: u32): u32 {
  return spanAt(CAPTURES, index).len;
}

/** Whether a value is one of a compiled pattern. Only then its captures replace the last ones. */
export function matchPattern(pattern: usize, ptr: usize, len: u32): bool {
  const compiled = changetype<Pattern>(pattern);
  const parts = compiled.parts;
  const last = compiled.last;
  const restPart = compiled.restPart;
  const end = ptr + len;
  const first = partAt(parts, 0);
  if (!startsWith(ptr, len, first.literalPtr, first.literalLen)) return false;
  let at = ptr + first.literalLen;
  if (last == 0) return at == end;

  const headEnd = restPart == 0 ? last : restPart;
  for (let i: u32 = 1; i < headEnd; i++) {
    const part = partAt(parts, i);
    const place = findFirst(part, at, end);
    if (place == 0) return false;
    capture(part, at, place);
    at = place + part.literalLen;
  }

  const final = partAt(parts, last);
  if (<u32>(end - at) < final.literalLen) return false;
  let tail = end - final.literalLen;
  if (!equals(tail, final.literalPtr, final.literalLen)) return false;
  if (restPart == 0) {
    if (tail == at || findByte(at, tail, Char.SLASH) != tail) return false;
    capture(final, at, tail);
  } else {
    for (let i = last; i > restPart; i--) {
      const before = partAt(parts, i - 1);
      const place = findLast(before, at, tail);
      if (place == 0) return false;
      capture(partAt(parts, i), place + before.literalLen, tail);
      tail = place;
    }
    capture(partAt(parts, restPart), at, tail);
  }
  memory.copy(CAPTURES, PENDING, compiled.captureCount * SPAN_BYTES);
  return true;
}

// @ts-ignore: decorator
@inline
function capture(part: Part, from: usize, to: usize): void {
  const index = part.capture;
  if (index == NONE) return;
  const span = spanAt(PENDING, index);
  span.ptr = from;
  span.len = <u32>(to - from);
}

/**
 * The first place of the part's literal in [at, end) that leaves its wildcard a byte or more, none
 * of them "/"; 0 when there is none. The literal is not empty.
 */
function findFirst(part: Part, at: usize, end: usize): usize {
  const len = part.literalLen;
  if (<u32>(end - at) <= len) return 0;
  const firstByte = load<u8>(part.literalPtr);
  const lastPlace = end - len;
  let place = at;
  while (place < lastPlace && load<u8>(place) != Char.SLASH) {
    place++;
    if (load<u8>(place) == firstByte && equals(place, part.literalPtr, len)) return place;
  }
  return 0;
}

/**
 * The last place of the part's literal in [at, end) that leaves the wildcard behind it a byte or
 * more, none of them "/"; 0 when there is none. The literal is not empty.
 */
function findLast(part: Part, at: usize, end: usize): usize {
  const len = part.literalLen;
  if (<u32>(end - at) <= len) return 0;
  const firstByte = load<u8>(part.literalPtr);
  let place = end - len;
  while (place > at && load<u8>(place + len - 1) != Char.SLASH) {
    place--;
    if (load<u8>(place) == firstByte && equals(place, part.literalPtr, len)) return place;
  }
  return 0;
}
