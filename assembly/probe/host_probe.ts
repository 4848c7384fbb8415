// Test-only module: makes every host call in every phase, with good and bad arguments, and logs one
// line for each. The same module runs in the simulator and in Envoy; their tables must agree.
// The header `x-scenario` of a request chooses what a stream does besides.

import "../abi/abort";
import {
  probeForeign,
  probeGeneral,
  probeProperties,
  probeBadHttpCalls,
  probeRootOnly,
  getStatus,
} from "./host/general_calls";
import { probeBadGrpcCalls } from "./host/grpc_calls";
import { probeHeaders } from "./host/header_calls";
import {
  announceQueue,
  dequeue,
  probeBuffers,
  probeMetrics,
  probeQueues,
  probeSharedData,
  readyToken,
} from "./host/data_calls";
import {
  proxy_get_buffer_bytes,
  proxy_get_header_map_pairs,
  proxy_set_tick_period_milliseconds,
} from "./host/imports";
import { OUT, enterPhase, event, hex, out, row, startReport } from "./host/report";
import {
  onCallResponse,
  onRequestBody,
  onRequestHeaders,
  onRequestTrailers,
  onResponseBody,
  onResponseHeaders,
  onResponseTrailers,
  onTick,
  readScenario,
  scenario,
} from "./host/scenarios";

const PLUGIN_CONFIGURATION: u32 = 7;
const TICK_MILLISECONDS: u32 = 20;
const ARENA_BYTES: usize = 1 << 20;
const ARENA: usize = memory.data(1048576);

let arenaUsed: usize = 0;
let fixtures: string = "";
let ticks: u32 = 0;
let streams: u32 = 0;

export function proxy_abi_version_0_2_1(): void {}

/** What the host gives lives until the next callback begins. */
export function proxy_on_memory_allocate(size: usize): usize {
  const start = (arenaUsed + 7) & ~7;
  if (start + size > ARENA_BYTES) return 0;
  arenaUsed = start + size;
  return ARENA + start;
}

function begin(phase: string): void {
  arenaUsed = 0;
  startReport();
  enterPhase(phase);
}

function probeAll(contextId: u32): void {
  probeHeaders();
  arenaUsed = 0;
  probeBuffers();
  probeSharedData();
  probeQueues("probe vm");
  probeMetrics();
  probeProperties();
  probeForeign(fixtures);
  probeBadHttpCalls();
  probeBadGrpcCalls();
  probeGeneral(contextId);
  __collect();
}

export function proxy_on_context_create(contextId: u32, parentId: u32): void {
  begin(parentId == 0 ? "context_create root" : "context_create stream");
  event(contextId, "create", parentId.toString());
  if (parentId == 0) {
    probeAll(contextId);
    probeRootOnly();
  } else if (streams++ == 0) {
    probeAll(contextId);
  }
}

export function proxy_on_vm_start(rootId: u32, size: u32): u32 {
  begin("vm_start");
  event(rootId, "vm_start", size.toString());
  probeAll(rootId);
  probeRootOnly();
  return 1;
}

export function proxy_on_configure(rootId: u32, size: u32): u32 {
  begin("configure");
  proxy_get_buffer_bytes(PLUGIN_CONFIGURATION, 0, size, OUT, OUT + 4);
  fixtures = String.UTF8.decodeUnsafe(out(0), out(4));
  event(rootId, "configure", size.toString());
  probeAll(rootId);
  probeRootOnly();
  announceQueue();
  row(
    "set_tick_period_milliseconds",
    "",
    proxy_set_tick_period_milliseconds(TICK_MILLISECONDS),
    "",
  );
  return 1;
}

/** The first tick probes, the second shows that the timer starts anew, then it is stopped. */
export function proxy_on_tick(rootId: u32): void {
  begin("tick");
  event(rootId, "tick", ticks.toString());
  if (ticks++ == 0) {
    probeAll(rootId);
    probeRootOnly();
    onTick();
  } else {
    row("set_tick_period_milliseconds", "0", proxy_set_tick_period_milliseconds(0), "");
  }
}

