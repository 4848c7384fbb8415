// A host that knows nothing of order, for abi_probe.wasm: it answers each host call with the status
// that the test asks for.

import { readFile } from "node:fs/promises";

import { expect } from "vitest";

const MODULE = await WebAssembly.compile(await readFile("build/abi_probe.wasm"));

export const STATUS_OK = 0;

/** No clock: the layer only notes when calls begin. WASI errno 58 is notsup. */
export const WASI = { clock_time_get: (): number => 58 };

export type Call = (...values: number[]) => number;

export interface Guest {
  call: Record<string, Call>;
  memory: WebAssembly.Memory;
  /** Statuses that the next host calls return; OK when it runs dry. */
  statuses: number[];
  /** Tokens of the calls that were accepted, HTTP calls and gRPC calls apart. */
  tokens: number[];
  grpcTokens: number[];
  /** First argument of the last gRPC call. */
  grpcUpstream: Uint8Array;
  /** What the next buffers that the module asks for hold. */
  buffer: Uint8Array;
  continued: number;
  /** Names of the metrics that were defined. */
  metrics: string[];
  log: [level: number, message: string][];
}

export function pairs(fields: [string, string][]): Uint8Array {
  const encoder = new TextEncoder();
  const table: number[] = [];
  const data: number[] = [];
  for (const [name, value] of fields) {
    table.push(name.length, value.length);
    data.push(...encoder.encode(name), 0, ...encoder.encode(value), 0);
  }
  return new Uint8Array([
    ...new Uint8Array(new Uint32Array([fields.length, ...table]).buffer),
    ...data,
  ]);
}

export const REQUEST = pairs([
  [":method", "GET"],
  [":path", "/"],
]);

function emptyGuest(): Guest {
  return {
    call: {},
    memory: new WebAssembly.Memory({ initial: 0 }),
    statuses: [],
    tokens: [],
    grpcTokens: [],
    grpcUpstream: new Uint8Array(),
    buffer: new Uint8Array([123, 125]),
    continued: 0,
    metrics: [],
    log: [],
  };
}

export async function startGuest(headers: Uint8Array = REQUEST): Promise<Guest> {
  const guest = emptyGuest();
  const { statuses } = guest;
  const next = (): number => statuses.shift() ?? STATUS_OK;
  const view = (): DataView => new DataView(guest.memory.buffer);
  const give = (bytes: Uint8Array, ptrAt: number, lenAt: number): number => {
    const status = next();
    if (status !== STATUS_OK) return status;
    const ptr = guest.call["proxy_on_memory_allocate"]?.(bytes.length) ?? 0;
    if (ptr === 0) return 6;
    new Uint8Array(guest.memory.buffer).set(bytes, ptr);
    view().setUint32(ptrAt, ptr, true);
    view().setUint32(lenAt, bytes.length, true);
    return STATUS_OK;
  };
  const known: Record<string, Call> = {
    proxy_get_header_map_pairs: (_map = 0, ptrAt = 0, lenAt = 0) => give(headers, ptrAt, lenAt),
    proxy_get_buffer_bytes: (_t = 0, _s = 0, _l = 0, ptrAt = 0, lenAt = 0) =>
      give(guest.buffer, ptrAt, lenAt),
    proxy_http_call: (...values) => {
      const status = next();
      if (status !== STATUS_OK) return status;
      const token = 4 * (guest.tokens.length + 1);
      guest.tokens.push(token);
      view().setUint32(values[9] ?? 0, token, true);
      return STATUS_OK;
    },
    proxy_grpc_call: (...values) => {
      const status = next();
      if (status !== STATUS_OK) return status;
      const [ptr = 0, len = 0] = values;
      guest.grpcUpstream = new Uint8Array(guest.memory.buffer).slice(ptr, ptr + len);
      const token = 4 * guest.grpcTokens.length + 5;
      guest.grpcTokens.push(token);
      view().setUint32(values[11] ?? 0, token, true);
      return STATUS_OK;
    },
    proxy_define_metric: (_type = 0, ptr = 0, len = 0) => {
      guest.metrics.push(new TextDecoder().decode(new Uint8Array(guest.memory.buffer, ptr, len)));
      return next();
    },
    proxy_log: (level = 0, ptr = 0, len = 0) => {
      const bytes = new Uint8Array(guest.memory.buffer, ptr, len);
      guest.log.push([level, new TextDecoder().decode(bytes)]);
      return next();
    },
    proxy_continue_stream: () => {
      guest.continued++;
      return next();
    },
  };
  const env: Record<string, Call> = {};
  for (const { module, name } of WebAssembly.Module.imports(MODULE)) {
    if (module === "env") env[name] = known[name] ?? next;
    else expect(Object.keys(WASI)).toContain(name);
  }
  const imports = { env, wasi_snapshot_preview1: WASI };
  const instance = await WebAssembly.instantiate(MODULE, imports);
  for (const [name, value] of Object.entries(instance.exports)) {
    if (typeof value === "function") {
      guest.call[name] = (...values) => Number(Reflect.apply(value, undefined, values)) >>> 0;
    }
    if (value instanceof WebAssembly.Memory) guest.memory = value;
  }
  guest.call["_initialize"]?.();
  return guest;
}

export function run(guest: Guest, name: string, ...values: number[]): number {
  const callback = guest.call[name];
  if (callback === undefined) throw new Error(`no export ${name}`);
  return callback(...values);
}

export function read(guest: Guest, name: string): number {
  return run(guest, name);
}
