// NumericDate (RFC 7519 §2): seconds since 1970-01-01T00:00:00Z as a JSON number, "integer and
// non-integer".

import { Char } from "../bytes/ascii";
import { parseUnsigned } from "../bytes/decimal";

/** The date is missing. */
export const DATE_ABSENT: i64 = -1;
/** The date cannot be read. */
export const DATE_INVALID: i64 = -2;

const enum Rounding {
  DOWN,
  UP,
}

/** Whole seconds of a date until which something holds: a fraction is cut off. */
export function parseUntil(ptr: usize, len: u32): i64 {
  return parse(ptr, len, Rounding.DOWN);
}

/** Whole seconds of a date from which something holds: a fraction counts as a second. */
export function parseFrom(ptr: usize, len: u32): i64 {
  return parse(ptr, len, Rounding.UP);
}

/** Takes a number of valid JSON grammar. Refused: negative numbers, exponents, 2^53 and above. */
function parse(ptr: usize, len: u32, rounding: Rounding): i64 {
  const end = ptr + len;
  let dot = ptr;
  while (dot < end && load<u8>(dot) != Char.DOT) dot++;
  const seconds = parseUnsigned(ptr, <u32>(dot - ptr));
  if (seconds < 0) return DATE_INVALID;
  let hasFraction = false;
  for (let at = dot + 1; at < end; at++) {
    const digit = <u32>load<u8>(at) - Char.ZERO;
    if (digit >= 10) return DATE_INVALID;
    if (digit != 0) hasFraction = true;
  }
  return hasFraction && rounding == Rounding.UP ? seconds + 1 : seconds;
}
