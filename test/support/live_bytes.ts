// The bytes that a module's allocator has given out and not got back, counted by walking its heap.

import { readFile } from "node:fs/promises";

import { bareInstance } from "./bare_instance.ts";

// Layout of the heap, from AssemblyScript 0.28.20 std/assembly/rt/tlsf.ts: the allocator's root at
// the aligned heap base, then blocks, each a header (size and two flags) and its payload; a block
// of size 0 ends them.
const ALIGN = 16;
const ALLOCATOR_ROOT_BYTES = 1572;
const BLOCK_HEADER_BYTES = 4;
const FREE_FLAG = 1;
const FLAGS = 3;

export interface CountedModule {
  module: WebAssembly.Module;
  liveBytes(memory: WebAssembly.Memory): number;
}

export async function loadCountedModule(): Promise<CountedModule> {
  const module = await WebAssembly.compile(await readFile("build/live_bytes.wasm"));
  const heapBase = (await bareInstance(module)).call("heapBase");
  return { module, liveBytes: (memory) => liveBytes(memory, heapBase) };
}

function align(address: number): number {
  return Math.ceil(address / ALIGN) * ALIGN;
}

function liveBytes(memory: WebAssembly.Memory, heapBase: number): number {
  const view = new DataView(memory.buffer);
  const start = align(heapBase) + ALLOCATOR_ROOT_BYTES;
  let block = align(start + BLOCK_HEADER_BYTES) - BLOCK_HEADER_BYTES;
  let used = 0;
  while (block + BLOCK_HEADER_BYTES <= view.byteLength) {
    const info = view.getUint32(block, true);
    const size = info & ~FLAGS;
    if (size === 0) return used;
    if ((info & FREE_FLAG) === 0) used += size;
    block += BLOCK_HEADER_BYTES + size;
  }
  throw new Error("the heap has no last block: its layout is not the one this file knows");
}
