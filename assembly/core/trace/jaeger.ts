// uber-trace-id: https://www.jaegertracing.io/docs/1.76/client-libraries/#propagation-format
//
//   trace:span:parent:flags    ids in hexadecimal, leading zeros may be missing

import { Char, lower } from "../bytes/ascii";
import { hexValue } from "../bytes/hex";
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

/** Bytes of the value that is written: 32:16:0:1. */
export const JAEGER_LEN: u32 = TRACE_ID_LEN + 1 + SPAN_ID_LEN + 4;
const FLAGS_DIGITS_MAX: u32 = 2;
const SAMPLED_BIT: u32 = 1;
const DEBUG_BIT: u32 = 2;

/** Place and end of the part that is read next. */
let at: usize = 0;
let end: usize = 0;
/** Digits of the part that was read last. */
let digits: u32 = 0;

/** Reads a value without spaces around it. `out` is written for VALID, and may be for others. */
export function readJaeger(ptr: usize, len: u32, out: SpanContext): Extracted {
  at = ptr;
  end = ptr + len;
  if (!readId(traceIdOf(out), TRACE_ID_LEN) || !readColon()) return Extracted.MALFORMED;
  const isShort = digits <= TRACE_ID_LEN / 2;
  if (!readId(spanIdOf(out), SPAN_ID_LEN) || !readColon()) return Extracted.MALFORMED;
  // The parent's parent, which is deprecated.
  if (countDigits(SPAN_ID_LEN) == 0 || !readColon()) return Extracted.MALFORMED;
  const first = at;
  if (countDigits(FLAGS_DIGITS_MAX) == 0 || at != end) return Extracted.MALFORMED;
  const bits = hexValue(load<u8>(first + digits - 1));
  const isSampled = (bits & SAMPLED_BIT) != 0;
  let flags: u32 = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  if (isSampled && (bits & DEBUG_BIT) != 0) flags |= TraceFlags.DEBUG;
  setTraceFlags(out, isShort ? flags | TraceFlags.SHORT : flags);
  const isZero = isZeroOf(traceIdOf(out), TRACE_ID_LEN) || isZeroOf(spanIdOf(out), SPAN_ID_LEN);
  return isZero ? Extracted.ZERO_ID : Extracted.VALID;
}

/** Reads 1 to `most` digits into as many, in lower case and with zeros in front. */
function readId(target: usize, most: u32): bool {
  const first = at;
  const count = countDigits(most);
  if (count == 0) return false;
  writeZeros(target, most);
  const start = target + most - count;
  for (let i: u32 = 0; i < count; i++) store<u8>(start + i, <u8>lower(load<u8>(first + i)));
  return true;
}

/** Goes behind at most `most` digits; returns how many, also in `digits`. */
function countDigits(most: u32): u32 {
  digits = 0;
  while (at < end && digits < most && hexValue(load<u8>(at)) <= 0xf) {
    at++;
    digits++;
  }
  return digits;
}

/** Goes behind a colon, which some clients send percent-encoded. */
function readColon(): bool {
  if (at < end && load<u8>(at) == Char.COLON) {
    at++;
    return true;
  }
  if (end - at < 3 || load<u8>(at) != Char.PERCENT || load<u8>(at, 1) != Char.ZERO + 3) {
    return false;
  }
  if (lower(load<u8>(at, 2)) != Char.LOWER_A) return false;
  at += 3;
  return true;
}

/** Writes JAEGER_LEN bytes. A decision that nobody has made is "not sampled" here. */
export function writeJaeger(target: usize, context: SpanContext): u32 {
  const flags = flagsOfTrace(context);
  copyTraceId(target, traceIdOf(context));
  store<u8>(target, Char.COLON, TRACE_ID_LEN);
  copySpanId(target + TRACE_ID_LEN + 1, spanIdOf(context));
  const rest = target + TRACE_ID_LEN + 1 + SPAN_ID_LEN;
  store<u8>(rest, Char.COLON);
  store<u8>(rest, Char.ZERO, 1);
  store<u8>(rest, Char.COLON, 2);
  let bits: u32 = (flags & TraceFlags.SAMPLED) != 0 ? SAMPLED_BIT : 0;
  if ((flags & TraceFlags.DEBUG) != 0) bits = SAMPLED_BIT | DEBUG_BIT;
  store<u8>(rest, <u8>(Char.ZERO + bits), 3);
  return JAEGER_LEN;
}
