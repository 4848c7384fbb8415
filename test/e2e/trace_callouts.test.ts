// What the module calls in a real Envoy is told the trace of the request that it is called for:
// keys, metadata of an issuer, deny-lists, Redis behind Webdis, a rate limit service.

import { randomBytes, randomUUID } from "node:crypto";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import type { JsonObject } from "../../envoy/http_filters.ts";
import { wasmFilter } from "../../envoy/http_filters.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { http1Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import type { GrpcServer } from "../support/grpc_server.ts";
import { startGrpcServer } from "../support/grpc_server.ts";
import type { RecordedAnswer, RecordedCall, RecordingServer } from "../support/recording_server.ts";
import { startRecordingServer } from "../support/recording_server.ts";
import { CODE, decodeRequest, encodeResponse } from "../support/rls_messages.ts";
import { collectorCluster, ENVOY_TRACER } from "../support/span_collector.ts";
import type { TestKey } from "../support/tokens.ts";
import { ecKey, mint } from "../support/tokens.ts";
import type { ReceivedRequest, Upstream } from "../support/upstream.ts";
import { startUpstream } from "../support/upstream.ts";

const LOCAL = { host: "127.0.0.1", port: 0 };
const ISSUER = "http://idp.test";
const SHOULD_RATE_LIMIT = "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";
// A call may take long: what is found here must not depend on how busy the machine is.
const TIMEOUT = "5s";
const POLL = { timeout: 50_000, interval: 20 };

const DISCOVERY = ["/.well-known/openid-configuration", "/found"];
const INLINE = ecKey("inline");
const FIRST = ecKey("first");

function jwt(provider: object): object {
  const providers = { idp: { audiences: ["orders"], ...provider } };
  return { jwt: { providers, rules: [{ match: { prefix: "/" }, require: "idp" }] } };
}
const limited = (store: object, limit: object): object => ({
  rateLimit: {
    stores: { s: store },
    limits: [{ name: "a", store: "s", key: [{ header: "x-key", as: "key" }], ...limit }],
  },
});
const REDIS = limited(
  { redis: { cluster: "http", timeout: TIMEOUT } },
  { capacity: 100, refill: "1/h" },
);
const B3 = { trace: { extract: ["b3"], inject: ["b3"] } };

/** Configurations by listener. */
const LISTENERS: Record<string, object> = {
  keys: {
    ...jwt({ keys: { remote: { uri: `${ISSUER}/keys`, cluster: "http", cooldown: "1s" } } }),
    trace: {},
  },
  discovery: {
    ...jwt({ keys: { discovery: { issuer: ISSUER, cluster: "http", cooldown: "1s" } } }),
    trace: {},
  },
  deny: {
    ...jwt({
      keys: { inline: { keys: [INLINE.jwk] } },
      deny: { remote: { uri: `${ISSUER}/denied`, cluster: "http" } },
    }),
    trace: {},
  },
  redis: { ...REDIS, trace: {} },
  "redis and b3": { ...REDIS, ...B3 },
  "redis and Envoy's tracer": { ...REDIS, trace: { mode: "yield" } },
  "redis without trace": REDIS,
  service: {
    ...limited({ rls: { cluster: "grpc", domain: "edge", timeout: TIMEOUT } }, {}),
    trace: {},
  },
};

/** A span as a field tells it. */
interface Told {
  traceId: string;
  spanId: string;
  flags: string;
}

