// The public shapes of the simulator: what a test, a gateway or a benchmark hands in and gets back.

import type { Status, LogLevel, Phase } from "./types.ts";
import type { MetricValue } from "./metrics.ts";
import type { PropertyValue } from "./properties.ts";
import type { HttpCall } from "./callouts.ts";
import type { GrpcCall } from "./grpc_calls.ts";
import type { SharedData } from "./shared_data.ts";

/** Field lines in order; latin1 strings: one char is one byte. */
export type HeaderList = [name: string, value: string][];

export interface Clock {
  /** Since the Unix epoch. */
  systemNanoseconds(): bigint;
  /** Since an arbitrary point; drives ticks, call timeouts and the reload backoff. */
  monotonicNanoseconds(): bigint;
}

export interface SignatureCrypto {
  /**
   * Verifies as BoringSSL does behind Envoy's `verify_signature`. `hash` is "sha1", "sha224",
   * "sha256", "sha384" or "sha512"; `key` is SPKI in DER, or PEM text as bytes when it came in the
   * PEM member; ECDSA signatures are DER. A key that does not parse: throws UnusableKey; the
   * guest reads result=false either way.
   */
  verify(hash: string, key: Uint8Array, signature: Uint8Array, text: Uint8Array): boolean;
}

/** One host call about to happen, as a fault injector sees it. */
export interface HostCall {
  /** Import name: `proxy_get_header_map_pairs`, `clock_time_get`, … */
  name: string;
  phase: Phase;
  /** Index of the worker, or the part of the main thread that calls. */
  worker: number | "base" | "canary" | "main";
  /** Number of the call in this host, from 0. */
  sequence: number;
}

/** Returns the status (or WASI errno) to answer instead of doing the call. */
export type FaultInjector = (call: HostCall) => Status | undefined;

/** Receives each accepted http_call; answers through the call's own methods, now or later. */
export type HttpDispatcher = (call: HttpCall) => void;

/** The same for each accepted grpc_call. */
export type GrpcDispatcher = (call: GrpcCall) => void;

export interface LogLine {
  level: LogLevel;
  message: string;
  /** Who spoke: `name rootId vmId` of the plugin, empty for the host itself. */
  source: string;
}

export interface HostOptions {
  clock: Clock;
  random: (target: Uint8Array) => void;
  /** Absent: the foreign function `verify_signature` answers NotFound. */
  crypto?: SignatureCrypto;
  /** Level of Envoy's wasm logger; default "info". */
  logLevel?: LogLevel;
  onLog?: (level: LogLevel, message: string) => void;
  faults?: FaultInjector;
  dispatch?: HttpDispatcher;
  dispatchGrpc?: GrpcDispatcher;
  /** Names that http_call and grpc_call accept; default none. */
  clusters?: readonly string[];
  /** Envoy's per_connection_buffer_limit_bytes; default 1 MiB. */
  bufferLimitBytes?: number;
}

export type FailurePolicy = "FAIL_CLOSED" | "FAIL_OPEN" | "FAIL_RELOAD";

export interface PluginOptions {
  module: WebAssembly.Module;
  /** Bytes of the plugin configuration; text is encoded as UTF-8. */
  configuration: string | Uint8Array;
  vmConfiguration?: string | Uint8Array;
  name?: string;
  rootId?: string;
  vmId?: string;
  /** Number of worker threads; default 1. */
  workers?: number;
  /** Default "FAIL_CLOSED". */
  failurePolicy?: FailurePolicy;
  /** Allowed capabilities; empty or absent: no restriction. */
  capabilities?: readonly string[];
  allowOnHeadersStopIteration?: boolean;
  /** FAIL_RELOAD: base interval of the backoff; default 1000. */
  reloadBackoffMilliseconds?: number;
  /** What `environ_get` shows to the module. */
  environment?: Readonly<Record<string, string>>;
}

