// The mode `yield`: whoever continues the trace behind us gets nothing that is invalid.

import {
  headerCount,
  headerLen,
  headerPtr,
  removeHeader,
  setHeader,
} from "../../core/headers/request";
import { setTrace } from "../../core/trace/in_hand";
import {
  Extracted,
  flagsOfTrace,
  isRestart,
  isZeroOf,
  SPAN_ID_LEN,
  SpanContext,
  spanIdOf,
  TRACE_ID_LEN,
  traceIdOf,
} from "../../core/trace/span_context";
import { extract, extractFirst, hasTraceId } from "./extract";
import {
  fieldId,
  fieldsEnd,
  firstField,
  TRACE_FORMATS,
  TraceConfig,
  TraceField,
  TraceFormat,
} from "./formats";
import { countRestart } from "./restarts";
import { cleanTracestate } from "./state";

/**
 * Removes the fields of each format that is invalid; writes no ids but x-trace-id, the first that
 * is valid. `isAgain`: the request has waited, and was counted before.
 */
export function sanitise(config: TraceConfig, context: SpanContext, isAgain: bool): void {
  for (let format: u32 = 0; format < TRACE_FORMATS; format++) {
    const found = extract(config, format, context);
    if (format == TraceFormat.TRACECONTEXT) sanitiseState(config, found);
    if (found == Extracted.ABSENT) continue;
    if (isRestart(found)) {
      removeFormat(config, format);
      if (!isAgain) countRestart(format, found);
    } else if (format == TraceFormat.B3 || format == TraceFormat.B3_MULTI)
      keepFirst(config, format);
  }
  const id = config.traceIdId;
  if (extractFirst(config, context) != Extracted.VALID) {
    if (!hasTraceId(id)) removeHeader(id);
    return;
  }
  setHeader(id, traceIdOf(context), TRACE_ID_LEN);
  if (isZeroOf(spanIdOf(context), SPAN_ID_LEN)) return;
  // The span that Envoy makes is not seen here: what we cause hangs on the sender's.
  setTrace(traceIdOf(context), spanIdOf(context), flagsOfTrace(context));
}

function sanitiseState(config: TraceConfig, found: Extracted): void {
  const id = fieldId(config, TraceField.TRACESTATE);
  if (found != Extracted.VALID) removeHeader(id);
  else if (headerCount(id) != 0) cleanTracestate(id, 0);
}

function removeFormat(config: TraceConfig, format: u32): void {
  for (let field = firstField(format), end = fieldsEnd(format); field < end; field++) {
    removeHeader(fieldId(config, field));
  }
}

/** Of several values the first stays, as that is the one that was read. */
function keepFirst(config: TraceConfig, format: u32): void {
  for (let field = firstField(format), end = fieldsEnd(format); field < end; field++) {
    const id = fieldId(config, field);
    if (headerCount(id) > 1) setHeader(id, headerPtr(id), headerLen(id));
  }
}
