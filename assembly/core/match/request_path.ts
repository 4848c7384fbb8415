// The path of the request in hand, read at most once however many limits and keys ask for it.

import { Char } from "../bytes/ascii";
import { FixedName } from "../headers/fixed_names";
import { headerCount, headerLen, headerPtr } from "../headers/request";
import { PATH_BYTES_MAX } from "../limits";
import { PathReading, readForMatches } from "./path_reading";

/** Where the path stands, without its query and decoded. */
export const REQUEST_PATH: usize = heap.alloc(PATH_BYTES_MAX);
const MERGED: usize = heap.alloc(PATH_BYTES_MAX);
const READING = changetype<PathReading>(memory.data(20, 4));
if (offsetof<PathReading>() > 20) ERROR("PathReading needs more room");

let isRead: bool = false;

/** Begins a request: nothing has been read. */
export function beginRequestPath(): void {
  isRead = false;
}

/** Whether all readers see the same path. */
export function isPathAgreed(): bool {
  return requestPath().isAgreed != 0;
}

/** Bytes at REQUEST_PATH about which all readers agree: its first segments, or all of them. */
export function agreedPathLen(): u32 {
  return requestPath().agreedLen;
}

/**
 * The path as matches compare it: without a slash at its end, which many servers do not tell from
 * none.
 */
export function requestPath(): PathReading {
  if (isRead) return READING;
  isRead = true;
  const id = FixedName.PATH;
  // A request with two paths has none; nothing is read, and the reading is that of no path.
  const len = headerCount(id) == 1 ? headerLen(id) : 0;
  readForMatches(headerPtr(id), len, REQUEST_PATH, MERGED, READING);
  const last = READING.ptr + READING.len - 1;
  if (READING.len > 1 && load<u8>(last) == Char.SLASH) READING.len--;
  return READING;
}
