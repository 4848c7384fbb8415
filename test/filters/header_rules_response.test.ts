// Rules about responses and trailers: which answers they are about, what they ask of the request,
// and what happens when they cannot be carried out.

import { describe, expect, test } from "vitest";

import type { HeaderList, Stream, StreamResult } from "../../host-sim/src/index.ts";
import { Status } from "../../host-sim/src/index.ts";
import { reasonOf } from "../support/run_cases.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";

const module = await loadShippedModule();
const REQUEST: HeaderList = [
  [":authority", "example.test"],
  [":path", "/v1/a"],
  [":method", "GET"],
];
const ANSWER: HeaderList = [[":status", "200"]];
const OPEN_STREAMS_MAX = 8192;

/** A stream whose request has passed. */
function passed(filter: Simulated, headers: HeaderList = []): Stream {
  const stream = filter.open();
  expect(stream.requestHeaders([...REQUEST, ...headers], false).kind).toBe("continue");
  return stream;
}

/** Header fields of an answer that goes on, or the reason and status of one in its place. */
function outcomeOf(result: StreamResult): HeaderList | string {
  if (result.kind === "continue") return result.headers.filter(([name]) => !name.startsWith(":"));
  if (result.kind !== "reply") throw new Error(`found ${result.kind}`);
  const status = result.reply.headers.find(([name]) => name === ":status")?.[1] ?? "";
  return `${status} ${reasonOf(result.reply.details)}`;
}

function answered(configuration: object, headers: HeaderList, own: HeaderList = []): unknown {
  const stream = passed(new Simulated(module, { configuration }), own);
  try {
    return outcomeOf(stream.responseHeaders([...ANSWER, ...headers], true));
  } finally {
    stream.close();
  }
}

describe("rules about responses", () => {
  test("come before the fields that limits add", () => {
    const configuration = {
      normalise: { response: { rename: [{ header: "ratelimit", to: "x-ratelimit" }] } },
      rateLimit: {
        headers: "always",
        limits: [{ name: "a", capacity: 5, refill: "1/s" }],
      },
    };
    expect(answered(configuration, [])).toEqual([
      ["ratelimit", expect.stringMatching(/^"a"/)],
      ["ratelimit-policy", expect.stringMatching(/^"a"/)],
    ]);
  });

  test("touch no refusal and no mapped error", () => {
    const configuration = {
      errors: { mapUpstream: "standard" },
      normalise: { reject: ["x-a"], response: { remove: ["content-type"] } },
    };
    const filter = new Simulated(module, { configuration });
    const refused = filter.send([["x-a", "1"]]);
    expect(refused.headers.get("content-type")).toBe("application/json");

    const stream = passed(filter);
    const result = stream.responseHeaders([...ANSWER, ["grpc-status", "5"]], true);
    if (result.kind !== "reply") throw new Error(`found ${result.kind}`);
    expect(result.reply.headers.map(([name]) => name)).toContain("content-type");
    stream.close();
  });

  test("ask for headers as the upstream got them", () => {
    const seen = (name: string): object => ({
      header: `x-saw-${name}`,
      value: "1",
      when: { headers: [{ name, present: true }] },
    });
    const configuration = {
      normalise: {
        rename: [{ header: "old", to: "new" }],
        response: { set: [seen("old"), seen("new")] },
      },
    };
    expect(answered(configuration, [["old", "1"]], [["old", "1"]])).toEqual([
      ["old", "1"],
      ["x-saw-new", "1"],
    ]);
    expect(answered(configuration, [["new", "1"]])).toEqual([["new", "1"]]);
  });

  test("keep the last of 64 conditions apart from the first", () => {
    const when = (path: string): object => ({ header: "x-a", value: path, when: { path } });
    const configuration = {
      normalise: {
        response: { set: Array.from({ length: 63 }, (_, i) => when(`/${String(i)}`)) },
        responseTrailers: { set: [{ ...when("/v1/a"), header: "x-b" }] },
      },
    };
    const stream = passed(new Simulated(module, { configuration }));
    expect(outcomeOf(stream.responseHeaders(ANSWER, false))).toEqual([]);
    const trailers: HeaderList = [
      ["x-t", "1"],
      ["x-b", "/v1/a"],
    ];
    expect(stream.responseTrailers([["x-t", "1"]])).toMatchObject({ trailers });
    stream.close();
  });

  test("replace by 502 what cannot be made", () => {
    const rewrite = (rule: object): object => ({
      normalise: { response: { rewrite: [{ header: "x-a", ...rule }] } },
    });
    const invalid = rewrite({ apply: ["percentDecode"], onInvalid: "reject" });
    const refused = "502 normalise:response_refused";
    expect(answered(invalid, [["x-a", "%41"]])).toEqual([["x-a", "A"]]);
    expect(answered(invalid, [["x-a", "%"]])).toBe(refused);
    const double = rewrite({ to: "{header:x-a}{header:x-a}" });
    expect(answered(double, [["x-a", "a".repeat(4096)]])).toEqual([["x-a", "a".repeat(8192)]]);
    expect(answered(double, [["x-a", "a".repeat(4097)]])).toBe(refused);
    const split = rewrite({ lines: "split" });
    expect(answered(split, [["x-a", "a,".repeat(1025)]])).toBe(refused);
  });

  test("replace by 503 what the host fails at", () => {
    let fails = false;
    const filter = new Simulated(module, {
      configuration: { normalise: { response: { remove: ["x-a"] } } },
      faults: ({ name }) =>
        fails && name === "proxy_remove_header_map_value" ? Status.INTERNAL_FAILURE : undefined,
    });
    const stream = passed(filter);
    fails = true;
    expect(outcomeOf(stream.responseHeaders([...ANSWER, ["x-a", "1"]], true))).toBe(
      "503 host_failure",
    );
    stream.close();
  });

  test("refuse a request whose stream cannot be kept", () => {
    const rules = { response: { remove: ["x-a"] } };
    const filter = new Simulated(module, { configuration: { normalise: rules } });
    const streams = Array.from({ length: OPEN_STREAMS_MAX }, () => passed(filter));
    expect(filter.send(REQUEST)).toMatchObject({ status: 503, reason: "normalise:streams_full" });
    streams.pop()?.close();
    passed(filter).close();
    for (const stream of streams) stream.close();
  });
});

describe("rules about trailers", () => {
  const trailers = {
    remove: ["x-a*", "*-status", "grpc-*"],
    set: [{ header: "x-b", value: "{header:x-c}" }],
  };
  const sent: HeaderList = [
    ["grpc-status", "0"],
    ["grpc-message", "m"],
    ["x-a-1", "1"],
    ["x-status", "1"],
    ["x-c", "2"],
  ];

  test("leave gRPC's own alone", () => {
    const configuration = { normalise: { responseTrailers: trailers, requestTrailers: trailers } };
    const stream = passed(new Simulated(module, { configuration }));
    const expected: HeaderList = [
      ["grpc-status", "0"],
      ["grpc-message", "m"],
      ["x-c", "2"],
      ["x-b", "2"],
    ];
    expect(stream.requestTrailers(sent)).toMatchObject({ trailers: expected });
    stream.responseHeaders(ANSWER, false);
    expect(stream.responseTrailers(sent)).toMatchObject({ trailers: expected });
    stream.close();
  });
});
