// The pure core, compiled with exports over (pointer, length), and a stretch of its memory for a
// test's bytes.

import { readFile } from "node:fs/promises";

import { instantiate } from "@assemblyscript/loader";

const MODULE = new URL("../../build/core_probe.wasm", import.meta.url);
const ROOM_BYTES = 1 << 20;

interface Base {
  memory: WebAssembly.Memory;
  _initialize(): void;
  allocate(bytes: number): number;
}

/** The core with exports `E` and a stack of test bytes that `reset` empties. */
export interface CoreProbe<E> {
  core: E;
  /** Address of a copy of some bytes, or of the latin1 bytes of a string. */
  put(bytes: Uint8Array | string): number;
  /** Address of a Text (core/bytes/text.ts) of latin1 characters. */
  putText(characters: string): number;
  /** Address of `length` zeroed bytes, aligned to 16. */
  room(length: number): number;
  /** A copy of some bytes. */
  bytes(ptr: number, length: number): Uint8Array;
  /** Some bytes as latin1. */
  text(ptr: number, length: number): string;
  /** A view of all memory; valid until the next call into the core. */
  view(): DataView;
  reset(): void;
}

/** A new instance of the core. */
export async function loadCore<E>(): Promise<CoreProbe<E>> {
  return loadProbe<E>(MODULE);
}

/** A new instance of a probe. The loader does not call `_initialize`, so this does. */
export async function loadProbe<E>(module: URL): Promise<CoreProbe<E>> {
  // Whoever asks for `E` says what the probe exports; what every test needs is checked.
  const isCore = (exports: object): exports is Base & E =>
    ["memory", "_initialize", "allocate"].every((name) => name in exports);
  const { exports } = await instantiate(await readFile(module));
  if (!isCore(exports)) throw new Error(`${module.pathname} is no probe of the core`);
  exports._initialize();
  const base = (exports.allocate(ROOM_BYTES + 16) + 15) & ~15;
  let used = 0;
  const memory = (): Uint8Array => new Uint8Array(exports.memory.buffer);

  function room(length: number): number {
    if (used + length > ROOM_BYTES)
      throw new Error("the test needs more room in the core's memory");
    const ptr = base + used;
    used += (length + 15) & ~15;
    memory().fill(0, ptr, ptr + length);
    return ptr;
  }

  function put(bytes: Uint8Array | string): number {
    const source = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
    const ptr = room(source.length);
    memory().set(source, ptr);
    return ptr;
  }

  function putText(characters: string): number {
    const bytes = Buffer.alloc(4 + characters.length);
    bytes.writeUInt32LE(characters.length);
    bytes.write(characters, 4, "latin1");
    return put(bytes);
  }

  return {
    core: exports,
    put,
    putText,
    room,
    bytes: (ptr, length) => memory().slice(ptr, ptr + length),
    text: (ptr, length) => Buffer.from(memory().subarray(ptr, ptr + length)).toString("latin1"),
    view: () => new DataView(exports.memory.buffer),
    reset: () => {
      used = 0;
    },
  };
}
