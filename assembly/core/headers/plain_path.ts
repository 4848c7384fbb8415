// Most paths say the same to every reader as they stand: nothing to decode, no empty segment, none
// that begins with a dot, no parameters. They are told from the others sixteen bytes at a time.

import { Char } from "../bytes/ascii";

/**
 * Length of the path in front of a query when it is one of those; 0 when it has to be read
 * (path.ts), as has whatever is shorter than four bytes.
 */
export function plainPathLen(ptr: usize, len: u32): u32 {
  if (len < 4 || load<u8>(ptr) != Char.SLASH) return 0;
  if (len < 16) {
    // What is in front of it is looked at as well: nothing is at the beginning of memory.
    const odd = oddBytes(v128.load(ptr + len - 16)) >> (16 - len);
    return odd == 0 ? len : queryAt(ptr, ctz(odd));
  }
  const last = len - 16;
  let offset: u32 = 0;
  // Blocks share a byte, so that each byte but the first is seen beside the one in front of it.
  for (; offset < last; offset = min(offset + 15, last)) {
    const odd = oddBytes(v128.load(ptr + offset));
    if (odd != 0) return queryAt(ptr, offset + ctz(odd));
  }
  const odd = oddBytes(v128.load(ptr + last));
  return odd == 0 ? len : queryAt(ptr, last + ctz(odd));
}

/** Length of a path that is plain up to this byte; 0 unless a query begins there, or a fragment. */
// @ts-ignore: decorator
@inline
function queryAt(ptr: usize, at: u32): u32 {
  const c = <u32>load<u8>(ptr + at);
  return c == Char.QUESTION || c == Char.HASH ? at : 0;
}

/**
 * Bit n: byte n is none of a plain path, or it is a slash or a dot behind a slash.
 *
 * Characters are looked up by their two halves; odd is one of which both name a group: 1 control
 * characters, 2 "#" and "%", 4 ";" and "?", 8 "\", 16 DEL.
 */
// @ts-ignore: decorator
@inline
function oddBytes(block: v128): i32 {
  const low = i8x16(1, 1, 1, 3, 1, 3, 1, 1, 1, 1, 1, 5, 9, 1, 1, 21);
  const high = i8x16(1, 1, 2, 4, 0, 8, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0);
  const groups = v128.and(
    i8x16.swizzle(low, v128.and(block, i8x16.splat(0xf))),
    i8x16.swizzle(high, i8x16.shr_u(block, 4)),
  );
  const slashes = i8x16.bitmask(i8x16.eq(block, i8x16.splat(<i8>Char.SLASH)));
  // "." and "/" differ in the lowest bit.
  const dots = v128.or(block, i8x16.splat(1));
  const marks = i8x16.bitmask(i8x16.eq(dots, i8x16.splat(<i8>Char.SLASH)));
  return i8x16.bitmask(i8x16.ne(groups, i8x16.splat(0))) | ((slashes << 1) & marks);
}
if ((Char.DOT | 1) != Char.SLASH) ERROR("a dot and a slash differ in more than one bit");
