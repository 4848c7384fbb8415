// A small module with one export for each thing that the check of the real one must notice.

import { compileText } from "../../scripts/lib/compile_text.ts";

const SOURCE = `
  export function proxy_on_configure(root: u32, length: u32): u32 {
    return new StaticArray<u8>(length).length;
  }

  let kept: u32[] = [];
  export function allocates(n: u32): u32 { return kept.push(n); }

  export function grows(n: u32): i32 { return memory.grow(n); }

  let callee: (n: u32) => u32 = (n: u32): u32 => n;
  export function callsIndirectly(n: u32): u32 {
    if (n == 7) callee = (m: u32): u32 => m + 1;
    return callee(n);
  }

  // @ts-ignore: decorator
  @noinline
  function back(n: u32): u32 { return n == 0 ? 0 : recurses(n - 1) + 1; }
  export function recurses(n: u32): u32 { return load<u32>(n) == 0 ? 0 : back(n - 1) * 3; }

  export function traps(n: u32): u32 {
    if (n == 7) unreachable();
    return 100 / n + 100 % n + n / 10 + n % 10;
  }

  export function isPlain(n: u32): u32 { return load<u32>(n); }
`;

/** The plant, compiled with the options of the shipped module and names, as call_paths reads it. */
export async function compilePlant(): Promise<Uint8Array> {
  return compileText(SOURCE, [
    ...["--runtime", "minimal", "--exportStart", "_initialize", "--use", "abort="],
    ...["-O3", "--converge", "--noAssert", "--debug"],
    ...["--enable", "simd", "--enable", "bulk-memory"],
  ]);
}
