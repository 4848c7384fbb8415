// Spans of calls to the stores of limits.

import { describe, expect, test } from "vitest";

import { settle } from "../support/key_server.ts";
import { attributesOf, KIND, STATUS_ERROR } from "../support/otlp.ts";
import { seededRandom } from "../support/random.ts";
import { allOk, answerCall as answerService, RlsService } from "../support/rls_service.ts";
import type { RlsAnswer } from "../support/rls_service.ts";
import { requestOn, Simulated, waitingFor } from "../support/simulated_filter.ts";
import { SimulatedWebdis } from "../support/simulated_webdis.ts";
import { LIMIT } from "./redis_rig.ts";
import { PLAIN, STORES } from "./rls_filter.ts";
import type { Exporting } from "./span_export.ts";
import {
  Collector,
  COLLECTOR,
  exporting,
  module,
  onlySpan,
  outcomes,
  pass,
  SAMPLED,
  sentSpanId,
  startExporting,
} from "./span_export.ts";

const SPANS_MAX = 256;
const CALLS = 200;

describe("the span of a call to Redis", () => {
  test("is there for each command", async () => {
    const webdis = new SimulatedWebdis();
    webdis.knowsScript = false;
    const rateLimit = { stores: { redis: { redis: { cluster: "webdis" } } }, limits: [LIMIT] };
    const started = startExporting(
      undefined,
      { configuration: { rateLimit, trace: exporting() }, clusters: ["webdis", COLLECTOR] },
      new Collector(webdis.dispatch),
    );
    const stream = started.filter.open();
    const outcome = waitingFor(stream);
    requestOn(stream, [["x-key", "a"], ...SAMPLED]);
    await settle();
    expect(outcome()?.reason).toBeNull();
    stream.close();
    await pass(started.filter, 1);
    const sent = webdis.commands.map(({ call }) => sentSpanId(call.headers));
    expect(sent).toHaveLength(2);
    const { spans } = started.collector;
    expect(spans.map(({ spanId }) => spanId)).toEqual(sent);
    // Both hang on the span that the upstream was sent.
    const parent = sentSpanId([...(outcome()?.headers ?? [])]);
    for (const span of spans) {
      expect(span).toMatchObject({ name: "sallyport redis", parentSpanId: parent, status: {} });
      expect(attributesOf(span)).toEqual({
        "http.request.method": "POST",
        "http.response.status_code": "200",
      });
    }
  });
});

describe("the span of a call to a rate limit service", () => {
  function start(answer: RlsAnswer | typeof allOk): Exporting & { service: RlsService } {
    const service = new RlsService(answer);
    const collector = new Collector();
    const filter = new Simulated(module, {
      configuration: {
        rateLimit: { stores: STORES, limits: [PLAIN], onStoreFailure: "allow" },
        trace: exporting(),
      },
      clusters: ["limits", COLLECTOR],
      dispatch: collector.dispatch,
      dispatchGrpc: service.dispatch,
    });
    return { filter, collector, service };
  }

  test.each([
    ["good", allOk, "0"],
    ["a failure", { status: 14 }, "14"],
  ] satisfies [string, RlsAnswer | typeof allOk, string][])(
    "has the status of the call: %s",
    async (_, answer, status) => {
      const started = start(answer);
      const stream = started.filter.open();
      requestOn(stream, SAMPLED);
      await settle();
      stream.close();
      await pass(started.filter, 1);
      const [asked] = started.service.calls;
      const span = onlySpan(started);
      expect(span).toMatchObject({
        name: "sallyport rate limit service",
        kind: KIND.CLIENT,
        spanId: sentSpanId(asked?.metadata),
        status: status === "0" ? {} : { code: STATUS_ERROR },
      });
      expect(attributesOf(span)).toEqual({ "rpc.system": "grpc", "rpc.grpc.status_code": status });
    },
  );

  test("is each call's own, in whatever order the answers come", async () => {
    const started = start("hang");
    const streams = Array.from({ length: CALLS }, () => {
      const stream = started.filter.open();
      requestOn(stream, SAMPLED);
      // Each begins at another time.
      started.filter.advance(0.000_001);
      return stream;
    });
    const { calls } = started.service;
    const expected = calls.map(({ metadata }, i) => [
      sentSpanId(metadata),
      String(1_000_000_000n + BigInt(i) * 1000n),
    ]);
    const random = seededRandom(7);
    for (const left = [...calls]; left.length > 0;) {
      const [call] = left.splice(random.below(left.length), 1);
      if (call !== undefined) answerService(call, { status: 14 });
    }
    for (const stream of streams) stream.close();
    await pass(started.filter, 5);
    const found = started.collector.spans.map(({ spanId, startTimeUnixNano }) => [
      spanId,
      startTimeUnixNano,
    ]);
    expect(found.sort()).toEqual(expected.sort());
  });

  test("finds no place when the queue is full, and is counted", async () => {
    const started = start(allOk);
    const streams = Array.from({ length: SPANS_MAX + 2 }, () => {
      const stream = started.filter.open();
      requestOn(stream, SAMPLED);
      return stream;
    });
    await settle();
    expect(outcomes(started.filter)).toEqual([0, 2, 0]);
    for (const stream of streams) stream.close();
  });

  test("is lost with the root that made the call", async () => {
    const started = start("hang");
    const stream = started.filter.open();
    requestOn(stream, SAMPLED);
    started.filter.plugin.update(JSON.stringify({ trace: exporting() }));
    stream.close();
    await pass(started.filter, 8);
    expect(started.collector.spans).toEqual([]);
  });
});
