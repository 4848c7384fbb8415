import { describe, expect, test } from "vitest";
import type { Stream } from "../src/index.ts";
import {
  at,
  compile,
  drop,
  i32,
  reply,
  REQUEST,
  RESPONSE,
  say,
  summary,
  testHost,
} from "./guest.ts";

const DATA = "request response after x-seen yes details with space";

function open(callbacks: Record<string, string>, extra = ""): { stream: Stream; log: string[] } {
  const { host, log } = testHost();
  const module = compile({ data: DATA, extra, callbacks });
  const stream = host.addPlugin({ module, configuration: "" }).workers[0]?.openStream();
  if (stream === undefined) throw new Error("no worker");
  return { stream, log };
}

describe("a local reply", () => {
  test("comes after the callback, overrides its action, goes through on_response_headers", () => {
    const { stream, log } = open({
      proxy_on_request_headers: `${reply(403)} ${say(DATA, "after")} (i32.const 0)`,
      proxy_on_response_headers: `${say(DATA, "response")}
        (drop (call $proxy_add_header_map_value ${i32(2)} ${at(DATA, "x-seen")} ${at(DATA, "yes")}))
        (i32.const 0)`,
    });
    const result = stream.requestHeaders(REQUEST, false);
    expect(result).toEqual({
      kind: "reply",
      reply: {
        status: 403,
        details: "",
        headers: [
          [":status", "403"],
          ["x-seen", "yes"],
        ],
        body: new Uint8Array(0),
        grpcStatus: null,
      },
    });
    expect(log).toEqual(["after", "response"]);
    expect(stream.requestBody(new Uint8Array(1), true)).toEqual(result);
  });

  test("puts underscores for blanks in its details", () => {
    const { stream } = open({
      proxy_on_request_headers: `(drop (call $proxy_send_local_response (i32.const 400)
        ${at(DATA, "details with space")} (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
        (i32.const -1))) (i32.const 0)`,
    });
    expect(summary(stream.requestHeaders(REQUEST, true))).toBe("reply 400 details_with_space");
  });

  test("may be held by our own on_response_headers until it is continued", () => {
    const { stream } = open({
      proxy_on_request_headers: `${reply(403)} (i32.const 0)`,
      proxy_on_response_headers: "(i32.const 1)",
    });
    expect(summary(stream.requestHeaders(REQUEST, true))).toBe("paused");
  });

  test("in on_response_headers goes straight to the client, not through the filter again", () => {
    const { stream, log } = open({
      proxy_on_request_headers: "(i32.const 0)",
      proxy_on_response_headers: `${say(DATA, "response")} ${reply(500)} (i32.const 0)`,
    });
    stream.requestHeaders(REQUEST, true);
    expect(summary(stream.responseHeaders(RESPONSE, false))).toBe("reply 500");
    expect(log).toEqual(["response"]);
  });

  test("after the response has left resets the stream", () => {
    const { stream } = open({
      proxy_on_request_headers: "(i32.const 0)",
      proxy_on_response_body: `${reply(500)} (i32.const 0)`,
    });
    stream.requestHeaders(REQUEST, true);
    expect(summary(stream.responseHeaders(RESPONSE, false))).toBe("continue");
    expect(summary(stream.responseBody(new Uint8Array(1), true))).toBe("reset ");
  });

  test("to a gRPC request is trailers-only with a percent-encoded message", () => {
    const data = "no \\c3\\a9%~";
    const module = compile({
      data,
      callbacks: {
        proxy_on_request_headers: `(drop (call $proxy_send_local_response (i32.const 401)
          (i32.const 0) (i32.const 0) (i32.const 16) (i32.const 7) (i32.const 0) (i32.const 0)
          (i32.const -1))) (i32.const 0)`,
      },
    });
    const stream = testHost()
      .host.addPlugin({ module, configuration: "" })
      .workers[0]?.openStream();
    const result = stream?.requestHeaders(
      [...REQUEST, ["content-type", "application/grpc+proto"]],
      false,
    );
    expect(result).toMatchObject({
      kind: "reply",
      reply: {
        status: 200,
        grpcStatus: 16,
        headers: [
          [":status", "200"],
          ["content-type", "application/grpc"],
          ["grpc-status", "16"],
          ["grpc-message", "no %C3%A9%25%7E"],
        ],
      },
    });
  });
});

