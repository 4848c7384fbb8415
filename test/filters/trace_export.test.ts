// Spans of refusals, on their way to a collector.

import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { latin1 } from "../../host-sim/src/index.ts";
import { attributesOf, KIND, STATUS_ERROR } from "../support/otlp.ts";
import { requestOn, Simulated } from "../support/simulated_filter.ts";
import {
  Collector,
  COLLECTOR,
  exporting,
  module,
  outcomes,
  PARENT_ID,
  pass,
  REFUSING,
  SAMPLED,
  startExporting,
  TRACE_ID,
  traced,
} from "./span_export.ts";

const SPANS_MAX = 256;
const EXPORTED_MAX = 64;

describe("the span of a refusal", () => {
  test("is a child of the sender's span, and says who refused and how", async () => {
    const { filter, collector } = startExporting();
    const refused = filter.send(SAMPLED);
    expect(refused.headers.get("x-trace-id")).toBe(TRACE_ID);
    expect(collector.calls).toEqual([]);
    await pass(filter, 1);
    const [exported] = collector.exports;
    expect(exported?.service).toBe("sallyport");
    const [span] = exported?.spans ?? [];
    if (span === undefined) throw new Error("no span");
    expect(span).toMatchObject({
      traceId: TRACE_ID,
      parentSpanId: PARENT_ID,
      name: "sallyport refuse",
      kind: KIND.INTERNAL,
      startTimeUnixNano: "1000000000",
      endTimeUnixNano: "1000000000",
      status: { code: STATUS_ERROR },
    });
    expect(span.spanId).not.toBe(PARENT_ID);
    expect(attributesOf(span)).toEqual({
      "sallyport.reason": "ratelimit:key_missing",
      "http.response.status_code": "400",
      "sallyport.limit": "by-key",
    });
    expect(outcomes(filter)).toEqual([1, 0, 0]);
  });

  test("has both statuses where it is gRPC", async () => {
    const { filter, collector } = startExporting();
    filter.send([...SAMPLED, ["content-type", "application/grpc"]]);
    await pass(filter, 1);
    expect(collector.spans.map(attributesOf)).toEqual([
      {
        "sallyport.reason": "ratelimit:key_missing",
        "http.response.status_code": "200",
        "rpc.grpc.status_code": "3",
        "sallyport.limit": "by-key",
      },
    ]);
  });

  test("has the span-id that responses tell", async () => {
    const { filter, collector } = startExporting(exporting({}, { response: ["traceresponse"] }));
    const { headers } = filter.send(SAMPLED);
    await pass(filter, 1);
    const [span] = collector.spans;
    expect(headers.get("traceresponse")).toBe(`00-${TRACE_ID}-${String(span?.spanId)}-01`);
  });

  test.each([
    ["that is not sampled", traced("00")],
    ["that nobody has decided about", []],
  ])("is left out in a trace %s, and no clock is read for it", async (_, headers) => {
    const { filter, collector } = startExporting();
    const silent = new Simulated(module, { configuration: { ...REFUSING, trace: {} } });
    expect(filter.callsOf(headers)).toEqual(silent.callsOf(headers));
    await pass(filter, 3);
    expect(collector.calls).toEqual([]);
    expect(outcomes(filter)).toEqual([0, 0, 0]);
  });

  test("is left out of requests that pass, and nothing is done for it", async () => {
    const { filter, collector } = startExporting();
    const silent = new Simulated(module, { configuration: { ...REFUSING, trace: {} } });
    const passing: HeaderList = [...SAMPLED, ["x-key", "a"]];
    expect(filter.send(passing).reason).toBeNull();
    silent.send(passing);
    expect(filter.callsOf(passing)).toEqual(silent.callsOf(passing));
    await pass(filter, 2);
    expect(collector.calls).toEqual([]);
  });

  test("has no parent at the edge, where traces are our own", async () => {
    const trace = exporting({}, { mode: "edge", extract: ["b3"] });
    const { filter, collector } = startExporting(trace);
    filter.send([["b3", "1"]]);
    filter.send([["b3", `${TRACE_ID}-${PARENT_ID}-1`]]);
    await pass(filter, 1);
    expect(collector.spans).toHaveLength(0);
    const own = startExporting(exporting({}, { extract: ["b3"] }));
    const { headers } = own.filter.send([["b3", "1"]]);
    await pass(own.filter, 1);
    const [span] = own.collector.spans;
    expect(span?.traceId).toBe(headers.get("x-trace-id"));
    expect(span).not.toHaveProperty("parentSpanId");
  });

  test("has an id of its own where somebody else traces", async () => {
    const { filter, collector } = startExporting(exporting({}, { mode: "yield" }));
    filter.send(SAMPLED);
    await pass(filter, 1);
    const [span] = collector.spans;
    expect(span).toMatchObject({ traceId: TRACE_ID, parentSpanId: PARENT_ID });
    expect(span?.spanId).not.toBe(PARENT_ID);
  });

  test("is there for a response that is refused, below the request's own", async () => {
    const collector = new Collector();
    const configuration = {
      trace: exporting(),
      normalise: {
        response: {
          rewrite: [{ header: "x-secret", apply: ["base64Decode"], onInvalid: "reject" }],
        },
      },
    };
    const { filter } = startExporting(undefined, { configuration }, collector);
    const stream = filter.open();
    const sent = requestOn(stream, SAMPLED);
    const spanId = sent.headers.get("traceparent")?.split("-")[2];
    const answered = stream.responseHeaders(
      [
        [":status", "200"],
        ["x-secret", "=?"],
      ],
      true,
    );
    expect(answered.kind).toBe("reply");
    stream.close();
    await pass(filter, 1);
    const [span] = collector.spans;
    expect(span).toMatchObject({ traceId: TRACE_ID, parentSpanId: spanId });
    expect(span === undefined ? {} : attributesOf(span)).toMatchObject({
      "sallyport.reason": "normalise:response_refused",
      "http.response.status_code": "502",
    });
  });

  test("is left out by a host without clock or random bytes", async () => {
    for (const broken of ["clock_time_get", "random_get"]) {
      const trace = exporting({}, { mode: "yield" });
      const { filter, collector } = startExporting(trace, {
        faults: ({ name, phase }) =>
          name === broken && phase === "request_headers" ? 10 : undefined,
      });
      filter.send(SAMPLED);
      await pass(filter, 1);
      expect(collector.calls, broken).toEqual([]);
    }
  });
});