export function proxy_on_queue_ready(rootId: u32, token: u32): void {
  if (token != readyToken) return;
  begin("queue_ready");
  event(rootId, "queue_ready", "");
  dequeue("announced", token);
}

export function proxy_on_request_headers(contextId: u32, count: u32, end: u32): u32 {
  begin("request_headers");
  readScenario();
  showMap(contextId, "request_headers", 0, end);
  row("on_request_headers", "count", count, "");
  if (scenario == "probe") probeAll(contextId);
  return onRequestHeaders(contextId);
}

export function proxy_on_request_body(contextId: u32, size: u32, end: u32): u32 {
  begin(end ? "request_body end" : "request_body");
  showBody(contextId, "request_body", 0, size, end);
  if (scenario == "probe") probeAll(contextId);
  return onRequestBody(contextId, end);
}

export function proxy_on_request_trailers(contextId: u32, count: u32): u32 {
  begin("request_trailers");
  showMap(contextId, "request_trailers", 1, count);
  if (scenario == "probe") probeAll(contextId);
  return onRequestTrailers(contextId);
}

export function proxy_on_response_headers(contextId: u32, count: u32, end: u32): u32 {
  begin("response_headers");
  showMap(contextId, "response_headers", 2, end);
  row("on_response_headers", "count", count, "");
  if (scenario == "probe") probeAll(contextId);
  return onResponseHeaders(contextId);
}

export function proxy_on_response_body(contextId: u32, size: u32, end: u32): u32 {
  begin(end ? "response_body end" : "response_body");
  showBody(contextId, "response_body", 1, size, end);
  if (scenario == "probe") probeAll(contextId);
  return onResponseBody(contextId, end);
}

export function proxy_on_response_trailers(contextId: u32, count: u32): u32 {
  begin("response_trailers");
  showMap(contextId, "response_trailers", 3, count);
  if (scenario == "probe") probeAll(contextId);
  return onResponseTrailers(contextId);
}

export function proxy_on_http_call_response(
  rootId: u32,
  token: u32,
  headers: u32,
  bodySize: u32,
  trailers: u32,
): void {
  begin(`http_call_response ${token}`);
  event(rootId, "http_call_response", `${token} ${headers} ${bodySize} ${trailers}`);
  showMap(rootId, "call_headers", 6, token);
  showBody(rootId, "call_body", 4, bodySize, token);
  showMap(rootId, "call_trailers", 7, token);
  row("on_http_call_response", "sizes", headers, `${bodySize} ${trailers}`);
  getStatus("of the call");
  onCallResponse(rootId, token);
}

export function proxy_on_grpc_close(rootId: u32, token: u32, grpcStatus: u32): void {
  begin(`grpc_close ${token}`);
  event(rootId, "grpc_close", `${token} ${grpcStatus}`);
  row("on_grpc_close", "", grpcStatus, "");
  getStatus("of the gRPC call");
}

export function proxy_on_log(contextId: u32): void {
  begin("log");
  event(contextId, "log", "");
  if (scenario == "probe") probeAll(contextId);
}

export function proxy_on_done(contextId: u32): u32 {
  begin("done");
  event(contextId, "done", "");
  if (scenario == "probe") probeAll(contextId);
  return 1;
}

export function proxy_on_delete(contextId: u32): void {
  begin("delete");
  event(contextId, "delete", "");
  if (scenario == "probe") probeAll(contextId);
}

/** The pairs as the host gives them, so that another host can be fed the same. */
function showMap(contextId: u32, name: string, type: u32, number: u32): void {
  proxy_get_header_map_pairs(type, OUT, OUT + 4);
  event(contextId, name, `${number} ${hex(out(0), out(4))}`);
}

function showBody(contextId: u32, name: string, type: u32, size: u32, number: u32): void {
  proxy_get_buffer_bytes(type, 0, 0xffffffff, OUT, OUT + 4);
  event(contextId, name, `${number} ${size} ${hex(out(0), out(4))}`);
}
