// gRPC calls through the ABI layer: what the host is given, and every way in which one can end,
// most of which no well-behaved host shows.

import { describe, expect, it } from "vitest";

import type { Guest } from "../support/abi_guest.ts";
import { read, run, startGuest } from "../support/abi_guest.ts";

const CALLOUTS_MAX = 1024;
const MESSAGE_BYTES_MAX = 65536;

/** A root 1 whose streams 2 … `last` have been asked about by gRPC. */
async function waiting(last = 2): Promise<Guest> {
  const guest = await startGuest();
  run(guest, "askGrpc", 1);
  run(guest, "proxy_on_context_create", 1, 0);
  for (let id = 2; id <= last; id++) {
    run(guest, "proxy_on_context_create", id, 1);
    expect(run(guest, "proxy_on_request_headers", id, 2, 1)).toBe(1);
  }
  return guest;
}

describe("a gRPC call", () => {
  it("names its cluster in a GrpcService with a bound on the answer", async () => {
    const guest = await waiting();
    const cluster = new TextEncoder().encode("answers");
    const name = [0x0a, cluster.length, ...cluster];
    const limit = [0x22, 4, 0x08, 0x80, 0x80, 0x04];
    expect([...guest.grpcUpstream]).toEqual([0x0a, name.length + limit.length, ...name, ...limit]);
  });

  it("lets the stream go on with a message, once", async () => {
    const guest = await waiting();
    guest.buffer = new Uint8Array([1, 2, 3]);
    run(guest, "proxy_on_grpc_receive", 1, 5, 3);
    expect([read(guest, "grpcStatus"), read(guest, "messageSum")]).toEqual([0, 6]);
    run(guest, "proxy_on_grpc_receive", 1, 5, 3);
    run(guest, "proxy_on_grpc_close", 1, 5, 14);
    expect(guest.continued).toBe(1);
    expect(read(guest, "calloutsPending")).toBe(0);
    expect(read(guest, "orphans")).toBe(0);
  });

  it("may have a message of no bytes", async () => {
    const guest = await waiting();
    run(guest, "proxy_on_grpc_receive", 1, 5, 0);
    expect([read(guest, "grpcStatus"), guest.continued]).toEqual([0, 1]);
  });

  const ends: [string, string, number, number, Uint8Array, number[]][] = [
    ["a timeout", "proxy_on_grpc_close", 4, 4, new Uint8Array(), []],
    ["a status that is none", "proxy_on_grpc_close", -1, 0xffffffff, new Uint8Array(), []],
    ["status 0 without a message", "proxy_on_grpc_close", 0, 13, new Uint8Array(), []],
    [
      "a message that is too long",
      "proxy_on_grpc_receive",
      MESSAGE_BYTES_MAX + 1,
      8,
      new Uint8Array(MESSAGE_BYTES_MAX + 1),
      [],
    ],
    ["a message that is not there", "proxy_on_grpc_receive", 3, 13, new Uint8Array(3), [1]],
    ["a message of another length", "proxy_on_grpc_receive", 3, 13, new Uint8Array(2), []],
  ];
  it.each(ends)("ends with %s", async (_name, callback, argument, status, buffer, statuses) => {
    const guest = await waiting();
    guest.buffer = buffer;
    guest.statuses.push(...statuses);
    run(guest, callback, 1, 5, argument);
    expect(read(guest, "grpcStatus")).toBe(status);
    expect([guest.continued, read(guest, "calloutsPending")]).toEqual([0, 0]);
  });

  it("takes the longest message there may be", async () => {
    const guest = await waiting();
    guest.buffer = new Uint8Array(MESSAGE_BYTES_MAX).fill(1);
    run(guest, "proxy_on_grpc_receive", 1, 5, MESSAGE_BYTES_MAX);
    expect(read(guest, "messageSum")).toBe(MESSAGE_BYTES_MAX);
  });

  it("is not ended by a token that is unknown, 0 or an HTTP call's", async () => {
    const guest = await waiting();
    run(guest, "askGrpc", 0);
    run(guest, "proxy_on_context_create", 3, 1);
    run(guest, "proxy_on_request_headers", 3, 2, 1);
    for (const token of [0, 4, 9, 0xffffffff | 0]) {
      run(guest, "proxy_on_grpc_receive", 1, token, 0);
      run(guest, "proxy_on_grpc_close", 1, token, 14);
    }
    run(guest, "proxy_on_http_call_response", 1, 5, 1, 0, 0);
    expect([guest.continued, read(guest, "calloutsPending")]).toEqual([0, 2]);
  });

  it("ends for nobody when its stream has gone, also when its id is used again", async () => {
    const guest = await waiting();
    run(guest, "proxy_on_delete", 2);
    run(guest, "proxy_on_context_create", 2, 1);
    run(guest, "proxy_on_request_headers", 2, 2, 1);
    run(guest, "proxy_on_grpc_receive", 1, 5, 0);
    expect([guest.continued, read(guest, "orphans")]).toEqual([0, 1]);
    run(guest, "proxy_on_grpc_receive", 1, 9, 0);
    expect([guest.continued, read(guest, "orphans")]).toEqual([1, 1]);
  });

  it("is forgotten with its root, which alone loses calls", async () => {
    const guest = await waiting(200);
    run(guest, "proxy_on_context_create", 1000, 0);
    for (let id = 1001; id <= 1100; id++) {
      run(guest, "proxy_on_context_create", id, 1000);
      run(guest, "proxy_on_request_headers", id, 2, 1);
    }
    expect(read(guest, "calloutsPending")).toBe(299);
    run(guest, "proxy_on_delete", 1);
    expect(read(guest, "calloutsPending")).toBe(100);
    for (const token of guest.grpcTokens) run(guest, "proxy_on_grpc_receive", 1000, token, 0);
    expect([guest.continued, read(guest, "calloutsPending")]).toEqual([100, 0]);
  });
});

describe("the table of calls", () => {
  it("refuses what exceeds it, and finds each call in any order of their ends", async () => {
    const guest = await waiting(CALLOUTS_MAX + 1);
    expect(read(guest, "calloutsPending")).toBe(CALLOUTS_MAX);
    run(guest, "proxy_on_context_create", 5000, 1);
    run(guest, "proxy_on_request_headers", 5000, 2, 1);
    expect(guest.grpcTokens).toHaveLength(CALLOUTS_MAX);
    // 389 is prime: every place comes once.
    for (let i = 0; i < CALLOUTS_MAX; i++) {
      run(guest, "proxy_on_grpc_close", 1, 5 + 4 * ((i * 389) % CALLOUTS_MAX), 14);
      expect(read(guest, "calloutsPending")).toBe(CALLOUTS_MAX - 1 - i);
    }
    expect(read(guest, "corrupted")).toBe(0);
  });
});
