// Log, time, ticks, properties and foreign functions. Source: proxy-wasm-cpp-host src/exports.cc.

import { callForeignFunction } from "./foreign.ts";
import { getProperty } from "./properties.ts";
import { Status } from "./types.ts";
import type { HostCalls } from "./hostcalls.ts";
import type { Vm } from "./vm.ts";

const LOG_LEVEL_MAX = 5;

export function generalCalls(vm: Vm): HostCalls {
  const { clock, log } = vm.services;
  return {
    /** Also offered by the host, neither counted nor restricted. */
    pthread_equal: (left: number, right: number) => (left === right ? 1 : 0),
    emscripten_notify_memory_growth: () => undefined,

    proxy_log(level: number, ptr: number, len: number) {
      if (level >>> 0 > LOG_LEVEL_MAX) return Status.BAD_ARGUMENT;
      if (!vm.memory.holds(ptr, len)) return Status.INVALID_MEMORY_ACCESS;
      if (level >= log.level) {
        log.write(level, vm.memory.text(ptr, len) ?? "", vm.effective.source);
      }
      return Status.OK;
    },

    proxy_get_log_level(out: number) {
      return vm.memory.writeU32(out, log.level) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
    },

    proxy_get_current_time_nanoseconds(out: number) {
      return vm.memory.writeU64(out, clock.systemNanoseconds())
        ? Status.OK
        : Status.INVALID_MEMORY_ACCESS;
    },

    proxy_set_tick_period_milliseconds(milliseconds: number) {
      vm.timers.setPeriod(vm.effective.root.id, milliseconds >>> 0);
      return Status.OK;
    },

    proxy_get_property(ptr: number, len: number, out: number, outLen: number) {
      const path = vm.memory.text(ptr, len);
      if (path === null) return Status.INVALID_MEMORY_ACCESS;
      const value = getProperty(vm.effective, path);
      if (typeof value === "number") return value;
      return vm.giveBytes(value, out, outLen) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
    },

    proxy_set_property(ptr: number, len: number, value: number, size: number) {
      const path = vm.memory.text(ptr, len);
      const bytes = vm.memory.copy(value, size);
      if (path === null || bytes === null) return Status.INVALID_MEMORY_ACCESS;
      const { stream } = vm.effective;
      if (stream === null) return Status.NOT_FOUND;
      stream.setFilterState(path, bytes);
      return Status.OK;
    },

    proxy_call_foreign_function(
      namePtr: number,
      nameLen: number,
      ptr: number,
      len: number,
      out: number,
      outLen: number,
    ) {
      const name = vm.memory.text(namePtr, nameLen);
      const argument = vm.memory.copy(ptr, len);
      if (name === null || argument === null) return Status.INVALID_MEMORY_ACCESS;
      return callForeignFunction(vm, name, argument, out, outLen);
    },
  };
}
