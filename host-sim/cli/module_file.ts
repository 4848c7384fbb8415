// The shipped module, found beside the command whether it runs from source or bundled.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { CommandError, systemCode } from "./command_error.ts";

/** Both host-sim/cli and build/cli are two folders below the root. */
export function inRepository(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

export async function loadModule(): Promise<WebAssembly.Module> {
  const path = inRepository("build/sallyport.wasm");
  try {
    return await WebAssembly.compile(await readFile(path));
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    throw new CommandError(`${path} does not exist: run npm run build`);
  }
}
