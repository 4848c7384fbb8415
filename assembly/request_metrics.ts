// What is measured of each request while it lives: who it is for when it comes, what the response
// says, and how long it took when it has ended. In a stream's data, at METRICS_AT:
//
//   0          8         10       12     14           15         16
//   ├ begun u64 ┼ service ┼ method ┼ code ┼ grpcStatus ┼ protocol ┼ isMeasured ┤
//
// proxy_on_log, which could read it all from the host, is not exported: every request of every
// configuration would pay for it.

import { monotonicNanoseconds } from "./abi/clock";
import { answerLen, answerPtr, getHeaderValue } from "./abi/host";
import { findStream, keepStream, streamData } from "./abi/streams";
import { MapType, Status } from "./abi/types";
import { equals } from "./core/bytes/ascii";
import { parseUnsigned } from "./core/bytes/decimal";
import { NONE } from "./core/bytes/none";
import { text, textLen, textPtr } from "./core/bytes/text";
import { parseGrpcStatus, standardGrpcStatus } from "./core/grpc/status";
import { matchesHost } from "./core/headers/authority";
import { headerCount, headerLen, headerPtr } from "./core/headers/request";
import { requestHostLen } from "./core/match/request_host";
import { METRICS_AT, METRICS_BYTES } from "./core/stream_data";
import { answeredGrpcStatus, answeredStatus } from "./refusal";
import { OTHER } from "./request_labels";
import { labelRowAt, RequestMetrics } from "./request_metrics_model";
import {
  countRequest,
  countUntracked,
  NO_GRPC_STATUS,
  Protocol,
  recordDuration,
} from "./request_series";
import { isGrpc } from "./snapshot";

const SERVICE_AT: u32 = METRICS_AT + 8;
const METHOD_AT: u32 = METRICS_AT + 10;
const CODE_AT: u32 = METRICS_AT + 12;
const GRPC_STATUS_AT: u32 = METRICS_AT + 14;
const PROTOCOL_AT: u32 = METRICS_AT + 15;
const MEASURED_AT: u32 = METRICS_AT + 16;
if (MEASURED_AT + 1 > METRICS_AT + METRICS_BYTES) ERROR("metrics have no room");

const STATUS = text(":status");
const GRPC_STATUS = text("grpc-status");
const HTTP_OK: u32 = 200;
const STATUS_LEAST: i64 = 100;
const STATUS_MOST: i64 = 599;
const NANOSECONDS_PER_MILLISECOND: u64 = 1000000;

/**
 * Keeps the stream of the request in hand, of which `config` is the address of RequestMetrics or 0.
 * One that cannot be kept is counted as that: no request is refused for a metric.
 */
// @ts-ignore: decorator
@inline
export function measureRequest(config: usize, root: u32, stream: u32): void {
  if (config != 0) beginMeasuring(config, root, stream);
}

function beginMeasuring(config: usize, root: u32, stream: u32): void {
  const data = keepStream(stream, root);
  if (data == 0) return countUntracked();
  if (isMeasured(data)) return;
  store<u64>(data, monotonicNanoseconds(), METRICS_AT);
  store<u16>(data, <u16>serviceOf(changetype<RequestMetrics>(config)), SERVICE_AT);
  store<u16>(data, <u16>methodOf(changetype<RequestMetrics>(config)), METHOD_AT);
  store<u8>(data, <u8>NO_GRPC_STATUS, GRPC_STATUS_AT);
  store<u8>(data, <u8>protocolInHand(), PROTOCOL_AT);
  store<u8>(data, 1, MEASURED_AT);
}

// @ts-ignore: decorator
@inline
function isMeasured(data: usize): bool {
  return load<u8>(data, MEASURED_AT) != 0;
}

// @ts-ignore: decorator
@inline
function protocolInHand(): Protocol {
  return isGrpc ? Protocol.GRPC : Protocol.HTTP;
}

function serviceOf(config: RequestMetrics): u32 {
  const len = requestHostLen(config.authorityId);
  if (len == NONE) return OTHER;
  const ptr = headerPtr(config.authorityId);
  // At most METRIC_SERVICES_MAX * HOSTS_MAX.
  for (let i: u32 = 0; i < config.hostCount; i++) {
    const row = labelRowAt(config.hosts, i);
    if (matchesHost(ptr, len, row.pattern)) return row.number;
  }
  return OTHER;
}

