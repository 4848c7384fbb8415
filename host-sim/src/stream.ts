// One HTTP stream: enters the guest in each phase, and turns what leaves the filter into results.
// Source: envoy context.cc (decodeHeaders … onDestroy, failStream), filter_manager.cc
// (sendLocalReply), proxy-wasm-cpp-host context.cc (CHECK_FAIL_HTTP).

import { Body } from "./body.ts";
import { SimError } from "./errors.ts";
import { Flow } from "./flow.ts";
import { HeaderMap } from "./headers.ts";
import { missingRequestHeader, missingResponseHeader } from "./required_headers.ts";
import { isGrpcRequest, prepareLocalReply } from "./local_reply.ts";
import type { PreparedReply } from "./local_reply.ts";
import { StreamView } from "./stream_view.ts";
import { Output } from "./stream_output.ts";
import { FAILED, bodyAction, headersAction, trailersAction } from "./actions.ts";
import type { Context, LocalReplyRequest } from "./context.ts";
import type { FlowDriver } from "./flow.ts";
import type { GuestFunction } from "./guest_exports.ts";
import type { HeaderList, LocalReply, Resumption, Stream, StreamOptions } from "./api.ts";
import type { StreamResult } from "./api.ts";
import type { PluginHandle } from "./plugin_handle.ts";
import type { Services } from "./services.ts";
import type { Phase } from "./types.ts";

/** How the filter takes part: alive, not in the chain, or a dead VM that fails closed. */
export type Participation = "active" | "absent" | "failed";

export interface StreamPlan {
  services: Services;
  participation: Participation;
  /** Null unless active. */
  handle: PluginHandle | null;
  allowStopIteration: boolean;
}

const GRPC_UNAVAILABLE = 14;
const NO_BYTES = new Uint8Array(0);

export class HttpStream implements Stream, FlowDriver {
  readonly #plan: StreamPlan;
  readonly #context: Context | null;
  readonly request: Flow;
  readonly response: Flow;
  readonly view: StreamView;
  onResume: ((resumption: Resumption) => void) | undefined;
  readonly #output = { request: new Output(), response: new Output() };
  #isGrpc = false;
  #isHead = false;
  #replyDetails: string | null = null;
  /** A local reply that waits for the end of the request callback that asked for it. */
  #prepared: PreparedReply | null = null;
  #inRequestCallback = false;
  #reply: LocalReply | null = null;
  #resetDetails: string | null = null;
  #responseComplete = false;
  #failureReplySent = false;
  #closed = false;
  /** The public call that is running: its result carries what is emitted meanwhile. */
  #collecting: "request" | "response" | null = null;

  constructor(plan: StreamPlan, options: StreamOptions) {
    this.#plan = plan;
    this.onResume = options.onResume;
    const limit = plan.services.bufferLimitBytes;
    this.request = new Flow("request", this, limit);
    this.response = new Flow("response", this, limit);
    this.view = new StreamView(this, plan.services, options);
    this.#context = plan.handle?.openContext(this.view) ?? null;
  }

  get contextId(): number {
    return this.#context?.id ?? 0;
  }

  get routeCacheClears(): number {
    return this.view.routeCacheClears;
  }

  get filterState(): ReadonlyMap<string, Uint8Array> {
    return this.view.filterState;
  }

