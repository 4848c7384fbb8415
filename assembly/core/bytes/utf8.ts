// UTF-8 as Unicode defines it (RFC 3629 §4; Unicode 3.9, table 3-7): no overlong form, no
// surrogate, nothing above U+10FFFF.

const ASCII_END: u32 = 0x80;
const CONTINUATIONS: u32 = 0x40;

/** Length of the longest well-formed prefix: where the first bad character begins, or `len`. */
export function validLen(ptr: usize, len: u32): u32 {
  const end = ptr + len;
  let at = ptr;
  while (at < end) {
    if (load<u8>(at) < ASCII_END) {
      at = skipAscii(at, end);
      continue;
    }
    const length = characterLen(at, end);
    if (length == 0) break;
    at += length;
  }
  return <u32>(at - ptr);
}

function skipAscii(from: usize, end: usize): usize {
  let at = from;
  while (at + 16 <= end && i8x16.bitmask(v128.load(at)) == 0) at += 16;
  while (at < end && load<u8>(at) < ASCII_END) at++;
  return at;
}

/** Bytes of the well-formed character of two to four bytes that begins at `at`, else 0. */
function characterLen(at: usize, end: usize): u32 {
  const left = end - at;
  const lead = <u32>load<u8>(at);
  if (lead < 0xc2 || lead > 0xf4 || left < 2) return 0;
  const second = <u32>load<u8>(at + 1);
  if (lead < 0xe0) return isContinuation(second) ? 2 : 0;
  if (left < 3 || !isContinuation(load<u8>(at + 2))) return 0;
  if (lead < 0xf0)
    return isInside(second, lead == 0xe0 ? 0xa0 : 0x80, lead == 0xed ? 0x9f : 0xbf) ? 3 : 0;
  if (left < 4 || !isContinuation(load<u8>(at + 3))) return 0;
  return isInside(second, lead == 0xf0 ? 0x90 : 0x80, lead == 0xf4 ? 0x8f : 0xbf) ? 4 : 0;
}

// @ts-ignore: decorator
@inline
function isContinuation(byte: u32): bool {
  return byte - 0x80 < CONTINUATIONS;
}

// @ts-ignore: decorator
@inline
function isInside(byte: u32, first: u32, last: u32): bool {
  return byte - first <= last - first;
}
