// The host of `:authority` (RFC 3986 §3.2): what stands before the port, and nothing that two
// readers could take for different hosts.

import { Char, equalsLower, isDigit, isLowerLetter, lower } from "../bytes/ascii";
import { NONE } from "../bytes/none";
import { Text, textLen, textPtr } from "../bytes/text";

/**
 * Bytes of the host at the beginning of an authority, without the dot that may end it; NONE when
 * the authority is not host [":" port], or the host not an IP address or letters, digits and - . _
 */
export function hostLenOf(ptr: usize, len: u32): u32 {
  const end = ptr + len;
  const hostEnd =
    ptr < end && load<u8>(ptr) == Char.BRACKET_OPEN ? literalEnd(ptr, end) : nameEnd(ptr, end);
  if (hostEnd == ptr || !isPort(hostEnd, end)) return NONE;
  const isRooted = load<u8>(hostEnd - 1) == Char.DOT;
  const hostLen = <u32>(hostEnd - ptr) - (isRooted ? 1 : 0);
  return hostLen == 0 ? NONE : hostLen;
}

/** Whether a host is this one, or with a "." in front of `pattern` any below it. */
export function matchesHost(ptr: usize, len: u32, pattern: Text): bool {
  const patternLen = textLen(pattern);
  if (load<u8>(textPtr(pattern)) != Char.DOT) {
    return len == patternLen && equalsLower(ptr, textPtr(pattern), len);
  }
  return len > patternLen && equalsLower(ptr + (len - patternLen), textPtr(pattern), patternLen);
}

function nameEnd(ptr: usize, end: usize): usize {
  let at = ptr;
  while (at < end && isHostCharacter(load<u8>(at))) at++;
  return at;
}

// @ts-ignore: decorator
@inline
function isHostCharacter(c: u32): bool {
  return (
    isLowerLetter(lower(c)) ||
    isDigit(c) ||
    c == Char.MINUS ||
    c == Char.DOT ||
    c == Char.UNDERSCORE
  );
}

/** End of "[" IPv6 address "]"; `ptr` when it is none. */
function literalEnd(ptr: usize, end: usize): usize {
  let at = ptr + 1;
  while (at < end && (isHostCharacter(load<u8>(at)) || load<u8>(at) == Char.COLON)) at++;
  return at < end && load<u8>(at) == Char.BRACKET_CLOSE ? at + 1 : ptr;
}

/** Whether nothing, or ":" and digits, stand there. */
function isPort(ptr: usize, end: usize): bool {
  if (ptr == end) return true;
  if (load<u8>(ptr) != Char.COLON) return false;
  for (let at = ptr + 1; at < end; at++) if (!isDigit(load<u8>(at))) return false;
  return true;
}
