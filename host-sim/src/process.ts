// The VMs of one process: base VMs by key, one clone per thread that uses them, and the handles
// of the plugins in them. Source: proxy-wasm-cpp-host src/wasm.cc (createWasm, canary,
// getOrCreateThreadLocalPlugin), src/vm_id_handle.cc.

import { PluginRejected } from "./errors.ts";
import { PluginHandle } from "./plugin_handle.ts";
import { configureRoot, startRoot } from "./roots.ts";
import { Vm } from "./vm.ts";
import type { PluginIdentity } from "./context.ts";
import type { RejectionCode } from "./errors.ts";
import type { Services } from "./services.ts";
import type { Thread, VmSpec } from "./vm.ts";

/** The VM that others are made from: it runs `_initialize` and nothing else. */
export interface BaseVm {
  readonly vm: Vm;
  /** Plugins and clones that keep it alive. */
  users: number;
  /** Verdicts of the canary by plugin key. */
  readonly canaries: Map<string, boolean>;
}

interface ClonedVm {
  readonly vm: Vm;
  readonly base: BaseVm;
  handles: number;
}

export class Process {
  readonly services: Services;
  readonly #bases = new Map<string, BaseVm>();
  /** Clones by thread, then VM key; without those that trapped. */
  readonly #clones = new Map<Thread, Map<string, ClonedVm>>();
  readonly #handles = new Map<Thread, Map<string, PluginHandle>>();
  /** Every VM that still has contexts, dead ones included. */
  readonly #alive = new Set<Vm>();

  constructor(services: Services) {
    this.services = services;
  }

  get vms(): ReadonlySet<Vm> {
    return this.#alive;
  }

  /** The base VM, after a good canary of the plugin; throws PluginRejected. */
  prepare(spec: VmSpec, plugin: PluginIdentity): BaseVm {
    const firstLine = this.services.log.lines.length;
    const known = this.#bases.get(spec.key);
    const base = known ?? {
      vm: new Vm(spec, this.services, "base"),
      users: 0,
      canaries: new Map(),
    };
    if (known === undefined) {
      if (!base.vm.initialize()) this.#reject(base.vm, "unable_to_initialize_code", firstLine);
    }
    this.#canary(base, plugin, firstLine);
    if (base.vm.failure !== null) this.#reject(base.vm, "base_vm_failed", firstLine);
    this.#bases.set(spec.key, base);
    return base;
  }

  retainBase(base: BaseVm): void {
    base.users++;
  }

  releaseBase(base: BaseVm): void {
    if (--base.users > 0) return;
    this.#bases.delete(base.vm.spec.key);
    const { vmId } = base.vm.spec;
    const shared = [...this.#bases.values()].some(({ vm }) => vm.spec.vmId === vmId);
    if (shared) return;
    this.services.sharedData.deleteVmId(vmId);
    this.services.queues.deleteVmId(vmId);
  }

  /**
   * The plugin's root on a thread, made when there is none. Null when the guest refuses it there:
   * the base VM then counts as failed, as in Envoy.
   */
  obtain(base: BaseVm, plugin: PluginIdentity, thread: Thread): PluginHandle | null {
    const handles = mapOf(this.#handles, thread);
    const key = `${base.vm.spec.key} ${plugin.key}`;
    const known = handles.get(key);
    if (known !== undefined) return known.retain();
    const clone = this.#clone(base, thread);
    if (clone === null) return null;
    const { vm } = clone;
    clone.handles++;
    const root = startRoot(vm, plugin);
    if (root === null || !configureRoot(vm, root, plugin)) {
      base.vm.fail(
        root === null ? "start_failed" : "configure_failed",
        root === null
          ? "Failed to start thread-local Wasm"
          : "Failed to configure thread-local Wasm plugin",
      );
      this.#releaseClone(clone, thread);
      return null;
    }
    const handle = new PluginHandle(vm, root, plugin, () => {
      if (handles.get(key) === handle) handles.delete(key);
      this.#releaseClone(clone, thread);
    });
    handles.set(key, handle);
    return handle;
  }

  #canary(base: BaseVm, plugin: PluginIdentity, firstLine: number): void {
    const verdict = base.canaries.get(plugin.key);
    if (verdict === true) return;
    if (verdict === false) this.#reject(base.vm, "configure_failed", firstLine);
    const canary = new Vm(base.vm.spec, this.services, "canary");
    if (!canary.initialize()) this.#reject(canary, "unable_to_initialize_code", firstLine);
    const root = startRoot(canary, plugin);
    if (root === null) this.#reject(canary, "start_failed", firstLine);
    const accepted = configureRoot(canary, root, plugin);
    base.canaries.set(plugin.key, accepted);
    killCanary(canary);
    if (!accepted) this.#reject(canary, "configure_failed", firstLine);
  }

  #clone(base: BaseVm, thread: Thread): ClonedVm | null {
    const clones = mapOf(this.#clones, thread);
    const { key } = base.vm.spec;
    const known = clones.get(key);
    if (known !== undefined) return known;
    const vm = new Vm(base.vm.spec, this.services, thread);
    if (!vm.initialize()) {
      base.vm.fail("unable_to_initialize_code", "Failed to initialize Wasm code");
      return null;
    }
    const clone: ClonedVm = { vm, base, handles: 0 };
    clones.set(key, clone);
    this.#alive.add(vm);
    this.retainBase(base);
    vm.onTrap = () => {
      if (clones.get(key) === clone) clones.delete(key);
      const handles = mapOf(this.#handles, thread);
      for (const [name, handle] of handles) if (handle.vm === vm) handles.delete(name);
    };
    return clone;
  }

  #releaseClone(clone: ClonedVm, thread: Thread): void {
    if (--clone.handles > 0) return;
    const { vm, base } = clone;
    const clones = mapOf(this.#clones, thread);
    if (clones.get(base.vm.spec.key) === clone) clones.delete(base.vm.spec.key);
    vm.shutDown();
    this.#alive.delete(vm);
    this.releaseBase(base);
  }

  #reject(vm: Vm, fallback: RejectionCode, firstLine: number): never {
    const lines = this.services.log.lines.slice(firstLine);
    const messages = lines.map(({ message }) => message);
    throw new PluginRejected(vm.failure ?? fallback, `${vm.thread} VM`, messages);
  }
}

/** The canary goes without on_done or on_delete; its calls and ticks are dropped. */
function killCanary(canary: Vm): void {
  for (const root of canary.roots.values()) {
    for (const call of [...root.calls.values()]) call.cancel();
  }
  canary.contexts.clear();
}

function mapOf<Value>(maps: Map<Thread, Map<string, Value>>, thread: Thread): Map<string, Value> {
  const known = maps.get(thread);
  if (known !== undefined) return known;
  const map = new Map<string, Value>();
  maps.set(thread, map);
  return map;
}
