// Templates of paths: literal segments, segments that stand for any one that is not empty, and at
// the end perhaps one that stands for all the rest. Compiled, the last two are single control
// characters, which no path holds.
//
//   /v1/{tenant}/orders/*   ─►   /v1/\x01/orders/\x01

import { Char, equals, findByte } from "../bytes/ascii";

export const ANY_SEGMENT: u32 = 1;
export const ANY_REST: u32 = 2;

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
