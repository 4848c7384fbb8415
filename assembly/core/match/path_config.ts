// The members `prefix`, `path`, `template` and `suffix` of a match. Paths are written as requests'
// paths are after normalisation: otherwise they would never match.

import { Char } from "../bytes/ascii";
import { Text, textLen, textPtr } from "../bytes/text";
import { isNormalised, readTemplate } from "../config/path";
import { Value } from "../config/value";
import { ANY_REST } from "../headers/path_template";
import { PATH_BYTES_MAX } from "../limits";
import { PathCondition, PathMatch } from "./path_condition";

const PATH = "a path that begins with /, without query, escapes, dot segments, // and ;";
const ONE_PATH = "at most one of prefix, path, template, suffix";
const SUFFIX = "the last segments of a path, without a slash in front";

/** What a compiled template that takes all the rest ends with. */
export const ANY_REST_END: u8 = <u8>ANY_REST;

/** Bytes of PathCondition.head. */
const HEAD_BYTES: u32 = 8;

/** Reads the member about the path from `match`; null when there is none. */
export function readPathCondition(match: Value, out: PathCondition): Value | null {
  const prefix = match.optional("prefix");
  const exact = match.optional("path");
  const template = match.optional("template");
  const suffix = match.optional("suffix");
  let count = prefix === null ? 0 : 1;
  if (exact !== null) count++;
  if (template !== null) count++;
  if (suffix !== null) count++;
  if (count > 1) match.refuseFound(count.toString() + " of them", ONE_PATH);
  if (prefix !== null) {
    out.pathMatch = PathMatch.PREFIX;
    out.path = readPlain(prefix);
    writeHead(out);
    return prefix;
  }
  if (exact !== null) {
    out.pathMatch = PathMatch.EXACT;
    out.path = readPlain(exact);
    writeHead(out);
    return exact;
  }
  if (template !== null) {
    out.pathMatch = PathMatch.TEMPLATE;
    out.path = readTemplate(template);
    return template;
  }
  if (suffix !== null) {
    out.pathMatch = PathMatch.SUFFIX;
    out.path = readSuffix(suffix);
  }
  return suffix;
}

/** What a prefix or a path begins with; a slash at its end says nothing (matchesPrefix). */
function writeHead(condition: PathCondition): void {
  const ptr = textPtr(condition.path);
  let len = textLen(condition.path);
  if (len > 0 && load<u8>(ptr + len - 1) == Char.SLASH) len--;
  for (let i: u32 = 0; i < min(len, HEAD_BYTES); i++) {
    condition.head |= (<u64>load<u8>(ptr + i)) << (i << 3);
    condition.headMask |= (<u64>0xff) << (i << 3);
  }
}

function readPlain(value: Value): Text {
  const path = value.text(1, PATH_BYTES_MAX);
  if (!value.error.failed && !isNormalised(textPtr(path), textLen(path))) value.refuse(PATH);
  return path;
}

/** Returns the suffix with a slash in front. */
function readSuffix(value: Value): Text {
  const kept = value.text(1, PATH_BYTES_MAX - 1);
  if (value.error.failed) return kept;
  const path = String.UTF8.encode("/" + value.string());
  const ptr = changetype<usize>(path);
  const len = <u32>path.byteLength;
  if (!isNormalised(ptr, len)) value.refuse(SUFFIX);
  return value.block.text(ptr, len);
}
