// How much of the arena a callback uses: what it leaves written there.

import { bareInstance } from "../../test/support/bare_instance.ts";

/** Differs from what is written often, and from zero. */
const UNTOUCHED = 0xa5;

export interface Arena {
  base: number;
  bytes: number;
}

/** What the arena aligns to. */
const STEP = 16;

/** Where the arena lies: it is filled in an instance that nobody uses. */
export async function findArena(module: WebAssembly.Module): Promise<Arena> {
  const bare = await bareInstance(module);
  const allocate = (): number => bare.call("proxy_on_memory_allocate", STEP);
  const base = allocate();
  let bytes = STEP;
  while (allocate() !== 0) bytes += STEP;
  return { base, bytes };
}

export function clearArena(memory: WebAssembly.Memory, { base, bytes }: Arena): void {
  new Uint8Array(memory.buffer, base, bytes).fill(UNTOUCHED);
}

/** Bytes up to the last one that was written since `clearArena`. */
export function arenaBytesUsed(memory: WebAssembly.Memory, { base, bytes }: Arena): number {
  const arena = new Uint8Array(memory.buffer, base, bytes);
  let used = bytes;
  while (used > 0 && arena[used - 1] === UNTOUCHED) used--;
  return used;
}
