// Headers that may have one line. Envoy joins the lines of some names with a comma before any
// filter sees them; where the grammar of the value has no comma, one is the trace of a second line.

import { Char, isTchar, skipOws, trimOwsEnd } from "../../core/bytes/ascii";
import { NONE } from "../../core/bytes/none";
import {
  headerCount,
  headerLen,
  headerPtr,
  nextField,
  requestField,
  setHeader,
} from "../../core/headers/request";
import { HEADERS_MAX } from "../../core/limits";

export const enum Keep {
  NONE = 0,
  FIRST = 1,
  LAST = 2,
}

/** Which commas a value of the name can have by itself. */
export const enum Commas {
  /** The host does not join lines of this name. */
  APART = 0,
  NONE = 1,
  QUOTED = 2,
  /** One outside of quotes: of a date (RFC 9110 §5.6.7). */
  DATE = 3,
  /** Those between parameters of credentials (RFC 9110 §11.4). */
  CREDENTIALS = 4,
}

// @ts-ignore: decorator
@unmanaged
export class Singleton {
  id: u32;
  keep: u16;
  commas: u16;
}
export const SINGLETON_BYTES: u32 = 8;
if (offsetof<Singleton>() != <usize>SINGLETON_BYTES) ERROR("Singleton is not 8 bytes");

// @ts-ignore: decorator
@inline
export function singletonAt(singletons: usize, index: u32): Singleton {
  return changetype<Singleton>(singletons + index * SINGLETON_BYTES);
}

/** Cuts the request's singletons to one line each; false when one refuses the request. */
export function checkSingletons(singletons: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    const one = singletonAt(singletons, i);
    const lines = headerCount(one.id);
    if (lines == 0) continue;
    if (lines > 1) {
      if (one.keep == Keep.NONE || !keepOne(one.id, one.keep == Keep.LAST)) return false;
    } else if (one.commas != Commas.APART) {
      if (isJoined(one.commas, headerPtr(one.id), headerLen(one.id))) return false;
    }
  }
  return true;
}

/** false for a value that no field may have. */
function keepOne(id: u32, isLast: bool): bool {
  if (!isLast) return setHeader(id, headerPtr(id), headerLen(id));
  let ptr = headerPtr(id);
  let len = headerLen(id);
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    const field = requestField(at);
    ptr = field.valuePtr;
    len = field.valueLen;
    at = nextField(id, at + 1);
  }
  return setHeader(id, ptr, len);
}

/** Whether a value is several lines that a host has joined. */
function isJoined(commas: u32, ptr: usize, len: u32): bool {
  const end = ptr + len;
  const allowed: u32 = commas == Commas.DATE ? 1 : 0;
  if (commas == Commas.NONE) return commaCount(ptr, end, false) > 0;
  const outside = commaCount(ptr, end, true);
  if (commas == Commas.CREDENTIALS) return outside > 0 && !areParameters(ptr, end);
  return outside > allowed;
}

/** Commas, or those outside of quoted strings; all of them when a quote is left open. */
function commaCount(ptr: usize, end: usize, skipsQuoted: bool): u32 {
  let all: u32 = 0;
  let outside: u32 = 0;
  let isQuoted = false;
  for (let at = ptr; at < end; at++) {
    const c = <u32>load<u8>(at);
    if (c == Char.QUOTE) isQuoted = !isQuoted;
    else if (c == Char.BACKSLASH && isQuoted) at++;
    else if (c == Char.COMMA) {
      all++;
      if (!isQuoted) outside++;
    }
  }
  return skipsQuoted && !isQuoted ? outside : all;
}

/**
 * Whether credentials are a scheme and `name=value` in each part between commas: a second line
 * begins with its scheme.
 */
function areParameters(ptr: usize, end: usize): bool {
  let at = skipToken(skipOws(ptr, end), end);
  // Behind a comma there is a part, be it empty.
  while (at <= end) {
    const name = skipOws(at, end);
    const afterName = skipOws(skipToken(name, end), end);
    if (afterName == name || afterName >= end || load<u8>(afterName) != Char.EQUALS) return false;
    const value = skipOws(afterName + 1, end);
    at = partEnd(value, end);
    if (trimOwsEnd(value, at) == value) return false;
    at++;
  }
  return true;
}

function skipToken(ptr: usize, end: usize): usize {
  let at = ptr;
  while (at < end && isTchar(load<u8>(at))) at++;
  return at;
}

/** Address of the next comma outside of a quoted string, else `end`; `ptr` for an open quote. */
function partEnd(ptr: usize, end: usize): usize {
  let isQuoted = false;
  for (let at = ptr; at < end; at++) {
    const c = <u32>load<u8>(at);
    if (c == Char.QUOTE) isQuoted = !isQuoted;
    else if (c == Char.BACKSLASH && isQuoted) at++;
    else if (c == Char.COMMA && !isQuoted) return at;
  }
  return isQuoted ? ptr : end;
}
