// Shared data and shared queues. Source: proxy-wasm-cpp-host src/exports.cc, src/context.cc.

import { Status } from "./types.ts";
import type { HostCalls } from "./hostcalls.ts";
import type { Vm } from "./vm.ts";

export function sharedCalls(vm: Vm): HostCalls {
  const { sharedData, queues } = vm.services;
  const { vmId } = vm.spec;
  return {
    proxy_get_shared_data(ptr: number, len: number, out: number, outLen: number, outCas: number) {
      const key = vm.memory.text(ptr, len);
      if (key === null) return Status.INVALID_MEMORY_ACCESS;
      const entry = sharedData.get(vmId, key);
      if (entry === null) return Status.NOT_FOUND;
      const { value, cas } = entry;
      return vm.giveBytes(value, out, outLen) && vm.memory.writeU32(outCas, cas)
        ? Status.OK
        : Status.INVALID_MEMORY_ACCESS;
    },

    proxy_set_shared_data(ptr: number, len: number, value: number, size: number, cas: number) {
      const key = vm.memory.text(ptr, len);
      const bytes = vm.memory.copy(value, size);
      if (key === null || bytes === null) return Status.INVALID_MEMORY_ACCESS;
      return sharedData.set(vmId, key, bytes, cas >>> 0);
    },

    proxy_register_shared_queue(ptr: number, len: number, outToken: number) {
      const name = vm.memory.text(ptr, len);
      if (name === null) return Status.INVALID_MEMORY_ACCESS;
      const rootId = vm.effective.root.id;
      const token = queues.register(vmId, name, (ready) => {
        vm.services.post(() => {
          const root = vm.contexts.get(rootId);
          if (root !== undefined) vm.onQueueReady(root, ready);
        });
      });
      return vm.memory.writeU32(outToken, token) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
    },

    proxy_resolve_shared_queue(
      vmIdPtr: number,
      vmIdLen: number,
      ptr: number,
      len: number,
      outToken: number,
    ) {
      const owner = vm.memory.text(vmIdPtr, vmIdLen);
      const name = vm.memory.text(ptr, len);
      if (owner === null || name === null) return Status.INVALID_MEMORY_ACCESS;
      const token = queues.resolve(owner === "" ? vmId : owner, name);
      if (token === 0) return Status.NOT_FOUND;
      return vm.memory.writeU32(outToken, token) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
    },

    proxy_dequeue_shared_queue(token: number, out: number, outLen: number) {
      const item = queues.dequeue(token >>> 0);
      if (typeof item === "number") return item;
      return vm.giveBytes(item, out, outLen) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
    },

    proxy_enqueue_shared_queue(token: number, ptr: number, len: number) {
      const item = vm.memory.copy(ptr, len);
      if (item === null) return Status.INVALID_MEMORY_ACCESS;
      return queues.enqueue(token >>> 0, item);
    },
  };
}
