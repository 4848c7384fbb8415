// traceparent, W3C Trace Context Level 2 §3.2:
// https://www.w3.org/TR/trace-context-2/#traceparent-header
//
//   00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
//   │  │                                │                └ 53 flags
//   │  │                                └ 36 parent-id
//   │  └ 3 trace-id
//   └ 0 version

import { Char, isDigit, skipOws, trimOwsEnd } from "../bytes/ascii";
import { isLowerHex, writeHex } from "../bytes/hex";

/** Bytes of a traceparent of version 00. */
export const TRACEPARENT_LEN: u32 = 55;
/** Bytes of a trace-id as text. */
export const TRACE_ID_LEN: u32 = 32;
/** Bytes of a parent-id as text. */
export const PARENT_ID_LEN: u32 = 16;
/** Random bytes of a trace-id. */
export const TRACE_ID_BYTES: u32 = 16;
/** Random bytes of a parent-id. */
export const PARENT_ID_BYTES: u32 = 8;

const TRACE_ID_AT: u32 = 3;
export const PARENT_ID_AT: u32 = 36;
const FLAGS_AT: u32 = 53;

/** Level 2 §3.2.2.5. Other bits are not defined and must be sent as 0. */
export const enum TraceFlags {
  NONE = 0x00,
  SAMPLED = 0x01,
  RANDOM_TRACE_ID = 0x02,
}
const KNOWN_FLAGS: u32 = TraceFlags.SAMPLED | TraceFlags.RANDOM_TRACE_ID;

export const enum TraceContext {
  /** No field of that name. */
  ABSENT = 0,
  /** The trace starts anew, and tracestate must not be propagated (§3.2.1.1, §4.3). */
  INVALID = 1,
  VALID = 2,
}

/** What a valid traceparent says. */
// @ts-ignore: decorator
@unmanaged
export class ParentContext {
  /** TRACE_ID_LEN lower-case hexadecimal digits; borrowed from the value. */
  traceIdPtr: usize;
  /** TraceFlags, unknown bits removed. */
  flags: u32;
}

/**
 * Reads the traceparent of a request that has `count` fields of that name, the first with this
 * value. Several are as bad as a wrong one. `out` is written only for VALID.
 */
export function readTraceparent(
  count: u32,
  valuePtr: usize,
  valueLen: u32,
  out: ParentContext,
): TraceContext {
  if (count == 0) return TraceContext.ABSENT;
  if (count > 1) return TraceContext.INVALID;
  const valueEnd = valuePtr + valueLen;
  const ptr = skipOws(valuePtr, valueEnd);
  const len = <u32>(trimOwsEnd(ptr, valueEnd) - ptr);
  if (len < TRACEPARENT_LEN || !isVersionOf(ptr, len)) return TraceContext.INVALID;
  if (
    load<u8>(ptr, TRACE_ID_AT - 1) != Char.MINUS ||
    load<u8>(ptr, PARENT_ID_AT - 1) != Char.MINUS ||
    load<u8>(ptr, FLAGS_AT - 1) != Char.MINUS ||
    !isTraceId(ptr + TRACE_ID_AT) ||
    !isParentId(ptr + PARENT_ID_AT) ||
    !isLowerHex(ptr + FLAGS_AT, 2)
  ) {
    return TraceContext.INVALID;
  }
  out.traceIdPtr = ptr + TRACE_ID_AT;
  // Both defined bits are in the second digit.
  out.flags = digitValue(load<u8>(ptr, FLAGS_AT + 1)) & KNOWN_FLAGS;
  return TraceContext.VALID;
}

/**
 * §3.2.2.1, §4.3: ff is forbidden, 00 ends after the flags, later versions may go on behind another
 * "-".
 */
