// x-cloud-trace-context of Google Cloud:
// https://cloud.google.com/trace/docs/trace-context#legacy-http-header
//
//   32 hexadecimal digits / span-id in decimal ;o=1

import { Char } from "../bytes/ascii";
import {
  parsedUnsigned64,
  parseUnsigned64,
  UNSIGNED_DIGITS_MAX,
  writeUnsigned,
} from "../bytes/decimal";
import { readHexNumber, writeHexNumber } from "../bytes/hex";
import {
  copyTraceId,
  Extracted,
  flagsOfTrace,
  isLowerHexOf,
  isZeroOf,
  setTraceFlags,
  SpanContext,
  spanIdOf,
  TRACE_ID_LEN,
  TraceFlags,
  traceIdOf,
} from "./span_context";

const OPTION_LEN: u32 = 4;
/** Bytes of the longest value that is written. */
export const CLOUD_TRACE_LEN_MAX: u32 = TRACE_ID_LEN + 1 + UNSIGNED_DIGITS_MAX + OPTION_LEN;

/** Reads a value without spaces around it. `out` is written for VALID. */
export function readCloudTrace(ptr: usize, len: u32, out: SpanContext): Extracted {
  if (len < TRACE_ID_LEN + 2 || !isLowerHexOf(ptr, TRACE_ID_LEN)) return Extracted.MALFORMED;
  if (load<u8>(ptr + TRACE_ID_LEN) != Char.SLASH) return Extracted.MALFORMED;
  const span = ptr + TRACE_ID_LEN + 1;
  let spanLen = len - TRACE_ID_LEN - 1;
  let flags: u32 = TraceFlags.NONE;
  if (spanLen > OPTION_LEN && load<u8>(span + spanLen - OPTION_LEN) == Char.SEMICOLON) {
    spanLen -= OPTION_LEN;
    const option = span + spanLen;
    const digit = <u32>load<u8>(option, 3) - Char.ZERO;
    if (load<u8>(option, 1) != Char.LOWER_O || load<u8>(option, 2) != Char.EQUALS || digit > 9) {
      return Extracted.MALFORMED;
    }
    if ((digit & 1) != 0) flags = TraceFlags.SAMPLED;
  }
  if (!parseUnsigned64(span, spanLen)) return Extracted.MALFORMED;
  if (parsedUnsigned64 == 0 || isZeroOf(ptr, TRACE_ID_LEN)) return Extracted.ZERO_ID;
  copyTraceId(traceIdOf(out), ptr);
  writeHexNumber(spanIdOf(out), parsedUnsigned64);
  setTraceFlags(out, flags);
  return Extracted.VALID;
}

/** Writes at most CLOUD_TRACE_LEN_MAX bytes; returns how many. */
export function writeCloudTrace(target: usize, context: SpanContext): u32 {
  copyTraceId(target, traceIdOf(context));
  store<u8>(target, Char.SLASH, TRACE_ID_LEN);
  const span = target + TRACE_ID_LEN + 1;
  const option = span + writeUnsigned(span, readHexNumber(spanIdOf(context)));
  store<u8>(option, Char.SEMICOLON);
  store<u8>(option, Char.LOWER_O, 1);
  store<u8>(option, Char.EQUALS, 2);
  const isSampled = (flagsOfTrace(context) & TraceFlags.SAMPLED) != 0;
  store<u8>(option, isSampled ? Char.ONE : Char.ZERO, 3);
  return <u32>(option - target) + OPTION_LEN;
}
