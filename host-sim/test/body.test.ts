import { describe, expect, test } from "vitest";
import type { PluginOptions, Stream } from "../src/index.ts";
import { compile, i32, REQUEST, summary, testHost } from "./guest.ts";

function open(
  onBody: string,
  onHeaders = "(i32.const 0)",
  options: Partial<PluginOptions> = {},
): Stream {
  const { host } = testHost({ bufferLimitBytes: 10 });
  const module = compile({
    callbacks: { proxy_on_request_headers: onHeaders, proxy_on_request_body: onBody },
  });
  const stream = host.addPlugin({ module, configuration: "", ...options }).workers[0]?.openStream();
  if (stream === undefined) throw new Error("no worker");
  return stream;
}

/** Stops with the action until the end of the stream. */
function stopUntilEnd(action: number): string {
  return `(if (result i32) (local.get 2) (then (i32.const 0)) (else (i32.const ${action})))`;
}

describe("a body", () => {
  test.each([
    ["1 gives the whole body at the end", 1, [1, 2, 3]],
    ["2 gives the whole body at the end", 2, [1, 2, 3]],
    ["3 drops what was stopped", 3, [3]],
    ["9 counts as 3", 9, [3]],
  ])("stopped with action %s", (_name, action, expected) => {
    const stream = open(stopUntilEnd(action));
    stream.requestHeaders(REQUEST, false);
    expect(summary(stream.requestBody(Uint8Array.of(1, 2), false))).toBe("paused");
    const result = stream.requestBody(Uint8Array.of(3), true);
    expect(result).toEqual({
      kind: "continue",
      headers: [],
      body: Uint8Array.from(expected),
      endOfStream: true,
    });
  });

  test("shows its size: all of it while buffering, the chunk otherwise", () => {
    const isThree = "(if (i32.ne (local.get 1) (i32.const 3)) (then unreachable))";
    const onBody = `(if (result i32) (local.get 2)
      (then ${isThree} ${i32(0)}) (else ${i32(1)}))`;
    const stream = open(onBody);
    stream.requestHeaders(REQUEST, false);
    stream.requestBody(Uint8Array.of(1, 2), false);
    expect(summary(stream.requestBody(Uint8Array.of(3), true))).toBe("continue");
  });

  test("that outgrows the buffer is answered 413, and the guest is not called again", () => {
    const stream = open(stopUntilEnd(1));
    stream.requestHeaders(REQUEST, false);
    expect(summary(stream.requestBody(new Uint8Array(10), false))).toBe("paused");
    const refused = "reply 413 request_payload_too_large";
    expect(summary(stream.requestBody(new Uint8Array(1), false))).toBe(refused);
    expect(summary(stream.requestBody(new Uint8Array(1), true))).toBe(refused);
  });

  test("that waits behind stopped headers has no limit", () => {
    const stream = open("(i32.const 0)", "(i32.const 1)");
    stream.requestHeaders(REQUEST, false);
    expect(summary(stream.requestBody(new Uint8Array(1000), true))).toBe("paused");
  });

  test("goes on with the headers when only these were stopped", () => {
    const stream = open("(i32.const 0)", "(i32.const 1)", { allowOnHeadersStopIteration: true });
    expect(summary(stream.requestHeaders(REQUEST, false))).toBe("paused");
    expect(stream.requestBody(Uint8Array.of(7), true)).toEqual({
      kind: "continue",
      headers: REQUEST,
      body: Uint8Array.of(7),
      endOfStream: true,
    });
  });

  test("passes a module that exports no callback for it", () => {
    const { host } = testHost();
    const module = compile({ callbacks: {} });
    const stream = host.addPlugin({ module, configuration: "" }).workers[0]?.openStream();
    stream?.requestHeaders(REQUEST, false);
    expect(stream?.requestBody(Uint8Array.of(7), false)).toMatchObject({ body: Uint8Array.of(7) });
    expect(stream?.requestTrailers([["T", "1"]])).toEqual({
      kind: "continue",
      headers: [["t", "1"]],
      trailers: [["t", "1"]],
      endOfStream: true,
    });
  });
});

describe("events out of order", () => {
  test.each<[string, (stream: Stream) => unknown]>([
    ["a body before headers", (stream) => stream.requestBody(new Uint8Array(0), true)],
    ["trailers before headers", (stream) => stream.requestTrailers([])],
    [
      "a response body before its headers",
      (stream) => stream.responseBody(new Uint8Array(0), true),
    ],
  ])("are refused: %s", (_name, misuse) => {
    expect(() => misuse(open("(i32.const 0)"))).toThrow(/^misuse/);
  });

  test("are refused after the end of the stream and after close", () => {
    const stream = open("(i32.const 0)");
    stream.requestHeaders(REQUEST, true);
    expect(() => stream.requestBody(new Uint8Array(0), true)).toThrow(/^misuse/);
    expect(() => stream.requestHeaders(REQUEST, true)).toThrow(/^misuse/);
    stream.close();
    expect(() => stream.close()).toThrow(/^misuse/);
  });
});
