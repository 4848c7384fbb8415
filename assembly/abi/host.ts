// One wrapper per host call, in the order of imports.ts: views in, Status out. No policy, no memory
// of its own but the few words that hosts write their answers to.
//
// A call that answers with bytes leaves them in `answerPtr`/`answerLen`: borrowed from the arena,
// valid until the callback returns. They are 0 whenever the status is not OK.

import { FOREIGN_HEADROOM_BYTES } from "../core/limits";
import { arenaFree } from "./arena";
import * as imports from "./imports";
import { ClockId, Errno, LogLevel, MapType, Status, StreamType } from "./types";

const RETURN_PTR: usize = memory.data(24, 8);
const RETURN_LEN: usize = RETURN_PTR + 4;
const RETURN_WORD: usize = RETURN_PTR + 8;
const RETURN_LONG: usize = RETURN_PTR + 16;

export let answerPtr: usize = 0;
export let answerLen: u32 = 0;

// @ts-ignore: decorator
@inline
function clearAnswer(): void {
  store<u64>(RETURN_PTR, 0);
}

// @ts-ignore: decorator
@inline
function takeAnswer(status: u32): Status {
  const ok = status == Status.OK;
  answerPtr = ok ? load<usize>(RETURN_PTR) : 0;
  answerLen = ok ? load<u32>(RETURN_LEN) : 0;
  return <Status>status;
}

/** Writes a line to the host's log. What the host answers changes nothing. */
export function log(level: LogLevel, ptr: usize, len: u32): void {
  imports.proxy_log(level, ptr, len);
}

/** The host's log level; ERROR when it does not say. 6 is "off". */
export function logLevel(): u32 {
  if (imports.proxy_get_log_level(RETURN_WORD) != Status.OK) return LogLevel.ERROR;
  return load<u32>(RETURN_WORD);
}

// @ts-ignore: decorator
@inline
function clockNanoseconds(clock: ClockId): u64 {
  return imports.clock_time_get(clock, 0, RETURN_LONG) == Errno.SUCCESS
    ? load<u64>(RETURN_LONG)
    : 0;
}

/** Nanoseconds since the Unix epoch by a clock that can be set; 0 when the host has none. */
export function systemNanoseconds(): u64 {
  return clockNanoseconds(ClockId.REALTIME);
}

/**
 * Nanoseconds by a clock that never goes back and is the same in all workers; 0 when the host has
 * none.
 */
export function monotonicNanoseconds(): u64 {
  return clockNanoseconds(ClockId.MONOTONIC);
}

/** Fills memory with random bytes. */
export function random(target: usize, len: u32): Status {
  return imports.random_get(target, len) == Errno.SUCCESS ? Status.OK : Status.INTERNAL_FAILURE;
}

/** Period of the root's tick; 0 stops it. Acts on the root that is in effect. */
export function setTickPeriod(milliseconds: u32): Status {
  return <Status>imports.proxy_set_tick_period_milliseconds(milliseconds);
}

export function setEffectiveContext(contextId: u32): Status {
  return <Status>imports.proxy_set_effective_context(contextId);
}

/** Bytes of a buffer, clipped to what there is. */
export function getBuffer(bufferType: u32, start: u32, maxSize: u32): Status {
  clearAnswer();
  return takeAnswer(
    imports.proxy_get_buffer_bytes(bufferType, start, maxSize, RETURN_PTR, RETURN_LEN),
  );
}

/** All fields of a map, serialized (pairs.ts). */
export function getHeaderPairs(mapType: MapType): Status {
  clearAnswer();
  return takeAnswer(imports.proxy_get_header_map_pairs(mapType, RETURN_PTR, RETURN_LEN));
}

/** The first of the fields of that name: nothing tells whether there are more. */
export function getHeaderValue(mapType: MapType, namePtr: usize, nameLen: u32): Status {
  clearAnswer();
  return takeAnswer(
    imports.proxy_get_header_map_value(mapType, namePtr, nameLen, RETURN_PTR, RETURN_LEN),
  );
}

export function addHeader(
  mapType: MapType,
  namePtr: usize,
  nameLen: u32,
  valuePtr: usize,
  valueLen: u32,
): Status {
  return <Status>imports.proxy_add_header_map_value(mapType, namePtr, nameLen, valuePtr, valueLen);
}

/** Removes every field of that name and adds one. */
export function replaceHeader(
  mapType: MapType,
  namePtr: usize,
  nameLen: u32,
  valuePtr: usize,
  valueLen: u32,
): Status {
  return <Status>(
    imports.proxy_replace_header_map_value(mapType, namePtr, nameLen, valuePtr, valueLen)
  );
}

/** Removes every field of that name. */
export function removeHeader(mapType: MapType, namePtr: usize, nameLen: u32): Status {
  return <Status>imports.proxy_remove_header_map_value(mapType, namePtr, nameLen);
}

export function continueStream(streamType: StreamType): Status {
  return <Status>imports.proxy_continue_stream(streamType);
}

/**
 * Answers the request of the stream in effect; the host acts on it after the callback has returned.
 * `headers` is a serialized map (pairs.ts). `grpcStatus` -1 lets the host derive it from
 * `statusCode`.
 */
