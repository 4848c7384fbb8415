// Spans of calls for keys and deny-lists.

import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Answering } from "../support/key_server.ts";
import { KeyServer, settle } from "../support/key_server.ts";
import { attributesOf, KIND, STATUS_ERROR } from "../support/otlp.ts";
import { requestOn, waitingFor } from "../support/simulated_filter.ts";
import { ecKey } from "../support/tokens.ts";
import { bearer, CLUSTER, configuration, jwks, token } from "./remote_keys.ts";
import type { Exporting } from "./span_export.ts";
import {
  Collector,
  COLLECTOR,
  exporting,
  onlySpan,
  PARENT_ID,
  pass,
  SAMPLED,
  sentSpanId,
  startExporting,
  TRACE_ID,
  traced,
} from "./span_export.ts";

const KEY = ecKey("k");
const OTHER = ecKey("other");
const KEYS_URI = "https://idp.test/keys";

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
    ["until keys come", 0.75, 750_000_000n],
    ["as long as it may", 7, 5_000_000_000n],
  ])("lies in that of a refusal that waited %s", async (_, seconds, nanoseconds) => {
    const server = new KeyServer("hang");
    const started = startExporting(
      undefined,
      {
        configuration: { ...configuration(remote), trace: exporting() },
        clusters: [CLUSTER, COLLECTOR],
      },
      new Collector(server.dispatch),
    );
    const stream = started.filter.open();
    const outcome = waitingFor(stream);
    expect(requestOn(stream, [...bearer(await token(OTHER)), ...SAMPLED]).reason).toBe("waits");
    if (seconds < 5) {
      started.filter.advance(seconds);
      server.calls.at(-1)?.respond({ headers: [[":status", "404"]] });
    }
    await pass(started.filter, 8);
    expect(outcome()?.reason).not.toBeNull();
    stream.close();
    const refusal = started.collector.spans.find(({ name }) => name === "sallyport refuse");
    const call = started.collector.spans.find(({ kind }) => kind === KIND.CLIENT);
    if (refusal === undefined) throw new Error("no span");
    const { startTimeUnixNano: start, endTimeUnixNano: end } = refusal;
    expect(start).toBe("1000000000");
    expect(BigInt(end) - BigInt(start)).toBe(nanoseconds);
    expect(call).toMatchObject({ startTimeUnixNano: start, parentSpanId: refusal.spanId });
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
