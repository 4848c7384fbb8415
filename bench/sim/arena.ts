// How much of the arena a callback uses: what it leaves written there.

/** Differs from what is written often, and from zero. */
const UNTOUCHED = 0xa5;

export interface Arena {
  base: number;
  bytes: number;
}

/** Where the arena lies, asked of an instance that nobody uses. */
export async function findArena(module: WebAssembly.Module): Promise<Arena> {
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] = { ...imports[from], [name]: () => 0 };
  }
  const { exports } = await WebAssembly.instantiate(module, imports);
  const base = roomFor(exports, 1);
  let bytes = 1;
  for (let step = 1 << 24; step >= 1; step >>= 1) {
    const fresh = await WebAssembly.instantiate(module, imports);
    if (roomFor(fresh.exports, bytes + step) !== 0) bytes += step;
  }
  return { base, bytes };
}

function roomFor(exports: WebAssembly.Exports, bytes: number): number {
  const allocate = exports["proxy_on_memory_allocate"];
  if (typeof allocate !== "function") throw new Error("the module has no room for its host");
  return Number(Reflect.apply(allocate, undefined, [bytes]));
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
