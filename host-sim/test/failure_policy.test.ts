import { describe, expect, test } from "vitest";
import type { FailurePolicy, Plugin, Stream } from "../src/index.ts";
import { compile, i32, REQUEST, RESPONSE, summary, testHost } from "./guest.ts";

/** Traps when the request has five headers, and in on_response_headers when it has six. */
const TRAPPING = compile({
  extra: "(global $count (mut i32) (i32.const 0))",
  callbacks: {
    proxy_on_request_headers: `
      (global.set $count (local.get 1))
      (if (i32.eq (local.get 1) (i32.const 5)) (then unreachable))
      (i32.eq (local.get 1) ${i32(7)})`,
    proxy_on_response_headers: `
      (if (i32.eq (global.get $count) (i32.const 6)) (then unreachable)) (i32.const 0)`,
    proxy_on_request_body: "(i32.const 0)",
  },
});

function headers(extra: number): [string, string][] {
  return [...REQUEST, ...Array.from({ length: extra }, (): [string, string] => ["x-a", "1"])];
}

function start(failurePolicy: FailurePolicy, workers = 1) {
  const { host, advance } = testHost();
  const plugin = host.addPlugin({
    module: TRAPPING,
    configuration: "",
    failurePolicy,
    workers,
    name: "p",
  });
  return { host, advance, plugin };
}

function open(plugin: Plugin, worker = 0): Stream {
  const found = plugin.workers[worker];
  if (found === undefined) throw new Error("no such worker");
  return found.openStream();
}

function send(plugin: Plugin, extra: number, worker = 0): string {
  const stream = open(plugin, worker);
  const result = summary(stream.requestHeaders(headers(extra), true));
  stream.close();
  return result;
}

describe("a trap", () => {
  test("under FAIL_CLOSED answers 503 from then on, on that worker only", () => {
    const { plugin, advance } = start("FAIL_CLOSED", 2);
    expect(send(plugin, 0)).toBe("continue");
    expect(send(plugin, 1)).toBe("reply 503 wasm_fail_stream");
    advance(60_000);
    expect(send(plugin, 0)).toBe("reply 503 wasm_fail_stream");
    expect(send(plugin, 0, 1)).toBe("continue");
  });

  test("under FAIL_OPEN fails its own request, and lets all later ones pass", () => {
    const { plugin } = start("FAIL_OPEN");
    expect(send(plugin, 1)).toBe("reply 503 wasm_fail_stream");
    expect(send(plugin, 1)).toBe("continue");
    expect(plugin.workers[0]?.failed).toBe(true);
  });

  test("under FAIL_RELOAD makes a new VM once the backoff has passed", () => {
    const { host, plugin, advance } = start("FAIL_RELOAD");
    expect(send(plugin, 1)).toBe("reply 503 wasm_fail_stream");
    expect(send(plugin, 0)).toBe("reply 503 wasm_fail_stream");
    advance(1000);
    expect(send(plugin, 0)).toBe("continue");
    const metrics = host.metrics();
    expect(metrics.get("wasm.p.vm_reload_backoff")).toEqual({ type: "counter", value: 1n });
    expect(metrics.get("wasm.p.vm_reload_success")).toEqual({ type: "counter", value: 1n });
    expect(host.liveContexts()).toBe(2);
  });

  test("on the response replaces it by 503 while its headers are held", () => {
    const { plugin } = start("FAIL_CLOSED");
    const stream = open(plugin);
    expect(summary(stream.requestHeaders(headers(2), true))).toBe("continue");
    expect(summary(stream.responseHeaders(RESPONSE, false))).toBe("reply 503 wasm_fail_stream");
    stream.close();
  });

  test("fails other streams of the VM at their next event, with Unavailable for gRPC", () => {
    const { plugin } = start("FAIL_CLOSED");
    const other = open(plugin);
    const grpc: [string, string][] = [
      ...headers(0),
      ["content-type", "application/grpc"],
      ["a", "b"],
    ];
    expect(summary(other.requestHeaders(grpc, false))).toBe("continue");
    expect(send(plugin, 1)).toBe("reply 503 wasm_fail_stream");
    const result = other.requestBody(new Uint8Array(3), true);
    expect(summary(result)).toBe("reply 200 wasm_fail_stream");
    expect(result.kind === "reply" && result.reply.grpcStatus).toBe(14);
    other.close();
  });

  test("leaves a stream that waits for nothing but the guest hanging", () => {
    const { plugin } = start("FAIL_CLOSED");
    const waiting = open(plugin);
    const resumed: string[] = [];
    waiting.onResume = ({ result }) => resumed.push(summary(result));
    expect(summary(waiting.requestHeaders(headers(3), true))).toBe("paused");
    send(plugin, 1);
    expect(resumed).toEqual([]);
    waiting.close();
  });

  test("is followed by a fresh VM on the next push, whatever the policy", () => {
    const { plugin } = start("FAIL_CLOSED");
    send(plugin, 1);
    plugin.update("new");
    expect(send(plugin, 0)).toBe("continue");
  });

  test("writes what trapped into the log", () => {
    const { host, plugin } = start("FAIL_CLOSED");
    send(plugin, 1);
    expect(host.log.at(-1)).toMatchObject({
      level: "error",
      message: expect.stringMatching(/^Function: request_headers failed: .*unreachable/),
    });
  });
});
