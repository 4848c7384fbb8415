import { describe, expect, test } from "vitest";
import type { GrpcCall, Plugin, Stream } from "../src/index.ts";
import { REQUEST, at, compile, drop, summary, testHost } from "./guest.ts";

/** GrpcService{envoy_grpc{cluster_name}} of "cluster" and of "nowhere", and names. */
const SERVICE = "\n\t\n\x07cluster";
const NOWHERE = "\n\t\n\x07nowhere";
const DATA = `${SERVICE}${NOWHERE}probe.Answers|Ask|message|elsewhere`;
const HEX = Buffer.from(DATA, "latin1").toString("hex");
const ESCAPED = HEX.replace(/../g, (byte) => `\\${byte}`);
const NOTHING = "(i32.const 0) (i32.const 0)";

/** Calls in on_request_headers, pauses if it could, and continues when the call has ended. */
function calling(upstream: string, timeoutMilliseconds: number): WebAssembly.Module {
  const resume = `
    (if (i32.eqz (call $proxy_set_effective_context (i32.load (i32.const 1032))))
      (then ${drop("proxy_continue_stream (i32.const 0)")}))`;
  return compile({
    data: ESCAPED,
    callbacks: {
      proxy_on_request_headers: `
        (i32.store (i32.const 1024) (call $proxy_grpc_call ${
          upstream === "" ? NOTHING : at(DATA, upstream)
        }
          ${at(DATA, "probe.Answers")} ${at(DATA, "Ask")} ${NOTHING} ${at(DATA, "message")}
          (i32.const ${timeoutMilliseconds}) (i32.const 1028)))
        (i32.store (i32.const 1032) (local.get 0))
        (i32.eqz (i32.load (i32.const 1024)))`,
      proxy_on_grpc_receive: `
        (i32.store (i32.const 1036) (local.get 1))
        (i32.store (i32.const 1040) (local.get 2))
        ${drop(`proxy_get_buffer_bytes (i32.const 5) (i32.const 0) (i32.const 99)
          (i32.const 1052) (i32.const 1056)`)}
        ${resume}`,
      proxy_on_grpc_close: `
        (i32.store (i32.const 1044) (local.get 1))
        (i32.store (i32.const 1048) (local.get 2))
        (if (i32.eqz (i32.load (i32.const 1024))) (then ${resume}))`,
    },
  });
}

interface Scene {
  plugin: Plugin;
  calls: GrpcCall[];
  stream: Stream;
  resumed: string[];
  advance: (milliseconds: number) => number;
  word: (address: number) => number;
}

function scene(
  upstream = SERVICE,
  timeoutMilliseconds = 1000,
  dispatch?: (call: GrpcCall) => void,
): Scene {
  const calls: GrpcCall[] = [];
  const { host, advance } = testHost({
    clusters: ["cluster"],
    dispatchGrpc: dispatch ?? ((call) => calls.push(call)),
  });
  const module = calling(upstream, timeoutMilliseconds);
  const plugin = host.addPlugin({ module, configuration: "" });
  const worker = plugin.workers[0];
  if (worker === undefined) throw new Error("no worker");
  const resumed: string[] = [];
  const stream = worker.openStream({ onResume: ({ result }) => resumed.push(summary(result)) });
  const word = (address: number): number =>
    new DataView(worker.memory.buffer).getUint32(address, true);
  return { plugin, calls, stream, resumed, advance, word };
}

describe("grpc_call", () => {
  test("gives tokens 5, 9, 13, and its answer through on_grpc_receive alone", () => {
    const { plugin, calls, stream, resumed, word } = scene();
    expect(summary(stream.requestHeaders(REQUEST, true))).toBe("paused");
    expect([word(1024), word(1028)]).toEqual([0, 5]);
    calls[0]?.respond(new Uint8Array([1, 2, 3]));
    expect(resumed).toEqual(["continue"]);
    expect([word(1036), word(1040), word(1056), word(1044)]).toEqual([5, 3, 3, 0]);
    plugin.workers[0]?.openStream().requestHeaders(REQUEST, true);
    expect(word(1028)).toBe(9);
  });

  test("carries what was given", () => {
    const { calls, stream } = scene();
    stream.requestHeaders(REQUEST, true);
    expect(calls[0]).toMatchObject({
      cluster: "cluster",
      service: "probe.Answers",
      method: "Ask",
      message: new TextEncoder().encode("message"),
      metadata: [],
      timeoutMilliseconds: 1000,
      worker: 0,
    });
  });

  test("ends once: later answers and the timeout do nothing", () => {
    const { calls, stream, resumed, advance, word } = scene(SERVICE, 10);
    stream.requestHeaders(REQUEST, true);
    calls[0]?.respond(new Uint8Array());
    calls[0]?.fail(13);
    expect(advance(10)).toBe(0);
    expect([resumed, word(1044)]).toEqual([["continue"], 0]);
  });

  test("that fails is closed with its status, never with 0", () => {
    for (const [status, told] of [
      [12, 12],
      [0, 13],
    ] as const) {
      const { calls, stream, word } = scene();
      stream.requestHeaders(REQUEST, true);
      calls[0]?.fail(status);
      expect([word(1036), word(1044), word(1048)]).toEqual([0, 5, told]);
    }
  });

  test("that times out is closed with status 4; with timeout 0 it never does", () => {
    const timed = scene(SERVICE, 10);
    timed.stream.requestHeaders(REQUEST, true);
    expect(timed.advance(9)).toBe(0);
    expect(timed.advance(1)).toBe(1);
    expect([timed.word(1044), timed.word(1048)]).toEqual([5, 4]);
    expect(timed.calls[0]?.signal.aborted).toBe(true);
    const endless = scene(SERVICE, 0);
    endless.stream.requestHeaders(REQUEST, true);
    endless.advance(100_000_000);
    expect(endless.resumed).toEqual([]);
  });

  test("that fails at once is refused, and closed under a token that nobody was told", () => {
    for (const { stream, word } of [
      scene(NOWHERE),
      scene(SERVICE, 1000, (call) => call.fail(14)),
    ]) {
      stream.requestHeaders(REQUEST, true);
      expect([word(1024), word(1028)]).toEqual([10, 0]);
      expect([word(1044), word(1048)]).toEqual([5, 14]);
    }
  });

  test("takes what is no GrpcService for the name of a cluster", () => {
    const known = scene("cluster");
    known.stream.requestHeaders(REQUEST, true);
    expect([known.word(1024), known.calls[0]?.cluster]).toEqual([0, "cluster"]);
    const unknown = scene("elsewhere");
    unknown.stream.requestHeaders(REQUEST, true);
    expect([unknown.word(1024), unknown.word(1044)]).toEqual([4, 0]);
  });

  test("ends the process where it names no service at all", () => {
    const { stream } = scene("");
    expect(() => stream.requestHeaders(REQUEST, true)).toThrow(/host_crash: proxy_grpc_call/);
  });

  test("is answered to the root after its stream has gone, and not after the root has", () => {
    const { plugin, calls, stream, resumed, word } = scene();
    stream.requestHeaders(REQUEST, true);
    stream.close();
    calls[0]?.respond(new Uint8Array(1));
    expect([word(1036), resumed]).toEqual([5, []]);
    plugin.workers[0]?.openStream().requestHeaders(REQUEST, true);
    const late = scene();
    late.stream.requestHeaders(REQUEST, true);
    late.stream.close();
    late.plugin.remove();
    expect(late.calls[0]?.signal.aborted).toBe(true);
    late.calls[0]?.respond(new Uint8Array(1));
  });
});
