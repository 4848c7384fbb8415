// The trace of the request in hand: set by the filter `trace`, named by answers, logs and callouts.

import {
  copySpanId,
  copyTraceId,
  flagsOfTrace,
  setTraceFlags,
  SPAN_CONTEXT_BYTES,
  spanIdOf,
  traceIdOf,
} from "./span_context";

/** TRACE_ID_LEN digits, valid until the callback ends; 0: the request has no trace. */
export let traceIdPtr: usize = 0;
/** SPAN_ID_LEN digits: the parent-id that the next hop is sent. Means something with a trace. */
export let spanIdPtr: usize = 0;
/** TraceFlags of the next hop. */
export let traceFlags: u32 = 0;
/**
 * SPAN_ID_LEN digits: the span that the one of `spanIdPtr` is a child of; 0: it has no parent. The
 * same address as `spanIdPtr`: that one is somebody else's, and not made here.
 */
export let parentIdPtr: usize = 0;

export function beginTrace(): void {
  setTrace(0, 0, 0);
}

export function setTrace(traceId: usize, spanId: usize, flags: u32): void {
  traceIdPtr = traceId;
  spanIdPtr = spanId;
  parentIdPtr = spanId;
  traceFlags = flags;
}

/** The span in hand was made here; `parentId` as `parentIdPtr`. */
export function setParentId(parentId: usize): void {
  parentIdPtr = parentId;
}

/** In what `keepTrace` writes, a SpanContext up to here: whether there is a trace, u32. */
const PRESENT_AT: u32 = SPAN_CONTEXT_BYTES - 4;
if (SPAN_CONTEXT_BYTES != 56) ERROR("a kept trace is not 56 bytes");

/** Writes the trace in hand to `target`, TRACE_BYTES (core/stream_data.ts). */
export function keepTrace(target: usize): void {
  store<u32>(target, traceIdPtr == 0 ? 0 : 1, PRESENT_AT);
  if (traceIdPtr == 0) return;
  copyTraceId(traceIdOf(target), traceIdPtr);
  copySpanId(spanIdOf(target), spanIdPtr);
  setTraceFlags(target, traceFlags);
}

/** Whether `keepTrace` wrote a trace to `source`, which then is a SpanContext. */
// @ts-ignore: decorator
@inline
export function isTraceKept(source: usize): bool {
  return load<u32>(source, PRESENT_AT) != 0;
}

/** Puts back in hand what `keepTrace` wrote; `source` must stay while it is in hand. */
export function recallTrace(source: usize): void {
  beginTrace();
  if (isTraceKept(source)) setTrace(traceIdOf(source), spanIdOf(source), flagsOfTrace(source));
}
