// traceparent, W3C Trace Context Level 2 §3.2:
// https://www.w3.org/TR/trace-context-2/#traceparent-header
//
//   00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
//   │  │                                │                └ 53 flags
//   │  │                                └ 36 parent-id
//   │  └ 3 trace-id
//   └ 0 version

import { Char } from "../bytes/ascii";
import { hexValue, isLowerHex } from "../bytes/hex";
import {
  copySpanId,
  copyTraceId,
  Extracted,
  isLowerHexOf,
  isZeroOf,
  setTraceFlags,
  SPAN_ID_LEN,
  SpanContext,
  spanIdOf,
  TRACE_ID_LEN,
  traceIdOf,
  W3C_FLAGS,
} from "./span_context";

/** Bytes of a traceparent of version 00. */
export const TRACEPARENT_LEN: u32 = 55;
const TRACE_ID_AT: u32 = 3;
export const PARENT_ID_AT: u32 = 36;
const FLAGS_AT: u32 = 53;

/** Reads a value without spaces around it. `out` is written for VALID. */
export function readTraceparent(ptr: usize, len: u32, out: SpanContext): Extracted {
  if (len < TRACEPARENT_LEN) return Extracted.MALFORMED;
  const version = readVersion(ptr, len);
  if (version != Extracted.VALID) return version;
  if (
    load<u8>(ptr, TRACE_ID_AT - 1) != Char.MINUS ||
    load<u8>(ptr, PARENT_ID_AT - 1) != Char.MINUS ||
    load<u8>(ptr, FLAGS_AT - 1) != Char.MINUS ||
    !isLowerHexOf(ptr + TRACE_ID_AT, TRACE_ID_LEN) ||
    !isLowerHexOf(ptr + PARENT_ID_AT, SPAN_ID_LEN) ||
    !isLowerHex(ptr + FLAGS_AT, 2)
  ) {
    return Extracted.MALFORMED;
  }
  if (isZeroOf(ptr + TRACE_ID_AT, TRACE_ID_LEN) || isZeroOf(ptr + PARENT_ID_AT, SPAN_ID_LEN)) {
    return Extracted.ZERO_ID;
  }
  copyTraceId(traceIdOf(out), ptr + TRACE_ID_AT);
  copySpanId(spanIdOf(out), ptr + PARENT_ID_AT);
  // Both defined bits are in the second digit.
  setTraceFlags(out, hexValue(load<u8>(ptr, FLAGS_AT + 1)) & W3C_FLAGS);
  return Extracted.VALID;
}

/**
 * §3.2.2.1, §4.3: ff is forbidden, 00 ends after the flags, later versions may go on behind another
 * "-".
 */
function readVersion(ptr: usize, len: u32): Extracted {
  if (!isLowerHex(ptr, 2)) return Extracted.MALFORMED;
  const high = load<u8>(ptr);
  const low = load<u8>(ptr, 1);
  if (high == Char.LOWER_F && low == Char.LOWER_F) return Extracted.FORBIDDEN_VERSION;
  if (len == TRACEPARENT_LEN) return Extracted.VALID;
  const isZero = high == Char.ZERO && low == Char.ZERO;
  const goesOn = !isZero && load<u8>(ptr, TRACEPARENT_LEN) == Char.MINUS;
  return goesOn ? Extracted.VALID : Extracted.MALFORMED;
}

/** Writes TRACEPARENT_LEN bytes; of the flags those that are defined (§3.2.2.5). */
export function writeTraceparent(
  target: usize,
  traceIdPtr: usize,
  spanIdPtr: usize,
  flags: u32,
): void {
  store<u16>(target, <u16>((Char.ZERO << 8) | Char.ZERO));
  store<u8>(target, Char.MINUS, TRACE_ID_AT - 1);
  copyTraceId(target + TRACE_ID_AT, traceIdPtr);
  store<u8>(target, Char.MINUS, PARENT_ID_AT - 1);
  copySpanId(target + PARENT_ID_AT, spanIdPtr);
  store<u8>(target, Char.MINUS, FLAGS_AT - 1);
  store<u8>(target, Char.ZERO, FLAGS_AT);
  store<u8>(target, <u8>(Char.ZERO + (flags & W3C_FLAGS)), FLAGS_AT + 1);
}
