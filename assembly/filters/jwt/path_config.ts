// Paths in rules. They are written as requests' paths are after normalisation: otherwise they would
// never match.

import { equals } from "../../core/bytes/ascii";
import { Text, textLen, textPtr } from "../../core/bytes/text";
import { isNormalised } from "../../core/config/path";
import { Value } from "../../core/config/value";
import { matchesPrefix } from "../../core/headers/path";
import { ANY_REST, templateHeadLen } from "../../core/headers/path_template";
import { PATH_BYTES_MAX } from "../../core/limits";
import { matchesPath, PathMatch, Rule } from "./rules";

const PATH = "a path that begins with /, without query, escapes, dot segments, // and ;";
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
