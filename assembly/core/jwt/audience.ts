// How audiences are compared: exactly, or as Envoy's jwt_authn does it, to which a scheme and a
// slash at the end make no difference.

import { Char, equalsText, startsWithText } from "../bytes/ascii";
import { text, textLen } from "../bytes/text";

export const enum AudienceMatch {
  EXACT,
  /** Envoy, source/extensions/filters/http/jwt_authn: CheckAudience. */
  ENVOY,
  /** Nothing is expected. */
  ANY,
}

const HTTP = text("http://");
const HTTPS = text("https://");

/** The rest of the audience that `trimAudience` was given last. */
export let trimmedPtr: usize = 0;
export let trimmedLen: u32 = 0;

/** Takes "http://" or "https://" from the beginning of an audience and one "/" from its end. */
export function trimAudience(ptr: usize, len: u32): void {
  let skipped: u32 = 0;
  if (startsWithText(ptr, len, HTTPS)) skipped = textLen(HTTPS);
  else if (startsWithText(ptr, len, HTTP)) skipped = textLen(HTTP);
  trimmedPtr = ptr + skipped;
  trimmedLen = len - skipped;
  if (trimmedLen > 0 && load<u8>(trimmedPtr + trimmedLen - 1) == Char.SLASH) trimmedLen--;
}

/**
 * Whether an audience is one of a list, Texts of four bytes each; those of a list for ENVOY are
 * trimmed.
 */
export function isAudienceOf(
  ptr: usize,
  len: u32,
  audiences: usize,
  count: u32,
  match: AudienceMatch,
): bool {
  trimmedPtr = ptr;
  trimmedLen = len;
  if (match == AudienceMatch.ENVOY) trimAudience(ptr, len);
  for (let index: u32 = 0; index < count; index++) {
    if (equalsText(trimmedPtr, trimmedLen, load<u32>(audiences + 4 * index))) return true;
  }
  return false;
}
