// x-forwarded-client-cert, as Envoy writes it: elements with commas between them, the last one by
// the proxy directly in front; each is pairs key=value with semicolons between them, where a value
// may stand between quotation marks, with \ before a character that is meant literally.
// https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers

import { Char, equalsLowerText, isLowerLetter, lower, skipOws } from "../bytes/ascii";
import { readHex } from "../bytes/hex";
import { text } from "../bytes/text";

const HASH = text("hash");

/** Bytes of the digest of a certificate, SHA-256. */
export const CERTIFICATE_DIGEST_BYTES: u32 = 32;

/**
 * Writes the digest of the certificate of the last element, from its one `Hash`; false when it has
 * none or several, or when any element is malformed: what stands before the last one decides where
 * that begins.
 */
export function readCertificateDigest(ptr: usize, len: u32, target: usize): bool {
  const end = ptr + len;
  let hashes: u32 = 0;
  let at = skipOws(ptr, end);
  while (at < end) {
    const key = at;
    while (at < end && isLowerLetter(lower(load<u8>(at)))) at++;
    const keyLen = <u32>(at - key);
    if (keyLen == 0 || at == end || load<u8>(at) != Char.EQUALS) return false;
    const value = at + 1;
    at = valueEnd(value, end);
    if (at == 0) return false;
    if (equalsLowerText(key, keyLen, HASH)) {
      hashes++;
      if (at - value != 2 * CERTIFICATE_DIGEST_BYTES) return false;
      if (!readHex(target, value, CERTIFICATE_DIGEST_BYTES)) return false;
    }
    if (at == end) return hashes == 1;
    const separator = load<u8>(at);
    at++;
    if (separator == Char.SEMICOLON) continue;
    if (separator != Char.COMMA) return false;
    hashes = 0;
    at = skipOws(at, end);
  }
  return false;
}

/** Where the value at `value` ends; 0 when it is malformed. */
function valueEnd(value: usize, end: usize): usize {
  if (value < end && load<u8>(value) == Char.QUOTE) return quotedEnd(value + 1, end);
  for (let at = value; at < end; at++) {
    const c = load<u8>(at);
    if (c == Char.COMMA || c == Char.SEMICOLON) return at;
    if (c == Char.QUOTE) return 0;
  }
  return end;
}

/** Address behind the quotation mark that closes a value; 0 when there is none. */
function quotedEnd(first: usize, end: usize): usize {
  for (let at = first; at < end; at++) {
    const c = load<u8>(at);
    if (c == Char.QUOTE) return at + 1;
    if (c == Char.BACKSLASH) at++;
  }
  return 0;
}
