// The path of the request in hand, read at most once however many limits and keys ask for it.

import { NONE } from "../../core/bytes/none";
import { FixedName } from "../../core/headers/fixed_names";
import { PathResult, readPath, RulePath } from "../../core/headers/path";
import { headerCount, headerLen, headerPtr } from "../../core/headers/request";
import { PATH_BYTES_MAX } from "../../core/limits";

/** Where the path stands, without its query and decoded. */
export const REQUEST_PATH: usize = heap.alloc(PATH_BYTES_MAX);
const READ = changetype<RulePath>(memory.data(4, 4));

let pathLen: u32 = NONE;
let agreedLen: u32 = 0;
let isAgreed: bool = false;

/** Begins a request: nothing has been read. */
export function beginRequestPath(): void {
  pathLen = NONE;
}

/**
 * Bytes at REQUEST_PATH; 0 when the path is refused. An empty segment or one with ";" stands there
 * as it is.
 */
export function requestPathLen(): u32 {
  if (pathLen == NONE) readOnce();
  return pathLen;
}

/** Whether all readers see the same path. */
export function isPathAgreed(): bool {
  if (pathLen == NONE) readOnce();
  return isAgreed;
}

/** Bytes at REQUEST_PATH about which all readers agree: its first segments, or all of them. */
export function agreedPathLen(): u32 {
  if (pathLen == NONE) readOnce();
  return agreedLen;
}

function readOnce(): void {
  pathLen = 0;
  agreedLen = 0;
  isAgreed = false;
  if (headerCount(FixedName.PATH) != 1) return;
  const ptr = headerPtr(FixedName.PATH);
  const len = headerLen(FixedName.PATH);
  let result = readPath(ptr, len, u32.MAX_VALUE, REQUEST_PATH, READ);
  isAgreed = result == PathResult.OK;
  agreedLen = READ.len;
  // What comes before the first disputed segment is the same however the others are read.
  if (result == PathResult.SEGMENT) result = readPath(ptr, len, 0, REQUEST_PATH, READ);
  if (result == PathResult.OK) pathLen = READ.len;
}
