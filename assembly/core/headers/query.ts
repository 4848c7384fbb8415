// The parameters of a query: pairs between "&", name and value percent-decoded once (RFC 3986
// §2.1). A "+" is a plus: what HTML forms make of it is not done here.
//
//   /path?a=1&access%5Ftoken=abc#fragment
//         └──── the query ─────┘

import { Char, findByte } from "../bytes/ascii";
import { hexValue } from "../bytes/hex";
import { NONE } from "../bytes/none";
import { Text, textLen, textPtr } from "../bytes/text";

/** Value of the parameter that `nextParameter` found last, still encoded. */
export let parameterPtr: usize = 0;
export let parameterLen: u32 = 0;

/** Address behind the "?" of a `:path`; its end when there is none. */
export function queryStart(ptr: usize, len: u32): usize {
  const end = ptr + len;
  const mark = findByte(ptr, end, Char.QUESTION);
  return mark < end && findByte(ptr, mark, Char.HASH) == mark ? mark + 1 : end;
}

/** Where the query that begins at `start` ends: at a fragment, which no client should send. */
export function queryEnd(start: usize, end: usize): usize {
  return findByte(start, end, Char.HASH);
}

/**
 * Finds the next parameter with this name in [at, end), the part of a query that is left. Returns
 * where to go on, which is behind `end` when it was the last; 0 when there is none. One without "="
 * has an empty value.
 */
export function nextParameter(at: usize, end: usize, name: Text): usize {
  let from = at;
  while (from < end) {
    const pairEnd = findByte(from, end, Char.AMPERSAND);
    const nameEnd = findByte(from, pairEnd, Char.EQUALS);
    if (isNamed(from, nameEnd, name)) {
      parameterPtr = min(nameEnd + 1, pairEnd);
      parameterLen = <u32>(pairEnd - parameterPtr);
      return pairEnd + 1;
    }
    from = pairEnd + 1;
  }
  return 0;
}

/**
 * Percent-decodes to `target`, which has room for `len` bytes; returns how many there are. What is
 * no escape stays.
 */
export function decodePercent(ptr: usize, len: u32, target: usize): u32 {
  const end = ptr + len;
  let to = target;
  for (let at = ptr; at < end;) {
    store<u8>(to++, <u8>byteAt(at, end));
    at += byteWidth;
  }
  return <u32>(to - target);
}

/**
 * Writes a `:path` without all parameters of this name to `target`, which has room for `len` bytes;
 * everything else stays byte for byte, but for a "?" with nothing behind it. Returns its length,
 * NONE when there is no such parameter.
 */
export function removeParameter(ptr: usize, len: u32, name: Text, target: usize): u32 {
  const start = queryStart(ptr, len);
  const end = queryEnd(start, ptr + len);
  let from = start;
  let to = target;
  let isFound = false;
  while (from < end) {
    const pairEnd = findByte(from, end, Char.AMPERSAND);
    if (isNamed(from, findByte(from, pairEnd, Char.EQUALS), name)) {
      if (!isFound) to = copy(target, ptr, from);
      isFound = true;
    } else if (isFound) {
      // Each pair that stays brings the "&" behind it along, if it has one.
      to = copy(to, from, min(pairEnd + 1, end));
    }
    from = pairEnd + 1;
  }
  if (!isFound) return NONE;
  const queryAt = target + (start - ptr);
  if (to > queryAt && load<u8>(to - 1) == Char.AMPERSAND && load<u8>(end - 1) != Char.AMPERSAND) {
    to--;
  }
  if (to == queryAt) to--;
  return <u32>(copy(to, end, ptr + len) - target);
}

/** Whether a name, decoded, is this one. */
function isNamed(ptr: usize, end: usize, name: Text): bool {
  const nameEnd = textPtr(name) + textLen(name);
  let expected = textPtr(name);
  for (let at = ptr; at < end;) {
    if (expected == nameEnd || byteAt(at, end) != load<u8>(expected)) return false;
    at += byteWidth;
    expected++;
  }
  return expected == nameEnd;
}

/** Bytes that the last `byteAt` took: 3 for an escape. */
let byteWidth: u32 = 1;

/** The byte that stands or is escaped at `at`. */
function byteAt(at: usize, end: usize): u32 {
  const c = <u32>load<u8>(at);
  byteWidth = 1;
  if (c != Char.PERCENT || at + 2 >= end) return c;
  const high = hexValue(load<u8>(at, 1));
  const low = hexValue(load<u8>(at, 2));
  if ((high | low) > 0xf) return c;
  byteWidth = 3;
  return (high << 4) | low;
}

function copy(target: usize, ptr: usize, end: usize): usize {
  memory.copy(target, ptr, end - ptr);
  return target + (end - ptr);
}
