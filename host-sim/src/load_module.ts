// Reads a module from disk: the only file of the simulator that needs Node.

import { readFile } from "node:fs/promises";

/** Compiles the wasm file at the path. */
export async function loadModule(path: string | URL): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(path));
}
