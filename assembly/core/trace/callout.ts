// The trace of a call that the module makes because of a request: a span of its own, whose parent
// is the request's.

import { text } from "../bytes/text";
import { KEPT_FLAGS_AT, KEPT_SPAN_AT } from "./in_hand";
import { writeSpanId } from "./span_context";
import { PARENT_ID_AT, TRACEPARENT_LEN, writeTraceparent } from "./traceparent";

export const TRACEPARENT = text("traceparent");

const WRITTEN: usize = memory.data(56, 8);
if (TRACEPARENT_LEN > 56) ERROR("no room for a traceparent");

/**
 * Address of the traceparent for a call: TRACEPARENT_LEN bytes, until the next one is written.
 * `randomPtr` has SPAN_ID_BYTES random ones; 0 makes the request's span the call's.
 */
export function writeCalloutTrace(kept: usize, randomPtr: usize): usize {
  const flags = load<u32>(kept, KEPT_FLAGS_AT);
  writeTraceparent(WRITTEN, kept, kept + KEPT_SPAN_AT, flags);
  if (randomPtr != 0) writeSpanId(WRITTEN + PARENT_ID_AT, randomPtr);
  return WRITTEN;
}
