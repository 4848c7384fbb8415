// The path of the request in hand, read at most once however many limits and keys ask for it.

import { FixedName } from "../../core/headers/fixed_names";
import { PathResult, readPath, RulePath } from "../../core/headers/path";
import { headerCount, headerLen, headerPtr } from "../../core/headers/request";
import { PATH_BYTES_MAX } from "../../core/limits";

/** Where the path stands, without its query and decoded. */
export const REQUEST_PATH: usize = heap.alloc(PATH_BYTES_MAX);
const READ = changetype<RulePath>(memory.data(4, 4));

let isRead: bool = false;
let agreedLen: u32 = 0;
let isAgreed: bool = false;

/** Begins a request: nothing has been read. */
export function beginRequestPath(): void {
  isRead = false;
}

/** Whether all readers see the same path. */
export function isPathAgreed(): bool {
  if (!isRead) read();
  return isAgreed;
}

/** Bytes at REQUEST_PATH about which all readers agree: its first segments, or all of them. */
export function agreedPathLen(): u32 {
  if (!isRead) read();
  return agreedLen;
}

function read(): void {
  isRead = true;
  agreedLen = 0;
  isAgreed = false;
  if (headerCount(FixedName.PATH) != 1) return;
  const ptr = headerPtr(FixedName.PATH);
  const result = readPath(ptr, headerLen(FixedName.PATH), u32.MAX_VALUE, REQUEST_PATH, READ);
  isAgreed = result == PathResult.OK;
  agreedLen = READ.len;
}
