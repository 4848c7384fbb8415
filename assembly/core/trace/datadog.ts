// x-datadog-*: https://docs.datadoghq.com/tracing/trace_collection/trace_context_propagation/
// The low half of the trace-id and the span-id are decimal; the high half is a tag.

import { Char, equalsText, findByte, skipOws, trimOwsEnd } from "../bytes/ascii";
import { parsedUnsigned64, parseUnsigned64, writeUnsigned } from "../bytes/decimal";
import { isLowerHex, readHexNumber, writeHexNumber } from "../bytes/hex";
import { copyText, text } from "../bytes/text";
import {
  copySpanId,
  Extracted,
  flagsOfTrace,
  isZeroOf,
  setTraceFlags,
  SpanContext,
  spanIdOf,
  TraceFlags,
  traceIdOf,
  writeZeros,
} from "./span_context";

/** Bytes of `x-datadog-tags` that is read: what Datadog sends at most. */
const TAGS_BYTES_MAX: u32 = 512;
const HALF_LEN: u32 = 16;
const HIGH_TAG = text("_dd.p.tid");
const HIGH_BEGIN = text("_dd.p.tid=");
/** Bytes of the tag that is written. */
export const DATADOG_TAGS_LEN: u32 = 10 + HALF_LEN;

/** Reads both ids, each without spaces around it. For VALID `out` has them, and SHORT. */
export function readDatadogIds(
  traceIdPtr: usize,
  traceIdLen: u32,
  parentIdPtr: usize,
  parentIdLen: u32,
  out: SpanContext,
): Extracted {
  if (!parseUnsigned64(traceIdPtr, traceIdLen)) return Extracted.MALFORMED;
  const low = parsedUnsigned64;
  if (!parseUnsigned64(parentIdPtr, parentIdLen)) return Extracted.MALFORMED;
  if (low == 0 || parsedUnsigned64 == 0) return Extracted.ZERO_ID;
  writeZeros(traceIdOf(out), HALF_LEN);
  writeHexNumber(traceIdOf(out) + HALF_LEN, low);
  writeHexNumber(spanIdOf(out), parsedUnsigned64);
  setTraceFlags(out, TraceFlags.SHORT | TraceFlags.DEFERRED);
  return Extracted.VALID;
}

/** Reads `x-datadog-sampling-priority`, -1 to 2; false when it is none of these. */
export function readDatadogPriority(ptr: usize, len: u32, out: SpanContext): bool {
  const isMinusOne = len == 2 && load<u8>(ptr) == Char.MINUS && load<u8>(ptr, 1) == Char.ONE;
  const priority = len == 1 ? <u32>load<u8>(ptr) - Char.ZERO : u32.MAX_VALUE;
  if (!isMinusOne && priority > 2) return false;
  const decided = flagsOfTrace(out) & ~(<u32>TraceFlags.DEFERRED);
  const isSampled = !isMinusOne && priority > 0;
  setTraceFlags(out, isSampled ? decided | TraceFlags.SAMPLED : decided);
  return true;
}

/** Reads the high half of the trace-id from `x-datadog-tags`; false when it is there and wrong. */
export function readDatadogTags(ptr: usize, len: u32, out: SpanContext): bool {
  if (len > TAGS_BYTES_MAX) return false;
  const end = ptr + len;
  // Each turn ends behind a comma or at the end, so the length bounds it.
  for (let at = ptr; at < end;) {
    const tagEnd = findByte(at, end, Char.COMMA);
    const tag = skipOws(at, tagEnd);
    const valueEnd = trimOwsEnd(tag, tagEnd);
    const equalsAt = findByte(tag, valueEnd, Char.EQUALS);
    at = tagEnd + 1;
    if (!equalsText(tag, <u32>(equalsAt - tag), HIGH_TAG)) continue;
    if (valueEnd - equalsAt != HALF_LEN + 1 || !isLowerHex(equalsAt + 1, HALF_LEN)) return false;
    copySpanId(traceIdOf(out), equalsAt + 1);
    if (isZeroOf(traceIdOf(out), HALF_LEN)) return true;
    setTraceFlags(out, flagsOfTrace(out) & ~(<u32>TraceFlags.SHORT));
    return true;
  }
  return true;
}

/** Writes the low half of the trace-id in decimal; returns its length. */
export function writeDatadogTraceId(target: usize, context: SpanContext): u32 {
  return writeUnsigned(target, readHexNumber(traceIdOf(context) + HALF_LEN));
}

/** Writes the span-id in decimal; returns its length. */
export function writeDatadogParentId(target: usize, context: SpanContext): u32 {
  return writeUnsigned(target, readHexNumber(spanIdOf(context)));
}

/** Writes `x-datadog-tags`; returns its length, 0 when the trace-id has no high half. */
export function writeDatadogTags(target: usize, context: SpanContext): u32 {
  if (isZeroOf(traceIdOf(context), HALF_LEN)) return 0;
  copySpanId(copyText(target, HIGH_BEGIN), traceIdOf(context));
  return DATADOG_TAGS_LEN;
}
