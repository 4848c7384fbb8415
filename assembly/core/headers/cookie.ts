// The pairs of a Cookie field (RFC 6265 §4.2.1, read as servers do): between ";", white space
// around them; a pair without "=" is none; a value may stand in double quotes. Names are compared
// exactly.

import { Char, equalsText, findByte, skipOws, trimOwsEnd } from "../bytes/ascii";
import { NONE } from "../bytes/none";
import { Text } from "../bytes/text";

/** Value of the cookie that `nextCookie` found last, without quotes. */
export let cookiePtr: usize = 0;
export let cookieLen: u32 = 0;

/**
 * Finds the next cookie with this name in [at, end), the part of a field that is left. Returns
 * where to go on, which is behind `end` when it was the last; 0 when there is none.
 */
export function nextCookie(at: usize, end: usize, name: Text): usize {
  let from = at;
  while (from < end) {
    const pairEnd = findByte(from, end, Char.SEMICOLON);
    if (isNamed(from, pairEnd, name)) {
      let ptr = skipOws(findByte(from, pairEnd, Char.EQUALS) + 1, pairEnd);
      let valueEnd = trimOwsEnd(ptr, pairEnd);
      if (isQuoted(ptr, valueEnd)) {
        ptr++;
        valueEnd--;
      }
      cookiePtr = ptr;
      cookieLen = <u32>(valueEnd - ptr);
      return pairEnd + 1;
    }
    from = pairEnd + 1;
  }
  return 0;
}

/**
 * Writes a Cookie field without all cookies of this name to `target`, which has room for `len`
 * bytes; the other pairs stay as they are. Returns its length, 0 when no pair is left; NONE when
 * there is no such cookie.
 */
export function removeCookie(ptr: usize, len: u32, name: Text, target: usize): u32 {
  const end = ptr + len;
  let from = ptr;
  let to = target;
  let isFound = false;
  while (from < end) {
    const pairEnd = findByte(from, end, Char.SEMICOLON);
    if (isNamed(from, pairEnd, name)) {
      isFound = true;
    } else if (to > target) {
      store<u8>(to, Char.SEMICOLON);
      to = copy(to + 1, from, pairEnd);
    } else {
      to = copy(to, skipOws(from, pairEnd), pairEnd);
    }
    from = pairEnd + 1;
  }
  return isFound ? <u32>(to - target) : NONE;
}

function isNamed(ptr: usize, pairEnd: usize, name: Text): bool {
  const nameEnd = findByte(ptr, pairEnd, Char.EQUALS);
  if (nameEnd == pairEnd) return false;
  const namePtr = skipOws(ptr, nameEnd);
  return equalsText(namePtr, <u32>(trimOwsEnd(namePtr, nameEnd) - namePtr), name);
}

function isQuoted(ptr: usize, end: usize): bool {
  return end >= ptr + 2 && load<u8>(ptr) == Char.QUOTE && load<u8>(end - 1) == Char.QUOTE;
}

function copy(target: usize, ptr: usize, end: usize): usize {
  memory.copy(target, ptr, end - ptr);
  return target + (end - ptr);
}
