// The path that rules look at: `:path` without its query, percent-decoded once, dot segments
// resolved (RFC 3986 §2.1, §5.2.4). What two readers could take for different paths is refused: the
// rules must not see another path than the upstream does.
//
//   /a%62c/./x/../y?q  ─►  /abc/y

import { Char, isDigit, lower, startsWith } from "../bytes/ascii";
import { copyShort } from "../bytes/copy";
import { hexValue } from "../bytes/hex";
import { PATH_BYTES_MAX } from "../limits";
import { plainPathLen } from "./plain_path";

export const enum PathResult {
  OK = 0,
  TOO_LONG = 1,
  /** Neither a path, nor `*`, nor an absolute URI. */
  FORM = 2,
  /** "%" without two hexadecimal digits. */
  ESCAPE = 3,
  /** A control character or DEL, bare or encoded. */
  CONTROL = 4,
  /** A backslash, an encoded slash or backslash. */
  SEPARATOR = 5,
  /** After decoding it still holds %00, %2e, %2f or %5c. */
  TWICE_ENCODED = 6,
  /**
   * A ".." above the root, or over a segment that some servers drop first (empty, or with
   * parameters).
   */
  ASCENT = 7,
  /**
   * An empty segment or one with ";" among those that rules compare; or a dot segment with ";"
   * anywhere.
   */
  SEGMENT = 8,
}

/** A path as rules see it. */
// @ts-ignore: decorator
@unmanaged
export class RulePath {
  /**
   * Bytes at the target. It begins with "/". Of a path that is refused those of the segments before
   * the refused one, and of that what is before its ";" or its separator, if no reader sees the
   * path begin with other segments than these; else 0.
   */
  len: u32;
}

/** Most digits, letters and marks that a URI scheme is looked for in. */
const SCHEME_BYTES_MAX: u32 = 32;

/**
 * Writes the path of `:path` to `target`, which has room for PATH_BYTES_MAX. `segments` is the
 * number of segments in the longest rule: among that many, no segment may be one that readers
 * disagree about. `*` (OPTIONS) and an absolute URI without a path are "/".
 */
export function readPath(
  ptr: usize,
  len: u32,
  segments: u32,
  target: usize,
  out: RulePath,
): PathResult {
  const plain = plainPathLen(ptr, len);
  if (plain == 0 || plain > PATH_BYTES_MAX) return readAny(ptr, len, segments, target, out);
  copyShort(target, ptr, plain);
  out.len = plain;
  return PathResult.OK;
}

function readAny(ptr: usize, len: u32, segments: u32, target: usize, out: RulePath): PathResult {
  const end = pathEnd(ptr, ptr + len);
  out.len = 0;
  if (end - ptr > PATH_BYTES_MAX) return PathResult.TOO_LONG;
  let at = pathStart(ptr, end);
  if (at == 0) return PathResult.FORM;

  if (at == end) {
    store<u8>(target, Char.SLASH);
    out.len = 1;
    return PathResult.OK;
  }
  // Each turn reads "/" and the segment behind it.
  let to = target;
  let depth: u32 = 0;
  while (at < end) {
    const segment = at;
    const segmentEnd = findSlash(segment + 1, end);
    store<u8>(to, Char.SLASH);
    const result = decodeSegment(segment + 1, segmentEnd, to + 1);
    if (result != PathResult.OK) {
      const agreed = result == PathResult.SEPARATOR ? agreedEnd(to, decodedLen) : to;
      return refuse(result, segment, end, <u32>(agreed - target), out);
    }
    const segmentLen = decodedLen;
    const isLast = segmentEnd == end;
    const dots = dotsOf(to + 1, segmentLen);
    at = segmentEnd;

    if (dots == 2) {
      if (depth == 0) return PathResult.ASCENT;
      const parent = findLastSlash(target, to);
      if (isDisputed(parent + 1, <u32>(to - parent - 1))) return PathResult.ASCENT;
      to = parent;
      depth--;
    }
    if (dots > 0) {
      // A last dot segment leaves its slash behind (RFC 3986 §5.2.4 2.B and 2.C).
      if (isLast) store<u8>(to++, Char.SLASH);
      continue;
    }
    if (isDotWithParameters(to + 1, segmentLen)) {
      return refuse(PathResult.SEGMENT, segment, end, <u32>(to - target), out);
    }
    const isTrailing = isLast && segmentLen == 0;
    if (depth < segments && !isTrailing && isDisputed(to + 1, segmentLen)) {
      const name = findSemicolon(to + 1, to + 1 + segmentLen) - (to + 1);
      const agreed = agreedEnd(to, <u32>name);
      return refuse(PathResult.SEGMENT, segment, end, <u32>(agreed - target), out);
    }
    depth++;
    to += 1 + segmentLen;
  }
  out.len = <u32>(to - target);
  return PathResult.OK;
}

