// Header map calls. Source: proxy-wasm-cpp-host src/exports.cc, envoy context.cc
// (getHeaderMapValue … getHeaderMapSize).

import { decodePairs, pairsSize, writePairs } from "./pairs.ts";
import { Status } from "./types.ts";
import type { HostCalls } from "./hostcalls.ts";
import type { HeaderMap } from "./headers.ts";
import type { Vm } from "./vm.ts";

const MAP_TYPE_MAX = 7;
const NO_NAMES: readonly string[] = [];

export function headerCalls(vm: Vm): HostCalls {
  return { ...readingCalls(vm), ...changingCalls(vm) };
}

function readingCalls(vm: Vm): HostCalls {
  return {
    proxy_get_header_map_value(
      type: number,
      ptr: number,
      len: number,
      out: number,
      outLen: number,
    ) {
      if (type >>> 0 > MAP_TYPE_MAX) return Status.BAD_ARGUMENT;
      const name = vm.memory.text(ptr, len);
      if (name === null) return Status.INVALID_MEMORY_ACCESS;
      const { effective } = vm;
      const map = effective.constMap(type);
      if (map === null) {
        return effective.stream?.inAccessLog === true ? Status.NOT_FOUND : Status.BAD_ARGUMENT;
      }
      const value = map.get(name);
      if (value === null) return Status.NOT_FOUND;
      return vm.giveText(value, out, outLen) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
    },

    proxy_get_header_map_pairs(type: number, out: number, outLen: number) {
      if (type >>> 0 > MAP_TYPE_MAX) return Status.BAD_ARGUMENT;
      const map = vm.effective.constMap(type);
      const names = map?.names ?? NO_NAMES;
      const values = map?.values ?? NO_NAMES;
      if (names.length === 0) {
        return vm.giveText("", out, outLen) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
      }
      const size = pairsSize(names, values);
      const address = vm.allocate(size);
      if (address === 0) return Status.INVALID_MEMORY_ACCESS;
      writePairs(names, values, vm.memory.all(), address);
      return vm.memory.writeU32(out, address) && vm.memory.writeU32(outLen, size)
        ? Status.OK
        : Status.INVALID_MEMORY_ACCESS;
    },

    proxy_get_header_map_size(type: number, out: number) {
      if (type >>> 0 > MAP_TYPE_MAX) return Status.BAD_ARGUMENT;
      const map = vm.effective.mutableMap(type);
      if (map === null) return Status.BAD_ARGUMENT;
      return vm.memory.writeU32(out, map.byteSize()) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
    },
  };
}

function changingCalls(vm: Vm): HostCalls {
  return {
    proxy_add_header_map_value(
      type: number,
      ptr: number,
      len: number,
      value: number,
      size: number,
    ) {
      return change(vm, type, ptr, len, value, size, add);
    },

    proxy_replace_header_map_value(
      type: number,
      ptr: number,
      len: number,
      value: number,
      size: number,
    ) {
      return change(vm, type, ptr, len, value, size, replace);
    },

    proxy_remove_header_map_value(type: number, ptr: number, len: number) {
      if (type >>> 0 > MAP_TYPE_MAX) return Status.BAD_ARGUMENT;
      const name = vm.memory.text(ptr, len);
      if (name === null) return Status.INVALID_MEMORY_ACCESS;
      const map = vm.effective.mutableMap(type);
      if (map === null) return Status.BAD_ARGUMENT;
      map.remove(name);
      return Status.OK;
    },

    proxy_set_header_map_pairs(type: number, ptr: number, len: number) {
      if (type >>> 0 > MAP_TYPE_MAX) return Status.BAD_ARGUMENT;
      const blob = vm.memory.view(ptr, len);
      if (blob === null) return Status.INVALID_MEMORY_ACCESS;
      const map = vm.effective.mutableMap(type);
      if (map === null) return Status.BAD_ARGUMENT;
      map.clear();
      for (const [name, value] of decodePairs(blob)) map.add(name, value);
      return Status.OK;
    },
  };
}

function add(map: HeaderMap, name: string, value: string): void {
  map.add(name, value);
}

function replace(map: HeaderMap, name: string, value: string): void {
  map.replace(name, value);
}

function change(
  vm: Vm,
  type: number,
  ptr: number,
  len: number,
  valuePtr: number,
  valueLen: number,
  apply: (map: HeaderMap, name: string, value: string) => void,
): number {
  if (type >>> 0 > MAP_TYPE_MAX) return Status.BAD_ARGUMENT;
  const name = vm.memory.text(ptr, len);
  const value = vm.memory.text(valuePtr, valueLen);
  if (name === null || value === null) return Status.INVALID_MEMORY_ACCESS;
  const map = vm.effective.mutableMap(type);
  if (map === null) return Status.BAD_ARGUMENT;
  apply(map, name, value);
  return Status.OK;
}
