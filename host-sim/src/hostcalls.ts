// Links a module: every import it asks for, wrapped with what holds for all host calls: the
// restrictions of the moment, capabilities, fault injection and the record of the call.

import { LinkFailure } from "./guest_exports.ts";
import { SimError } from "./errors.ts";
import { Errno, Status } from "./types.ts";
import { bufferCalls } from "./hostcalls_buffers.ts";
import { calloutCalls } from "./hostcalls_callouts.ts";
import { generalCalls } from "./hostcalls_general.ts";
import { headerCalls } from "./hostcalls_headers.ts";
import { metricCalls } from "./hostcalls_metrics.ts";
import { sharedCalls } from "./hostcalls_shared.ts";
import { streamCalls } from "./hostcalls_stream.ts";
import { wasiCalls } from "./hostcalls_wasi.ts";
import type { Vm } from "./vm.ts";

/** Arguments come as wasm gives them: i32 as signed numbers, i64 as bigint. */
export type HostFunction = (...args: never[]) => number | undefined;
export type HostCalls = Record<string, HostFunction>;

const WASI_MODULES = ["wasi_snapshot_preview1", "wasi_unstable"];

/** Part of the host, but not of this model: calling one is a finding. */
const NOT_MODELLED = [
  "proxy_grpc_stream",
  "proxy_grpc_close",
  "proxy_grpc_cancel",
  "proxy_grpc_send",
];

/** Throws LinkFailure for an import that Envoy does not provide. */
export function linkHostCalls(vm: Vm): WebAssembly.Imports {
  const proxy: HostCalls = {
    ...generalCalls(vm),
    ...headerCalls(vm),
    ...bufferCalls(vm),
    ...streamCalls(vm),
    ...sharedCalls(vm),
    ...metricCalls(vm),
    ...calloutCalls(vm),
    ...Object.fromEntries(NOT_MODELLED.map((name) => [name, notModelled(name)])),
  };
  const wasi = wasiCalls(vm);
  const imports: Record<string, Record<string, HostFunction>> = {};
  for (const { module, name, kind } of WebAssembly.Module.imports(vm.spec.module)) {
    if (kind === "memory" || kind === "table") {
      throw new SimError("not_modelled", `${module}.${name}`, `imported ${kind}`);
    }
    const isWasi = WASI_MODULES.includes(module);
    const table = isWasi ? wasi : module === "env" ? proxy : {};
    const fn = kind === "function" ? table[name] : undefined;
    if (fn === undefined) {
      const missing = `Failed to load Wasm module due to a missing import: ${module}.${name}`;
      throw new LinkFailure(missing, false);
    }
    const members = (imports[module] ??= {});
    members[name] = name.startsWith("proxy_") || isWasi ? wrap(vm, name, isWasi, fn) : fn;
  }
  return imports;
}

function wrap(vm: Vm, name: string, isWasi: boolean, fn: HostFunction): HostFunction {
  const { faults, transcript } = vm.services;
  const counter = transcript.counter(name);
  const target = vm.allows(name) ? fn : denied(vm, name, isWasi);
  return (...args) => {
    vm.checkAllowedNow(name, !isWasi);
    const sequence = transcript.total;
    counter.calls++;
    vm.hostCalls++;
    transcript.record(name, vm.phase);
    if (faults !== undefined) {
      const fault = faults({ name, phase: vm.phase, worker: vm.thread, sequence });
      if (fault !== undefined) return fault;
    }
    return target(...args);
  };
}

function denied(vm: Vm, name: string, isWasi: boolean): HostFunction {
  const kind = isWasi ? "WASI" : "proxy-wasm";
  const message = `Attempted call to restricted ${kind} capability: ${name}`;
  const answer = isWasi ? Errno.NOTCAPABLE : Status.INTERNAL_FAILURE;
  return () => {
    vm.services.log.write(4, message, "");
    return answer;
  };
}

function notModelled(name: string): HostFunction {
  return () => {
    throw new SimError("not_modelled", name, "this host call is not modelled");
  };
}
