// The host of the request in hand, found at most once however many conditions ask for it.

import { NONE } from "../bytes/none";
import { hostLenOf } from "../headers/authority";
import { headerCount, headerLen, headerPtr } from "../headers/request";

/** No length: an authority is no longer than what the host hands out. */
const UNKNOWN: u32 = u32.MAX_VALUE - 1;

let hostLen: u32 = UNKNOWN;

/** Begins a request: nothing has been looked up. */
// @ts-ignore: decorator
@inline
export function beginHost(): void {
  hostLen = UNKNOWN;
}

/**
 * Bytes of the host at the beginning of `:authority`, which has the number `id`; NONE when readers
 * could disagree about it.
 */
export function requestHostLen(id: u32): u32 {
  if (hostLen == UNKNOWN) {
    hostLen = headerCount(id) == 1 ? hostLenOf(headerPtr(id), headerLen(id)) : NONE;
  }
  return hostLen;
}