describe("a batch", () => {
  test("is posted to the cluster, path and authority of the configuration", async () => {
    const { filter, collector } = startExporting(
      exporting({ path: "/otlp/v1/traces?a=b", authority: "otel.test:4318", service: "edge-1" }),
    );
    filter.send(SAMPLED);
    await pass(filter, 1);
    const [call] = collector.calls;
    expect(call).toMatchObject({ cluster: COLLECTOR, timeoutMilliseconds: 5000 });
    expect(call?.headers.filter(([name]) => name !== "content-length")).toEqual([
      [":method", "POST"],
      [":scheme", "http"],
      [":authority", "otel.test:4318"],
      [":path", "/otlp/v1/traces?a=b"],
      ["content-type", "application/json"],
    ]);
    expect(collector.exports[0]?.service).toBe("edge-1");
  });

  test("goes to /v1/traces unless that says otherwise", async () => {
    const { filter, collector } = startExporting();
    filter.send(SAMPLED);
    await pass(filter, 1);
    const headers = new Map(collector.calls[0]?.headers);
    expect([headers.get(":authority"), headers.get(":path")]).toEqual(["collector", "/v1/traces"]);
  });

  test("holds what no request should be known by: no path, key or header", async () => {
    const { filter, collector } = startExporting();
    const stream = filter.open();
    requestOn(stream, [...SAMPLED, ["authorization", "Bearer secret"]], "/secret?secret");
    stream.close();
    await pass(filter, 1);
    expect(latin1(collector.calls[0]?.body ?? new Uint8Array())).not.toContain("secret");
  });

  test("has so many spans, and the next goes when the answer is there", async () => {
    const { filter, collector } = startExporting();
    collector.answer = "hang";
    for (let i = 0; i < EXPORTED_MAX + 3; i++) filter.send(SAMPLED);
    await pass(filter, 3);
    expect(collector.exports.map(({ spans }) => spans.length)).toEqual([EXPORTED_MAX]);
    collector.calls[0]?.respond({ headers: [[":status", "202"]] });
    expect(outcomes(filter)).toEqual([EXPORTED_MAX, 0, 0]);
    collector.answer = {};
    await pass(filter, 1);
    expect(collector.exports.map(({ spans }) => spans.length)).toEqual([EXPORTED_MAX, 3]);
    expect(outcomes(filter)).toEqual([EXPORTED_MAX + 3, 0, 0]);
  });

  test("waits in a queue, and what finds no place there is counted", async () => {
    const { filter, collector } = startExporting();
    for (let i = 0; i < SPANS_MAX + 5; i++) filter.send(SAMPLED);
    expect(outcomes(filter)).toEqual([0, 5, 0]);
    await pass(filter, 6);
    expect(collector.spans).toHaveLength(SPANS_MAX);
    expect(new Set(collector.spans.map(({ spanId }) => spanId)).size).toBe(SPANS_MAX);
    expect(outcomes(filter)).toEqual([SPANS_MAX, 5, 0]);
  });

  test.each([
    ["answered with 500", { status: 500 }],
    ["redirected", { status: 301 }],
    ["throttled", { status: 429 }],
    ["reset", "reset"],
    ["that cannot be sent", "refuse"],
  ] as const)("%s is lost and counted, and the next one goes", async (_, answer) => {
    const { filter, collector } = startExporting();
    collector.answer = answer;
    filter.send(SAMPLED);
    await pass(filter, 2);
    expect(outcomes(filter)).toEqual([0, 0, 1]);
    collector.answer = {};
    filter.send(SAMPLED);
    await pass(filter, 1);
    expect(outcomes(filter)).toEqual([1, 0, 1]);
    expect(collector.spans).toHaveLength(2);
  });

  test("that nobody answers is lost when the time is up", async () => {
    const { filter, collector } = startExporting();
    collector.answer = "hang";
    filter.send(SAMPLED);
    await pass(filter, 8);
    expect(outcomes(filter)).toEqual([0, 0, 1]);
    expect(collector.calls).toHaveLength(1);
  });

  test("to a cluster that there is not is lost and counted", async () => {
    const { filter, collector } = startExporting(exporting(), { clusters: [] });
    filter.send(SAMPLED);
    await pass(filter, 2);
    expect(outcomes(filter)).toEqual([0, 0, 1]);
    expect(collector.calls).toEqual([]);
  });

  test("whose status the host does not hand out counts as failed", async () => {
    const { filter } = startExporting(exporting(), {
      faults: ({ name, phase }) =>
        name === "proxy_get_header_map_pairs" && phase === "http_call_response" ? 10 : undefined,
    });
    filter.send(SAMPLED);
    await pass(filter, 2);
    expect(outcomes(filter)).toEqual([0, 0, 1]);
  });

  test("has no trace of its own, and causes none", async () => {
    const { filter, collector } = startExporting();
    filter.send(SAMPLED);
    await pass(filter, 5);
    expect(collector.calls).toHaveLength(1);
    expect(new Map(collector.calls[0]?.headers).has("traceparent")).toBe(false);
  });
});

describe("without an export", () => {
  test("there is neither call nor metric", () => {
    const filter = new Simulated(module, { configuration: { trace: {} } });
    filter.send(SAMPLED);
    filter.advance(10);
    filter.host.runTimers();
    expect(filter.host.hostCallsByName().get("proxy_http_call") ?? 0).toBe(0);
    expect([...filter.host.metrics().keys()].filter((name) => /spans/.test(name))).toEqual([]);
  });
});
