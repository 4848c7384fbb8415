// W3C Trace Context on the way in and out:
// https://www.w3.org/TR/trace-context-2/#mutating-the-traceparent-field A trace goes on under a new
// parent-id, starts anew when what came is invalid, and never refuses a request that fits into
// memory.

import { arenaAllocate } from "../../abi/arena";
import { randomBytes } from "../../abi/random";
import { NONE } from "../../core/bytes/none";
import {
  headerCount,
  headerLen,
  headerPtr,
  nextField,
  removeHeader,
  requestField,
  setHeader,
} from "../../core/headers/request";
import { HEADERS_MAX, TRACESTATE_BYTES_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { setTrace } from "../../core/trace/in_hand";
import {
  isTraceId,
  PARENT_ID_AT,
  PARENT_ID_BYTES,
  ParentContext,
  readTraceparent,
  TRACE_ID_BYTES,
  TRACE_ID_LEN,
  TraceContext,
  TraceFlags,
  TRACEPARENT_LEN,
  writeTraceId,
  writeTraceparent,
} from "../../core/trace/traceparent";
import {
  addTracestateLine,
  beginTracestate,
  Tracestate,
  tracestateLen,
  writeTracestate,
} from "../../core/trace/tracestate";
import { TraceConfig } from "./config";

const PARENT: usize = memory.data(8, 8);
if (offsetof<ParentContext>() != <usize>8) ERROR("ParentContext is not 8 bytes");

/**
 * Applies the section to the request in hand. A host without random bytes leaves a valid trace as
 * it came.
 */
export function trace(config: usize): Reason {
  const own = changetype<TraceConfig>(config);
  const parent = changetype<ParentContext>(PARENT);
  const id = own.traceparentId;
  const context = readTraceparent(headerCount(id), headerPtr(id), headerLen(id), parent);
  if (context == TraceContext.VALID) return goOn(own, parent.traceIdPtr, parent.flags);
  removeHeader(id);
  removeHeader(own.tracestateId);
  if (context == TraceContext.ABSENT && hasTraceId(own.traceIdId)) return adopt(own);
  return start(own);
}

/**
 * Whether a mapping has put a trace-id into x-trace-id: what clients send there themselves is
 * stripped.
 */
function hasTraceId(id: u32): bool {
  return headerCount(id) == 1 && headerLen(id) == TRACE_ID_LEN && isTraceId(headerPtr(id));
}

/** Starts a trace. Whether it is sampled is left to the next hop. */
function start(config: TraceConfig): Reason {
  removeHeader(config.traceIdId);
  const random = randomBytes(TRACE_ID_BYTES + PARENT_ID_BYTES);
  if (random == 0) return Reason.OK;
  const traceId = arenaAllocate(TRACE_ID_LEN);
  if (traceId == 0) return Reason.HEADERS_TOO_LARGE;
  writeTraceId(traceId, random);
  return send(config, traceId, random + TRACE_ID_BYTES, TraceFlags.RANDOM_TRACE_ID);
}

/**
 * Starts a trace under the id that x-trace-id has. Nobody says that it is random (Level 2
 * §3.2.2.5.2).
 */
function adopt(config: TraceConfig): Reason {
  const random = randomBytes(PARENT_ID_BYTES);
  if (random == 0) return Reason.OK;
  return send(config, headerPtr(config.traceIdId), random, TraceFlags.NONE);
}

/** Continues a trace, with its tracestate. */
function goOn(config: TraceConfig, traceIdPtr: usize, flags: u32): Reason {
  const random = randomBytes(PARENT_ID_BYTES);
  if (random == 0) {
    setHeader(config.traceIdId, traceIdPtr, TRACE_ID_LEN);
    return Reason.OK;
  }
  const reason = send(config, traceIdPtr, random, flags);
  if (reason != Reason.OK || headerCount(config.tracestateId) == 0) return reason;
  return cleanTracestate(config.tracestateId);
}

/** Makes traceparent and x-trace-id those of the next hop. */
function send(config: TraceConfig, traceIdPtr: usize, randomPtr: usize, flags: u32): Reason {
  const target = arenaAllocate(TRACEPARENT_LEN);
  if (target == 0) return Reason.HEADERS_TOO_LARGE;
  writeTraceparent(target, traceIdPtr, randomPtr, flags);
  setTrace(traceIdPtr, target + PARENT_ID_AT, flags);
  setHeader(config.traceparentId, target, TRACEPARENT_LEN);
  setHeader(config.traceIdId, traceIdPtr, TRACE_ID_LEN);
  return Reason.OK;
}

function cleanTracestate(id: u32): Reason {
  const target = arenaAllocate(TRACESTATE_BYTES_MAX);
  if (target == 0) return Reason.HEADERS_TOO_LARGE;
  beginTracestate();
  if (headerCount(id) == 1) addTracestateLine(headerPtr(id), headerLen(id));
  else addTracestateLines(id);
  const result = writeTracestate(target);
  if (result == Tracestate.EMPTY) removeHeader(id);
  else if (result == Tracestate.WRITTEN) setHeader(id, target, tracestateLen);
  return Reason.OK;
}

function addTracestateLines(id: u32): void {
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    const field = requestField(at);
    addTracestateLine(field.valuePtr, field.valueLen);
    at = nextField(id, at + 1);
  }
}
