// The trace of the request in hand: set by the filter `trace`, named by answers, logs and callouts.

import { SPAN_ID_LEN, TRACE_ID_LEN, W3C_FLAGS } from "./span_context";

/** TRACE_ID_LEN digits, valid until the callback ends; 0: the request has no trace. */
export let traceIdPtr: usize = 0;
/** SPAN_ID_LEN digits: the parent-id that the next hop is sent. Means something with a trace. */
export let spanIdPtr: usize = 0;
/** SPAN_ID_LEN digits: the span of whoever sent the request; 0 where none is known. */
export let parentSpanIdPtr: usize = 0;
/** Those TraceFlags of the next hop that a traceparent has. */
export let traceFlags: u32 = 0;
/** All of its TraceFlags. */
export let contextFlags: u32 = 0;

export function beginTrace(): void {
  traceIdPtr = 0;
  spanIdPtr = 0;
  parentSpanIdPtr = 0;
  traceFlags = 0;
  contextFlags = 0;
}

export function setTrace(traceId: usize, spanId: usize, flags: u32, parentSpanId: usize): void {
  traceIdPtr = traceId;
  spanIdPtr = spanId;
  parentSpanIdPtr = parentSpanId;
  traceFlags = flags & W3C_FLAGS;
  contextFlags = flags;
}

// Kept with a stream: trace-id │ parent-id │ flags u32 │ whether there is a trace u32: a
// SpanContext (span_context.ts) and a word.
export const KEPT_SPAN_AT: u32 = TRACE_ID_LEN;
export const KEPT_FLAGS_AT: u32 = KEPT_SPAN_AT + SPAN_ID_LEN;
const KEPT_PRESENT_AT: u32 = KEPT_FLAGS_AT + 4;
if (KEPT_PRESENT_AT + 4 != 56) ERROR("a kept trace is not 56 bytes");

/** Writes the trace in hand to `target`, TRACE_BYTES (core/stream_data.ts). */
export function keepTrace(target: usize): void {
  store<u32>(target, traceIdPtr == 0 ? 0 : 1, KEPT_PRESENT_AT);
  if (traceIdPtr == 0) return;
  memory.copy(target, traceIdPtr, TRACE_ID_LEN);
  memory.copy(target + KEPT_SPAN_AT, spanIdPtr, SPAN_ID_LEN);
  store<u32>(target, contextFlags, KEPT_FLAGS_AT);
}

/** Whether `keepTrace` wrote a trace to `source`, which then is a SpanContext. */
// @ts-ignore: decorator
@inline
export function isTraceKept(source: usize): bool {
  return load<u32>(source, KEPT_PRESENT_AT) != 0;
}

/**
 * Puts back in hand what `keepTrace` wrote, without the sender's span; `source` must stay while it
 * is in hand.
 */
export function recallTrace(source: usize): void {
  beginTrace();
  if (!isTraceKept(source)) return;
  setTrace(source, source + KEPT_SPAN_AT, load<u32>(source, KEPT_FLAGS_AT), 0);
}
