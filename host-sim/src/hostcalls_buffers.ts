// Buffer calls. Source: proxy-wasm-cpp-host src/exports.cc (get_buffer_bytes), envoy context.cc
// (getBuffer, Buffer::copyFrom).

import { SimError } from "./errors.ts";
import { BufferType, Status } from "./types.ts";
import type { BodyBuffer } from "./context.ts";
import type { HostCalls } from "./hostcalls.ts";
import type { Vm } from "./vm.ts";

const BUFFER_TYPE_MAX = 8;

/** Bytes that can only be read. */
type ReadOnly = Uint8Array;

export function bufferCalls(vm: Vm): HostCalls {
  return {
    proxy_get_buffer_bytes(
      type: number,
      start: number,
      length: number,
      out: number,
      outLen: number,
    ) {
      if (type >>> 0 > BUFFER_TYPE_MAX) return Status.BAD_ARGUMENT;
      const buffer = findBuffer(vm, type);
      if (buffer === null) return Status.NOT_FOUND;
      const from = start >>> 0;
      const wanted = Math.max(0, Math.min(length >>> 0, buffer.length - from));
      const bytes = wanted === 0 ? NOTHING : copyOut(buffer, from, wanted);
      return vm.giveBytes(bytes, out, outLen) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
    },

    proxy_get_buffer_status(type: number, outLen: number, outFlags: number) {
      if (type >>> 0 > BUFFER_TYPE_MAX) return Status.BAD_ARGUMENT;
      const buffer = findBuffer(vm, type);
      if (buffer === null) return Status.NOT_FOUND;
      return vm.memory.writeU32(outLen, buffer.length) && vm.memory.writeU32(outFlags, 0)
        ? Status.OK
        : Status.INVALID_MEMORY_ACCESS;
    },

    proxy_set_buffer_bytes(type: number, start: number, length: number, ptr: number, len: number) {
      if (type >>> 0 > BUFFER_TYPE_MAX) return Status.BAD_ARGUMENT;
      const buffer = findBuffer(vm, type);
      if (buffer === null) return Status.NOT_FOUND;
      const data = vm.memory.copy(ptr, len);
      if (data === null) return Status.INVALID_MEMORY_ACCESS;
      if (buffer instanceof Uint8Array) return Status.BAD_ARGUMENT;
      return setBytes(buffer, start >>> 0, length >>> 0, data);
    },
  };
}

const NOTHING = new Uint8Array(0);

function copyOut(buffer: BodyBuffer | ReadOnly, start: number, length: number): Uint8Array {
  return buffer instanceof Uint8Array
    ? buffer.subarray(start, start + length)
    : buffer.copyOut(start, length);
}

function setBytes(buffer: BodyBuffer, start: number, length: number, data: Uint8Array): Status {
  if (start === 0) {
    buffer.drain(length);
    buffer.prepend(data);
    return Status.OK;
  }
  if (start < buffer.length) return Status.BAD_ARGUMENT;
  buffer.append(data);
  return Status.OK;
}

/** Null is NotFound; a body outside of its phase is an empty buffer that cannot be changed. */
function findBuffer(vm: Vm, type: number): BodyBuffer | ReadOnly | null {
  const { effective } = vm;
  switch (type) {
    case BufferType.HTTP_REQUEST_BODY:
      return effective.stream?.requestBody() ?? NOTHING;
    case BufferType.HTTP_RESPONSE_BODY:
      return effective.stream?.responseBody() ?? NOTHING;
    case BufferType.DOWNSTREAM_DATA:
    case BufferType.UPSTREAM_DATA:
      return NOTHING;
    case BufferType.GRPC_RECEIVE_BUFFER:
      return effective.grpcMessage ?? NOTHING;
    case BufferType.HTTP_CALL_RESPONSE_BODY:
      return effective.root.callResponse?.body ?? null;
    case BufferType.VM_CONFIGURATION:
      return vm.spec.vmConfiguration;
    case BufferType.PLUGIN_CONFIGURATION:
      return effective.pluginConfiguration;
    default:
      throw new SimError("not_modelled", "proxy_get_buffer_bytes", `buffer type ${type}`);
  }
}