describe("continuing", () => {
  test("a direction that is not paused is a host crash", () => {
    const { stream } = open({
      proxy_on_request_headers: `${drop("proxy_continue_stream (i32.const 0)")} (i32.const 0)`,
    });
    expect(() => stream.requestHeaders(REQUEST, true)).toThrow(/host_crash: proxy_continue_stream/);
  });

  test("a paused request on a tick sends on what has come meanwhile", () => {
    const { host, advance } = testHost();
    const module = compile({
      callbacks: {
        proxy_on_configure: `
          (drop (call $proxy_set_tick_period_milliseconds ${i32(10)})) ${i32(1)}`,
        proxy_on_tick: `(drop (call $proxy_set_effective_context (i32.const 2)))
          ${drop("proxy_continue_stream (i32.const 0)")}`,
        proxy_on_request_headers: "(i32.const 1)",
        proxy_on_request_body: "(i32.const 0)",
      },
    });
    const stream = host.addPlugin({ module, configuration: "" }).workers[0]?.openStream();
    const resumed: unknown[] = [];
    if (stream === undefined) throw new Error("no worker");
    stream.onResume = (resumption) => resumed.push(resumption);
    expect(summary(stream.requestHeaders(REQUEST, false))).toBe("paused");
    expect(summary(stream.requestBody(Uint8Array.of(1, 2), false))).toBe("paused");
    expect(summary(stream.requestBody(Uint8Array.of(3), true))).toBe("paused");
    advance(10);
    expect(resumed).toEqual([
      {
        direction: "request",
        result: {
          kind: "continue",
          headers: REQUEST,
          body: Uint8Array.of(1, 2, 3),
          endOfStream: true,
        },
      },
    ]);
  });

  test("makes the request unreadable, whichever direction was meant", () => {
    const { stream, log } = open({
      proxy_on_request_headers: "(i32.const 0)",
      proxy_on_response_headers: `${drop("proxy_continue_stream (i32.const 2)")}
        (if (i32.eq ${i32(2)}
            (call $proxy_get_header_map_value ${i32(0)} ${at(DATA, "x-seen")} ${i32(0, 4)}))
          (then ${say(DATA, "request")})) (i32.const 0)`,
    });
    stream.requestHeaders(REQUEST, true);
    stream.responseHeaders(RESPONSE, true);
    expect(log).toEqual(["request"]);
  });
});

describe("closing a stream", () => {
  test("resets it after the callback", () => {
    const { stream, log } = open({
      proxy_on_request_headers: `
        (drop (call $proxy_close_stream ${i32(0)})) ${say(DATA, "after")} ${i32(0)}`,
    });
    expect(summary(stream.requestHeaders(REQUEST, true))).toBe("reset wasm_close_stream");
    expect(log).toEqual(["after"]);
  });
});

describe("a header that HTTP needs", () => {
  test.each([
    [
      "request",
      ":method",
      "reply 503 filter_removed_required_request_headers{missing_required_header:_:method}",
    ],
    ["request", ":path", "reply 404 route_not_found"],
    ["request", ":authority", "continue"],
    [
      "response",
      ":status",
      "reply 502 filter_removed_required_response_headers{missing_required_header:_:status}",
    ],
  ])("of the %s, %s, may not be removed", (direction, name, expected) => {
    const type = direction === "request" ? 0 : 2;
    const remove = drop(`proxy_remove_header_map_value ${i32(type)} ${at(name, name)}`);
    const { host } = testHost();
    const module = compile({
      data: name,
      callbacks: {
        proxy_on_request_headers: `${direction === "request" ? remove : ""} (i32.const 0)`,
        proxy_on_response_headers: `${direction === "response" ? remove : ""} (i32.const 0)`,
      },
    });
    const stream = host.addPlugin({ module, configuration: "" }).workers[0]?.openStream();
    const first = stream?.requestHeaders(REQUEST, true);
    const result = direction === "request" ? first : stream?.responseHeaders(RESPONSE, true);
    expect(result && summary(result)).toBe(expected);
  });
});