const TRACEPARENT = /^00-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})$/;
const B3_SINGLE = /^(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-(?<flags>[01])$/;

function told(value: unknown, pattern = TRACEPARENT): Told {
  const { traceId = "", spanId = "", flags = "" } = pattern.exec(String(value))?.groups ?? {};
  expect(traceId, `a span: ${String(value)}`).not.toBe("");
  return { traceId, spanId, flags };
}

const newTrace = (flags: string): Told => ({
  traceId: randomBytes(16).toString("hex"),
  spanId: randomBytes(8).toString("hex"),
  flags,
});

/** Fields of a client's request in a trace. */
const traced = ({ traceId, spanId, flags }: Told): HeaderList => [
  ["traceparent", `00-${traceId}-${spanId}-${flags}`],
];

/** Of the key server: what it has, whoever asks for it. */
let keys: TestKey[] = [FIRST];

function answer({ path, headers, body }: RecordedCall): RecordedAnswer {
  switch (path) {
    case "/.well-known/openid-configuration":
      return { issuer: ISSUER, jwks_uri: `${ISSUER}/found` };
    case "/keys":
    case "/found":
      return { keys: keys.map(({ jwk }) => jwk) };
    case "/denied":
      // Nobody but a request gets it, and ticks do not get in its way.
      return headers["traceparent"] === undefined ? 503 : { jti: ["other"] };
    default:
      return answerCommand(body);
  }
}

/** As Webdis and the script do: the script is not known, and grants what is needed. */
function answerCommand(command: string): RecordedAnswer {
  if (command.startsWith("EVALSHA/")) {
    return { EVALSHA: [false, "NOSCRIPT No matching script. Please use EVAL."] };
  }
  const needed = Number(command.split("/").at(-2));
  return { EVAL: [needed, 0, 0] };
}

await describeWithEnvoy("what the module calls", (binary) => {
  let upstream: Upstream;
  let http: RecordingServer;
  let grpc: GrpcServer;
  let envoy: EnvoyProcess;
  const metadata: unknown[] = [];

  beforeAll(async () => {
    requireModule();
    upstream = await startUpstream();
    http = await startRecordingServer(answer);
    grpc = await startGrpcServer(SHOULD_RATE_LIMIT, (call, done) => {
      metadata.push(call.metadata.get("traceparent").join());
      const statuses = decodeRequest(call.request).descriptors.map(() => ({ code: CODE.OK }));
      done(null, Buffer.from(encodeResponse(CODE.OK, statuses)));
    });
    const listener = (name: string, configuration: object): JsonObject => {
      const tracing = name.includes("tracer") ? { tracing: ENVOY_TRACER } : {};
      return renderListener({
        name,
        listen: LOCAL,
        filters: [wasmFilter({ name, vmId: "vm", modulePath: MODULE_PATH, configuration })],
        connectionManager: { access_log: [], ...tracing },
      });
    };
    const cluster = { host: "127.0.0.1", protocol: "http1" } as const;
    const bootstrap = assembleBootstrap({
      admin: LOCAL,
      listeners: Object.entries(LISTENERS).map(([name, one]) => listener(name, one)),
      clusters: [
        renderCluster({ ...cluster, port: upstream.port }),
        renderCluster({ ...cluster, name: "http", port: http.port }),
        renderCluster({ ...cluster, name: "grpc", port: grpc.port, protocol: "http2" }),
        // Takes no spans.
        collectorCluster(upstream.port),
      ],
    });
    envoy = await startEnvoy({ binary, bootstrap });
  });
  afterAll(async () => {
    await envoy.stop();
    grpc.close();
    await http.close();
    await upstream.close();
  });

  /** What the upstream received; null for a request that did not pass. */
  async function passed(listener: string, headers: HeaderList): Promise<HeaderList | null> {
    const client = http1Client(envoy.ports.get(listener) ?? 0);
    const request = { method: "GET", path: "/", authority: "example.test", headers };
    const response = await client.send(request);
    if (response.status !== 200) return null;
    const received: ReceivedRequest = JSON.parse(response.body.toString());
    return received.headers;
  }

  async function bearer(key: TestKey): Promise<HeaderList> {
    const exp = Math.floor(Date.now() / 1000) + 600;
    return [["authorization", `Bearer ${await mint(key, { aud: "orders", exp, jti: "a" })}`]];
  }

  /**
   * Sends requests, each in a trace of its own, until one passes: the trace of that one, and under
   * which span the upstream was told of it.
   */
  async function untilPassed(listener: string, flags: string, headers: HeaderList) {
    const last = { trace: newTrace(flags), received: new Map<string, string>() };
    const send = async (): Promise<boolean> => {
      last.trace = newTrace(flags);
      const received = await passed(listener, [...headers, ...traced(last.trace)]);
      last.received = new Map(received);
      return received !== null;
    };
    await expect.poll(send, POLL).toBe(true);
    return { trace: last.trace, sent: told(last.received.get("traceparent")) };
  }

  /** What came in a trace: path by path, the spans that were told. */
  const callsIn = ({ traceId }: Told): [path: string, span: Told][] =>
    http.calls
      .filter(({ headers }) => String(headers["traceparent"]).includes(traceId))
      .map(({ path, headers }) => [path, told(headers["traceparent"])]);

  /** A client's span, the one that the upstream was sent, and those of calls. */
  function expectOneTrace(client: Told, sent: Told, calls: readonly Told[]): void {
    for (const span of [sent, ...calls]) {
      expect(span).toMatchObject({ traceId: client.traceId, flags: client.flags });
    }
    const ids = [client, sent, ...calls].map(({ spanId }) => spanId);
    expect(new Set(ids).size).toBe(ids.length);
  }

  test("on a tick is told of no trace", async () => {
    // Before any request.
    const paths = (): string[] => [...new Set(http.calls.map(({ path }) => path))].sort();
    await expect.poll(paths, POLL).toEqual([...DISCOVERY, "/denied", "/keys"].sort());
    for (const { headers } of http.calls) {
      expect(headers).toHaveProperty("host", "idp.test");
      expect(headers).not.toHaveProperty("traceparent");
    }
  });

  describe("for tokens is told the request's trace:", () => {
    test.each([
      { listener: "keys", flags: "01", paths: ["/keys"] },
      { listener: "keys", flags: "00", paths: ["/keys"] },
      { listener: "discovery", flags: "01", paths: DISCOVERY },
    ])("$listener, flags $flags", async ({ listener, flags, paths }) => {
      await untilPassed(listener, "01", await bearer(FIRST));
      const late = ecKey(randomUUID());
      keys = [FIRST, late];
      const { trace, sent } = await untilPassed(listener, flags, await bearer(late));
      const calls = callsIn(trace);
      expect(calls.map(([path]) => path)).toEqual(paths);
      expectOneTrace(
        trace,
        sent,
        calls.map(([, span]) => span),
      );
    });

    test("a deny-list", async () => {
      const { trace, sent } = await untilPassed("deny", "01", await bearer(INLINE));
      const calls = callsIn(trace);
      expect(calls.map(([path]) => path)).toEqual(["/denied"]);
      expectOneTrace(
        trace,
        sent,
        calls.map(([, span]) => span),
      );
    });
  });

  describe("for limits is told the request's trace:", () => {
    test.each(["00", "01", "03"])("Redis, both commands, flags %s", async (flags) => {
      const { trace, sent } = await untilPassed("redis", flags, [["x-key", randomUUID()]]);
      const calls = callsIn(trace).map(([, span]) => span);
      expect(calls).toHaveLength(2);
      expectOneTrace(trace, sent, calls);
    });

    test.each(["00", "01", "03"])("a rate limit service, as metadata, flags %s", async (flags) => {
      const known = metadata.length;
      const { trace, sent } = await untilPassed("service", flags, [["x-key", "a"]]);
      const calls = metadata.slice(known).map((value) => told(value));
      expect(calls).toHaveLength(1);
      expectOneTrace(trace, sent, calls);
    });

    test("one that begins here", async () => {
      const before = http.calls.length;
      const received = await passed("redis", [["x-key", randomUUID()]]);
      const sent = told(new Map(received ?? []).get("traceparent"));
      const calls = http.calls.slice(before).map(({ headers }) => told(headers["traceparent"]));
      expect(calls).toHaveLength(2);
      expectOneTrace({ ...sent, spanId: "" }, sent, calls);
    });

    test("one that came and goes on in another format", async () => {
      const trace = newTrace("01");
      const fields: HeaderList = [["b3", `${trace.traceId}-${trace.spanId}-1`]];
      const received = await passed("redis and b3", [...fields, ["x-key", randomUUID()]]);
      const sent = told(new Map(received ?? []).get("b3"), B3_SINGLE);
      expect(sent.flags).toBe("1");
      const calls = callsIn(trace).map(([, span]) => span);
      expect(calls).toHaveLength(2);
      expectOneTrace(trace, { ...sent, flags: "01" }, calls);
    });

    test("the client's, where Envoy's tracer writes the upstream's", async () => {
      const headers: HeaderList = [["x-key", randomUUID()]];
      const { trace, sent } = await untilPassed("redis and Envoy's tracer", "01", headers);
      const calls = callsIn(trace).map(([, span]) => span);
      expect(calls).toHaveLength(2);
      expectOneTrace(trace, sent, calls);
    });

    test("none without the section trace", async () => {
      const before = http.calls.length;
      const headers: HeaderList = [["x-key", randomUUID()], ...traced(newTrace("01"))];
      expect(await passed("redis without trace", headers)).not.toBeNull();
      const calls = http.calls.slice(before);
      expect(calls).toHaveLength(2);
      for (const call of calls) expect(call.headers).not.toHaveProperty("traceparent");
    });
  });
});
