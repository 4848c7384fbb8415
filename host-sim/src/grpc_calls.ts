// grpc_call: unary calls, owned by a root context as http_calls are. A call that ends well is
// answered through on_grpc_receive and nothing else, any other through on_grpc_close.
// Source: envoy source/extensions/common/wasm/context.cc (grpcCall, onGrpcReceiveWrapper,
// onGrpcCloseWrapper), source/common/grpc/async_client_impl.cc.

import { SimError } from "./errors.ts";
import { latin1 } from "./latin1.ts";
import { bytesField, parseMessage } from "./protobuf.ts";
import { Status } from "./types.ts";
import type { Context } from "./context.ts";
import type { HeaderList } from "./api.ts";

const GRPC_DEADLINE_EXCEEDED = 4;
const GRPC_INTERNAL = 13;
const GRPC_UNAVAILABLE = 14;

/** One accepted call, as the dispatcher sees it. Answering twice, or too late, does nothing. */
export interface GrpcCall {
  readonly token: number;
  readonly cluster: string;
  /** `envoy.service.ratelimit.v3.RateLimitService` */
  readonly service: string;
  readonly method: string;
  readonly metadata: HeaderList;
  readonly message: Uint8Array;
  /** 0 means that it never times out. */
  readonly timeoutMilliseconds: number;
  /** Index of the worker, or the part of the main thread that calls. */
  readonly worker: number | "base" | "canary" | "main";
  /** The root or its VM is gone, or the call is answered. */
  readonly finished: boolean;
  /** Aborted when the root, or its VM, goes away or the timeout passes. */
  readonly signal: AbortSignal;
  /** The call ended with status 0 and this message. */
  respond(message: Uint8Array): void;
  /** It ended otherwise. Inside the dispatcher: Envoy's immediate failure. */
  fail(status: number, message?: string): void;
}

export interface GrpcCallRequest {
  /** A serialized GrpcService, or the name of a cluster. */
  upstream: Uint8Array;
  service: string;
  method: string;
  metadata: HeaderList;
  message: Uint8Array;
  timeoutMilliseconds: number;
}

type Outcome = { message: Uint8Array } | { status: number; text: string };

/** The host's side of a call; `deadline` in monotonic nanoseconds, null for none. */
export class PendingGrpcCall implements GrpcCall {
  readonly token: number;
  readonly cluster: string;
  readonly service: string;
  readonly method: string;
  readonly metadata: HeaderList;
  readonly message: Uint8Array;
  readonly timeoutMilliseconds: number;
  readonly deadline: bigint | null;
  readonly #root: Context;
  readonly #abort = new AbortController();
  /** True while the dispatcher runs: a failure now is an immediate one. */
  dispatching = true;
  finished = false;

  constructor(root: Context, token: number, cluster: string, request: GrpcCallRequest) {
    this.#root = root;
    this.token = token;
    this.cluster = cluster;
    this.service = request.service;
    this.method = request.method;
    this.metadata = request.metadata;
    this.message = request.message;
    this.timeoutMilliseconds = request.timeoutMilliseconds;
    const now = root.vm.services.clock.monotonicNanoseconds();
    const wait = BigInt(request.timeoutMilliseconds) * 1_000_000n;
    this.deadline = wait === 0n ? null : now + wait;
  }

  get worker(): number | "base" | "canary" | "main" {
    return this.#root.vm.thread;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  respond(message: Uint8Array): void {
    this.#finish({ message: message.slice() });
  }

  fail(status: number, message = ""): void {
    // Status 0 without a message is an error of the server.
    this.#finish({ status: status === 0 ? GRPC_INTERNAL : status, text: message });
  }

  /** Without a callback: the root is gone. */
  cancel(): void {
    this.finished = true;
    this.#root.calls.delete(this.token);
    this.#abort.abort();
  }

  timeOut(): void {
    this.fail(GRPC_DEADLINE_EXCEEDED, "upstream request timeout");
    this.#abort.abort();
  }

  #finish(outcome: Outcome): void {
    if (this.finished) return;
    this.finished = true;
    const root = this.#root;
    const { token } = this;
    if (this.dispatching && "status" in outcome) {
      // The host has forgotten the call, and tells of its end all the same when the callback that
      // made it has returned.
      root.calls.delete(token);
      root.vm.defer(() => deliver(root, token, outcome));
      return;
    }
    root.vm.services.post(() => {
      if (root.calls.has(token)) deliver(root, token, outcome);
    });
  }
}

/** Starts the call; the token, or the status that says why not. */
export function startGrpcCall(
  root: Context,
  request: GrpcCallRequest,
): { status: Status; token: number } {
  const { services } = root.vm;
  const named = clusterOf(request.upstream);
  if (named.isBare && !services.clusters.has(named.cluster)) {
    return { status: Status.PARSE_FAILURE, token: 0 };
  }
  const token = root.vm.nextGrpcCallToken();
  const call = new PendingGrpcCall(root, token, named.cluster, request);
  root.calls.set(token, call);
  if (services.clusters.has(named.cluster)) services.dispatchGrpc?.(call);
  else call.fail(GRPC_UNAVAILABLE, "Cluster not available");
  if (!root.calls.has(token)) return { status: Status.INTERNAL_FAILURE, token: 0 };
  call.dispatching = false;
  return { status: Status.OK, token };
}

/** What does not parse as a GrpcService is the name of a cluster. */
function clusterOf(upstream: Uint8Array): { cluster: string; isBare: boolean } {
  const service = parseMessage(upstream);
  if (service === null) return { cluster: latin1(upstream), isBare: true };
  const envoyGrpc = service.get(1);
  if (!(envoyGrpc instanceof Uint8Array)) {
    throw new SimError("host_crash", "proxy_grpc_call", "a GrpcService without envoy_grpc");
  }
  const fields = parseMessage(envoyGrpc);
  if (fields === null) return { cluster: latin1(upstream), isBare: true };
  return { cluster: latin1(bytesField(fields, 1)), isBare: false };
}

function deliver(root: Context, token: number, outcome: Outcome): void {
  const { vm } = root;
  if (vm.contexts.get(root.id) !== root) return;
  const end = (): void => {
    root.grpcMessage = null;
    root.statusMessage = "";
    root.calls.delete(token);
  };
  vm.defer(end);
  if ("message" in outcome) {
    root.grpcMessage = outcome.message;
    vm.onGrpcReceive(root, token, outcome.message.length);
  } else {
    root.statusCode = outcome.status;
    root.statusMessage = outcome.text;
    vm.onGrpcClose(root, token, outcome.status);
  }
}
