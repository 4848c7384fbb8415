// Goal: no order of callbacks and no answer of the host makes the ABI layer trap, leak or mix up
// its contexts. Method: a host that knows nothing of order drives abi_probe.wasm with seeded random
// callbacks and random statuses.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { read, REQUEST, run, startGuest, STATUS_OK } from "../support/abi_guest.ts";

const STATUS_NOT_FOUND = 1;
const ROOTS_MAX = 16;
const STREAMS_MAX = 8192;

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
    kind: fc.integer({ min: 0, max: 11 }),
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
          else if (kind === 8) run(guest, "askGrpc", other & 1);
          else if (kind === 9)
            run(guest, "proxy_on_grpc_receive", other, context * 4 + 1, status & 3);
          else if (kind === 10) run(guest, "proxy_on_grpc_close", other, context * 4 + 1, status);
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
