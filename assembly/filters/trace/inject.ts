// The fields of each format for the next hop. Values are written to fixed memory that lives as long
// as the request is in hand.

import { UNSIGNED_DIGITS_MAX } from "../../core/bytes/decimal";
import { setHeader } from "../../core/headers/request";
import { B3_LEN_MAX, b3TraceIdLen, b3TraceIdOf, writeB3 } from "../../core/trace/b3";
import { CLOUD_TRACE_LEN_MAX, writeCloudTrace } from "../../core/trace/cloud_trace";
import {
  DATADOG_TAGS_LEN,
  writeDatadogParentId,
  writeDatadogTags,
  writeDatadogTraceId,
} from "../../core/trace/datadog";
import { JAEGER_LEN, writeJaeger } from "../../core/trace/jaeger";
import {
  flagsOfTrace,
  SPAN_ID_LEN,
  SpanContext,
  spanIdOf,
  TraceFlags,
  traceIdOf,
} from "../../core/trace/span_context";
import { TRACEPARENT_LEN, writeTraceparent } from "../../core/trace/traceparent";
import { writeXray, XRAY_LEN_MAX } from "../../core/trace/xray";
import { fieldId, firstField, TraceConfig, TraceField, TraceFormat } from "./formats";

/** Each format is written once at most, and a link. */
const VALUES_BYTES: u32 =
  2 * TRACEPARENT_LEN +
  B3_LEN_MAX +
  JAEGER_LEN +
  XRAY_LEN_MAX +
  CLOUD_TRACE_LEN_MAX +
  2 * UNSIGNED_DIGITS_MAX +
  DATADOG_TAGS_LEN;
const VALUES: usize = memory.data(<i32>VALUES_BYTES, 16);
let at: usize = VALUES;

/** The sampling state of B3 and of Datadog, one character each. */
const STATES: usize = memory.data<u8>([0x30, 0x31]);

/** Begins a request: no field has been written. */
export function beginInject(): void {
  at = VALUES;
}

/** Writes the fields of all formats of `inject`; `context` must stay with the request. */
export function inject(config: TraceConfig, context: SpanContext): void {
  for (let i: u32 = 0; i < config.injectCount; i++) {
    injectOne(config, load<u8>(config.inject + i), context);
  }
}

/** Writes a context as a traceparent into a header. */
export function injectTraceparent(id: u32, context: SpanContext): void {
  writeTraceparent(at, traceIdOf(context), spanIdOf(context), flagsOfTrace(context));
  put(id, TRACEPARENT_LEN);
}

function injectOne(config: TraceConfig, format: u32, context: SpanContext): void {
  const id = fieldId(config, firstField(format));
  if (format == TraceFormat.TRACECONTEXT) injectTraceparent(id, context);
  else if (format == TraceFormat.B3) put(id, writeB3(at, context));
  else if (format == TraceFormat.B3_MULTI) injectB3Multi(config, context);
  else if (format == TraceFormat.JAEGER) put(id, writeJaeger(at, context));
  else if (format == TraceFormat.XRAY) put(id, writeXray(at, context));
  else if (format == TraceFormat.CLOUD_TRACE) put(id, writeCloudTrace(at, context));
  else injectDatadog(config, context);
}

/** The header shall be the `len` bytes that were written last. */
function put(id: u32, len: u32): void {
  setHeader(id, at, len);
  at += len;
}

function injectB3Multi(config: TraceConfig, context: SpanContext): void {
  const flags = flagsOfTrace(context);
  const traceIdLen = b3TraceIdLen(context);
  setHeader(fieldId(config, TraceField.B3_TRACE_ID), b3TraceIdOf(context), traceIdLen);
  setHeader(fieldId(config, TraceField.B3_SPAN_ID), spanIdOf(context), SPAN_ID_LEN);
  // Debug implies that the trace is sampled, which then is not sent.
  const field = (flags & TraceFlags.DEBUG) != 0 ? TraceField.B3_FLAGS : TraceField.B3_SAMPLED;
  setState(fieldId(config, field), flags);
}

function injectDatadog(config: TraceConfig, context: SpanContext): void {
  put(fieldId(config, TraceField.DATADOG_TRACE_ID), writeDatadogTraceId(at, context));
  put(fieldId(config, TraceField.DATADOG_PARENT_ID), writeDatadogParentId(at, context));
  setState(fieldId(config, TraceField.DATADOG_PRIORITY), flagsOfTrace(context));
  const tagsLen = writeDatadogTags(at, context);
  if (tagsLen > 0) put(fieldId(config, TraceField.DATADOG_TAGS), tagsLen);
}

/** Whether it is sampled, 0 or 1, where that is decided. */
function setState(id: u32, flags: u32): void {
  if ((flags & TraceFlags.DEFERRED) != 0) return;
  setHeader(id, STATES + (flags & TraceFlags.SAMPLED), 1);
}
