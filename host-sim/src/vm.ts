// One wasm instance on one thread: its contexts, its entry points, and the rules of entering it.
// Source: proxy-wasm-cpp-host src/wasm.cc, src/context.cc, src/v8/v8.cc.

import { Context } from "./context.ts";
import { HostTrap, isTrap } from "./errors.ts";
import { LinkFailure, checkAbiVersion, findExports } from "./guest_exports.ts";
import { GuestMemory } from "./guest_memory.ts";
import { linkHostCalls } from "./hostcalls.ts";
import { MetricIds } from "./metrics.ts";
import { Timers } from "./timers.ts";
import type { PluginIdentity, StreamPart } from "./context.ts";
import type { GuestExports, GuestFunction } from "./guest_exports.ts";
import type { RejectionCode } from "./errors.ts";
import type { Services } from "./services.ts";
import type { Phase } from "./types.ts";

export interface VmSpec {
  /** Same key, same VM: vm_id, VM configuration and code. */
  readonly key: string;
  readonly module: WebAssembly.Module;
  readonly vmId: string;
  readonly vmConfiguration: Uint8Array;
  /** Empty: no restriction. */
  readonly capabilities: ReadonlySet<string>;
  readonly environment: Readonly<Record<string, string>>;
}

export type Thread = number | "base" | "canary" | "main";

/** Imports that stay callable while the guest allocates for the host. */
const ALLOWED_IN_MALLOC = new Set(["proxy_log", "fd_write", "clock_time_get", "poll_oneoff"]);

/** While the module starts, proxy_log is the only proxy_* call, and these WASI calls trap. */
const REFUSED_AT_START = new Set([
  "fd_read",
  "fd_seek",
  "fd_close",
  "path_open",
  "proc_exit",
  "sched_yield",
]);

export class Vm {
  readonly spec: VmSpec;
  readonly services: Services;
  readonly thread: Thread;
  readonly contexts = new Map<number, Context>();
  /** Root contexts by plugin key. */
  readonly roots = new Map<string, Context>();
  /** Roots whose on_done answered false, until proxy_done. */
  readonly pendingDone = new Map<string, Context>();
  readonly metricIds: MetricIds;
  readonly timers: Timers;
  readonly vmContext: Context;
  failure: RejectionCode | null = null;
  /** Called once, when a trap kills this VM. */
  onTrap: (() => void) | null = null;
  current: Context;
  effectiveId = 0;
  phase: Phase = "start";
  hostCalls = 0;
  /** A local reply was asked for in the running callback: its action is overridden. */
  stopIteration = false;
  #memory: GuestMemory | null = null;
  #exports: GuestExports | null = null;
  readonly #actions: (() => void)[] = [];
  #allocating = false;
  #nextContextId = 1;
  #lastHttpCallToken = 0;
  #lastGrpcCallToken = 1;

  constructor(spec: VmSpec, services: Services, thread: Thread) {
    this.spec = spec;
    this.services = services;
    this.thread = thread;
    this.metricIds = new MetricIds(services.metrics);
    this.timers = new Timers(services.clock);
    this.vmContext = new Context(this, 0, null, null, null);
    this.current = this.vmContext;
  }

  /** Instantiates and starts the module. False, with `failure` set, where Envoy would refuse it. */
  initialize(): boolean {
    try {
      checkAbiVersion(this.spec.module);
      const imports = linkHostCalls(this);
      const instance = new WebAssembly.Instance(this.spec.module, imports);
      const exports = findExports(instance.exports, (name) => this.allows(name));
      this.#exports = exports;
      this.#memory = new GuestMemory(exports.memory);
      if (exports.allocate === null) {
        throw new LinkFailure("Wasm module is missing malloc function.", true);
      }
      for (const start of exports.start) this.#invoke(start, this.vmContext, "start", 0, 0);
    } catch (error) {
      if (error instanceof LinkFailure) {
        this.fail(
          error.missingFunction ? "missing_function" : "unable_to_initialize_code",
          error.message,
        );
      } else if (isTrap(error)) {
        this.fail("unable_to_initialize_code", error.message);
      } else {
        throw error;
      }
    }
    return this.failure === null;
  }

