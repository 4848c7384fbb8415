// The path of the request in hand, read once for all limits.

import { FixedName } from "../../core/headers/fixed_names";
import { PathResult, readPath, RulePath } from "../../core/headers/path";
import { headerCount, headerLen, headerPtr } from "../../core/headers/request";
import { PATH_BYTES_MAX } from "../../core/limits";

/** Where `hasRequestPath` leaves it: without its query, decoded, dot segments resolved. */
export const REQUEST_PATH: usize = heap.alloc(PATH_BYTES_MAX);
/** Its bytes. Empty segments and those with ";" are still in it. */
export let requestPathLen: u32 = 0;

const RULE_PATH = changetype<RulePath>(memory.data(4, 4));
if (offsetof<RulePath>() > 4) ERROR("RulePath needs more room");

let isRead: bool = false;

/** Begins a request: nothing has been read. */
export function beginRequestPath(): void {
  isRead = false;
}

/** Whether the request has a path that can be read. */
export function hasRequestPath(): bool {
  if (isRead) return requestPathLen > 0;
  isRead = true;
  requestPathLen = 0;
  if (headerCount(FixedName.PATH) != 1) return false;
  const ptr = headerPtr(FixedName.PATH);
  const result = readPath(ptr, headerLen(FixedName.PATH), 0, REQUEST_PATH, RULE_PATH);
  if (result == PathResult.OK) requestPathLen = RULE_PATH.len;
  return requestPathLen > 0;
}
