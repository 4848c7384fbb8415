// http and https URIs (RFC 3986, RFC 9110 §4.2) that the module asks a cluster for: split into what
// a request says, nothing resolved.

import { Char, startsWithText } from "../bytes/ascii";
import { Text, text, textLen } from "../bytes/text";

const HTTP_PREFIX = text("http://");
const HTTPS_PREFIX = text("https://");
const HTTP = text("http");
const HTTPS = text("https");

const enum Special {
  LESS = 0x3c,
  GREATER = 0x3e,
  CARET = 0x5e,
  BACKTICK = 0x60,
  BAR = 0x7c,
}

/** Views into the URI. */
@unmanaged
export class Uri {
  scheme: Text;
  authorityPtr: usize;
  authorityLen: u32;
  /** With the query; empty when there is neither. */
  pathPtr: usize;
  pathLen: u32;
}

/**
 * Splits a URI. false unless it is http or https in lower case with a host, without user
 * information and fragment, in the characters that a URI has (RFC 3986 §2).
 */
export function readUri(ptr: usize, len: u32, out: Uri): bool {
  const isHttps = startsWithText(ptr, len, HTTPS_PREFIX);
  if (!isHttps && !startsWithText(ptr, len, HTTP_PREFIX)) return false;
  const end = ptr + len;
  const authority = ptr + textLen(isHttps ? HTTPS_PREFIX : HTTP_PREFIX);
  let path = authority;
  while (path < end && load<u8>(path) != Char.SLASH) {
    if (!isAuthorityCharacter(load<u8>(path))) return false;
    path++;
  }
  if (path == authority || load<u8>(authority) == Char.COLON) return false;
  for (let at = path; at < end; at++) if (!isUriCharacter(load<u8>(at))) return false;
  out.scheme = isHttps ? HTTPS : HTTP;
  out.authorityPtr = authority;
  out.authorityLen = <u32>(path - authority);
  out.pathPtr = path;
  out.pathLen = <u32>(end - path);
  return true;
}

function isAuthorityCharacter(c: u32): bool {
  return c != Char.AT && c != Char.QUESTION && isUriCharacter(c);
}

/** A character of a URI (RFC 3986 §2), but for the one that begins a fragment. */
function isUriCharacter(c: u32): bool {
  if (c <= <u32>Char.SPACE || c > <u32>Char.TILDE) return false;
  switch (c) {
    case Char.QUOTE:
    case Char.HASH:
    case Char.BACKSLASH:
    case Char.BRACE_OPEN:
    case Char.BRACE_CLOSE:
    case Special.LESS:
    case Special.GREATER:
    case Special.CARET:
    case Special.BACKTICK:
    case Special.BAR:
      return false;
    default:
      return true;
  }
}