/** Says that what is in [rest, end), behind `len` bytes that were read, is refused. */
function refuse(result: PathResult, rest: usize, end: usize, len: u32, out: RulePath): PathResult {
  out.len = mayAscend(rest, end) ? 0 : len;
  return result;
}

/**
 * Where the bytes end about which all readers agree: behind the name at `to` + 1, which is before a
 * separator or parameters, if no reader drops it.
 */
function agreedEnd(to: usize, nameLen: u32): usize {
  return nameLen == 0 || dotsOf(to + 1, nameLen) > 0 ? to : to + 1 + nameLen;
}

/** Whether some reader could find ".." in what it makes of these bytes. */
function mayAscend(ptr: usize, end: usize): bool {
  for (let at = ptr; at + 1 < end; at++) {
    const c = <u32>load<u8>(at);
    if (c == Char.DOT && load<u8>(at, 1) == Char.DOT) return true;
    if (c != Char.PERCENT || at + 2 >= end) continue;
    const decoded = (hexValue(load<u8>(at, 1)) << 4) | hexValue(load<u8>(at, 2));
    if (decoded == Char.DOT || decoded == Char.PERCENT) return true;
  }
  return false;
}

/** Where the query or the fragment begins. */
function pathEnd(ptr: usize, end: usize): usize {
  let at = ptr;
  for (; at < end; at++) {
    const c = <u32>load<u8>(at);
    if (c == Char.QUESTION || c == Char.HASH) break;
  }
  return at;
}

/** Where the path begins; `end` when it is the root; 0 when there is none (RFC 9112 §3.2). */
function pathStart(ptr: usize, end: usize): usize {
  if (ptr == end) return 0;
  const first = <u32>load<u8>(ptr);
  if (first == Char.SLASH) return ptr;
  if (first == Char.ASTERISK) return ptr + 1 == end ? end : 0;
  const limit = min(end, ptr + SCHEME_BYTES_MAX);
  let at = ptr;
  while (at < limit && isSchemeCharacter(load<u8>(at))) at++;
  if (at == ptr || at + 3 > end) return 0;
  if (load<u8>(at) != Char.COLON || load<u16>(at, 1) != <u16>((Char.SLASH << 8) | Char.SLASH)) {
    return 0;
  }
  const authority = at + 3;
  const start = findSlash(authority, end);
  return isAuthority(authority, start) ? start : 0;
}

/**
 * Whether bytes can be an authority: not a place where a reader could see the path begin earlier.
 */
function isAuthority(ptr: usize, end: usize): bool {
  for (let at = ptr; at < end; at++) {
    const c = <u32>load<u8>(at);
    if (c <= <u32>Char.SPACE || c >= <u32>Char.DELETE || c == Char.BACKSLASH) return false;
  }
  return ptr < end;
}

// @ts-ignore: decorator
@inline
function isSchemeCharacter(c: u32): bool {
  return (
    isDigit(c) || lower(c) - Char.LOWER_A < 26 || c == Char.PLUS || c == Char.MINUS || c == Char.DOT
  );
}

function findSlash(ptr: usize, end: usize): usize {
  let at = ptr;
  while (at < end && load<u8>(at) != Char.SLASH) at++;
  return at;
}

