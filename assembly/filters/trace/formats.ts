// The formats of trace context, and the fields that they are known to use.

import { Text, text } from "../../core/bytes/text";

export const enum TraceFormat {
  TRACECONTEXT = 0,
  B3 = 1,
  B3_MULTI = 2,
  JAEGER = 3,
  XRAY = 4,
  CLOUD_TRACE = 5,
  DATADOG = 6,
}
export const TRACE_FORMATS: u32 = 7;

const TRACECONTEXT = text("tracecontext");
const B3 = text("b3");
const B3_MULTI = text("b3multi");
const JAEGER = text("jaeger");
const XRAY = text("xray");
const CLOUD_TRACE = text("cloudtrace");
const DATADOG = text("datadog");

/** What the configuration and metrics call a format. */
export function formatName(format: u32): Text {
  if (format == TraceFormat.TRACECONTEXT) return TRACECONTEXT;
  if (format == TraceFormat.B3) return B3;
  if (format == TraceFormat.B3_MULTI) return B3_MULTI;
  if (format == TraceFormat.JAEGER) return JAEGER;
  if (format == TraceFormat.XRAY) return XRAY;
  return format == TraceFormat.CLOUD_TRACE ? CLOUD_TRACE : DATADOG;
}

/** In the order of the formats; `config.ts` has the names of the fields. */
export const enum TraceField {
  TRACEPARENT = 0,
  TRACESTATE = 1,
  B3 = 2,
  B3_TRACE_ID = 3,
  B3_SPAN_ID = 4,
  B3_PARENT_SPAN_ID = 5,
  B3_SAMPLED = 6,
  B3_FLAGS = 7,
  UBER_TRACE_ID = 8,
  JAEGER_DEBUG_ID = 9,
  JAEGER_BAGGAGE = 10,
  AMZN_TRACE_ID = 11,
  CLOUD_TRACE_CONTEXT = 12,
  DATADOG_TRACE_ID = 13,
  DATADOG_PARENT_ID = 14,
  DATADOG_PRIORITY = 15,
  DATADOG_ORIGIN = 16,
  DATADOG_TAGS = 17,
  /** From here on, those of formats that are not read: they only go. */
  FOREIGN = 18,
}
/** Fields of formats: GRPC_TRACE_BIN and seven more are foreign. */
export const TRACE_FIELDS: u32 = 26;

/** First TraceField of each format, and of what is behind them. */
const FIRST_FIELDS: usize = memory.data<u8>([0, 2, 3, 8, 11, 12, 13, 18]);

/** The first TraceField of a format. */
// @ts-ignore: decorator
@inline
export function firstField(format: u32): u32 {
  return load<u8>(FIRST_FIELDS + format);
}

/** That of the format behind it. */
// @ts-ignore: decorator
@inline
export function fieldsEnd(format: u32): u32 {
  return load<u8>(FIRST_FIELDS + format, 1);
}

export const enum TraceMode {
  /** The trace is continued here. */
  OWN = 0,
  /** Somebody behind continues it: what is wrong goes, what is right stays. */
  YIELD = 1,
  /** No trace of a client is continued. */
  EDGE = 2,
}

// @ts-ignore: decorator
@unmanaged
export class TraceConfig {
  mode: TraceMode;
  /** Numbers of the names of TRACE_FIELDS, u32 each. */
  fields: usize;
  /** TraceFormats in their order, u8 each. */
  extract: usize;
  extractCount: u32;
  inject: usize;
  injectCount: u32;
  /** Of x-trace-id, which clients may not send. */
  traceIdId: u32;
  /** Of x-trace-link, in the mode EDGE. */
  linkId: u32;
  /** A BaggageConfig. */
  baggage: usize;
  /** A SamplingConfig; 0: nothing is decided here. */
  sampling: usize;
  /** TraceResponse bits (answer.ts). */
  response: u32;
  /** SpanExport (export_model.ts), 0 for none. */
  spanExport: usize;
}

/** Whether a format is in a list of `count` TraceFormats. */
export function hasFormat(list: usize, count: u32, format: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    if (load<u8>(list + i) == format) return true;
  }
  return false;
}

/** Number of a field's name. */
// @ts-ignore: decorator
@inline
export function fieldId(config: TraceConfig, field: u32): u32 {
  return load<u32>(config.fields + (field << 2));
}