/** One Envoy process: shared data, metrics, queues and VMs. */
export interface Host {
  /** Canary first; throws PluginRejected. */
  addPlugin(options: PluginOptions): Plugin;
  /** By full name without the `wasmcustom.` prefix, plus `wasm.<plugin>.vm_reload_*`. */
  metrics(): Map<string, MetricValue>;
  readonly sharedData: SharedData;
  /** The newest lines of the wasm logger, oldest first. */
  readonly log: readonly LogLine[];
  /** The newest host calls, oldest first, as `phase name`. */
  transcript(): string[];
  /** Fires the ticks and call timeouts that are due by the given clock; returns how many. */
  runTimers(): number;
  /** Root and stream contexts alive over all VMs, the main thread's included. */
  liveContexts(): number;
  /** Host calls made since the host was created. */
  hostCalls(): number;
  /** Host calls made since the host was created, by import name. */
  hostCallsByName(): Map<string, number>;
}

/** A configured filter: one root context on each worker and one on the main thread. */
export interface Plugin {
  readonly name: string;
  readonly workers: readonly Worker[];
  /** The main thread's own instance: it ticks too. */
  readonly main: Worker;
  /**
   * A push: canary, then new roots beside the old; an old root goes with its last stream.
   * Throws PluginRejected and keeps the old configuration.
   */
  update(configuration: string | Uint8Array): void;
  /** Releases the roots; each goes with its last stream. */
  remove(): void;
}

export interface StreamOptions {
  /** Attributes of this stream by dotted path: `{ "source.address": "10.0.0.1:1234" }`. */
  properties?: Readonly<Record<string, PropertyValue>>;
  /** Short for the property `source.address`. */
  sourceAddress?: string;
  onResume?: (resumption: Resumption) => void;
}

export interface Worker {
  openStream(options?: StreamOptions): Stream;
  /** Configure failed here after a good canary: Envoy serves without the filter. */
  readonly absent: boolean;
  /** The VM of this worker trapped and was not reloaded. */
  readonly failed: boolean;
  readonly memory: WebAssembly.Memory;
  /** Host calls made by this worker's VM. */
  readonly hostCalls: number;
}

export interface LocalReply {
  status: number;
  details: string;
  /** After our own encoder callbacks, as Envoy does. */
  headers: HeaderList;
  body: Uint8Array;
  grpcStatus: number | null;
}

/**
 * What leaves the filter towards the next hop. `headers` is the header list of a headers event,
 * the trailer list of a trailers event, and empty for a body event unless held headers go with it.
 */
export type StreamResult =
  | {
      kind: "continue";
      headers: HeaderList;
      body?: Uint8Array;
      trailers?: HeaderList;
      endOfStream: boolean;
    }
  | { kind: "paused" }
  | { kind: "reply"; reply: LocalReply }
  | { kind: "reset"; details: string };

/** A paused stream went on, or was answered, outside of the call that paused it. */
export interface Resumption {
  direction: "request" | "response";
  result: StreamResult;
}

/** One HTTP stream through the filter. Events come in HTTP order, each at most once per part. */
export interface Stream {
  requestHeaders(headers: HeaderList, endOfStream: boolean): StreamResult;
  requestBody(chunk: Uint8Array, endOfStream: boolean): StreamResult;
  requestTrailers(trailers: HeaderList): StreamResult;
  responseHeaders(headers: HeaderList, endOfStream: boolean): StreamResult;
  responseBody(chunk: Uint8Array, endOfStream: boolean): StreamResult;
  responseTrailers(trailers: HeaderList): StreamResult;
  /** on_log, on_done, on_delete. */
  close(): void;
  onResume: ((resumption: Resumption) => void) | undefined;
  /** Context id that the guest sees; 0 when the filter is not in the chain. */
  readonly contextId: number;
  /** How often the guest asked to clear the route cache. */
  readonly routeCacheClears: number;
  /** What the guest set with proxy_set_property, without the `wasm.` that Envoy puts in front. */
  readonly filterState: ReadonlyMap<string, Uint8Array>;
}
