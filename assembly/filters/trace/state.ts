// The tracestate of a trace that goes on.

import { NONE } from "../../core/bytes/none";
import {
  headerCount,
  headerLen,
  headerPtr,
  nextField,
  removeHeader,
  requestField,
  setHeader,
} from "../../core/headers/request";
import { HEADERS_MAX, TRACESTATE_BYTES_MAX } from "../../core/limits";
import { SpanContext } from "../../core/trace/span_context";
import {
  addTracestateLine,
  beginTracestate,
  Tracestate,
  tracestateLen,
  writeTracestate,
} from "../../core/trace/tracestate";
import { reconcileThreshold } from "./sampling";

const VALUE: usize = memory.data(<i32>TRACESTATE_BYTES_MAX, 16);

/**
 * Makes one valid list of all lines; none when they are not one. With a context, 0 for none, the
 * list does not contradict its flags.
 */
export function cleanTracestate(id: u32, context: SpanContext): void {
  beginTracestate();
  if (headerCount(id) == 1) addTracestateLine(headerPtr(id), headerLen(id));
  else addTracestateLines(id);
  if (context != 0) reconcileThreshold(context);
  const result = writeTracestate(VALUE);
  if (result == Tracestate.EMPTY) removeHeader(id);
  else if (result == Tracestate.WRITTEN) setHeader(id, VALUE, tracestateLen);
}

function addTracestateLines(id: u32): void {
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    const field = requestField(at);
    addTracestateLine(field.valuePtr, field.valueLen);
    at = nextField(id, at + 1);
  }
}
