// What a request says of the trace that it belongs to, whatever the format: digits as W3C Trace
// Context has them, so that most formats are read and written by copies.
//
//   0          32        48        52
//   ├ trace-id ┼ span-id ┼ flags   ┤

import { Char } from "../bytes/ascii";
import { writeHex } from "../bytes/hex";

/** Bytes of a trace-id as text. */
export const TRACE_ID_LEN: u32 = 32;
/** Bytes of a span-id (the parent-id of W3C Trace Context) as text. */
export const SPAN_ID_LEN: u32 = 16;
/** Random bytes of a trace-id. */
export const TRACE_ID_BYTES: u32 = 16;
/** Random bytes of a span-id. */
export const SPAN_ID_BYTES: u32 = 8;

/** Address of one; the memory belongs to the caller. */
export type SpanContext = usize;
export const SPAN_CONTEXT_BYTES: u32 = 56;
const SPAN_AT: u32 = TRACE_ID_LEN;
const FLAGS_AT: u32 = SPAN_AT + SPAN_ID_LEN;

/** The first two are those of W3C Trace Context Level 2 §3.2.2.5. */
export const enum TraceFlags {
  NONE = 0,
  SAMPLED = 1,
  RANDOM_TRACE_ID = 2,
  /** Sampled, and asked for by hand (B3, Jaeger). */
  DEBUG = 4,
  /** Nobody has decided yet whether the trace is sampled. */
  DEFERRED = 8,
  /** The trace-id has 64 bits, and came so. */
  SHORT = 16,
}
/** Flags that a traceparent has. */
export const W3C_FLAGS: u32 = TraceFlags.SAMPLED | TraceFlags.RANDOM_TRACE_ID;

/** What the fields of one format say. After the first three the trace restarts. */
export const enum Extracted {
  /** No field of the format. */
  ABSENT = 0,
  /** The context is written. */
  VALID = 1,
  /** Only whether to sample: flags are written, ids are not. */
  DECISION = 2,
  /** Several fields of one name, of a format that has no first one. */
  DUPLICATE = 3,
  MALFORMED = 4,
  ZERO_ID = 5,
  FORBIDDEN_VERSION = 6,
  /** Valid, but of somebody whose trace is not continued. */
  UNTRUSTED = 7,
}

/** Whether fields are there that are not followed. */
// @ts-ignore: decorator
@inline
export function isRestart(found: Extracted): bool {
  return found > Extracted.DECISION;
}

/** Address of TRACE_ID_LEN lower-case digits. */
// @ts-ignore: decorator
@inline
export function traceIdOf(context: SpanContext): usize {
  return context;
}

/** Address of SPAN_ID_LEN lower-case digits: of the sender's span. */
// @ts-ignore: decorator
@inline
export function spanIdOf(context: SpanContext): usize {
  return context + SPAN_AT;
}

/** TraceFlags. */
// @ts-ignore: decorator
@inline
export function flagsOfTrace(context: SpanContext): u32 {
  return load<u32>(context, FLAGS_AT);
}

// @ts-ignore: decorator
@inline
export function setTraceFlags(context: SpanContext, flags: u32): void {
  store<u32>(context, flags, FLAGS_AT);
}

// @ts-ignore: decorator
@inline
export function copyTraceId(target: usize, source: usize): void {
  v128.store(target, v128.load(source));
  v128.store(target, v128.load(source, 16), 16);
}

// @ts-ignore: decorator
@inline
export function copySpanId(target: usize, source: usize): void {
  v128.store(target, v128.load(source));
}

/** Writes TRACE_ID_LEN digits of TRACE_ID_BYTES random bytes; never all zero. */
export function writeTraceId(target: usize, randomPtr: usize): void {
  writeId(target, randomPtr, TRACE_ID_BYTES);
}

/** Writes SPAN_ID_LEN digits of SPAN_ID_BYTES random bytes; never all zero. */
export function writeSpanId(target: usize, randomPtr: usize): void {
  writeId(target, randomPtr, SPAN_ID_BYTES);
}

/** Of a multiple of 8 bytes. */
function writeId(target: usize, randomPtr: usize, byteLen: u32): void {
  let any: u64 = 0;
  for (let i: u32 = 0; i < byteLen; i += 8) any |= load<u64>(randomPtr + i);
  writeHex(target, randomPtr, byteLen);
  if (any == 0) store<u8>(target + 2 * byteLen - 1, Char.ONE);
}

/** Whether 32 bytes are a trace-id: lower-case hexadecimal, not all zero. */
export function isTraceId(ptr: usize): bool {
  return isLowerHexOf(ptr, TRACE_ID_LEN) && !isZeroOf(ptr, TRACE_ID_LEN);
}

/** Whether `len` bytes, a multiple of 16, are lower-case hexadecimal. */
export function isLowerHexOf(ptr: usize, len: u32): bool {
  for (let i: u32 = 0; i < len; i += 16) {
    if (!i8x16.all_true(lowerHexLanes(v128.load(ptr + i)))) return false;
  }
  return true;
}

/** Whether `len` bytes, a multiple of 16, are all the digit 0. */
export function isZeroOf(ptr: usize, len: u32): bool {
  for (let i: u32 = 0; i < len; i += 16) {
    if (v128.any_true(v128.xor(v128.load(ptr + i), i8x16.splat(<i8>Char.ZERO)))) return false;
  }
  return true;
}

/** All bits set in each lane that holds 0-9 or a-f. */
// @ts-ignore: decorator
@inline
function lowerHexLanes(bytes: v128): v128 {
  const decimal = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(<i8>Char.ZERO)), i8x16.splat(10));
  const letter = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(<i8>Char.LOWER_A)), i8x16.splat(6));
  return v128.or(decimal, letter);
}

/** Writes `len` digits 0, a multiple of 16. */
export function writeZeros(target: usize, len: u32): void {
  for (let i: u32 = 0; i < len; i += 16) v128.store(target + i, i8x16.splat(<i8>Char.ZERO));
}
