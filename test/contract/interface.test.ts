// What the shipped module asks of a host and offers to it. A host refuses a module over one import
// that it lacks, and each exported callback costs time on every request: both lists are decisions.

import { readFile } from "node:fs/promises";

import { beforeAll, describe, expect, test } from "vitest";

import asconfig from "../../asconfig.json" with { type: "json" };
import { memoryLimits } from "../../scripts/lib/wasm_sections.ts";

const PATH = "build/sallyport.wasm";

interface Budgets {
  [PATH]: { bytes: number; ledger: { date: string; bytes: number; why: string }[] };
}

const IMPORTS = [
  "env.proxy_add_header_map_value",
  "env.proxy_call_foreign_function",
  "env.proxy_continue_stream",
  "env.proxy_define_metric",
  "env.proxy_get_buffer_bytes",
  "env.proxy_get_header_map_pairs",
  "env.proxy_get_header_map_value",
  "env.proxy_get_log_level",
  "env.proxy_get_property",
  "env.proxy_get_shared_data",
  "env.proxy_grpc_call",
  "env.proxy_http_call",
  "env.proxy_increment_metric",
  "env.proxy_log",
  "env.proxy_record_metric",
  "env.proxy_remove_header_map_value",
  "env.proxy_replace_header_map_value",
  "env.proxy_send_local_response",
  "env.proxy_set_effective_context",
  "env.proxy_set_property",
  "env.proxy_set_shared_data",
  "env.proxy_set_tick_period_milliseconds",
  "wasi_snapshot_preview1.clock_time_get",
  "wasi_snapshot_preview1.random_get",
];

const EXPORTS = [
  "_initialize",
  "memory",
  "proxy_abi_version_0_2_1",
  "proxy_on_configure",
  "proxy_on_context_create",
  "proxy_on_delete",
  "proxy_on_grpc_close",
  "proxy_on_grpc_receive",
  "proxy_on_http_call_response",
  "proxy_on_memory_allocate",
  "proxy_on_request_headers",
  "proxy_on_request_trailers",
  "proxy_on_response_headers",
  "proxy_on_response_trailers",
  "proxy_on_tick",
  "proxy_on_vm_start",
];

describe("the shipped module", () => {
  let bytes: Uint8Array<ArrayBuffer>;
  let module: WebAssembly.Module;

  beforeAll(async () => {
    bytes = await readFile(PATH);
    module = await WebAssembly.compile(bytes);
  });

  test("imports functions of proxy-wasm and WASI from the list, and nothing of asc's own", () => {
    const imports = WebAssembly.Module.imports(module);
    expect(imports.map((one) => `${one.module}.${one.name}`).sort()).toEqual(IMPORTS);
    expect(new Set(imports.map(({ kind }) => kind))).toEqual(new Set(["function"]));
  });

  test("exports the callbacks of the list", () => {
    const exports = WebAssembly.Module.exports(module);
    expect(exports.map(({ name }) => name).sort()).toEqual(EXPORTS);
  });

  test("has a memory that cannot grow", () => {
    const { initialMemory, maximumMemory } = asconfig.options;
    expect(maximumMemory).toBe(initialMemory);
    expect(memoryLimits(bytes)).toEqual({ initial: initialMemory, maximum: maximumMemory });
  });

  test("stays within its budget of bytes, whose last raise the ledger explains", async () => {
    const budgets: Budgets = JSON.parse(await readFile("bench/budgets.json", "utf8"));
    const budget = budgets[PATH];
    expect(bytes.length).toBeLessThanOrEqual(budget.bytes);
    expect(budget.ledger.at(-1)?.bytes).toBe(budget.bytes);
    for (const entry of budget.ledger) {
      expect(entry.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(entry.why).not.toBe("");
    }
  });
});
