// The trace of a call that the module makes because of a request: a span of its own, whose parent
// is the request's.

import { Field } from "../bytes/field";
import { text, textLen, textPtr } from "../bytes/text";
import { flagsOfTrace, SpanContext, spanIdOf, traceIdOf, writeSpanId } from "./span_context";
import { PARENT_ID_AT, TRACEPARENT_LEN, writeTraceparent } from "./traceparent";

const TRACEPARENT = text("traceparent");

const WRITTEN: usize = memory.data(56, 8);
if (TRACEPARENT_LEN > 56) ERROR("no room for a traceparent");

/**
 * Makes a field the traceparent of a call for a request whose trace was kept (isTraceKept). Its
 * value of TRACEPARENT_LEN bytes stays until the next one is written. `randomPtr` has SPAN_ID_BYTES
 * random ones; 0 makes the request's span the call's.
 */
export function setCalloutTrace(field: Field, request: SpanContext, randomPtr: usize): void {
  writeTraceparent(WRITTEN, traceIdOf(request), spanIdOf(request), flagsOfTrace(request));
  if (randomPtr != 0) writeSpanId(WRITTEN + PARENT_ID_AT, randomPtr);
  field.namePtr = textPtr(TRACEPARENT);
  field.nameLen = textLen(TRACEPARENT);
  field.valuePtr = WRITTEN;
  field.valueLen = TRACEPARENT_LEN;
}