function isVersionOf(ptr: usize, len: u32): bool {
  if (!isLowerHex(ptr, 2)) return false;
  const high = load<u8>(ptr);
  const low = load<u8>(ptr, 1);
  if (high == Char.LOWER_F && low == Char.LOWER_F) return false;
  if (len == TRACEPARENT_LEN) return true;
  const isZero = high == Char.ZERO && low == Char.ZERO;
  return !isZero && load<u8>(ptr, TRACEPARENT_LEN) == Char.MINUS;
}

/** Whether 32 bytes are a trace-id: lower-case hexadecimal, not all zero (§3.2.2.3). */
export function isTraceId(ptr: usize): bool {
  const high = v128.load(ptr);
  const low = v128.load(ptr, 16);
  if (!i8x16.all_true(v128.and(lowerHexLanes(high), lowerHexLanes(low)))) return false;
  return v128.any_true(v128.xor(v128.or(high, low), i8x16.splat(<i8>Char.ZERO)));
}

/** Whether 16 bytes are a parent-id: lower-case hexadecimal, not all zero (§3.2.2.4). */
function isParentId(ptr: usize): bool {
  const digits = v128.load(ptr);
  if (!i8x16.all_true(lowerHexLanes(digits))) return false;
  return v128.any_true(v128.xor(digits, i8x16.splat(<i8>Char.ZERO)));
}

/** All bits set in each lane that holds 0-9 or a-f. */
// @ts-ignore: decorator
@inline
function lowerHexLanes(bytes: v128): v128 {
  const decimal = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(<i8>Char.ZERO)), i8x16.splat(10));
  const letter = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(<i8>Char.LOWER_A)), i8x16.splat(6));
  return v128.or(decimal, letter);
}

// @ts-ignore: decorator
@inline
function digitValue(c: u32): u32 {
  return isDigit(c) ? c - Char.ZERO : c - Char.LOWER_A + 10;
}

/**
 * Writes TRACEPARENT_LEN bytes: the trace goes on under a new parent-id made of PARENT_ID_BYTES
 * random bytes. An all-zero id, which must not be sent, becomes 1.
 */
export function writeTraceparent(
  target: usize,
  traceIdPtr: usize,
  parentRandomPtr: usize,
  flags: u32,
): void {
  writeAround(target, traceIdPtr, flags);
  writeId(target + PARENT_ID_AT, parentRandomPtr, PARENT_ID_BYTES);
}

/** The same of a parent-id that is known: PARENT_ID_LEN digits. */
export function writeTraceparentOf(
  target: usize,
  traceIdPtr: usize,
  parentIdPtr: usize,
  flags: u32,
): void {
  writeAround(target, traceIdPtr, flags);
  memory.copy(target + PARENT_ID_AT, parentIdPtr, PARENT_ID_LEN);
}

/** All but the parent-id. */
function writeAround(target: usize, traceIdPtr: usize, flags: u32): void {
  store<u16>(target, <u16>((Char.ZERO << 8) | Char.ZERO));
  store<u8>(target, Char.MINUS, TRACE_ID_AT - 1);
  memory.copy(target + TRACE_ID_AT, traceIdPtr, TRACE_ID_LEN);
  store<u8>(target, Char.MINUS, PARENT_ID_AT - 1);
  store<u8>(target, Char.MINUS, FLAGS_AT - 1);
  store<u8>(target, Char.ZERO, FLAGS_AT);
  store<u8>(target, <u8>(Char.ZERO + (flags & KNOWN_FLAGS)), FLAGS_AT + 1);
}

/** Writes a new trace-id of TRACE_ID_LEN digits from TRACE_ID_BYTES random bytes. */
export function writeTraceId(target: usize, randomPtr: usize): void {
  writeId(target, randomPtr, TRACE_ID_BYTES);
}

function writeId(target: usize, randomPtr: usize, byteLen: u32): void {
  let any: u32 = 0;
  for (let i: u32 = 0; i < byteLen; i++) any |= load<u8>(randomPtr + i);
  writeHex(target, randomPtr, byteLen);
  if (any == 0) store<u8>(target + 2 * byteLen - 1, Char.ONE);
}
