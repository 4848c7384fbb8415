// What an answer says about how long it is good (RFC 9111 §4.2, §5.2.2) and when to ask again (RFC
// 9110 §10.2.3).

import { Char, equalsLowerText, skipOws, startsWithLowerText, trimOwsEnd } from "../bytes/ascii";
import { parseUnsigned } from "../bytes/decimal";
import { text, textLen } from "../bytes/text";

/** Nothing usable was said. */
export const UNSAID: i64 = -1;

const MAX_AGE = text("max-age=");
const NO_STORE = text("no-store");
const NO_CACHE = text("no-cache");

/**
 * Seconds of `max-age` in a Cache-Control; UNSAID without one, when the values differ or cannot be
 * read, and beside no-store or no-cache.
 */
export function maxAgeSeconds(ptr: usize, len: u32): i64 {
  const end = ptr + len;
  let seconds = UNSAID;
  let from = ptr;
  while (from < end) {
    let comma = from;
    while (comma < end && load<u8>(comma) != Char.COMMA) comma++;
    const directive = skipOws(from, comma);
    const directiveLen = <u32>(trimOwsEnd(directive, comma) - directive);
    from = comma + 1;
    if (equalsLowerText(directive, directiveLen, NO_STORE)) return UNSAID;
    if (equalsLowerText(directive, directiveLen, NO_CACHE)) return UNSAID;
    if (!startsWithLowerText(directive, directiveLen, MAX_AGE)) continue;
    const value = wholeSeconds(directive + textLen(MAX_AGE), directiveLen - textLen(MAX_AGE));
    if (value == UNSAID || (seconds != UNSAID && seconds != value)) return UNSAID;
    seconds = value;
  }
  return seconds;
}

/** Seconds of an Age or a Retry-After; UNSAID for everything else, a date among it. */
export function wholeSeconds(ptr: usize, len: u32): i64 {
  const value = parseUnsigned(ptr, len);
  return value < 0 ? UNSAID : value;
}
