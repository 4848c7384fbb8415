// http_call: always owned by a root context, answered through on_http_call_response.
// Source: envoy source/extensions/common/wasm/context.cc (httpCall, onHttpCallSuccess/Failure).

import { HeaderMap } from "./headers.ts";
import { latin1Bytes } from "./latin1.ts";
import { Status } from "./types.ts";
import type { Context } from "./context.ts";
import type { HeaderList } from "./api.ts";

export interface HttpCallResponse {
  headers: HeaderMap;
  body: Uint8Array;
  trailers: HeaderMap | null;
}

/** One accepted call, as the dispatcher sees it. Answering twice, or too late, does nothing. */
export interface HttpCall {
  readonly token: number;
  readonly cluster: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  readonly trailers: HeaderList;
  /** 0 means that it never times out. */
  readonly timeoutMilliseconds: number;
  /** Index of the worker, or the part of the main thread that calls. */
  readonly worker: number | "base" | "canary" | "main";
  /** The root or its VM is gone, or the call is answered. */
  readonly finished: boolean;
  /** Aborted when the root, or its VM, goes away or the timeout passes. */
  readonly signal: AbortSignal;
  /** `headers` begin with `:status`. Inside the dispatcher: Envoy's immediate failure. */
  respond(response: { headers: HeaderList; body?: Uint8Array; trailers?: HeaderList }): void;
  /** The connection broke, or the response was too large. */
  reset(): void;
}

/** The host's side of a call; `deadline` in monotonic nanoseconds, null for none. */
export class PendingCall implements HttpCall {
  readonly token: number;
  readonly cluster: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  readonly trailers: HeaderList;
  readonly timeoutMilliseconds: number;
  readonly deadline: bigint | null;
  readonly #root: Context;
  readonly #abort = new AbortController();
  /** True while the dispatcher runs: an answer now is an immediate failure. */
  dispatching = true;
  finished = false;

  constructor(root: Context, token: number, request: HttpCallRequest) {
    this.#root = root;
    this.token = token;
    this.cluster = request.cluster;
    this.headers = request.headers.toList();
    this.body = request.body;
    this.trailers = request.trailers;
    this.timeoutMilliseconds = request.timeoutMilliseconds;
    this.deadline =
      request.timeoutMilliseconds === 0
        ? null
        : root.vm.services.clock.monotonicNanoseconds() +
          BigInt(request.timeoutMilliseconds) * 1_000_000n;
  }

  get worker(): number | "base" | "canary" | "main" {
    return this.#root.vm.thread;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  respond(response: { headers: HeaderList; body?: Uint8Array; trailers?: HeaderList }): void {
    this.#finish({
      headers: HeaderMap.from("response_headers", response.headers),
      body: response.body ?? new Uint8Array(0),
      trailers:
        response.trailers === undefined
          ? null
          : HeaderMap.from("response_trailers", response.trailers),
    });
  }

  reset(): void {
    this.#finish(null);
  }

  /** Without a callback: the root is gone, or the call failed on the spot. */
  cancel(): void {
    this.finished = true;
    this.#root.calls.delete(this.token);
    this.#abort.abort();
  }

  /** A synthetic 504, as Envoy's router answers for its async client. */
  timeOut(): void {
    const body = latin1Bytes("upstream request timeout");
    const headers: HeaderList = [
      [":status", "504"],
      ["content-length", String(body.length)],
      ["content-type", "text/plain"],
    ];
    this.respond({ headers, body });
    this.#abort.abort();
  }

  #finish(response: HttpCallResponse | null): void {
    if (this.finished) return;
    this.finished = true;
    if (this.dispatching) return;
    this.#root.vm.services.post(() => deliver(this.#root, this.token, response));
  }
}

export interface HttpCallRequest {
  cluster: string;
  headers: HeaderMap;
  body: Uint8Array;
  trailers: HeaderList;
  timeoutMilliseconds: number;
}

/** Starts the call; the token, or the status that says why not. */
export function startHttpCall(
  root: Context,
  request: HttpCallRequest,
): { status: Status; token: number } {
  const { services } = root.vm;
  if (request.timeoutMilliseconds > 0x7fffffff || !services.clusters.has(request.cluster)) {
    return { status: Status.BAD_ARGUMENT, token: 0 };
  }
  const { headers, body } = request;
  if (!headers.has(":path") || !headers.has(":method") || !headers.has(":authority")) {
    return { status: Status.BAD_ARGUMENT, token: 0 };
  }
  if (body.length > 0) headers.replace("content-length", String(body.length));
  const token = root.vm.nextHttpCallToken();
  const call = new PendingCall(root, token, request);
  root.calls.set(token, call);
  services.dispatch?.(call);
  call.dispatching = false;
  if (call.finished) {
    call.cancel();
    return { status: Status.INTERNAL_FAILURE, token: 0 };
  }
  return { status: Status.OK, token };
}

function deliver(root: Context, token: number, response: HttpCallResponse | null): void {
  const { vm } = root;
  if (!root.calls.has(token)) return;
  if (response === null) {
    root.statusCode = Status.BROKEN_CONNECTION;
    root.statusMessage = "reset";
  } else {
    root.callResponse = response;
  }
  vm.defer(() => {
    root.callResponse = null;
    root.statusMessage = "";
    root.calls.delete(token);
  });
  vm.onHttpCallResponse(
    root,
    token,
    response?.headers.size ?? 0,
    response?.body.length ?? 0,
    response?.trailers?.size ?? 0,
  );
}
