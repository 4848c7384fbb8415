// Rules that would never apply, because one before them takes all of their requests.

import { equals } from "../../core/bytes/ascii";
import { Text, textLen, textPtr } from "../../core/bytes/text";
import { matchesPrefix } from "../../core/headers/path";
import { templateHeadLen } from "../../core/headers/path_template";
import { matchesPath, PathMatch } from "../../core/match/path_condition";
import { Rule } from "./rules";

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
