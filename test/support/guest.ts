// Small wasm modules for tests that need a guest which misbehaves on purpose.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ASC = fileURLToPath(import.meta.resolve("assemblyscript/bin/asc.js"));
const execute = promisify(execFile);

/**
 * Compiles AssemblyScript to a module that Envoy loads. The source declares the host calls that it
 * needs; `proxy_abi_version_0_2_1` and `proxy_on_memory_allocate` are added.
 */
export async function compileGuest(source: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-guest-"));
  try {
    await writeFile(join(folder, "guest.ts"), source + FRAME);
    const options = ["--outFile", "guest.wasm", "-O3", "--runtime", "stub", "--use", "abort="];
    await execute(process.execPath, [ASC, "guest.ts", ...options], { cwd: folder });
    return await readFile(join(folder, "guest.wasm"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const FRAME = `
export function proxy_abi_version_0_2_1(): void {}
export function proxy_on_memory_allocate(size: usize): usize {
  return heap.alloc(size);
}
`;
