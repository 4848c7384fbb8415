// The WASI calls that a proxy-wasm host offers: logging through fd_write, time, randomness, the
// environment, and fixed answers for the rest. Source: proxy-wasm-cpp-host src/exports.cc.

import { Errno } from "./types.ts";
import { latin1, latin1Bytes } from "./latin1.ts";
import { SimError } from "./errors.ts";
import type { HostCalls, HostFunction } from "./hostcalls.ts";
import type { Vm } from "./vm.ts";

/** proxy-wasm-cpp-host limits.h. */
const RANDOM_MAX_BYTES = 64 * 1024;
const STDOUT = 1;
const STDERR = 2;

/** Answers that depend on no argument. */
const FIXED: Readonly<Record<string, number>> = {
  args_get: Errno.SUCCESS,
  fd_advise: Errno.SUCCESS,
  fd_close: Errno.SUCCESS,
  fd_fdstat_set_flags: Errno.NOSYS,
  fd_filestat_get: Errno.BADF,
  fd_prestat_dir_name: Errno.NOSYS,
  fd_prestat_get: Errno.BADF,
  fd_read: Errno.NOSYS,
  fd_seek: Errno.SUCCESS,
  path_filestat_get: Errno.NOTSUP,
  path_open: Errno.NOENT,
  sched_yield: Errno.SUCCESS,
};

const NOT_MODELLED = [
  "fd_allocate",
  "fd_datasync",
  "fd_fdstat_set_rights",
  "fd_filestat_set_size",
  "fd_filestat_set_times",
  "fd_pread",
  "fd_pwrite",
  "fd_readdir",
  "fd_renumber",
  "fd_sync",
  "fd_tell",
  "path_create_directory",
  "path_filestat_set_times",
  "path_link",
  "path_readlink",
  "path_remove_directory",
  "path_rename",
  "path_symlink",
  "path_unlink_file",
  "proc_exit",
  "sock_accept",
  "sock_recv",
  "sock_send",
  "sock_shutdown",
];

export function wasiCalls(vm: Vm): HostCalls {
  const { clock, random } = vm.services;
  const calls: HostCalls = {
    clock_time_get(id: number, _precision: bigint, out: number) {
      if (id !== 0 && id !== 1) return Errno.NOTSUP;
      const now = id === 0 ? clock.systemNanoseconds() : clock.monotonicNanoseconds();
      return vm.memory.writeU64(out, now) ? Errno.SUCCESS : Errno.FAULT;
    },

    clock_res_get(id: number, out: number) {
      if (id !== 0 && id !== 1) return Errno.NOTSUP;
      return vm.memory.writeU64(out, 1n) ? Errno.SUCCESS : Errno.FAULT;
    },

    random_get(ptr: number, len: number) {
      if (len >>> 0 > RANDOM_MAX_BYTES) return Errno.INVAL;
      if (len === 0) return Errno.SUCCESS;
      const target = vm.memory.view(ptr, len);
      if (target === null) return Errno.FAULT;
      random(target);
      return Errno.SUCCESS;
    },

    fd_write(fd: number, iovs: number, count: number, outWritten: number) {
      return writeToLog(vm, fd, iovs >>> 0, count >>> 0, outWritten);
    },

    fd_fdstat_get(fd: number, out: number) {
      if (fd !== STDOUT && fd !== STDERR) return Errno.BADF;
      const stat = new Uint8Array(24);
      stat[8] = 64; // fs_rights_base: FD_WRITE
      vm.memory.write(out, stat);
      return Errno.SUCCESS;
    },

    args_sizes_get(outCount: number, outSize: number) {
      return writeTwo(vm, outCount, 0, outSize, 0);
    },

    environ_sizes_get(outCount: number, outSize: number) {
      const entries = environment(vm);
      const size = entries.reduce((sum, entry) => sum + entry.length, 0);
      return writeTwo(vm, outCount, entries.length, outSize, size);
    },

    environ_get(pointers: number, target: number) {
      let address = target >>> 0;
      for (const [index, entry] of environment(vm).entries()) {
        if (!vm.memory.writeU32((pointers >>> 0) + 4 * index, address)) return Errno.FAULT;
        if (!vm.memory.write(address, entry)) return Errno.FAULT;
        address += entry.length;
      }
      return Errno.SUCCESS;
    },

    poll_oneoff(_in: number, _out: number, _count: number, outEvents: number) {
      return vm.memory.writeU32(outEvents, 0) ? Errno.SUCCESS : Errno.FAULT;
    },
  };
  for (const [name, errno] of Object.entries(FIXED)) calls[name] = () => errno;
  for (const name of NOT_MODELLED) calls[name] = notModelled(name);
  return calls;
}

function notModelled(name: string): HostFunction {
  return () => {
    throw new SimError("not_modelled", name, "this WASI call is not modelled");
  };
}

function environment(vm: Vm): Uint8Array[] {
  return Object.entries(vm.spec.environment).map(([key, value]) =>
    latin1Bytes(`${key}=${value}\0`),
  );
}

function writeTwo(vm: Vm, first: number, a: number, second: number, b: number): number {
  return vm.memory.writeU32(first, a) && vm.memory.writeU32(second, b)
    ? Errno.SUCCESS
    : Errno.FAULT;
}

/** stdout becomes info, stderr error; one trailing newline is dropped. */
function writeToLog(vm: Vm, fd: number, iovs: number, count: number, outWritten: number): number {
  if (fd !== STDOUT && fd !== STDERR) return Errno.BADF;
  let text = "";
  for (let index = 0; index < count; index++) {
    const ptr = vm.memory.readU32(iovs + 8 * index);
    const len = vm.memory.readU32(iovs + 8 * index + 4);
    if (ptr === null || len === null) return Errno.FAULT;
    const bytes = len === 0 ? null : vm.memory.view(ptr, len);
    if (len > 0 && bytes === null) return Errno.FAULT;
    if (bytes !== null) text += latin1(bytes);
  }
  if (text !== "") {
    vm.services.log.write(fd === STDOUT ? 2 : 4, text.replace(/\n$/, ""), vm.effective.source);
  }
  return vm.memory.writeU32(outWritten, text.length) ? Errno.SUCCESS : Errno.FAULT;
}
