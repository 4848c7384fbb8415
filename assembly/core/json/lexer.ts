// Runs of characters inside a JSON document. Every function takes where to begin and where the
// document ends.

import { Char, isDigit } from "../bytes/ascii";

/** First byte that is not whitespace (RFC 8259 §2), else `end`. */
export function skipWhitespace(from: usize, end: usize): usize {
  let at = from;
  while (at < end) {
    const c = load<u8>(at);
    if (c != Char.SPACE && c != Char.LF && c != Char.CR && c != Char.HTAB) break;
    at++;
  }
  return at;
}

/**
 * First byte that is no plain string character: quotation mark, backslash or control character;
 * else `end`.
 */
export function skipPlain(from: usize, end: usize): usize {
  let at = from;
  while (at + 16 <= end) {
    const bytes = v128.load(at);
    const special = v128.or(
      i8x16.lt_u(bytes, i8x16.splat(<i8>Char.SPACE)),
      v128.or(
        i8x16.eq(bytes, i8x16.splat(<i8>Char.QUOTE)),
        i8x16.eq(bytes, i8x16.splat(<i8>Char.BACKSLASH)),
      ),
    );
    const mask = i8x16.bitmask(special);
    if (mask != 0) return at + ctz(mask);
    at += 16;
  }
  while (at < end) {
    const c = <u32>load<u8>(at);
    if (c < <u32>Char.SPACE || c == Char.QUOTE || c == Char.BACKSLASH) break;
    at++;
  }
  return at;
}

/** Behind the number at `from`: [ "-" ] int [ frac ] [ exp ] (RFC 8259 §6); 0 when it is none. */
export function numberEnd(from: usize, end: usize): usize {
  const int = load<u8>(from) == Char.MINUS ? from + 1 : from;
  let at = skipDigits(int, end);
  if (at == int || (at > int + 1 && load<u8>(int) == Char.ZERO)) return 0;
  if (at < end && load<u8>(at) == Char.DOT) {
    const fraction = at + 1;
    at = skipDigits(fraction, end);
    if (at == fraction) return 0;
  }
  if (at < end && (load<u8>(at) == Char.LOWER_E || load<u8>(at) == Char.UPPER_E)) {
    at++;
    if (at < end && (load<u8>(at) == Char.PLUS || load<u8>(at) == Char.MINUS)) at++;
    const exponent = at;
    at = skipDigits(exponent, end);
    if (at == exponent) return 0;
  }
  return at;
}

function skipDigits(from: usize, end: usize): usize {
  let at = from;
  while (at < end && isDigit(load<u8>(at))) at++;
  return at;
}