  requestHeaders(headers: HeaderList, endOfStream: boolean): StreamResult {
    this.#expect("requestHeaders", !this.request.started && !this.response.started);
    const map = HeaderMap.from("request_headers", headers);
    this.#isGrpc = isGrpcRequest(map);
    this.#isHead = map.get(":method") === "HEAD";
    this.#collecting = "request";
    if (this.#context !== null) this.#context.vm.onContextCreate(this.#context, null);
    this.request.start(map, endOfStream);
    return this.#result("request");
  }

  requestBody(chunk: Uint8Array, endOfStream: boolean): StreamResult {
    this.#expect("requestBody", this.request.started && !this.request.endObserved);
    if (this.isAborted(this.request)) return this.#result("request");
    this.#collecting = "request";
    this.request.receiveBody(Body.of(chunk), endOfStream);
    return this.#result("request");
  }

  requestTrailers(trailers: HeaderList): StreamResult {
    this.#expect("requestTrailers", this.request.started && !this.request.endObserved);
    if (this.isAborted(this.request)) return this.#result("request");
    this.#collecting = "request";
    this.request.receiveTrailers(HeaderMap.from("request_trailers", trailers));
    return this.#result("request");
  }

  responseHeaders(headers: HeaderList, endOfStream: boolean): StreamResult {
    this.#expect("responseHeaders", !this.response.started);
    this.#collecting = "response";
    this.response.start(HeaderMap.from("response_headers", headers), endOfStream);
    return this.#result("response");
  }

  responseBody(chunk: Uint8Array, endOfStream: boolean): StreamResult {
    this.#expect("responseBody", this.response.started && !this.response.endObserved);
    if (this.isAborted(this.response)) return this.#result("response");
    this.#collecting = "response";
    this.response.receiveBody(Body.of(chunk), endOfStream);
    return this.#result("response");
  }

  responseTrailers(trailers: HeaderList): StreamResult {
    this.#expect("responseTrailers", this.response.started && !this.response.endObserved);
    if (this.isAborted(this.response)) return this.#result("response");
    this.#collecting = "response";
    this.response.receiveTrailers(HeaderMap.from("response_trailers", trailers));
    return this.#result("response");
  }

  close(): void {
    this.#expect("close", true);
    const context = this.#context;
    this.#closed = true;
    if (context === null) return;
    const { vm } = context;
    vm.onContextCreate(context, null);
    this.view.inAccessLog = true;
    vm.onLog(context);
    this.view.inAccessLog = false;
    vm.onDone(context);
    vm.onDelete(context);
    vm.contexts.delete(context.id);
    this.#plan.handle?.release();
  }

  // What the guest asks for, run after its callback.

  continueFlow(flow: Flow): void {
    if (this.#closed || this.isAborted(flow)) return;
    if (flow.continueWouldRepeat) {
      throw new SimError(
        "host_crash",
        "proxy_continue_stream",
        `the ${flow.direction} is not paused: Envoy would send its headers or trailers on twice`,
      );
    }
    flow.continueIteration();
    this.#announce(flow.direction);
  }

  /** close_stream; where upstream has answered already, Envoy keeps the details of that. */
  reset(): void {
    if (this.#closed || this.#responseComplete) return;
    this.#resetDetails ??= this.response.started ? "via_upstream" : "wasm_close_stream";
    this.#announce("response");
  }

  /** The first reply is sent; a second one in the same callback only renames it, as in Envoy. */
  sendLocalReply(reply: LocalReplyRequest): void {
    if (this.#closed || this.#resetDetails !== null || this.#responseComplete) return;
    if (this.#replyDetails !== null) {
      if (this.#prepared !== null) this.#replyDetails = reply.details;
      return;
    }
    if (this.response.headersContinued) {
      this.#resetDetails = reply.details;
    } else {
      this.#replyDetails = reply.details;
      this.#prepared = prepareLocalReply(reply, this.#isGrpc, this.#isHead);
      if (this.#inRequestCallback) return;
      this.#sendPrepared();
    }
    this.#announce(this.request.headersContinued ? "response" : "request");
  }

  #sendPrepared(): void {
    if (this.#prepared === null) return;
    const { headers, body } = this.#prepared;
    this.#prepared = null;
    if (this.response.started) this.#completeReply(headers, body);
    else this.#encodeReply(headers, body);
  }

  #encodeReply(headers: HeaderMap, body: Uint8Array): void {
    this.response.start(headers, body.length === 0);
    if (body.length === 0 || this.#resetDetails !== null || this.#reply !== null) return;
    this.response.receiveBody(Body.of(body), true);
  }

  #completeReply(headers: HeaderMap, body: Uint8Array): void {
    const grpcStatus = headers.get("grpc-status");
    this.#responseComplete = true;
    this.#reply = {
      status: Number(headers.get(":status")),
      details: this.#replyDetails ?? "",
      headers: headers.toList(),
      body,
      grpcStatus: this.#isGrpc && grpcStatus !== null ? Number(grpcStatus) : null,
    };
  }

  // FlowDriver: entering the guest.

  filterHeaders(flow: Flow, endOfStream: boolean): number {
    this.view.endOfStream = endOfStream;
    const size = flow.headers?.size ?? 0;
    const isRequest = flow === this.request;
    const phase = isRequest ? "request_headers" : "response_headers";
    const action = this.#enter(flow, phase, size, endOfStream ? 1 : 0);
    return headersAction(action, this.#plan.allowStopIteration);
  }

  filterBody(flow: Flow, size: number, endOfStream: boolean): number {
    this.view.endOfStream = endOfStream;
    const phase = flow === this.request ? "request_body" : "response_body";
    return bodyAction(this.#enter(flow, phase, size, endOfStream ? 1 : 0));
  }

  filterTrailers(flow: Flow): number {
    const phase = flow === this.request ? "request_trailers" : "response_trailers";
    return trailersAction(this.#enter(flow, phase, flow.trailers?.size ?? 0, 0));
  }

  /** The raw action; FAILED for a dead VM that fails closed and after a local reply. */
  #enter(flow: Flow, phase: StreamPhase, size: number, endOfStream: number): number {
    const context = this.#context;
    if (flow === this.response && (this.#failureReplySent || !this.request.started)) return 0;
    if (context === null) return this.#plan.participation === "failed" ? this.#fail() : 0;
    const { vm } = context;
    if (vm.hasFailed()) return this.#fail();
    const fn: GuestFunction | null = vm.exports[`proxy_on_${phase}`];
    if (fn === null) return 0;
    this.#inRequestCallback = flow === this.request;
    let action = vm.enter(fn, context, phase, size, endOfStream) >>> 0;
    if (vm.stopIteration) action = FAILED;
    if (vm.hasFailed()) action = this.#fail();
    vm.leave();
    this.#inRequestCallback = false;
    this.#sendPrepared();
    return action;
  }

  /** Under FAIL_OPEN as well: Envoy opens for new streams only, not for those in a dead VM. */
  #fail(): number {
    if (!this.#failureReplySent) {
      this.#failureReplySent = true;
      const details = "wasm_fail_stream";
      const grpcStatus = GRPC_UNAVAILABLE;
      this.sendLocalReply({ status: 503, body: NO_BYTES, headers: [], grpcStatus, details });
    }
    return FAILED;
  }

  // FlowDriver: what leaves the filter.

  isAborted(flow: Flow): boolean {
    if (this.#resetDetails !== null || this.#responseComplete) return true;
    return flow === this.request && this.#replyDetails !== null;
  }

  bufferOverflow(flow: Flow): void {
    const [status, text, details] =
      flow === this.request
        ? ([413, "Payload Too Large", "request_payload_too_large"] as const)
        : ([500, "Internal Server Error", "response_payload_too_large"] as const);
    const body = new TextEncoder().encode(text);
    this.sendLocalReply({ status, body, headers: [], grpcStatus: null, details });
  }

  emitHeaders(flow: Flow, endOfStream: boolean): void {
    const headers = flow.headers;
    if (headers === null) return;
    const refusal =
      flow === this.request ? missingRequestHeader(headers) : missingResponseHeader(headers);
    if (refusal !== null) {
      this.#replaceByRefusal(flow, refusal);
      return;
    }
    this.#output[flow.direction].headers = headers;
    if (endOfStream) this.#end(flow);
  }

  emitBody(flow: Flow, body: Body, endOfStream: boolean): void {
    this.#output[flow.direction].addBody(body.bytes());
    if (endOfStream) this.#end(flow);
  }

  emitTrailers(flow: Flow): void {
    this.#output[flow.direction].trailers = flow.trailers;
    this.#end(flow);
  }

  #end(flow: Flow): void {
    const output = this.#output[flow.direction];
    output.endOfStream = true;
    if (flow !== this.response) return;
    this.#responseComplete = true;
    if (this.#replyDetails !== null && output.headers !== null) {
      this.#completeReply(output.headers, output.bodyBytes());
    }
  }

  /** Envoy answers itself when a filter took away a header that HTTP cannot do without. */
  #replaceByRefusal(flow: Flow, refusal: LocalReplyRequest): void {
    if (flow === this.request) {
      this.sendLocalReply(refusal);
      return;
    }
    const { headers, body } = prepareLocalReply(refusal, this.#isGrpc, this.#isHead);
    this.#replyDetails = refusal.details;
    this.#completeReply(headers, body);
  }

  #result(direction: "request" | "response"): StreamResult {
    this.#collecting = null;
    if (this.#resetDetails !== null) return { kind: "reset", details: this.#resetDetails };
    if (this.#reply !== null) return { kind: "reply", reply: this.#reply };
    if (this.#replyDetails !== null) return { kind: "paused" };
    return this.#output[direction].take() ?? { kind: "paused" };
  }

  /** Tells the driver about what happened outside of its own call. */
  #announce(direction: "request" | "response"): void {
    if (this.#collecting !== null || this.onResume === undefined) return;
    const result = this.#result(direction);
    if (result.kind !== "paused") this.onResume({ direction, result });
  }

  #expect(method: string, inOrder: boolean): void {
    if (!inOrder || this.#closed) {
      const state = this.#closed ? "the stream is closed" : "this event cannot come now";
      throw new SimError("misuse", `Stream.${method}`, state);
    }
  }
}

type StreamPhase = Extract<Phase, `request_${string}` | `response_${string}`>;
