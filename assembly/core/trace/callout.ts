// The trace of a call that the module makes because of a request: a span of its own, whose parent
// is the request's.

import { Field } from "../bytes/field";
import { text, textLen, textPtr } from "../bytes/text";
import { CALLOUT_NOTE_BYTES } from "../export_limits";
import { isTraceKept } from "./in_hand";
import { setSpanIds, SPAN_IDS_BYTES, SpanIds, SpanKind } from "./span";
import {
  flagsOfTrace,
  SPAN_ID_LEN,
  SpanContext,
  spanIdOf,
  TraceFlags,
  traceIdOf,
  writeSpanId,
} from "./span_context";
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

// What a call keeps of its span: SpanIds │ its start u64, 0 of a call that has none │ SpanKind u32.
const START_AT: u32 = SPAN_IDS_BYTES;
const KIND_AT: u32 = START_AT + 8;
if (KIND_AT + 4 > CALLOUT_NOTE_BYTES) ERROR("a call has no room for its span");

/** Who gets the spans of the configuration in hand; 0 when nobody does. */
let collector: u64 = 0;

/** From now on calls are made under a configuration with this collector. */
// @ts-ignore: decorator
@inline
export function useCollector(own: u64): void {
  collector = own;
}

/** Whether a call for a request, of which `keepTrace` wrote `kept`, has a span that is exported. */
// @ts-ignore: decorator
@inline
export function hasCalloutSpan(kept: usize): bool {
  if (collector == 0) return false;
  return isTraceKept(kept) && (flagsOfTrace(kept) & TraceFlags.SAMPLED) != 0;
}

/**
 * Notes the span of a call that was made with the field which `setCalloutTrace` wrote last. One
 * that has the request's own span-id, for want of random bytes, has none, nor one without a clock.
 */
export function noteCalloutSpan(
  note: usize,
  request: SpanContext,
  kind: SpanKind,
  startNanoseconds: u64,
): void {
  const spanId = WRITTEN + PARENT_ID_AT;
  if (memory.compare(spanId, spanIdOf(request), SPAN_ID_LEN) == 0) return;
  setSpanIds(note, traceIdOf(request), spanIdOf(request), spanId);
  store<u64>(note, startNanoseconds, START_AT);
  store<u32>(note, kind, KIND_AT);
}

/** When the call began whose note this is; 0 when it has no span. */
// @ts-ignore: decorator
@inline
export function calloutStart(note: usize): u64 {
  return load<u64>(note, START_AT);
}

export function calloutKind(note: usize): SpanKind {
  return <SpanKind>load<u32>(note, KIND_AT);
}

/** Means something when it has a span. */
// @ts-ignore: decorator
@inline
export function calloutIds(note: usize): SpanIds {
  return note;
}
