// Templates of paths: literal segments, segments that stand for any one that is not empty, and at
// the end perhaps one that stands for all the rest. Compiled, the last two are single control
// characters, which no path holds.
//
//   /v1/{tenant}/orders/*   ─►   /v1/\x01/orders/\x01
//
// Where what stands for a segment counts, one that does not has a mark of its own.

import { Char, equals, findByte } from "../bytes/ascii";
import { NONE } from "../bytes/none";

export const ANY_SEGMENT: u32 = 1;
export const ANY_REST: u32 = 2;
/** In the place of ANY_SEGMENT, for `writeCaptures` alone. */
export const UNCOUNTED_SEGMENT: u32 = 3;

/** Whether a path is one of a compiled template. Both begin with "/". */
export function matchesTemplate(
  pathPtr: usize,
  pathLen: u32,
  templatePtr: usize,
  templateLen: u32,
): bool {
  const pathEnd = pathPtr + pathLen;
  const templateEnd = templatePtr + templateLen;
  let at = pathPtr;
  let from = templatePtr;
  // Each turn compares "/" and the segment behind it.
  while (from < templateEnd) {
    const segmentEnd = findByte(from + 1, templateEnd, Char.SLASH);
    const mark = segmentEnd == from + 2 ? <u32>load<u8>(from, 1) : 0;
    if (mark == ANY_REST) return true;
    if (at == pathEnd) return false;
    const end = findByte(at + 1, pathEnd, Char.SLASH);
    if (mark == ANY_SEGMENT) {
      if (end == at + 1) return false;
    } else {
      const len = end - at;
      if (len != segmentEnd - from || !equals(at, from, <u32>len)) return false;
    }
    at = end;
    from = segmentEnd;
  }
  return at == pathEnd;
}

/**
 * Writes what stands in a path for each ANY_SEGMENT of a template, with slashes in between, to
 * `target`, which has room for `pathLen` bytes. Returns its length; NONE when the path is not one of
 * the template.
 */
export function writeCaptures(
  pathPtr: usize,
  pathLen: u32,
  templatePtr: usize,
  templateLen: u32,
  target: usize,
): u32 {
  const pathEnd = pathPtr + pathLen;
  const templateEnd = templatePtr + templateLen;
  let at = pathPtr;
  let from = templatePtr;
  let to = target;
  while (from < templateEnd) {
    const segmentEnd = findByte(from + 1, templateEnd, Char.SLASH);
    const mark = segmentEnd == from + 2 ? <u32>load<u8>(from, 1) : 0;
    if (mark == ANY_REST) return <u32>(to - target);
    if (at == pathEnd) return NONE;
    const end = findByte(at + 1, pathEnd, Char.SLASH);
    const len = <u32>(end - at);
    if (mark == ANY_SEGMENT || mark == UNCOUNTED_SEGMENT) {
      if (len == 1) return NONE;
      if (mark == ANY_SEGMENT) {
        // The first without the slash in front.
        const slash: u32 = to == target ? 1 : 0;
        memory.copy(to, at + slash, len - slash);
        to += len - slash;
      }
    } else if (len != <u32>(segmentEnd - from) || !equals(at, from, len)) {
      return NONE;
    }
    at = end;
    from = segmentEnd;
  }
  return at == pathEnd ? <u32>(to - target) : NONE;
}

/** Bytes of a compiled template before its first mark, without the "/" there; at least "/". */
export function templateHeadLen(ptr: usize, len: u32): u32 {
  let at: u32 = 0;
  while (at < len && load<u8>(ptr + at) > <u8>ANY_REST) at++;
  return at == len ? len : max(at - 1, 1);
}

/** Whether a path ends with these segments; `suffix` begins with "/". */
export function matchesSuffix(
  pathPtr: usize,
  pathLen: u32,
  suffixPtr: usize,
  suffixLen: u32,
): bool {
  return pathLen >= suffixLen && equals(pathPtr + (pathLen - suffixLen), suffixPtr, suffixLen);
}