  get memory(): GuestMemory {
    if (this.#memory === null) throw new HostTrap("memory used before it exists");
    return this.#memory;
  }

  get exports(): GuestExports {
    if (this.#exports === null) throw new HostTrap("exports used before they exist");
    return this.#exports;
  }

  hasFailed(): boolean {
    return this.failure !== null;
  }

  allows(capability: string): boolean {
    const { capabilities } = this.spec;
    return capabilities.size === 0 || capabilities.has(capability);
  }

  fail(code: RejectionCode, message: string): void {
    this.services.log.write(4, message, "");
    const wasRunning = this.failure === null;
    this.failure ??= code;
    if (wasRunning && code === "runtime_error") this.onTrap?.();
  }

  newContext(root: Context | null, plugin: PluginIdentity, stream: StreamPart | null): Context {
    return new Context(this, this.#nextContextId++, root, plugin, stream);
  }

  nextHttpCallToken(): number {
    this.#lastHttpCallToken += 4;
    return this.#lastHttpCallToken;
  }

  nextGrpcCallToken(): number {
    this.#lastGrpcCallToken += 4;
    return this.#lastGrpcCallToken;
  }

  /** The context that host calls act for. */
  get effective(): Context {
    if (this.effectiveId === 0) return this.current;
    return this.contexts.get(this.effectiveId) ?? this.current;
  }

  /** Traps the guest when this import may not be called now. */
  checkAllowedNow(name: string, isProxyCall: boolean): void {
    if (this.#allocating) {
      if (!ALLOWED_IN_MALLOC.has(name)) throw new HostTrap(`restricted_callback: ${name}`);
    } else if (this.phase === "start") {
      const refused = isProxyCall ? name !== "proxy_log" : REFUSED_AT_START.has(name);
      if (refused) throw new HostTrap(`restricted_callback: ${name}`);
    }
  }

  /** Runs the work when the callback that is running, or about to run, has returned. */
  defer(action: () => void): void {
    this.#actions.push(action);
  }

  /**
   * Guest memory for `size` bytes: its address, or 0 when the guest gives none (malloc answered
   * 0 or a range outside of memory, or trapped).
   */
  allocate(size: number): number {
    const { allocate } = this.exports;
    if (allocate === null) return 0;
    const phase = this.phase;
    this.#allocating = true;
    let address = 0;
    try {
      address = this.#invoke(allocate, this.vmContext, phase, size, 0) >>> 0;
    } finally {
      this.#allocating = false;
    }
    return address !== 0 && this.memory.holds(address, size) ? address : 0;
  }

  /** Hands bytes to the guest; writes 0 and 0 for none. False: InvalidMemoryAccess. */
  giveBytes(bytes: Uint8Array, ptrPtr: number, sizePtr: number): boolean {
    let address = 0;
    if (bytes.length > 0) {
      address = this.allocate(bytes.length);
      if (address === 0) return false;
      this.memory.write(address, bytes);
    }
    return this.memory.writeU32(ptrPtr, address) && this.memory.writeU32(sizePtr, bytes.length);
  }

  /** As giveBytes, for a latin1 string. */
  giveText(text: string, ptrPtr: number, sizePtr: number): boolean {
    let address = 0;
    if (text.length > 0) {
      address = this.allocate(text.length);
      if (address === 0) return false;
      this.memory.writeText(address, text);
    }
    return this.memory.writeU32(ptrPtr, address) && this.memory.writeU32(sizePtr, text.length);
  }

  /**
   * Enters the guest and answers its result, 0 after a trap. The caller must call `leave` when it
   * has used `stopIteration`.
   */
  enter(fn: GuestFunction, context: Context, phase: Phase, b = 0, c = 0, d = 0, e = 0): number {
    return this.#invoke(fn, context, phase, context.id, b, c, d, e);
  }

  /** The end of a callback: the deferred actions run, in order, also those they add. */
  leave(): void {
    this.stopIteration = false;
    while (this.#actions.length > 0) this.#actions.shift()?.();
    this.services.runPosted();
  }

  onContextCreate(context: Context, configuration: Uint8Array | null): void {
    const fn = this.exports.proxy_on_context_create;
    if (this.failure === null && !context.createdInGuest && fn !== null) {
      context.pluginConfiguration = configuration;
      const parentId = context.isRoot ? 0 : context.root.id;
      this.enter(fn, context, "context_create", parentId);
      context.pluginConfiguration = null;
      // A root is created and started in one: its deferred actions run after on_vm_start.
      if (!context.isRoot) this.leave();
    }
    context.createdInGuest = true;
  }

  onHttpCallResponse(
    root: Context,
    token: number,
    headers: number,
    body: number,
    trailers: number,
  ): void {
    const fn = this.exports.proxy_on_http_call_response;
    if (this.failure !== null || fn === null) return;
    this.enter(fn, root, "http_call_response", token, headers, body, trailers);
    this.leave();
  }

  onGrpcReceive(root: Context, token: number, size: number): void {
    const fn = this.exports.proxy_on_grpc_receive;
    if (this.failure === null && fn !== null) this.enter(fn, root, "grpc_receive", token, size);
    this.leave();
  }

  onGrpcClose(root: Context, token: number, status: number): void {
    const fn = this.exports.proxy_on_grpc_close;
    if (this.failure === null && fn !== null) this.enter(fn, root, "grpc_close", token, status);
    this.leave();
  }

  onTick(root: Context): void {
    const fn = this.exports.proxy_on_tick;
    if (this.failure !== null || fn === null) return;
    this.enter(fn, root, "tick");
    this.leave();
  }

  onQueueReady(root: Context, token: number): void {
    const fn = this.exports.proxy_on_queue_ready;
    if (this.failure !== null || fn === null) return;
    this.enter(fn, root, "queue_ready", token);
    this.leave();
  }

  onLog(context: Context): void {
    const fn = this.exports.proxy_on_log;
    if (this.failure !== null || fn === null) return;
    this.enter(fn, context, "log");
    this.leave();
  }

  /** The guest's answer; true when it gives none. */
  onDone(context: Context): boolean {
    const fn = this.exports.proxy_on_done;
    if (this.failure !== null || fn === null) return true;
    const done = this.enter(fn, context, "done") !== 0;
    this.leave();
    return done;
  }

  onDelete(context: Context): void {
    const fn = this.exports.proxy_on_delete;
    if (context.createdInGuest && this.failure === null && fn !== null) {
      this.enter(fn, context, "delete");
      this.leave();
    }
  }

  /** on_delete; then the context and its calls are gone, without a callback; never its timer. */
  deleteRoot(root: Context): void {
    this.onDelete(root);
    for (const call of [...root.calls.values()]) call.cancel();
    this.contexts.delete(root.id);
  }

  /** The VM goes: roots that still stand are done and deleted, whatever they answer. */
  shutDown(): void {
    for (const root of [...this.roots.values(), ...this.pendingDone.values()]) {
      this.onDone(root);
      this.deleteRoot(root);
    }
    this.roots.clear();
    this.pendingDone.clear();
  }

  #invoke(
    fn: GuestFunction,
    context: Context,
    phase: Phase,
    a: number,
    b: number,
    c = 0,
    d = 0,
    e = 0,
  ): number {
    const { current, effectiveId, phase: outerPhase } = this;
    this.current = context;
    this.effectiveId = 0;
    this.phase = phase;
    this.services.hold();
    try {
      return Number(fn(a, b, c, d, e) ?? 0);
    } catch (error) {
      if (!isTrap(error)) throw error;
      this.fail("runtime_error", `Function: ${phase} failed: ${error.message}`);
      return 0;
    } finally {
      this.services.unhold();
      this.current = current;
      this.effectiveId = effectiveId;
      this.phase = outerPhase;
    }
  }
}
