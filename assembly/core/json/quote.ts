// Any bytes as the inside of a JSON string (RFC 8259 §7, §8.1): what is no UTF-8 becomes U+FFFD.

import { Char } from "../bytes/ascii";
import { validLen } from "../bytes/utf8";
import { writeHex } from "../bytes/hex";
import { copyText, text, textLen } from "../bytes/text";

/** Bytes that `copyQuoted` writes at most for each byte. */
export const QUOTED_GROWTH: u32 = 6;

const CONTROL = text("\\u00");
const REPLACEMENT: u32 = 0xbdbfef;
const REPLACEMENT_LEN: u32 = 3;

/** Writes bytes escaped, without the quotes around them; returns their end. */
export function copyQuoted(target: usize, ptr: usize, len: u32): usize {
  const end = ptr + len;
  let to = target;
  // Each turn takes a byte at least.
  for (let at = ptr; at < end;) {
    const valid = validLen(at, <u32>(end - at));
    to = copyEscaped(to, at, valid);
    at += valid;
    if (at >= end) break;
    for (let i: u32 = 0; i < REPLACEMENT_LEN; i++) store<u8>(to + i, REPLACEMENT >> (i << 3));
    to += REPLACEMENT_LEN;
    at++;
  }
  return to;
}

function copyEscaped(target: usize, ptr: usize, len: u32): usize {
  let to = target;
  for (let at = ptr; at < ptr + len; at++) {
    const c = <u32>load<u8>(at);
    if (c < <u32>Char.SPACE) {
      to = copyText(to, CONTROL);
      writeHex(to, at, 1);
      to += QUOTED_GROWTH - textLen(CONTROL);
      continue;
    }
    if (c == Char.QUOTE || c == Char.BACKSLASH) store<u8>(to++, <u8>Char.BACKSLASH);
    store<u8>(to++, c);
  }
  return to;
}
