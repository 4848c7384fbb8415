// x-amzn-trace-id of AWS X-Ray:
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
//
//   Root=1-8 digits-24 digits;Parent=16 digits;Sampled=1    in any order, among others

import { Char, equalsText, findByte, skipOws, trimOwsEnd } from "../bytes/ascii";
import { isLowerHex } from "../bytes/hex";
import { copyText, text } from "../bytes/text";
import {
  copySpanId,
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

const ROOT = text("Root");
const PARENT = text("Parent");
const SAMPLED = text("Sampled");
const ROOT_BEGIN = text("Root=1-");
const PARENT_BEGIN = text(";Parent=");
const SAMPLED_BEGIN = text(";Sampled=");
/** Bytes of a root: 1-8-24. */
const ROOT_LEN: u32 = 35;
const EPOCH_LEN: u32 = 8;
/** Bytes of the longest value that is written. */
export const XRAY_LEN_MAX: u32 = 5 + ROOT_LEN + 8 + SPAN_ID_LEN + 9 + 1;
/** Members of a value that are looked at: a load balancer and Lambda add one each. */
const MEMBERS_MAX: u32 = 16;

let hasRoot: bool = false;
let hasParent: bool = false;
let flags: u32 = 0;

/**
 * Reads a value without spaces around it. `out` is written for VALID, and may be for others. A
 * value that a load balancer began has no parent: its span-id is all zero.
 */
export function readXray(ptr: usize, len: u32, out: SpanContext): Extracted {
  hasRoot = false;
  hasParent = false;
  flags = TraceFlags.DEFERRED;
  const end = ptr + len;
  let at = ptr;
  for (let i: u32 = 0; at < end; i++) {
    if (i >= MEMBERS_MAX) return Extracted.MALFORMED;
    const memberEnd = findByte(at, end, Char.SEMICOLON);
    if (!readMember(skipOws(at, memberEnd), memberEnd, out)) return Extracted.MALFORMED;
    at = memberEnd + 1;
  }
  if (!hasRoot) return Extracted.MALFORMED;
  if (isZeroOf(traceIdOf(out), TRACE_ID_LEN)) return Extracted.ZERO_ID;
  if (!hasParent) writeZeros(spanIdOf(out), SPAN_ID_LEN);
  else if (isZeroOf(spanIdOf(out), SPAN_ID_LEN)) return Extracted.ZERO_ID;
  setTraceFlags(out, flags);
  return Extracted.VALID;
}

/** Reads `key=value`; false when it is one of ours and wrong, or comes again. */
function readMember(ptr: usize, memberEnd: usize, out: SpanContext): bool {
  const end = trimOwsEnd(ptr, memberEnd);
  const equalsAt = findByte(ptr, end, Char.EQUALS);
  const keyLen = <u32>(equalsAt - ptr);
  const value = equalsAt + 1;
  const valueLen = equalsAt < end ? <u32>(end - value) : 0;
  if (equalsText(ptr, keyLen, ROOT)) {
    if (hasRoot || !readRoot(value, valueLen, out)) return false;
    hasRoot = true;
  } else if (equalsText(ptr, keyLen, PARENT)) {
    if (hasParent || valueLen != SPAN_ID_LEN || !isLowerHex(value, SPAN_ID_LEN)) return false;
    copySpanId(spanIdOf(out), value);
    hasParent = true;
  } else if (equalsText(ptr, keyLen, SAMPLED)) {
    return valueLen == 1 && readSampled(load<u8>(value));
  }
  return true;
}

function readRoot(ptr: usize, len: u32, out: SpanContext): bool {
  if (len != ROOT_LEN || load<u8>(ptr) != Char.ONE) return false;
  if (load<u8>(ptr, 1) != Char.MINUS || load<u8>(ptr, 10) != Char.MINUS) return false;
  if (!isLowerHex(ptr + 2, EPOCH_LEN) || !isLowerHex(ptr + 11, TRACE_ID_LEN - EPOCH_LEN)) {
    return false;
  }
  memory.copy(traceIdOf(out), ptr + 2, EPOCH_LEN);
  memory.copy(traceIdOf(out) + EPOCH_LEN, ptr + 11, TRACE_ID_LEN - EPOCH_LEN);
  return true;
}

/** `?` asks for a decision. */
function readSampled(c: u32): bool {
  if (c == Char.ONE) flags = TraceFlags.SAMPLED;
  else if (c == Char.ZERO) flags = TraceFlags.NONE;
  else return c == Char.QUESTION;
  return true;
}

/** Writes at most XRAY_LEN_MAX bytes; returns how many. */
export function writeXray(target: usize, context: SpanContext): u32 {
  let at = copyText(target, ROOT_BEGIN);
  memory.copy(at, traceIdOf(context), EPOCH_LEN);
  store<u8>(at + EPOCH_LEN, Char.MINUS);
  const rest = TRACE_ID_LEN - EPOCH_LEN;
  memory.copy(at + EPOCH_LEN + 1, traceIdOf(context) + EPOCH_LEN, rest);
  at = copyText(at + TRACE_ID_LEN + 1, PARENT_BEGIN);
  copySpanId(at, spanIdOf(context));
  at += SPAN_ID_LEN;
  const traceFlags = flagsOfTrace(context);
  if ((traceFlags & TraceFlags.DEFERRED) != 0) return <u32>(at - target);
  at = copyText(at, SAMPLED_BEGIN);
  store<u8>(at, (traceFlags & TraceFlags.SAMPLED) != 0 ? Char.ONE : Char.ZERO);
  return <u32>(at + 1 - target);
}
