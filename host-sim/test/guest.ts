// Hand-written guests: each test states the few callbacks that it needs in WebAssembly text.

import binaryen from "assemblyscript/binaryen";
import { createHost } from "../src/index.ts";
import type { HeaderList, Host, HostOptions, StreamResult } from "../src/index.ts";

const SIGNATURES: Readonly<Record<string, string>> = {
  proxy_log: "(param i32 i32 i32) (result i32)",
  proxy_get_header_map_value: "(param i32 i32 i32 i32 i32) (result i32)",
  proxy_get_header_map_pairs: "(param i32 i32 i32) (result i32)",
  proxy_add_header_map_value: "(param i32 i32 i32 i32 i32) (result i32)",
  proxy_remove_header_map_value: "(param i32 i32 i32) (result i32)",
  proxy_get_buffer_bytes: "(param i32 i32 i32 i32 i32) (result i32)",
  proxy_send_local_response: "(param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)",
  proxy_continue_stream: "(param i32) (result i32)",
  proxy_close_stream: "(param i32) (result i32)",
  proxy_set_effective_context: "(param i32) (result i32)",
  proxy_done: "(result i32)",
  proxy_get_shared_data: "(param i32 i32 i32 i32 i32) (result i32)",
  proxy_set_shared_data: "(param i32 i32 i32 i32 i32) (result i32)",
  proxy_register_shared_queue: "(param i32 i32 i32) (result i32)",
  proxy_enqueue_shared_queue: "(param i32 i32 i32) (result i32)",
  proxy_define_metric: "(param i32 i32 i32 i32) (result i32)",
  proxy_increment_metric: "(param i32 i64) (result i32)",
  proxy_set_tick_period_milliseconds: "(param i32) (result i32)",
  proxy_http_call: "(param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)",
  proxy_grpc_call: "(param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)",
  proxy_get_property: "(param i32 i32 i32 i32) (result i32)",
  proxy_call_foreign_function: "(param i32 i32 i32 i32 i32 i32) (result i32)",
  proxy_grpc_cancel: "(param i32) (result i32)",
  random_get: "(param i32 i32) (result i32)",
  nothing_like_it: "(result i32)",
};

const CALLBACKS: Readonly<Record<string, string>> = {
  _initialize: "",
  proxy_on_memory_allocate: "(param i32) (result i32)",
  proxy_on_context_create: "(param i32 i32)",
  proxy_on_vm_start: "(param i32 i32) (result i32)",
  proxy_on_configure: "(param i32 i32) (result i32)",
  proxy_on_tick: "(param i32)",
  proxy_on_queue_ready: "(param i32 i32)",
  proxy_on_http_call_response: "(param i32 i32 i32 i32 i32)",
  proxy_on_grpc_receive: "(param i32 i32 i32)",
  proxy_on_grpc_close: "(param i32 i32 i32)",
  proxy_on_request_headers: "(param i32 i32 i32) (result i32)",
  proxy_on_request_body: "(param i32 i32 i32) (result i32)",
  proxy_on_request_trailers: "(param i32 i32) (result i32)",
  proxy_on_response_headers: "(param i32 i32 i32) (result i32)",
  proxy_on_response_body: "(param i32 i32 i32) (result i32)",
  proxy_on_log: "(param i32)",
  proxy_on_done: "(param i32) (result i32)",
  proxy_on_delete: "(param i32)",
};

/** Body of each export. Parameters are `local.get 0` and so on; imports are `$name`. */
export type Callbacks = Partial<Record<keyof typeof CALLBACKS, string>>;

export interface GuestText {
  /** Text at address 16; `at` finds pieces of it. */
  data?: string;
  /** Added to the module: globals, functions. */
  extra?: string;
  callbacks: Callbacks;
  pages?: number;
}

const DATA_ADDRESS = 16;
/** Where the default allocator hands out memory, always the same place. */
export const HEAP_ADDRESS = 4096;

/** `$address $len` of a piece of the data, as two constants. */
export function at(data: string, piece: string): string {
  const index = data.indexOf(piece);
  if (index < 0) throw new Error(`no "${piece}" in the data`);
  return `(i32.const ${DATA_ADDRESS + index}) (i32.const ${piece.length})`;
}

export function compile({
  data = "",
  extra = "",
  callbacks,
  pages = 2,
}: GuestText): WebAssembly.Module {
  const bodies = {
    proxy_on_memory_allocate: `(i32.const ${HEAP_ADDRESS})`,
    ...callbacks,
  };
  const text = `${Object.values(bodies).join("\n")}\n${extra}`;
  const imports = Object.entries(SIGNATURES)
    .filter(([name]) => text.includes(`$${name} `) || text.includes(`$${name})`))
    .map(([name, type]) => {
      const module = name === "random_get" ? "wasi_snapshot_preview1" : "env";
      return `(import "${module}" "${name}" (func $${name} ${type}))`;
    });
  const exports = Object.entries(bodies).map(
    ([name, body]) => `(func (export "${name}") ${CALLBACKS[name] ?? ""} ${body})`,
  );
  const module = binaryen.parseText(`(module
    ${imports.join("\n")}
    (memory (export "memory") ${pages})
    (data (i32.const ${DATA_ADDRESS}) "${data}")
    ${extra}
    (func (export "proxy_abi_version_0_2_1"))
    ${exports.join("\n")}
  )`);
  const bytes = module.emitBinary();
  module.dispose();
  return new WebAssembly.Module(new Uint8Array(bytes));
}

/** Constants, in order. */
export function i32(...values: number[]): string {
  return values.map((value) => `(i32.const ${value})`).join(" ");
}

/** `(drop (call …))`: the status does not matter. */
export function drop(call: string): string {
  return `(drop (call $${call}))`;
}

/** Logs a piece of the data at level info. */
export function say(data: string, piece: string): string {
  return drop(`proxy_log (i32.const 2) ${at(data, piece)}`);
}

/** Answers with the status, without details, body or headers. */
export function reply(status: number): string {
  const zeros = "(i32.const 0) ".repeat(6);
  return drop(`proxy_send_local_response (i32.const ${status}) ${zeros} (i32.const -1)`);
}

export interface TestHost {
  host: Host;
  /** Messages of the log so far. */
  log: string[];
  /** Moves both clocks and fires what is due. */
  advance: (milliseconds: number) => number;
}

export function testHost(options: Partial<HostOptions> = {}): TestHost {
  let now = 1_700_000_000_000_000_000n;
  const log: string[] = [];
  const host = createHost({
    clock: { systemNanoseconds: () => now, monotonicNanoseconds: () => now },
    random: (target) => target.fill(0),
    onLog: (_level, message) => log.push(message),
    ...options,
  });
  return {
    host,
    log,
    advance: (milliseconds) => {
      now += BigInt(milliseconds) * 1_000_000n;
      return host.runTimers();
    },
  };
}

export const REQUEST: HeaderList = [
  [":method", "GET"],
  [":path", "/"],
  [":authority", "example.test"],
  [":scheme", "http"],
];

export const RESPONSE: HeaderList = [[":status", "200"]];

/** `continue`, `paused`, `reply 403 details`, `reset details`. */
export function summary(result: StreamResult): string {
  switch (result.kind) {
    case "reply":
      return `reply ${result.reply.status} ${result.reply.details}`.trimEnd();
    case "reset":
      return `reset ${result.details}`;
    default:
      return result.kind;
  }
}
