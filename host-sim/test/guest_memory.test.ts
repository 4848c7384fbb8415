import { describe, expect, test } from "vitest";
import { Status } from "../src/index.ts";
import type { HostCall, HostOptions } from "../src/index.ts";
import { at, compile, drop, i32, REQUEST, say, testHost } from "./guest.ts";

const DATA = "verify_signature :path status";

/** Runs one host call in on_request_headers and answers its status. */
function statusOf(
  call: string,
  callbacks: Record<string, string> = {},
  options: Partial<HostOptions> = {},
): number {
  const { host } = testHost(options);
  const module = compile({
    data: DATA,
    callbacks: {
      proxy_on_request_headers: `(i32.store (i32.const 512) (call $${call})) (i32.const 0)`,
      ...callbacks,
    },
  });
  const worker = host.addPlugin({ module, configuration: "" }).workers[0];
  worker?.openStream().requestHeaders(REQUEST, true);
  return worker === undefined ? -1 : new DataView(worker.memory.buffer).getUint32(512, true);
}

const PAIRS = "proxy_get_header_map_pairs (i32.const 0) (i32.const 0) (i32.const 4)";
const PATH = `proxy_get_header_map_value (i32.const 0) ${at(DATA, ":path")} ${i32(0, 4)}`;

describe("memory that the guest gives", () => {
  test.each([
    ["address 0", "(i32.const 0)"],
    ["an address out of range", "(i32.const 0x7fffffff)"],
    ["a range that ends out of range", "(i32.const 131071)"],
    ["a negative address", "(i32.const -1)"],
  ])("at %s makes the call answer InvalidMemoryAccess", (_name, allocate) => {
    expect(statusOf(PAIRS, { proxy_on_memory_allocate: allocate })).toBe(
      Status.INVALID_MEMORY_ACCESS,
    );
  });

  test("is not asked for when there is nothing to give", () => {
    const call = "proxy_get_header_map_pairs (i32.const 2) (i32.const 0) (i32.const 4)";
    expect(statusOf(call, { proxy_on_memory_allocate: "unreachable" })).toBe(Status.OK);
  });

  test("may lie in pages that it grew for it", () => {
    const grow = "(i32.mul (memory.grow (i32.const 1)) (i32.const 65536))";
    expect(statusOf(PATH, { proxy_on_memory_allocate: grow })).toBe(Status.OK);
  });

  test("that comes with a trap fails the VM, and the call answers InvalidMemoryAccess", () => {
    const { host } = testHost();
    const module = compile({
      data: DATA,
      callbacks: {
        proxy_on_memory_allocate: "unreachable",
        proxy_on_request_headers: `(i32.store (i32.const 512) (call $${PAIRS})) (i32.const 0)`,
      },
    });
    const worker = host.addPlugin({ module, configuration: "" }).workers[0];
    expect(worker?.openStream().requestHeaders(REQUEST, true)).toMatchObject({ kind: "reply" });
    expect(worker?.failed).toBe(true);
    expect(new DataView(worker?.memory.buffer ?? new ArrayBuffer(0)).getUint32(512, true)).toBe(6);
  });

  test("may be logged about, but every other call traps there", () => {
    const logging = `${say(DATA, "status")} (i32.const 4096)`;
    expect(statusOf(PATH, { proxy_on_memory_allocate: logging })).toBe(Status.OK);
    const calling = `${drop("proxy_continue_stream (i32.const 2)")} (i32.const 4096)`;
    expect(statusOf(PATH, { proxy_on_memory_allocate: calling })).toBe(
      Status.INVALID_MEMORY_ACCESS,
    );
  });

  test("missing for the result of a foreign function is a host crash", () => {
    const call = `proxy_call_foreign_function ${at(DATA, "verify_signature")} (i32.const 256)
      (i32.const 3) (i32.const 128) (i32.const 132)`;
    const setUp = {
      _initialize: "(i64.store (i32.const 256) (i64.const 0x6b0112))", // field 2: "k"
      proxy_on_memory_allocate: "(i32.const 0)",
    };
    const crypto = { verify: () => true };
    expect(() => statusOf(call, setUp, { crypto })).toThrow(
      /host_crash: proxy_call_foreign_function/,
    );
  });
});

describe("ranges that the guest names", () => {
  test.each([
    ["a name beyond memory", `proxy_get_header_map_value ${i32(0, 131070, 5, 0, 4)}`],
    ["a length of 2^32 - 1", `proxy_get_header_map_value ${i32(0, 1, -1, 0, 4)}`],
    [
      "an answer beyond memory",
      `proxy_get_header_map_value ${i32(0)} ${at(DATA, ":path")} ${i32(131070, 4)}`,
    ],
  ])("are checked: %s", (_name, call) => {
    expect(statusOf(call)).toBe(Status.INVALID_MEMORY_ACCESS);
  });
});

describe("fault injection", () => {
  test("answers instead of the call and sees name, phase, worker and number", () => {
    const seen: HostCall[] = [];
    const faults = (call: HostCall): Status => {
      seen.push(call);
      return Status.EMPTY;
    };
    expect(statusOf(PATH, {}, { faults })).toBe(Status.EMPTY);
    expect(seen).toEqual([
      {
        name: "proxy_get_header_map_value",
        phase: "request_headers",
        worker: 0,
        sequence: 0,
      },
    ]);
  });

  test("counts each call by name", () => {
    const { host } = testHost();
    const module = compile({
      data: DATA,
      callbacks: {
        proxy_on_request_headers: `${drop(PATH)} ${drop(PAIRS)} ${drop(PAIRS)} ${i32(0)}`,
      },
    });
    const worker = host.addPlugin({ module, configuration: "" }).workers[0];
    worker?.openStream().requestHeaders(REQUEST, true);
    expect(worker?.hostCalls).toBe(3);
    expect(Object.fromEntries(host.hostCallsByName())).toEqual({
      proxy_get_header_map_value: 1,
      proxy_get_header_map_pairs: 2,
    });
    expect(host.transcript().at(-1)).toBe("request_headers proxy_get_header_map_pairs");
  });
});

describe("what is not modelled", () => {
  test("is an error that names the call", () => {
    expect(() => statusOf("proxy_grpc_cancel (i32.const 1)")).toThrow(
      /^not_modelled: proxy_grpc_cancel/,
    );
  });
});

describe("capabilities", () => {
  test("that are denied make a call fail and a callback disappear", () => {
    const { host, log } = testHost();
    const module = compile({
      data: DATA,
      callbacks: {
        proxy_on_request_headers: `(i32.store (i32.const 512) (call $${PAIRS})) (i32.const 0)`,
        proxy_on_response_headers: "unreachable",
      },
    });
    const plugin = host.addPlugin({
      module,
      configuration: "",
      capabilities: ["proxy_on_request_headers"],
    });
    const worker = plugin.workers[0];
    const stream = worker?.openStream();
    stream?.requestHeaders(REQUEST, true);
    expect(stream?.responseHeaders([[":status", "200"]], true)).toMatchObject({ kind: "continue" });
    expect(new DataView(worker?.memory.buffer ?? new ArrayBuffer(0)).getUint32(512, true)).toBe(10);
    expect(log).toEqual([
      "Attempted call to restricted proxy-wasm capability: proxy_get_header_map_pairs",
    ]);
  });
});
