// The trace of a call that the module makes because of a request: a span of its own, whose parent
// is the request's.

import { text } from "../bytes/text";
import { KEPT_FLAGS_AT, KEPT_PRESENT_AT, KEPT_SPAN_AT } from "./in_hand";
import { PARENT_ID_AT, PARENT_ID_LEN, TRACEPARENT_LEN, writeTraceparent } from "./traceparent";

export const TRACEPARENT = text("traceparent");

const WRITTEN: usize = memory.data(56, 8);
if (TRACEPARENT_LEN > 56) ERROR("no room for a traceparent");

/** Whether a request whose trace was kept (keepTrace) has one. */
// @ts-ignore: decorator
@inline
export function hasKeptTrace(kept: usize): bool {
  return load<u32>(kept, KEPT_PRESENT_AT) != 0;
}

/**
 * Address of the traceparent for a call: TRACEPARENT_LEN bytes, until the next one is written.
 * `randomPtr` has PARENT_ID_BYTES random ones; 0 makes the request's span the call's.
 */
export function writeCalloutTrace(kept: usize, randomPtr: usize): usize {
  const flags = load<u32>(kept, KEPT_FLAGS_AT);
  writeTraceparent(WRITTEN, kept, randomPtr == 0 ? kept : randomPtr, flags);
  if (randomPtr == 0) memory.copy(WRITTEN + PARENT_ID_AT, kept + KEPT_SPAN_AT, PARENT_ID_LEN);
  return WRITTEN;
}
