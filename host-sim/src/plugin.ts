// A configured filter: its handle on each thread, pushes, and the failure policy.
// Source: envoy source/extensions/common/wasm/wasm.cc (PluginConfig).

import { SimError } from "./errors.ts";
import { textBytes } from "./latin1.ts";
import { HttpStream } from "./stream.ts";
import type { FailurePolicy, Plugin, Stream, StreamOptions, Worker } from "./api.ts";
import type { PluginIdentity } from "./context.ts";
import type { BaseVm, Process } from "./process.ts";
import type { PluginHandle } from "./plugin_handle.ts";
import type { Participation, StreamPlan } from "./stream.ts";
import type { Thread, VmSpec } from "./vm.ts";

export interface PluginSettings {
  name: string;
  rootId: string;
  workers: number;
  failurePolicy: FailurePolicy;
  allowOnHeadersStopIteration: boolean;
  reloadBackoffMilliseconds: number;
}

export class ConfiguredPlugin implements Plugin {
  readonly settings: PluginSettings;
  readonly process: Process;
  readonly base: BaseVm;
  readonly main: PluginWorker;
  readonly workers: readonly PluginWorker[];
  identity: PluginIdentity;
  #removed = false;

  /** Throws PluginRejected. */
  constructor(
    process: Process,
    spec: VmSpec,
    settings: PluginSettings,
    configuration: string | Uint8Array,
  ) {
    this.settings = settings;
    this.process = process;
    const { services } = process;
    this.identity = identify(settings, configuration);
    services.hold();
    try {
      this.base = process.prepare(spec, this.identity);
      process.retainBase(this.base);
      this.main = new PluginWorker(this, "main");
      this.workers = Array.from(
        { length: settings.workers },
        (_, index) => new PluginWorker(this, index),
      );
    } finally {
      services.unhold();
    }
    services.runPosted();
  }

  get name(): string {
    return this.settings.name;
  }

  update(configuration: string | Uint8Array): void {
    if (this.#removed) throw new SimError("misuse", "Plugin.update", "the plugin was removed");
    const identity = identify(this.settings, configuration);
    const { services } = this.process;
    services.hold();
    try {
      this.process.prepare(this.base.vm.spec, identity);
      this.identity = identity;
      for (const worker of [this.main, ...this.workers]) worker.replaceHandle();
    } finally {
      services.unhold();
    }
    services.runPosted();
  }

  remove(): void {
    if (this.#removed) return;
    this.#removed = true;
    for (const worker of [this.main, ...this.workers]) worker.dropHandle();
    this.process.releaseBase(this.base);
  }
}

function identify(settings: PluginSettings, configuration: string | Uint8Array): PluginIdentity {
  const bytes = textBytes(configuration).slice();
  const { name, rootId } = settings;
  return { key: JSON.stringify([rootId, name, [...bytes]]), name, rootId, configuration: bytes };
}

export class PluginWorker implements Worker {
  readonly #plugin: ConfiguredPlugin;
  readonly #thread: Thread;
  #handle: PluginHandle | null;
  #loadedAt: bigint;

  constructor(plugin: ConfiguredPlugin, thread: Thread) {
    this.#plugin = plugin;
    this.#thread = thread;
    this.#loadedAt = this.#now();
    this.#handle = plugin.process.obtain(plugin.base, plugin.identity, thread);
  }

  get absent(): boolean {
    return this.#handle === null;
  }

  get failed(): boolean {
    return this.#handle !== null && this.#handle.vm.failure !== null;
  }

  get memory(): WebAssembly.Memory {
    return this.#present("memory").vm.memory.memory;
  }

  get hostCalls(): number {
    return this.#present("hostCalls").vm.hostCalls;
  }

  openStream(options: StreamOptions = {}): Stream {
    this.#reloadIfDue();
    const { settings, process } = this.#plugin;
    const participation = this.#participation();
    const plan: StreamPlan = {
      services: process.services,
      participation,
      handle: participation === "active" ? this.#handle : null,
      allowStopIteration: settings.allowOnHeadersStopIteration,
    };
    return new HttpStream(plan, options);
  }

  /** The new root first, then the old one is let go. */
  replaceHandle(): void {
    const old = this.#handle;
    this.#loadedAt = this.#now();
    this.#handle = this.#plugin.process.obtain(
      this.#plugin.base,
      this.#plugin.identity,
      this.#thread,
    );
    old?.release();
  }

  dropHandle(): void {
    this.#handle?.release();
    this.#handle = null;
  }

  #participation(): Participation {
    if (this.#handle === null) return "absent";
    if (this.#handle.vm.failure === null) return "active";
    return this.#plugin.settings.failurePolicy === "FAIL_OPEN" ? "absent" : "failed";
  }

  /** FAIL_RELOAD: a VM that trapped is replaced once the backoff since its load has passed. */
  #reloadIfDue(): void {
    const { settings, process, base, identity } = this.#plugin;
    const old = this.#handle;
    if (settings.failurePolicy !== "FAIL_RELOAD" || old?.vm.failure !== "runtime_error") return;
    const count = (outcome: string): void =>
      process.services.metrics.increment(`wasm.${settings.name}.vm_reload_${outcome}`);
    const now = this.#now();
    if (now - this.#loadedAt < this.#backoffNanoseconds()) {
      count("backoff");
      return;
    }
    this.#loadedAt = now;
    const fresh = process.obtain(base, identity, this.#thread);
    if (fresh === null) {
      count("failure");
      return;
    }
    count("success");
    this.#handle = fresh;
    old.release();
  }

  /** Envoy's JitteredLowerBoundBackOffStrategy: the base interval and up to half of it more. */
  #backoffNanoseconds(): bigint {
    const base = BigInt(this.#plugin.settings.reloadBackoffMilliseconds);
    const half = base >> 1n;
    const bytes = new Uint8Array(8);
    this.#plugin.process.services.random(bytes);
    const jitter = half === 0n ? 0n : new DataView(bytes.buffer).getBigUint64(0) % half;
    return (base + jitter) * 1_000_000n;
  }

  #present(member: string): PluginHandle {
    if (this.#handle === null) {
      throw new SimError("misuse", `Worker.${member}`, "the plugin is absent on this worker");
    }
    return this.#handle;
  }

  #now(): bigint {
    return this.#plugin.process.services.clock.monotonicNanoseconds();
  }
}
