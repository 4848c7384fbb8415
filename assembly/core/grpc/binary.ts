// Values of metadata whose name ends in `-bin`: base64 in the standard alphabet, padded or not,
// several of them joined by commas
// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).

import {
  Char,
  findByte,
  isDigit,
  isLowerLetter,
  isUpperLetter,
  skipOws,
  trimOwsEnd,
} from "../bytes/ascii";

/** What `sextetOf` gives for a character outside of the alphabet. */
const OUTSIDE: u32 = 0x80;
const PADDING_MAX: u32 = 2;

/**
 * Writes the values without the whitespace around them (joined with nothing but a comma, they are
 * what every server splits) and, unless it is to be kept, without padding. Returns how many bytes,
 * at most `len`; -1 when one is no canonical base64 (RFC 4648 §3.5): another alphabet, an
 * impossible length, half of the padding, unused bits that are not zero. `target` may not overlap.
 */
export function normaliseBinary(target: usize, ptr: usize, len: u32, keepsPadding: bool): i32 {
  const end = ptr + len;
  let to = target;
  let at = ptr;
  while (true) {
    const comma = findByte(at, end, Char.COMMA);
    const first = skipOws(at, comma);
    const last = trimOwsEnd(first, comma);
    const unpadded = unpaddedEnd(first, last);
    if (unpadded == 0 || !isCanonical(first, unpadded)) return -1;
    const kept = <u32>((keepsPadding ? last : unpadded) - first);
    memory.copy(to, first, kept);
    to += kept;
    if (comma >= end) return <i32>(to - target);
    store<u8>(to++, Char.COMMA);
    // Each turn takes one comma.
    at = comma + 1;
  }
}

/** End of what stands in front of the padding; 0 when the padding is wrong. */
function unpaddedEnd(first: usize, last: usize): usize {
  let end = last;
  for (let i: u32 = 0; i < PADDING_MAX && end > first && load<u8>(end - 1) == Char.EQUALS; i++) {
    end--;
  }
  return end < last && ((<u32>(last - first)) & 3) != 0 ? 0 : end;
}

/** Whether these are characters of the alphabet that decode to whole bytes and nothing else. */
function isCanonical(first: usize, end: usize): bool {
  const tail = (<u32>(end - first)) & 3;
  if (tail == 1) return false;
  let sextet: u32 = 0;
  for (let at = first; at < end; at++) {
    sextet = sextetOf(load<u8>(at));
    if (sextet == OUTSIDE) return false;
  }
  return tail == 0 || (sextet & (tail == 2 ? 0xf : 0x3)) == 0;
}

function sextetOf(c: u32): u32 {
  if (isUpperLetter(c)) return c - Char.UPPER_A;
  if (isLowerLetter(c)) return c - Char.LOWER_A + 26;
  if (isDigit(c)) return c - Char.ZERO + 52;
  if (c == Char.PLUS) return 62;
  return c == Char.SLASH ? 63 : OUTSIDE;
}
