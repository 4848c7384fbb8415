// Goal: no order of callbacks and no answer of the host makes the ABI layer trap, leak or mix up
// its contexts. Method: a host that knows nothing of order drives abi_probe.wasm with seeded random
// callbacks and random statuses.

import { readFile } from "node:fs/promises";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

const MODULE = await WebAssembly.compile(await readFile("build/abi_probe.wasm"));

const STATUS_OK = 0;
const STATUS_NOT_FOUND = 1;
const ROOTS_MAX = 16;
const STREAMS_MAX = 8192;

type Call = (...values: number[]) => number;

interface Guest {
  call: Record<string, Call>;
  memory: WebAssembly.Memory;
  /** Statuses that the next host calls return; OK when it runs dry. */
  statuses: number[];
  tokens: number[];
  continued: number;
  log: [level: number, message: string][];
}

function pairs(fields: [string, string][]): Uint8Array {
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

const REQUEST = pairs([
  [":method", "GET"],
  [":path", "/"],
]);

async function startGuest(headers: Uint8Array = REQUEST): Promise<Guest> {
  const statuses: number[] = [];
  const guest: Guest = {
    call: {},
    memory: new WebAssembly.Memory({ initial: 0 }),
    statuses,
    tokens: [],
    continued: 0,
    log: [],
  };
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
      give(new Uint8Array([123, 125]), ptrAt, lenAt),
    proxy_http_call: (...values) => {
      const status = next();
      if (status !== STATUS_OK) return status;
      const token = 4 * (guest.tokens.length + 1);
      guest.tokens.push(token);
      view().setUint32(values[9] ?? 0, token, true);
      return STATUS_OK;
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
    expect(module).toBe("env");
    env[name] = known[name] ?? next;
  }
  const instance = await WebAssembly.instantiate(MODULE, { env });
  for (const [name, value] of Object.entries(instance.exports)) {
    if (typeof value === "function") {
      guest.call[name] = (...values) => Number(Reflect.apply(value, undefined, values)) >>> 0;
    }
    if (value instanceof WebAssembly.Memory) guest.memory = value;
  }
  guest.call["_initialize"]?.();
  return guest;
}

function run(guest: Guest, name: string, ...values: number[]): number {
  const callback = guest.call[name];
  if (callback === undefined) throw new Error(`no export ${name}`);
  return callback(...values);
}

function read(guest: Guest, name: string): number {
  return run(guest, name);
}

describe("streams and callouts", () => {
  it("pauses a stream, resumes it with its answer and forgets it on delete", async () => {
    const guest = await startGuest();
    run(guest, "proxy_on_context_create", 1, 0);
    run(guest, "proxy_on_configure", 1, 2);
    run(guest, "proxy_on_context_create", 2, 1);
    expect(run(guest, "proxy_on_request_headers", 2, 2, 1)).toBe(1);
    expect(read(guest, "streamsKept")).toBe(1);
    expect(read(guest, "calloutsPending")).toBe(1);
    run(guest, "proxy_on_http_call_response", 1, 4, 1, 0, 0);
    expect(guest.continued).toBe(1);
    run(guest, "proxy_on_http_call_response", 1, 4, 1, 0, 0);
    expect(guest.continued).toBe(1);
    run(guest, "proxy_on_delete", 2);
    run(guest, "proxy_on_delete", 1);
    expect([read(guest, "streamsKept"), read(guest, "rootsAlive")]).toEqual([0, 0]);
  });

  it("takes the answer for a stream that has gone as an orphan and continues nothing", async () => {
    const guest = await startGuest();
    run(guest, "proxy_on_context_create", 1, 0);
    run(guest, "proxy_on_context_create", 2, 1);
    run(guest, "proxy_on_request_headers", 2, 2, 1);
    run(guest, "proxy_on_delete", 2);
    run(guest, "proxy_on_http_call_response", 1, 4, 1, 0, 0);
    expect(guest.continued).toBe(0);
    expect(read(guest, "calloutsPending")).toBe(0);
    expect(read(guest, "orphans")).toBe(1);
  });

  it("refuses a stream of a root that has no place, and one never created", async () => {
    const guest = await startGuest();
    for (let id = 1; id <= ROOTS_MAX + 1; id++) run(guest, "proxy_on_context_create", id, 0);
    expect(read(guest, "rootsAlive")).toBe(ROOTS_MAX);
    run(guest, "proxy_on_context_create", 100, ROOTS_MAX + 1);
    expect(run(guest, "proxy_on_request_headers", 100, 2, 1)).toBe(1);
    expect(run(guest, "proxy_on_request_headers", 4242, 2, 1)).toBe(1);
    expect(read(guest, "streamsKept")).toBe(0);
  });

  it("refuses what exceeds the table of streams and serves again later", async () => {
    const guest = await startGuest();
    run(guest, "proxy_on_context_create", 1, 0);
    for (let id = 2; id < 2 + STREAMS_MAX + 5; id++) {
      run(guest, "proxy_on_context_create", id, 1);
      expect(run(guest, "proxy_on_request_headers", id, 2, 1)).toBe(1);
    }
    expect(read(guest, "streamsKept")).toBe(STREAMS_MAX);
    for (let id = 2; id < 2 + STREAMS_MAX; id++) run(guest, "proxy_on_delete", id);
    expect(read(guest, "streamsKept")).toBe(0);
    expect(read(guest, "corrupted")).toBe(0);
  });
});

describe("a failed assertion", () => {
  it("leaves a critical line with file, line and message in the log, then traps", async () => {
    const guest = await startGuest();
    expect(() => run(guest, "failAssertion")).toThrow(WebAssembly.RuntimeError);
    expect(guest.log).toHaveLength(1);
    const [level, message] = guest.log[0] ?? [];
    expect(level).toBe(5);
    expect(message).toMatch(/^abort at assembly\/probe\/abi_probe\.ts:\d+:\d+ planted$/);
  });
});

describe("the arena", () => {
  it("answers 0 when full, never traps, and is whole again after the callback", async () => {
    const guest = await startGuest();
    const whole = read(guest, "arenaFree");
    for (const size of [whole + 1, 0x7fffffff, 0xffffffff, 0xfffffff0]) {
      expect(run(guest, "proxy_on_memory_allocate", size | 0)).toBe(0);
    }
    run(guest, "proxy_on_context_create", 1, 0);
    run(guest, "proxy_on_configure", 1, 2);
    expect(read(guest, "arenaFree")).toBe(whole);
  });
});

describe("hostile maps", () => {
  const hostile: [string, Uint8Array][] = [
    ["a count of 2^32-1", new Uint8Array([255, 255, 255, 255, 0, 0, 0, 0])],
    ["three bytes", new Uint8Array([1, 0, 0])],
    ["a name length of 2^32-1", new Uint8Array([1, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0])],
    ["no terminator", new Uint8Array([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 97, 97, 97, 0])],
    ["a trailing byte", new Uint8Array([...REQUEST, 0])],
  ];
  it.each(hostile)("refuses %s", async (_name, headers) => {
    const guest = await startGuest(headers);
    run(guest, "proxy_on_context_create", 1, 0);
    run(guest, "proxy_on_context_create", 2, 1);
    run(guest, "proxy_on_request_headers", 2, 2, 1);
    expect(guest.tokens).toEqual([]);
  });

  it("survives every truncation and every changed byte of a valid map", async () => {
    const variants: Uint8Array[] = [];
    for (let end = 0; end < REQUEST.length; end++) variants.push(REQUEST.slice(0, end));
    for (let at = 0; at < REQUEST.length; at++) {
      for (const byte of [0, 1, 127, 128, 255]) {
        const changed = REQUEST.slice();
        changed[at] = byte;
        variants.push(changed);
      }
    }
    for (const headers of variants) {
      const guest = await startGuest(headers);
      run(guest, "proxy_on_context_create", 1, 0);
      run(guest, "proxy_on_context_create", 2, 1);
      expect(run(guest, "proxy_on_request_headers", 2, 2, 1)).toBe(1);
    }
  });
});

describe("callbacks in any order", () => {
  const event = fc.record({
    kind: fc.integer({ min: 0, max: 8 }),
    context: fc.integer({ min: 0, max: 12 }),
    other: fc.integer({ min: 0, max: 12 }),
    status: fc.constantFrom(STATUS_OK, STATUS_OK, STATUS_OK, STATUS_NOT_FOUND, 2, 6, 8, 10, 12, 99),
  });

  it("never traps, never mixes up streams, and ends with nothing alive", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 120 }), async (events) => {
        const guest = await startGuest();
        const whole = read(guest, "arenaFree");
        for (const { kind, context, other, status } of events) {
          guest.statuses.splice(0, guest.statuses.length, status);
          if (kind <= 1) run(guest, "proxy_on_context_create", context, kind === 0 ? 0 : other);
          else if (kind <= 3) run(guest, "proxy_on_request_headers", context, 2, other & 1);
          else if (kind === 4) run(guest, "proxy_on_response_headers", context, 2, other & 1);
          else if (kind === 5)
            run(guest, "proxy_on_http_call_response", other, context * 4, status & 1, 0, 0);
          else if (kind === 6) run(guest, "proxy_on_configure", context, 2);
          else if (kind === 7) run(guest, "proxy_on_tick", context);
          else run(guest, "proxy_on_delete", context);
        }
        // A context id can have been taken for a stream and for a root: each delete ends one of the
        // two.
        for (let id = 0; id <= 24; id++) run(guest, "proxy_on_delete", id % 13);
        expect(read(guest, "streamsKept")).toBe(0);
        expect(read(guest, "rootsAlive")).toBe(0);
        expect(read(guest, "corrupted")).toBe(0);
        expect(read(guest, "arenaFree")).toBe(whole);
      }),
      { numRuns: 300 },
    );
  });
});
