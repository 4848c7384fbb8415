// Small wasm modules for tests that need a guest which misbehaves on purpose.

import { compileText } from "../../scripts/lib/compile_text.ts";

/**
 * Compiles AssemblyScript to a module that Envoy loads. The source declares the host calls that it
 * needs; `proxy_abi_version_0_2_1` and `proxy_on_memory_allocate` are added.
 */
export async function compileGuest(source: string): Promise<Uint8Array> {
  return compileText(source + FRAME, ["-O3", "--runtime", "stub", "--use", "abort="]);
}

const FRAME = `
export function proxy_abi_version_0_2_1(): void {}
export function proxy_on_memory_allocate(size: usize): usize {
  return heap.alloc(size);
}
`;
