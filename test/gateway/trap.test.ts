import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { startGateway } from "../../host-sim/gateway/gateway.ts";
import { compileText } from "../../scripts/lib/compile_text.ts";
import { upstreamThat } from "./fixtures.ts";

/** Passes every request but the second, which traps. */
const TRAPS_ONCE = `
let requests: i32 = 0;
export function proxy_abi_version_0_2_1(): void {}
export function proxy_on_memory_allocate(size: i32): i32 { return 0; }
export function proxy_on_context_create(id: i32, parent: i32): void {}
export function proxy_on_vm_start(id: i32, size: i32): i32 { return 1; }
export function proxy_on_configure(id: i32, size: i32): i32 { return 1; }
export function proxy_on_request_headers(id: i32, count: i32, end: i32): i32 {
  if (++requests == 2) unreachable();
  return 0;
}
`;

async function compiled(source: string): Promise<WebAssembly.Module> {
  const flags = ["--runtime", "stub", "--use", "abort=", "--exportStart", "_initialize"];
  return WebAssembly.compile(Uint8Array.from(await compileText(source, flags)));
}

test("a trap answers 503, lets nothing pass, and the VM is reloaded", async () => {
  const paths: string[] = [];
  const upstream = await upstreamThat((request, response) => {
    paths.push(request.url ?? "");
    response.end();
  });
  const log: string[] = [];
  const gateway = await startGateway({
    module: await compiled(TRAPS_ONCE),
    configuration: "",
    upstream,
    host: "127.0.0.1",
    port: 0,
    onLog: (level) => log.push(level),
  });
  onTestFinished(() => gateway.close());
  const get = async (path: string): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`);
    await response.arrayBuffer();
    return response.status;
  };

  expect(await get("/first")).toBe(200);
  expect(await get("/traps")).toBe(503);
  const after: number[] = [];
  while (after.at(-1) !== 200 && after.length < 200) {
    after.push(await get("/after"));
    await setTimeout(20);
  }
  expect(after.at(-1)).toBe(200);
  expect(after.slice(0, -1).every((status) => status === 503)).toBe(true);
  expect(paths).toEqual(["/first", "/after"]);
  expect(log).toContain("error");
});
