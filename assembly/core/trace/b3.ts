// B3 in one field, and in several: https://github.com/openzipkin/b3-propagation

import { Char, equalsText } from "../bytes/ascii";
import { Text, text } from "../bytes/text";
import { isLowerHex } from "../bytes/hex";
import {
  copySpanId,
  copyTraceId,
  Extracted,
  flagsOfTrace,
  isZeroOf,
  setTraceFlags,
  SPAN_ID_LEN,
  SpanContext,
  spanIdOf,
  TRACE_ID_LEN,
  TraceFlags,
  traceIdOf,
  writeZeros,
} from "./span_context";

/** Bytes of the longest `b3` that is written. */
export const B3_LEN_MAX: u32 = TRACE_ID_LEN + 1 + SPAN_ID_LEN + 2;
const SHORT_LEN: u32 = 16;
const TRUE: Text = text("true");
const FALSE: Text = text("false");
const NO_STATE = u32.MAX_VALUE;

/** Flags of a sampling state: 0, 1, d; NO_STATE for another character. */
function stateFlags(c: u32): u32 {
  if (c == Char.ZERO) return TraceFlags.NONE;
  if (c == Char.ONE) return TraceFlags.SAMPLED;
  return c == Char.LOWER_D ? TraceFlags.SAMPLED | TraceFlags.DEBUG : NO_STATE;
}

/** Reads the value of `b3`: a state alone is a DECISION. `out` is written for both. */
export function readB3(ptr: usize, len: u32, out: SpanContext): Extracted {
  if (len == 1) {
    const state = stateFlags(load<u8>(ptr));
    if (state == NO_STATE) return Extracted.MALFORMED;
    setTraceFlags(out, state);
    return Extracted.DECISION;
  }
  if (len <= SHORT_LEN) return Extracted.MALFORMED;
  const idLen = load<u8>(ptr, SHORT_LEN) == Char.MINUS ? SHORT_LEN : TRACE_ID_LEN;
  const idsLen = idLen + 1 + SPAN_ID_LEN;
  if (len < idsLen || load<u8>(ptr + idLen) != Char.MINUS) return Extracted.MALFORMED;
  let flags: u32 = TraceFlags.DEFERRED;
  if (len > idsLen) {
    // -state, or -state-parent.
    const isWhole = len == idsLen + 2 || len == idsLen + 3 + SPAN_ID_LEN;
    if (!isWhole || load<u8>(ptr + idsLen) != Char.MINUS) return Extracted.MALFORMED;
    flags = stateFlags(load<u8>(ptr + idsLen + 1));
    if (flags == NO_STATE) return Extracted.MALFORMED;
    const parent = ptr + idsLen + 2;
    if (len > idsLen + 2) {
      if (load<u8>(parent) != Char.MINUS) return Extracted.MALFORMED;
      if (!isLowerHex(parent + 1, SPAN_ID_LEN)) return Extracted.MALFORMED;
    }
  }
  const ids = readB3Ids(ptr, idLen, ptr + idLen + 1, SPAN_ID_LEN, out);
  if (ids == Extracted.VALID) setTraceFlags(out, flags | flagsOfTrace(out));
  return ids;
}

/** Reads both ids; for VALID `out` has them, and SHORT where the trace-id has 64 bits. */
export function readB3Ids(
  traceIdPtr: usize,
  traceIdLen: u32,
  spanIdPtr: usize,
  spanIdLen: u32,
  out: SpanContext,
): Extracted {
  const isShort = traceIdLen == SHORT_LEN;
  if ((!isShort && traceIdLen != TRACE_ID_LEN) || spanIdLen != SPAN_ID_LEN) {
    return Extracted.MALFORMED;
  }
  if (!isLowerHex(traceIdPtr, traceIdLen) || !isLowerHex(spanIdPtr, spanIdLen)) {
    return Extracted.MALFORMED;
  }
  if (isZeroOf(traceIdPtr, traceIdLen) || isZeroOf(spanIdPtr, spanIdLen)) return Extracted.ZERO_ID;
  if (isShort) {
    writeZeros(traceIdOf(out), SHORT_LEN);
    copySpanId(traceIdOf(out) + SHORT_LEN, traceIdPtr);
  } else copyTraceId(traceIdOf(out), traceIdPtr);
  copySpanId(spanIdOf(out), spanIdPtr);
  setTraceFlags(out, isShort ? TraceFlags.SHORT : TraceFlags.NONE);
  return Extracted.VALID;
}

/** Whether `x-b3-sampled` (1, 0, and leniently true, false) can be read; see `b3Sampled`. */
export function readB3Sampled(ptr: usize, len: u32): bool {
  const isOne = (len == 1 && load<u8>(ptr) == Char.ONE) || equalsText(ptr, len, TRUE);
  b3Sampled = isOne ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return isOne || (len == 1 && load<u8>(ptr) == Char.ZERO) || equalsText(ptr, len, FALSE);
}

/** TraceFlags that the last `readB3Sampled` read. */
export let b3Sampled: u32 = 0;

/** Address of the trace-id as B3 writes it, of `b3TraceIdLen` bytes. */
// @ts-ignore: decorator
@inline
export function b3TraceIdOf(context: SpanContext): usize {
  return traceIdOf(context) + TRACE_ID_LEN - b3TraceIdLen(context);
}

/** A trace-id that came with 64 bits goes on so. */
// @ts-ignore: decorator
@inline
export function b3TraceIdLen(context: SpanContext): u32 {
  return (flagsOfTrace(context) & TraceFlags.SHORT) != 0 ? SHORT_LEN : TRACE_ID_LEN;
}

/** Writes `b3`, at most B3_LEN_MAX bytes; returns how many. */
export function writeB3(target: usize, context: SpanContext): u32 {
  const idLen = b3TraceIdLen(context);
  const flags = flagsOfTrace(context);
  memory.copy(target, b3TraceIdOf(context), idLen);
  store<u8>(target + idLen, Char.MINUS);
  copySpanId(target + idLen + 1, spanIdOf(context));
  const idsLen = idLen + 1 + SPAN_ID_LEN;
  if ((flags & TraceFlags.DEFERRED) != 0) return idsLen;
  store<u8>(target + idsLen, Char.MINUS);
  let state: u32 = (flags & TraceFlags.SAMPLED) != 0 ? Char.ONE : Char.ZERO;
  if ((flags & TraceFlags.DEBUG) != 0) state = Char.LOWER_D;
  store<u8>(target + idsLen + 1, <u8>state);
  return idsLen + 2;
}