/** Address of the last slash in [start, end), which begins with one. */
function findLastSlash(start: usize, end: usize): usize {
  let at = end - 1;
  while (at > start && load<u8>(at) != Char.SLASH) at--;
  return at;
}

/** Bytes that the last `decodeSegment` wrote: all, or those in front of a separator. */
let decodedLen: u32 = 0;

function separatorAfter(len: u32): PathResult {
  decodedLen = len;
  return PathResult.SEPARATOR;
}

/** Percent-decodes the bytes of one segment. They never become more. */
function decodeSegment(ptr: usize, end: usize, target: usize): PathResult {
  let to = target;
  for (let at = ptr; at < end; at++) {
    let c = <u32>load<u8>(at);
    if (c == Char.PERCENT) {
      if (at + 2 >= end) return PathResult.ESCAPE;
      const high = hexValue(load<u8>(at, 1));
      const low = hexValue(load<u8>(at, 2));
      if ((high | low) > 0xf) return PathResult.ESCAPE;
      c = (high << 4) | low;
      if (c == Char.SLASH) return separatorAfter(<u32>(to - target));
      at += 2;
    }
    if (c < <u32>Char.SPACE || c == Char.DELETE) return PathResult.CONTROL;
    if (c == Char.BACKSLASH) return separatorAfter(<u32>(to - target));
    store<u8>(to++, <u8>c);
  }
  decodedLen = <u32>(to - target);
  return isTwiceEncoded(target, to) ? PathResult.TWICE_ENCODED : PathResult.OK;
}

/** Whether decoding once more would give a NUL, a dot, a slash or a backslash. */
function isTwiceEncoded(ptr: usize, end: usize): bool {
  for (let at = ptr; at + 2 < end; at++) {
    if (load<u8>(at) != Char.PERCENT) continue;
    const high = hexValue(load<u8>(at, 1));
    const low = hexValue(load<u8>(at, 2));
    if ((high | low) > 0xf) continue;
    const c = (high << 4) | low;
    if (c == Char.NUL || c == Char.DOT || c == Char.SLASH || c == Char.BACKSLASH) return true;
  }
  return false;
}

/** 1 for ".", 2 for "..", 0 for anything else. */
function dotsOf(ptr: usize, len: u32): u32 {
  if (len == 0 || len > 2) return 0;
  for (let i: u32 = 0; i < len; i++) if (load<u8>(ptr + i) != Char.DOT) return 0;
  return len;
}

/** Servers that cut parameters read ".;x" and "..;x" as dot segments. */
function isDotWithParameters(ptr: usize, len: u32): bool {
  const dots = <u32>(findSemicolon(ptr, ptr + len) - ptr);
  return dots < len && dotsOf(ptr, dots) > 0;
}

/** Whether readers disagree about a segment: some merge empty ones, some cut what follows ";". */
function isDisputed(ptr: usize, len: u32): bool {
  return len == 0 || findSemicolon(ptr, ptr + len) < ptr + len;
}

function findSemicolon(ptr: usize, end: usize): usize {
  let at = ptr;
  while (at < end && load<u8>(at) != Char.SEMICOLON) at++;
  return at;
}

/**
 * Whether a path lies under a prefix, by whole segments: /a is a prefix of /a, /a/ and /a/b, not of
 * /ab. Both begin with "/". A slash at the end of the prefix says nothing.
 */
export function matchesPrefix(
  pathPtr: usize,
  pathLen: u32,
  prefixPtr: usize,
  prefixLen: u32,
): bool {
  const len =
    prefixLen > 0 && load<u8>(prefixPtr + prefixLen - 1) == Char.SLASH ? prefixLen - 1 : prefixLen;
  if (!startsWith(pathPtr, pathLen, prefixPtr, len)) return false;
  return pathLen == len || load<u8>(pathPtr + len) == Char.SLASH;
}

/** Number of segments that a rule with this prefix compares. */
export function segmentsOf(prefixPtr: usize, prefixLen: u32): u32 {
  let segments: u32 = 0;
  for (let i: u32 = 0; i + 1 < prefixLen; i++) {
    if (load<u8>(prefixPtr + i) == Char.SLASH) segments++;
  }
  return segments;
}
