// Paths in the configuration. They are written as requests' paths are after normalisation: otherwise
// they would never match.

import { equals, isTchar } from "../bytes/ascii";
import { Text } from "../bytes/text";
import { PathResult, readPath, RulePath } from "../headers/path";
import { ANY_REST, ANY_SEGMENT } from "../headers/path_template";
import { PATH_BYTES_MAX } from "../limits";
import { Value } from "./value";

const TEMPLATE = "a path such as /v1/{tenant}/orders, at the end perhaps with * or **";

/** A template, compiled (headers/path_template.ts). */
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

/** Whether a path is as requests' paths are after normalisation. */
export function isNormalised(ptr: usize, len: u32): bool {
  const target = heap.alloc(PATH_BYTES_MAX);
  const path = changetype<RulePath>(heap.alloc(offsetof<RulePath>()));
  const result = readPath(ptr, len, u32.MAX_VALUE, target, path);
  const isSame = result == PathResult.OK && path.len == len && equals(target, ptr, len);
  heap.free(changetype<usize>(path));
  heap.free(target);
  return isSame;
}
