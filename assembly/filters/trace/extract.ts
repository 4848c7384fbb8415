// What the fields of each format say of the request in hand.

import { Char, skipOws, trimOwsEnd } from "../../core/bytes/ascii";
import { headerCount, headerLen, headerPtr } from "../../core/headers/request";
import { b3Sampled, readB3, readB3Ids, readB3Sampled } from "../../core/trace/b3";
import { readCloudTrace } from "../../core/trace/cloud_trace";
import { readDatadogIds, readDatadogPriority, readDatadogTags } from "../../core/trace/datadog";
import { readJaeger } from "../../core/trace/jaeger";
import {
  Extracted,
  flagsOfTrace,
  isTraceId,
  setTraceFlags,
  SpanContext,
  TRACE_ID_LEN,
  TraceFlags,
} from "../../core/trace/span_context";
import { readTraceparent } from "../../core/trace/traceparent";
import { readXray } from "../../core/trace/xray";
import { fieldId, fieldsEnd, firstField, TraceConfig, TraceField, TraceFormat } from "./formats";

/** The format of what the last `extractFirst` returned. */
export let extractedFormat: u32 = TraceFormat.TRACECONTEXT;

/**
 * Reads the formats of `extract` in their order, until one has something valid, which goes to
 * `out`. Otherwise returns what is wrong with the first that is there, or ABSENT.
 */
export function extractFirst(config: TraceConfig, out: SpanContext): Extracted {
  let fault = Extracted.ABSENT;
  for (let i: u32 = 0; i < config.extractCount; i++) {
    const format = <u32>load<u8>(config.extract + i);
    const found = extract(config, format, out);
    if (found == Extracted.ABSENT) continue;
    const isGood = found == Extracted.VALID || found == Extracted.DECISION;
    if (isGood || fault == Extracted.ABSENT) extractedFormat = format;
    if (isGood) return found;
    if (fault == Extracted.ABSENT) fault = found;
  }
  return fault;
}

/** Reads the fields of one TraceFormat. `out` means something for VALID and DECISION. */
export function extract(config: TraceConfig, format: u32, out: SpanContext): Extracted {
  if (format == TraceFormat.B3_MULTI) return extractB3Multi(config, out);
  if (format == TraceFormat.DATADOG) return extractDatadog(config, out);
  const id = fieldId(config, firstField(format));
  const count = headerCount(id);
  if (count == 0) return Extracted.ABSENT;
  take(id);
  // Of B3 the first value counts.
  if (format == TraceFormat.B3) return readB3(valuePtr, valueLen, out);
  if (count > 1) return Extracted.DUPLICATE;
  if (format == TraceFormat.TRACECONTEXT) return readTraceparent(valuePtr, valueLen, out);
  if (format == TraceFormat.JAEGER) return readJaeger(valuePtr, valueLen, out);
  if (format == TraceFormat.XRAY) return readXray(valuePtr, valueLen, out);
  return readCloudTrace(valuePtr, valueLen, out);
}

/** Whether x-trace-id has one value, and it is a trace-id. */
export function hasTraceId(id: u32): bool {
  return headerCount(id) == 1 && headerLen(id) == TRACE_ID_LEN && isTraceId(headerPtr(id));
}

let valuePtr: usize = 0;
let valueLen: u32 = 0;

/** Takes the first value of a header, without spaces around it; false when there is none. */
function take(id: u32): bool {
  if (headerCount(id) == 0) return false;
  const end = headerPtr(id) + headerLen(id);
  valuePtr = skipOws(headerPtr(id), end);
  valueLen = <u32>(trimOwsEnd(valuePtr, end) - valuePtr);
  return true;
}

function extractB3Multi(config: TraceConfig, out: SpanContext): Extracted {
  let decided: u32 = TraceFlags.DEFERRED;
  if (take(fieldId(config, TraceField.B3_FLAGS)) && isOne()) {
    decided = TraceFlags.SAMPLED | TraceFlags.DEBUG;
  } else if (take(fieldId(config, TraceField.B3_SAMPLED))) {
    if (!readB3Sampled(valuePtr, valueLen)) return Extracted.MALFORMED;
    decided = b3Sampled;
  }
  const hasSpanId = take(fieldId(config, TraceField.B3_SPAN_ID));
  const spanIdPtr = valuePtr;
  const spanIdLen = valueLen;
  const hasTraceId = take(fieldId(config, TraceField.B3_TRACE_ID));
  if (!hasSpanId && !hasTraceId) {
    if (decided == TraceFlags.DEFERRED) return Extracted.ABSENT;
    setTraceFlags(out, decided);
    return Extracted.DECISION;
  }
  if (!hasSpanId || !hasTraceId) return Extracted.MALFORMED;
  const found = readB3Ids(valuePtr, valueLen, spanIdPtr, spanIdLen, out);
  if (found == Extracted.VALID) setTraceFlags(out, flagsOfTrace(out) | decided);
  return found;
}

// @ts-ignore: decorator
@inline
function isOne(): bool {
  return valueLen == 1 && load<u8>(valuePtr) == Char.ONE;
}

function extractDatadog(config: TraceConfig, out: SpanContext): Extracted {
  if (!take(fieldId(config, TraceField.DATADOG_TRACE_ID))) return Extracted.ABSENT;
  const traceIdPtr = valuePtr;
  const traceIdLen = valueLen;
  for (let field = firstField(TraceFormat.DATADOG), end = fieldsEnd(TraceFormat.DATADOG); ;) {
    if (headerCount(fieldId(config, field)) > 1) return Extracted.DUPLICATE;
    if (++field == end) break;
  }
  if (!take(fieldId(config, TraceField.DATADOG_PARENT_ID))) return Extracted.MALFORMED;
  const found = readDatadogIds(traceIdPtr, traceIdLen, valuePtr, valueLen, out);
  if (found != Extracted.VALID) return found;
  if (take(fieldId(config, TraceField.DATADOG_PRIORITY))) {
    if (!readDatadogPriority(valuePtr, valueLen, out)) return Extracted.MALFORMED;
  }
  if (take(fieldId(config, TraceField.DATADOG_TAGS))) {
    if (!readDatadogTags(valuePtr, valueLen, out)) return Extracted.MALFORMED;
  }
  return found;
}
