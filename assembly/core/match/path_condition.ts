// What is asked of a request's path (core/headers/path.ts).

import { equalsText } from "../bytes/ascii";
import { Text, textLen, textPtr } from "../bytes/text";
import { matchesPrefix } from "../headers/path";
import { matchesSuffix, matchesTemplate, templateHeadLen } from "../headers/path_template";

/** How a condition's `path` and the request's are compared. */
export const enum PathMatch {
  /** Not at all. */
  ANY,
  PREFIX,
  EXACT,
  /** `path` is compiled (path_template.ts). */
  TEMPLATE,
  /** `path` begins with the slash that is before the first segment. */
  SUFFIX,
}

// @ts-ignore: decorator
@unmanaged
export class PathCondition {
  /** How the path must begin, and which bits of its first eight bytes that says. */
  head: u64;
  headMask: u64;
  pathMatch: PathMatch;
  path: Text;
}

/**
 * Whether a path can be one of the condition's by its first bytes, which says no for most. Eight
 * bytes are read at `ptr`.
 */
// @ts-ignore: decorator
@inline
export function hasHead(condition: PathCondition, ptr: usize): bool {
  return (load<u64>(ptr) & condition.headMask) == condition.head;
}

/** Whether every path is one of the condition's: only the prefix "/" has no head. */
// @ts-ignore: decorator
@inline
export function takesEveryPath(condition: PathCondition): bool {
  return condition.headMask == 0 && condition.pathMatch <= PathMatch.PREFIX;
}

/** Whether a path, as rules see it, is one of the condition's. */
export function matchesPath(condition: PathCondition, ptr: usize, len: u32): bool {
  const path = condition.path;
  switch (condition.pathMatch) {
    case PathMatch.PREFIX:
      return matchesPrefix(ptr, len, textPtr(path), textLen(path));
    case PathMatch.EXACT:
      return equalsText(ptr, len, path);
    case PathMatch.TEMPLATE:
      return matchesTemplate(ptr, len, textPtr(path), textLen(path));
    case PathMatch.SUFFIX:
      return matchesSuffix(ptr, len, textPtr(path), textLen(path));
    default:
      return true;
  }
}

/**
 * Whether some path that begins with these segments, of which there may be none, could be one of
 * the condition's. Of a template only what is before its first mark is looked at.
 */
export function couldMatchPath(condition: PathCondition, ptr: usize, len: u32): bool {
  const match = condition.pathMatch;
  if (len == 0 || match == PathMatch.ANY || match == PathMatch.SUFFIX) return true;
  const path = textPtr(condition.path);
  let pathLen = textLen(condition.path);
  if (match == PathMatch.TEMPLATE) pathLen = templateHeadLen(path, pathLen);
  if (matchesPrefix(path, pathLen, ptr, len)) return true;
  return match != PathMatch.EXACT && matchesPrefix(ptr, len, path, pathLen);
}
