import { describe, expect, test } from "vitest";
import { encodePairs, latin1 } from "../src/index.ts";
import type { HttpCall, Plugin, Stream } from "../src/index.ts";
import { REQUEST, at, compile, drop, summary, testHost } from "./guest.ts";

const PAIRS = latin1(encodePairs(REQUEST));
const DATA = `cluster${PAIRS}`;
const ESCAPED = [...DATA]
  .map((char) => `\\${char.charCodeAt(0).toString(16).padStart(2, "0")}`)
  .join("");

/** Calls out in on_request_headers with the timeout, pauses, and continues when answered. */
function calling(timeoutMilliseconds: number): WebAssembly.Module {
  return compile({
    data: ESCAPED,
    callbacks: {
      proxy_on_request_headers: `
        (i32.store (i32.const 1024) (call $proxy_http_call ${at(DATA, "cluster")} ${at(DATA, PAIRS)}
          (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
          (i32.const ${timeoutMilliseconds}) (i32.const 1028)))
        (i32.store (i32.const 1032) (local.get 0))
        (i32.const 1)`,
      proxy_on_http_call_response: `
        (i32.store (i32.const 1036) (local.get 1))
        (i32.store (i32.const 1040) (local.get 2))
        (i32.store (i32.const 1044) (local.get 3))
        (if (i32.eqz (call $proxy_set_effective_context (i32.load (i32.const 1032))))
          (then ${drop("proxy_continue_stream (i32.const 0)")}))`,
    },
  });
}

interface Scene {
  plugin: Plugin;
  calls: HttpCall[];
  stream: Stream;
  resumed: string[];
  advance: (milliseconds: number) => number;
  word: (address: number) => number;
}

function scene(timeoutMilliseconds: number, dispatch?: (call: HttpCall) => void): Scene {
  const calls: HttpCall[] = [];
  const { host, advance } = testHost({
    clusters: ["cluster"],
    dispatch: dispatch ?? ((call) => calls.push(call)),
  });
  const plugin = host.addPlugin({ module: calling(timeoutMilliseconds), configuration: "" });
  const worker = plugin.workers[0];
  if (worker === undefined) throw new Error("no worker");
  const resumed: string[] = [];
  const stream = worker.openStream({ onResume: ({ result }) => resumed.push(summary(result)) });
  const word = (address: number): number =>
    new DataView(worker.memory.buffer).getUint32(address, true);
  return { plugin, calls, stream, resumed, advance, word };
}

describe("http_call", () => {
  test("gives tokens 4, 8, 12 and continues the stream when the answer comes", () => {
    const { plugin, calls, stream, resumed, word } = scene(1000);
    expect(summary(stream.requestHeaders(REQUEST, true))).toBe("paused");
    expect([word(1024), word(1028)]).toEqual([0, 4]);
    calls[0]?.respond({ headers: [[":status", "200"]], body: new Uint8Array(5) });
    expect(resumed).toEqual(["continue"]);
    expect([word(1036), word(1040), word(1044)]).toEqual([4, 1, 5]);
    plugin.workers[0]?.openStream().requestHeaders(REQUEST, true);
    expect(word(1028)).toBe(8);
  });

  test("answers once: later answers and the timeout do nothing", () => {
    const { calls, stream, resumed, advance } = scene(10);
    stream.requestHeaders(REQUEST, true);
    calls[0]?.respond({ headers: [[":status", "200"]] });
    calls[0]?.reset();
    expect(advance(10)).toBe(0);
    expect(resumed).toEqual(["continue"]);
  });

  test("that times out is answered 504 with a body", () => {
    const { calls, stream, advance, word } = scene(10);
    stream.requestHeaders(REQUEST, true);
    expect(advance(9)).toBe(0);
    expect(advance(1)).toBe(1);
    expect([word(1040), word(1044)]).toEqual([3, 24]);
    expect(calls[0]?.signal.aborted).toBe(true);
  });

  test("with timeout 0 never times out", () => {
    const { stream, advance, resumed } = scene(0);
    stream.requestHeaders(REQUEST, true);
    advance(100_000_000);
    expect(resumed).toEqual([]);
  });

  test("that is reset is answered with nothing", () => {
    const { calls, stream, word } = scene(1000);
    stream.requestHeaders(REQUEST, true);
    calls[0]?.reset();
    expect([word(1036), word(1040), word(1044)]).toEqual([4, 0, 0]);
  });

  test("that fails at once answers InternalFailure and is never called back", () => {
    const { stream, word } = scene(1000, (call) => call.respond({ headers: [[":status", "503"]] }));
    stream.requestHeaders(REQUEST, true);
    expect([word(1024), word(1028), word(1036)]).toEqual([10, 0, 0]);
  });

  test("is answered to the root after its stream has gone", () => {
    const { calls, stream, resumed, word } = scene(1000);
    stream.requestHeaders(REQUEST, true);
    stream.close();
    calls[0]?.respond({ headers: [[":status", "200"]] });
    expect(word(1036)).toBe(4);
    expect(resumed).toEqual([]);
  });

  test("is cancelled without a word when its root goes", () => {
    const { plugin, calls, stream } = scene(1000);
    stream.requestHeaders(REQUEST, true);
    stream.close();
    plugin.remove();
    expect(calls[0]).toMatchObject({ finished: true });
    expect(calls[0]?.signal.aborted).toBe(true);
  });

  test("carries the request that was given", () => {
    const { calls, stream } = scene(1000);
    stream.requestHeaders(REQUEST, true);
    expect(calls[0]).toMatchObject({
      cluster: "cluster",
      headers: REQUEST,
      timeoutMilliseconds: 1000,
      worker: 0,
    });
  });

  test("to an unknown cluster, or with a timeout from 2^31, is a bad argument", () => {
    const refused = scene(0x80000000);
    refused.stream.requestHeaders(REQUEST, true);
    expect(refused.word(1024)).toBe(2);
  });
});
