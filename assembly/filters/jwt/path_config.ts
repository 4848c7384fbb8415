// Paths in rules. They are written as requests' paths are after normalisation: otherwise they would
// never match.

import { equals, isTchar } from "../../core/bytes/ascii";
import { Text, textLen, textPtr } from "../../core/bytes/text";
import { Value } from "../../core/config/value";
import { matchesPrefix, PathResult, readPath, RulePath } from "../../core/headers/path";
import { ANY_REST, ANY_SEGMENT, templateHeadLen } from "../../core/headers/path_template";
import { PATH_BYTES_MAX } from "../../core/limits";
import { matchesPath, PathMatch, Rule } from "./rules";

const PATH = "a path that begins with /, without query, escapes, dot segments, // and ;";
const TEMPLATE = "a path such as /v1/{tenant}/orders, at the end perhaps with * or **";
const SUFFIX = "the last segments of a path, without a slash in front";

/** What a compiled template that takes all the rest ends with. */
export const ANY_REST_END: u8 = <u8>ANY_REST;

export function readPrefix(value: Value): Text {
  return readExact(value);
}

export function readExact(value: Value): Text {
  const path = value.text(1, PATH_BYTES_MAX);
  if (!value.error.failed && !isNormalised(textPtr(path), textLen(path))) value.refuse(PATH);
  return path;
}

/** Returns the suffix with a slash in front. */
export function readSuffix(value: Value): Text {
  const kept = value.text(1, PATH_BYTES_MAX - 1);
  if (value.error.failed) return kept;
  const path = String.UTF8.encode("/" + value.string());
  const ptr = changetype<usize>(path);
  const len = <u32>path.byteLength;
  if (!isNormalised(ptr, len)) value.refuse(SUFFIX);
  return value.block.text(ptr, len);
}

/** Returns the template compiled (path_template.ts). */
export function readTemplate(value: Value): Text {
  const kept = value.text(1, PATH_BYTES_MAX);
  if (value.error.failed) return kept;
  const segments = value.string().split("/");
  // The same with plain segments in the place of marks, which are no part of a path.
  const plain: string[] = [];
  const compiled: string[] = [];
  for (let i = 0; i < segments.length; i++) {
    const mark = markOf(segments[i], i == segments.length - 1);
    if (mark == 0 && hasMark(segments[i])) value.refuse(TEMPLATE);
    plain.push(mark == 0 ? segments[i] : "x");
    compiled.push(mark == 0 ? segments[i] : String.fromCharCode(<i32>mark));
  }
  const path = String.UTF8.encode(plain.join("/"));
  if (!isNormalised(changetype<usize>(path), <u32>path.byteLength)) value.refuse(TEMPLATE);
  const template = String.UTF8.encode(compiled.join("/"));
  return value.block.text(changetype<usize>(template), <u32>template.byteLength);
}

/** What a segment of a template stands for; 0 for itself. */
function markOf(segment: string, isLast: bool): u32 {
  if (isLast && segment == "*") return ANY_SEGMENT;
  if (isLast && segment == "**") return ANY_REST;
  const length = segment.length;
  if (length < 3 || !segment.startsWith("{") || !segment.endsWith("}")) return 0;
  for (let i = 1; i < length - 1; i++) {
    const c = <u32>segment.charCodeAt(i);
    if (!isTchar(c) || hasMark(segment.charAt(i))) return 0;
  }
  return ANY_SEGMENT;
}

function hasMark(segment: string): bool {
  return segment.includes("{") || segment.includes("}") || segment.includes("*");
}

function isNormalised(ptr: usize, len: u32): bool {
  const target = heap.alloc(PATH_BYTES_MAX);
  const path = changetype<RulePath>(heap.alloc(offsetof<RulePath>()));
  const result = readPath(ptr, len, u32.MAX_VALUE, target, path);
  const isSame = result == PathResult.OK && path.len == len && equals(target, ptr, len);
  heap.free(changetype<usize>(path));
  heap.free(target);
  return isSame;
}

/**
 * Whether an earlier rule takes every request that a later one would, as far as that can be told
 * from their paths.
 */
export function covers(earlier: Rule, later: Rule): bool {
  if (earlier.conditions != 0) return false;
  const path = later.path;
  if (earlier.pathMatch == PathMatch.PREFIX) {
    if (isEverything(earlier.path)) return true;
    if (later.pathMatch == PathMatch.ANY || later.pathMatch == PathMatch.SUFFIX) return false;
    const isTemplate = later.pathMatch == PathMatch.TEMPLATE;
    const len = isTemplate ? templateHeadLen(textPtr(path), textLen(path)) : textLen(path);
    return matchesPrefix(textPtr(path), len, textPtr(earlier.path), textLen(earlier.path));
  }
  if (later.pathMatch == PathMatch.EXACT) return matchesPath(earlier, textPtr(path), textLen(path));
  if (earlier.pathMatch != later.pathMatch) return false;
  if (later.pathMatch == PathMatch.SUFFIX)
    return matchesPath(earlier, textPtr(path), textLen(path));
  return textLen(earlier.path) == textLen(path) && equals(earlier.path, path, textLen(path) + 4);
}

function isEverything(prefix: Text): bool {
  return textLen(prefix) == 1;
}
