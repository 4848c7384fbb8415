// One simulated Envoy process: what the driver holds.

import { latin1, textBytes } from "./latin1.ts";
import { ConfiguredPlugin } from "./plugin.ts";
import { Process } from "./process.ts";
import { Services } from "./services.ts";
import type { Host, HostOptions, LogLine, Plugin, PluginOptions } from "./api.ts";
import type { MetricValue } from "./metrics.ts";
import type { SharedData } from "./shared_data.ts";
import type { Vm, VmSpec } from "./vm.ts";

const PLUGIN_DEFAULTS = {
  vmConfiguration: "",
  name: "",
  rootId: "",
  vmId: "",
  workers: 1,
  failurePolicy: "FAIL_CLOSED",
  capabilities: [],
  allowOnHeadersStopIteration: false,
  reloadBackoffMilliseconds: 1000,
  environment: {},
} as const;

/** A host with nothing in it yet; everything that could vary comes from the options. */
export function createHost(options: HostOptions): Host {
  return new SimulatedHost(options);
}

class SimulatedHost implements Host {
  readonly #services: Services;
  readonly #process: Process;
  readonly #moduleIds = new WeakMap<WebAssembly.Module, number>();
  #modules = 0;

  constructor(options: HostOptions) {
    this.#services = new Services(options);
    this.#process = new Process(this.#services);
  }

  get sharedData(): SharedData {
    return this.#services.sharedData;
  }

  get log(): readonly LogLine[] {
    return this.#services.log.lines;
  }

  addPlugin(options: PluginOptions): Plugin {
    const settings = { ...PLUGIN_DEFAULTS, ...options };
    const spec = this.#specify(settings);
    return new ConfiguredPlugin(this.#process, spec, settings, settings.configuration);
  }

  metrics(): Map<string, MetricValue> {
    return this.#services.metrics.snapshot();
  }

  transcript(): string[] {
    return this.#services.transcript.lines();
  }

  hostCalls(): number {
    return this.#services.transcript.total;
  }

  hostCallsByName(): Map<string, number> {
    return this.#services.transcript.byName();
  }

  runTimers(): number {
    let fired = 0;
    for (const vm of [...this.#process.vms]) fired += runTicks(vm) + runTimeouts(vm);
    return fired;
  }

  liveContexts(): number {
    let count = 0;
    for (const vm of this.#process.vms) count += vm.contexts.size - 1;
    return count;
  }

  #specify(settings: Required<Pick<PluginOptions, SpecMember>>): VmSpec {
    const { module, vmId, environment } = settings;
    const vmConfiguration = textBytes(settings.vmConfiguration).slice();
    const capabilities = [...settings.capabilities].sort();
    const identity = [this.#moduleId(module), vmId, latin1(vmConfiguration)];
    return {
      key: JSON.stringify([...identity, capabilities, environment]),
      module,
      vmId,
      vmConfiguration,
      capabilities: new Set(capabilities),
      environment,
    };
  }

  #moduleId(module: WebAssembly.Module): number {
    const known = this.#moduleIds.get(module);
    if (known !== undefined) return known;
    const id = this.#modules++;
    this.#moduleIds.set(module, id);
    return id;
  }
}

type SpecMember = "module" | "vmId" | "vmConfiguration" | "capabilities" | "environment";

function runTicks(vm: Vm): number {
  const due = vm.timers.due();
  for (const rootId of due) {
    const root = vm.contexts.get(rootId);
    if (root !== undefined) vm.onTick(root);
    vm.timers.rearm(rootId);
  }
  return due.length;
}

function runTimeouts(vm: Vm): number {
  const now = vm.services.clock.monotonicNanoseconds();
  let fired = 0;
  for (const root of [...vm.contexts.values()]) {
    for (const call of [...root.calls.values()]) {
      if (call.finished || call.deadline === null || call.deadline > now) continue;
      call.timeOut();
      fired++;
    }
  }
  return fired;
}