export function sendLocalResponse(
  statusCode: u32,
  detailsPtr: usize,
  detailsLen: u32,
  bodyPtr: usize,
  bodyLen: u32,
  headersPtr: usize,
  headersLen: u32,
  grpcStatus: i32,
): Status {
  return <Status>(
    imports.proxy_send_local_response(
      statusCode,
      detailsPtr,
      detailsLen,
      bodyPtr,
      bodyLen,
      headersPtr,
      headersLen,
      grpcStatus,
    )
  );
}

/** Token of the last accepted `httpCall` or `grpcCall`. */
export let callToken: u32 = 0;

/**
 * Starts a request to a cluster. `timeoutMilliseconds` must not be 0, which is "no timeout" in
 * Envoy.
 */
export function httpCall(
  clusterPtr: usize,
  clusterLen: u32,
  headersPtr: usize,
  headersLen: u32,
  bodyPtr: usize,
  bodyLen: u32,
  timeoutMilliseconds: u32,
): Status {
  const status = <Status>(
    imports.proxy_http_call(
      clusterPtr,
      clusterLen,
      headersPtr,
      headersLen,
      bodyPtr,
      bodyLen,
      0,
      0,
      timeoutMilliseconds,
      RETURN_WORD,
    )
  );
  callToken = status == Status.OK ? load<u32>(RETURN_WORD) : 0;
  return status;
}

/**
 * Starts a unary gRPC call without metadata. `upstream` is a serialized GrpcService;
 * `timeoutMilliseconds` must not be 0, which is "no timeout" in Envoy.
 */
export function grpcCall(
  upstreamPtr: usize,
  upstreamLen: u32,
  servicePtr: usize,
  serviceLen: u32,
  methodPtr: usize,
  methodLen: u32,
  metadataPtr: usize,
  metadataLen: u32,
  messagePtr: usize,
  messageLen: u32,
  timeoutMilliseconds: u32,
): Status {
  const status = <Status>(
    imports.proxy_grpc_call(
      upstreamPtr,
      upstreamLen,
      servicePtr,
      serviceLen,
      methodPtr,
      methodLen,
      metadataPtr,
      metadataLen,
      messagePtr,
      messageLen,
      timeoutMilliseconds,
      RETURN_WORD,
    )
  );
  callToken = status == Status.OK ? load<u32>(RETURN_WORD) : 0;
  return status;
}

/** Compare-and-swap number that came with the last shared value. */
export let answerCas: u32 = 0;

/** A value that all VMs with this vm_id share. */
export function getSharedData(keyPtr: usize, keyLen: u32): Status {
  clearAnswer();
  const status = takeAnswer(
    imports.proxy_get_shared_data(keyPtr, keyLen, RETURN_PTR, RETURN_LEN, RETURN_WORD),
  );
  answerCas = status == Status.OK ? load<u32>(RETURN_WORD) : 0;
  return status;
}

/**
 * A cas that no value has: Envoy then stores only if the key is absent (reliability: absent keys
 * ignore cas).
 */
export const CAS_IF_ABSENT: u32 = u32.MAX_VALUE;

export function setSharedData(
  keyPtr: usize,
  keyLen: u32,
  valuePtr: usize,
  valueLen: u32,
  cas: u32,
): Status {
  return <Status>imports.proxy_set_shared_data(keyPtr, keyLen, valuePtr, valueLen, cas);
}

/** Id of the last metric that was defined. */
export let metricId: u32 = 0;

export function defineMetric(metricType: u32, namePtr: usize, nameLen: u32): Status {
  const status = <Status>imports.proxy_define_metric(metricType, namePtr, nameLen, RETURN_WORD);
  metricId = status == Status.OK ? load<u32>(RETURN_WORD) : 0;
  return status;
}

/** Adds to a counter or gauge. What the host answers changes no request. */
export function incrementMetric(id: u32, delta: i64): void {
  imports.proxy_increment_metric(id, delta);
}

/** Sets a gauge. What the host answers changes no request. */
export function recordMetric(id: u32, value: u64): void {
  imports.proxy_record_metric(id, value);
}

/** A property by its path, parts separated by NUL. */
export function getProperty(pathPtr: usize, pathLen: u32): Status {
  clearAnswer();
  return takeAnswer(imports.proxy_get_property(pathPtr, pathLen, RETURN_PTR, RETURN_LEN));
}

/**
 * Sets a property of the stream in effect by its path: in Envoy, filter state under `wasm.` and the
 * path.
 */
export function setProperty(pathPtr: usize, pathLen: u32, valuePtr: usize, valueLen: u32): Status {
  return <Status>imports.proxy_set_property(pathPtr, pathLen, valuePtr, valueLen);
}

/**
 * Calls a function of the host by name. The host writes its answer without checking that it got
 * room for it (foreign.cc), so that a full arena is refused here.
 */
export function callForeignFunction(
  namePtr: usize,
  nameLen: u32,
  argumentsPtr: usize,
  argumentsLen: u32,
): Status {
  if (arenaFree() < FOREIGN_HEADROOM_BYTES) return takeAnswer(Status.INVALID_MEMORY_ACCESS);
  clearAnswer();
  return takeAnswer(
    imports.proxy_call_foreign_function(
      namePtr,
      nameLen,
      argumentsPtr,
      argumentsLen,
      RETURN_PTR,
      RETURN_LEN,
    ),
  );
}