function methodOf(config: RequestMetrics): u32 {
  if (headerCount(config.methodId) != 1) return OTHER;
  const len = headerLen(config.methodId);
  for (let i: u32 = 0; i < config.methodCount; i++) {
    const row = labelRowAt(config.methods, i);
    if (len != textLen(row.pattern)) continue;
    if (equals(headerPtr(config.methodId), textPtr(row.pattern), len)) return row.number;
  }
  return OTHER;
}

/** Counts the request in hand, which was answered just now. */
export function measureRefusal(config: usize, stream: u32): void {
  if (config == 0) return;
  const place = findStream(stream);
  if (place != NONE && isMeasured(streamData(place))) {
    noteAnswer(streamData(place));
    return endRequest(streamData(place));
  }
  const protocol = protocolInHand();
  const service = serviceOf(changetype<RequestMetrics>(config));
  const method = methodOf(changetype<RequestMetrics>(config));
  const grpcStatus = isGrpc ? answeredGrpcStatus : NO_GRPC_STATUS;
  countRequest(service, method, protocol, isGrpc ? HTTP_OK : answeredStatus, grpcStatus);
  recordDuration(service, protocol, 0);
}

/** The module answered a kept stream; behind the first byte of a response it changes nothing. */
export function noteAnswer(data: usize): void {
  if (!isMeasured(data) || load<u16>(data, CODE_AT) != 0) return;
  const isOfGrpc = load<u8>(data, PROTOCOL_AT) == Protocol.GRPC;
  store<u16>(data, <u16>(isOfGrpc ? HTTP_OK : answeredStatus), CODE_AT);
  if (isOfGrpc) store<u8>(data, <u8>answeredGrpcStatus, GRPC_STATUS_AT);
}

/** A response goes to the client. */
export function noteResponse(data: usize, endOfStream: bool): void {
  if (!isMeasured(data)) return;
  if (getHeaderValue(MapType.RESPONSE_HEADERS, textPtr(STATUS), textLen(STATUS)) != Status.OK) {
    return;
  }
  const code = parseUnsigned(answerPtr, answerLen);
  if (code < STATUS_LEAST || code > STATUS_MOST) return;
  store<u16>(data, <u16>code, CODE_AT);
  if (endOfStream) noteGrpcStatus(data, MapType.RESPONSE_HEADERS);
}

/** So do its trailers. */
export function noteTrailers(data: usize): void {
  if (isMeasured(data)) noteGrpcStatus(data, MapType.RESPONSE_TRAILERS);
}

function noteGrpcStatus(data: usize, map: MapType): void {
  if (load<u8>(data, PROTOCOL_AT) != Protocol.GRPC) return;
  if (getHeaderValue(map, textPtr(GRPC_STATUS), textLen(GRPC_STATUS)) != Status.OK) return;
  store<u8>(data, <u8>parseGrpcStatus(answerPtr, answerLen), GRPC_STATUS_AT);
}

/** A kept stream ends: it is counted, once. */
export function endRequest(data: usize): void {
  if (!isMeasured(data)) return;
  store<u8>(data, 0, MEASURED_AT);
  const service = <u32>load<u16>(data, SERVICE_AT);
  const code = <u32>load<u16>(data, CODE_AT);
  const protocol = <Protocol>load<u8>(data, PROTOCOL_AT);
  let grpcStatus = <u32>load<u8>(data, GRPC_STATUS_AT);
  // As Envoy does for istio_requests_total (common.cc, getGrpcStatus).
  if (protocol == Protocol.GRPC && grpcStatus == NO_GRPC_STATUS && code != 0) {
    grpcStatus = standardGrpcStatus(code);
  }
  countRequest(service, <u32>load<u16>(data, METHOD_AT), protocol, code, grpcStatus);
  const begun = load<u64>(data, METRICS_AT);
  const now = monotonicNanoseconds();
  if (begun == 0 || now < begun) return;
  recordDuration(service, protocol, (now - begun) / NANOSECONDS_PER_MILLISECOND);
}
