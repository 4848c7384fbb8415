// Spans of the calls that requests make necessary.

import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Answering } from "../support/key_server.ts";
import { KeyServer, settle } from "../support/key_server.ts";
import type { OtlpSpan } from "../support/otlp.ts";
import { attributesOf, KIND, STATUS_ERROR } from "../support/otlp.ts";
import { allOk, answerCall as answerService, RlsService } from "../support/rls_service.ts";
import type { RlsAnswer } from "../support/rls_service.ts";
import { seededRandom } from "../support/random.ts";
import { Simulated, requestOn, waitingFor } from "../support/simulated_filter.ts";
import { SimulatedWebdis } from "../support/simulated_webdis.ts";
import { ecKey } from "../support/tokens.ts";
import { bearer, CLUSTER, configuration, jwks, token } from "./remote_keys.ts";
import { LIMIT } from "./redis_rig.ts";
import { PLAIN, STORES } from "./rls_filter.ts";
import type { Exporting } from "./span_export.ts";
import {
  Collector,
  COLLECTOR,
  exporting,
  outcomes,
  module,
  PARENT_ID,
  pass,
  SAMPLED,
  startExporting,
  TRACE_ID,
  traced,
} from "./span_export.ts";

const KEY = ecKey("k");
const OTHER = ecKey("other");
const KEYS_URI = "https://idp.test/keys";
const SPANS_MAX = 256;
const CALLS = 200;

const TRACEPARENT = new RegExp(`^00-${TRACE_ID}-([0-9a-f]{16})-01$`);

/** The span-id that a call was sent. */
function sentSpanId(headers: HeaderList | undefined): string {
  const found = TRACEPARENT.exec(new Map(headers).get("traceparent") ?? "");
  if (found?.[1] === undefined) throw new Error("the call has no trace");
  return found[1];
}

function onlySpan({ collector }: Exporting): OtlpSpan {
  const [span, more] = collector.spans;
  if (span === undefined || more !== undefined) {
    throw new Error(`found ${String(collector.spans.length)} spans`);
  }
  return span;
}

/** A filter that has fetched its keys, and asks for them again for a token by another key. */
async function withKeys(keys: object, server: KeyServer): Promise<Exporting> {
  const started = startExporting(
    undefined,
    {
      configuration: { ...configuration(keys), trace: exporting() },
      clusters: [CLUSTER, COLLECTOR],
    },
    new Collector(server.dispatch),
  );
  await pass(started.filter, 60);
  // What ticks fetched has no span.
  expect(started.collector.spans).toEqual([]);
  return started;
}

async function refetch(started: Exporting, headers: HeaderList = SAMPLED): Promise<void> {
  const stream = started.filter.open();
  requestOn(stream, [...bearer(await token(OTHER)), ...headers]);
  await settle();
  stream.close();
}

describe("the span of a call for keys", () => {
  const remote = { remote: { uri: KEYS_URI, cluster: CLUSTER } };

  test("has the id that the server was sent, and takes as long as the call", async () => {
    const server = new KeyServer(jwks(KEY));
    const started = await withKeys(remote, server);
    server.answer = "hang";
    await refetch(started);
    const call = server.calls.at(-1);
    started.filter.advance(0.25);
    call?.respond({ headers: [[":status", "304"]] });
    await pass(started.filter, 1);
    const span = onlySpan(started);
    const { startTimeUnixNano: start, endTimeUnixNano: end } = span;
    expect(BigInt(end) - BigInt(start)).toBe(250_000_000n);
    expect(span).toMatchObject({
      traceId: TRACE_ID,
      spanId: sentSpanId(call?.headers),
      name: "sallyport fetch keys",
      kind: KIND.CLIENT,
      status: {},
    });
    expect(span.parentSpanId).not.toBe(PARENT_ID);
    expect(attributesOf(span)).toEqual({
      "http.request.method": "GET",
      "http.response.status_code": "304",
    });
  });

  test("is a child of the refusal's when the request is refused in the end", async () => {
    const server = new KeyServer(jwks(KEY));
    const started = await withKeys(remote, server);
    await refetch(started);
    await pass(started.filter, 1);
    const [call, refusal] = started.collector.spans;
    expect(started.collector.spans).toHaveLength(2);
    expect(refusal?.name).toBe("sallyport refuse");
    expect(call?.parentSpanId).toBe(refusal?.spanId);
    expect(refusal?.parentSpanId).toBe(PARENT_ID);
  });

  test.each([
    ["an error", { status: 503 }, "503"],
    ["no answer", "reset", undefined],
    // Envoy answers in the place of who does not.
    ["an answer too late", "hang", "504"],
  ] satisfies [string, Answering, string | undefined][])(
    "says that there was %s",
    async (_, answer, status) => {
      const server = new KeyServer(jwks(KEY));
      const started = await withKeys(remote, server);
      server.answer = answer;
      await refetch(started);
      await pass(started.filter, 8);
      const span = started.collector.spans.find(({ name }) => name === "sallyport fetch keys");
      expect(span?.status).toEqual({ code: STATUS_ERROR });
      if (span === undefined) throw new Error("no span");
      expect(attributesOf(span)["http.response.status_code"]).toBe(status);
    },
  );

  test("is left out in a trace that is not sampled", async () => {
    const server = new KeyServer(jwks(KEY));
    const started = await withKeys(remote, server);
    const known = server.calls.length;
    await refetch(started, traced("00"));
    expect(server.calls.length).toBe(known + 1);
    await pass(started.filter, 3);
    expect(started.collector.spans).toEqual([]);
  });

  test("is one for an issuer's metadata and one for its keys", async () => {
    const issuer = "https://idp.test";
    const server = new KeyServer((call) => {
      const path = new Map(call.headers).get(":path") ?? "";
      if (!path.includes("openid-configuration")) return jwks(KEY);
      return { body: { issuer, jwks_uri: `${issuer}/keys` } };
    });
    const started = await withKeys({ discovery: { issuer, cluster: CLUSTER } }, server);
    await refetch(started);
    await pass(started.filter, 2);
    const sent = server.calls.slice(-2).map(({ headers }) => sentSpanId(headers));
    const spans = started.collector.spans.filter(({ kind }) => kind === KIND.CLIENT);
    expect(spans.map(({ spanId }) => spanId)).toEqual(sent);
  });
});

describe("the span of a call for a deny-list", () => {
  test("has a name of its own", async () => {
    const idp = {
      audiences: ["orders"],
      keys: { inline: { keys: [KEY.jwk] } },
      deny: { remote: { uri: "https://lists.test/denied", cluster: CLUSTER } },
    };
    const rules = [{ match: { prefix: "/" }, require: "idp" }];
    const server = new KeyServer({ body: { jti: [] } });
    const started = startExporting(
      undefined,
      {
        configuration: { jwt: { providers: { idp }, rules }, trace: exporting() },
        clusters: [CLUSTER, COLLECTOR],
      },
      new Collector(server.dispatch),
    );
    // Before the first tick: the request itself has the list fetched.
    const stream = started.filter.open();
    requestOn(stream, [...bearer(await token(KEY, { jti: "free" })), ...SAMPLED]);
    await pass(started.filter, 2);
    stream.close();
    const own = server.calls.filter(({ headers }) => new Map(headers).has("traceparent"));
    expect(started.collector.spans.map(({ name, spanId }) => [name, spanId])).toEqual(
      own.map(({ headers }) => ["sallyport fetch deny-list", sentSpanId(headers)]),
    );
    expect(own).toHaveLength(1);
  });
});

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
