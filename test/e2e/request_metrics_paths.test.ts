// Metrics of requests in a real Envoy, on each way that a request can take: exactly one series
// counts it, once. The rows about responses are those of the simulator.

import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import { connect, constants } from "node:http2";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import type { JsonObject } from "../../envoy/http_filters.ts";
import { wasmFilter } from "../../envoy/http_filters.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import {
  ORDERS_HOST,
  REQUEST_METRICS_CONFIGURATIONS,
  REQUEST_METRICS_RUNS,
} from "../cases/request_metrics.ts";
import type { AnsweringUpstream } from "../support/answering_upstream.ts";
import { startAnswering } from "../support/answering_upstream.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import { startGrpcServer } from "../support/grpc_server.ts";
import { exchange } from "../support/http2_exchange.ts";
import { startJwksServer } from "../support/jwks_server.ts";
import type { JwksServer } from "../support/jwks_server.ts";
import type { RequestCounts } from "../support/request_counts.ts";
import { countsInEnvoy } from "../support/request_counts.ts";
import { CODE, decodeRequest, encodeResponse } from "../support/rls_messages.ts";
import { ecKey, mint } from "../support/tokens.ts";

const ANY_PORT = { host: "127.0.0.1", port: 0 };
const METRICS = REQUEST_METRICS_CONFIGURATIONS.off;
const POLL = { timeout: 30_000, interval: 20 };
/** Of tcpmux: nobody listens there. */
const CLOSED_PORT = 1;
const SHOULD_RATE_LIMIT = "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";
const KEY = ecKey("k");

interface ListenerOptions {
  name: string;
  configuration: object;
  cluster?: string;
  /** Filters behind the module. */
  behind?: JsonObject[];
  connectionManager?: JsonObject;
}

function listener(options: ListenerOptions): JsonObject {
  const { name, configuration, cluster = "upstream", behind = [], connectionManager } = options;
  return renderListener({
    name,
    listen: ANY_PORT,
    filters: [wasmFilter({ name, vmId: "vm", modulePath: MODULE_PATH, configuration }), ...behind],
    routes: [{ match: { prefix: "/" }, route: { cluster } }],
    connectionManager: { access_log: [], ...connectionManager },
  });
}

type Client = "http" | "grpc";

/** Sends a request and takes what comes of it. */
async function send(port: number, client: Client, trailers?: HeaderList): Promise<void> {
  const own: HeaderList = [
    ["content-type", "application/grpc"],
    ["te", "trailers"],
  ];
  const headers = client === "grpc" ? own : [];
  await exchange(port, { path: "/", authority: ORDERS_HOST, headers, trailers });
}

const totalOf = (counts: RequestCounts): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** A request that may be left open, or reset. */
function open(
  session: ClientHttp2Session,
  client: Client,
  fields: Record<string, string> = {},
): ClientHttp2Stream {
  const stream = session.request({
    ":method": "POST",
    ":path": "/",
    ":authority": ORDERS_HOST,
    ...(client === "grpc" ? { "content-type": "application/grpc", te: "trailers" } : {}),
    ...fields,
  });
  // Whatever becomes of it.
  stream.on("error", () => undefined).resume();
  stream.end();
  return stream;
}

await describeWithEnvoy("metrics of requests in Envoy count", (binary) => {
  let upstream: AnsweringUpstream;
  beforeAll(async () => {
    requireModule();
    upstream = await startAnswering("at the end");
  });
  afterAll(() => upstream.close());

  const start = (listeners: JsonObject[], clusters: JsonObject[] = []): Promise<EnvoyProcess> => {
    const own = { host: "127.0.0.1", port: upstream.port, protocol: "http2" } as const;
    const bootstrap = assembleBootstrap({
      admin: ANY_PORT,
      listeners,
      clusters: [renderCluster(own), ...clusters],
    });
    return startEnvoy({ binary, bootstrap });
  };
  const cluster = (name: string, port: number, protocol: "http1" | "http2"): JsonObject =>
    renderCluster({ name, host: "127.0.0.1", port, protocol });

  describe("answers", () => {
    let envoy: EnvoyProcess;
    beforeAll(async () => {
      const limits = await startGrpcServer(SHOULD_RATE_LIMIT, (call, done) => {
        const codes = decodeRequest(call.request).descriptors.map(() => ({
          code: CODE.OVER_LIMIT,
        }));
        done(null, Buffer.from(encodeResponse(CODE.OVER_LIMIT, codes)));
      });
      const rateLimit = {
        stores: { service: { rls: { cluster: "limits", domain: "edge", timeout: "5s" } } },
        limits: [{ name: "one", store: "service" }],
      };
      envoy = await start(
        [
          ...Object.entries(REQUEST_METRICS_CONFIGURATIONS).map(([name, configuration]) =>
            listener({ name, configuration }),
          ),
          listener({ name: "nobody", configuration: METRICS, cluster: "nobody" }),
          listener({ name: "limited", configuration: { ...METRICS, rateLimit } }),
        ],
        [cluster("nobody", CLOSED_PORT, "http2"), cluster("limits", limits.port, "http2")],
      );
      return () => limits.close();
    });
    afterAll(() => envoy.stop());

    /** Sends a request that this series counts, and no other. */
    async function expectCounted(
      name: string,
      client: Client,
      series: string,
      trailers?: HeaderList,
    ): Promise<void> {
      const before = await countsInEnvoy(envoy);
      await send(envoy.ports.get(name) ?? 0, client, trailers);
      const total = async (): Promise<number> => totalOf(await countsInEnvoy(envoy));
      await expect.poll(total, POLL).toBe(totalOf(before) + 1);
      expect(await countsInEnvoy(envoy)).toEqual({
        ...before,
        [series]: (before[series] ?? 0) + 1,
      });
    }

    test.each(REQUEST_METRICS_RUNS)("%s", async (_name, one) => {
      upstream.answer = one.answer;
      await expectCounted(one.configuration, one.client, one.series, one.trailers);
    });

    test("of Envoy, where nobody answers", async () => {
      await expectCounted("nobody", "http", "503 - orders http POST");
      await expectCounted("nobody", "grpc", "200 14 orders grpc POST");
    });

    test("refusals that a service's verdict is waited for", async () => {
      await expectCounted("limited", "http", "429 - orders http POST");
      await expectCounted("limited", "grpc", "200 8 orders grpc POST");
    });
  });

  describe("requests that wait for keys", () => {
    let jwks: JwksServer;
    beforeAll(async () => {
      jwks = await startJwksServer();
    });
    afterAll(() => jwks.close());

    /** Two requests wait, one of each kind; `act` ends that. */
    async function expectCounted(
      act: (streams: ClientHttp2Stream[]) => void,
      counts: RequestCounts,
    ): Promise<void> {
      jwks.hold();
      upstream.answer = { status: 200, headers: [], body: "" };
      const remote = { uri: "http://idp.test/keys", cluster: "idp" };
      const jwt = {
        providers: { idp: { audiences: ["orders"], keys: { remote } } },
        rules: [{ match: { prefix: "/" }, require: "idp" }],
      };
      const envoy = await start(
        [listener({ name: "ingress", configuration: { ...METRICS, jwt } })],
        [cluster("idp", jwks.port, "http1")],
      );
      const session = connect(`http://127.0.0.1:${envoy.ports.get("ingress") ?? 0}`);
      try {
        const exp = Math.floor(Date.now() / 1000) + 600;
        const authorization = `Bearer ${await mint(KEY, { aud: "orders", exp })}`;
        const streams = [
          open(session, "http", { authorization }),
          open(session, "grpc", { authorization }),
        ];
        const waiters = (): Promise<string> =>
          envoy.admin("/stats/prometheus?filter=sallyport_jwks_waiters");
        await expect.poll(waiters, POLL).toContain("} 2\n");
        expect(await countsInEnvoy(envoy)).toEqual({});
        act(streams);
        await expect.poll(() => countsInEnvoy(envoy), POLL).toEqual(counts);
        await expect.poll(waiters, POLL).toContain("} 0\n");
      } finally {
        session.destroy();
        await envoy.stop();
      }
    }

    const REFUSED = { "401 - orders http POST": 1, "200 16 orders grpc POST": 1 };
    const UNAVAILABLE = { "503 - orders http POST": 1, "200 14 orders grpc POST": 1 };
    const GONE = { "0 - orders http POST": 1, "0 - orders grpc POST": 1 };

    test("and are refused when others come", async () => {
      const { jwk } = ecKey("other");
      await expectCounted(() => jwks.serve(200, { keys: [jwk] }), REFUSED);
    });

    test("and are refused when their server fails", async () => {
      await expectCounted(() => jwks.serve(500, ""), UNAVAILABLE);
    });

    test("and are refused when their time is over", async () => {
      await expectCounted(() => undefined, UNAVAILABLE);
    });

    test("and pass", async () => {
      await expectCounted(() => jwks.serve(200, { keys: [KEY.jwk] }), {
        "200 - orders http POST": 1,
        "200 2 orders grpc POST": 1,
      });
    });

    test("and are reset by their client", async () => {
      await expectCounted((streams) => {
        for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
      }, GONE);
    });
  });

  describe("when as many streams are open as the module keeps", () => {
    const STREAMS_MAX = 8192;
    const HOLD = { "x-envoy-fault-delay-request": "600000" };
    const DELAY: JsonObject = {
      name: "envoy.filters.http.fault",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
        delay: { header_delay: {}, percentage: { numerator: 100 } },
      },
    };

    test("refusals, and what passes as not tracked", async () => {
      upstream.answer = { status: 200, headers: [], body: "" };
      const configuration = { ...METRICS, normalise: { underscores: "reject" } };
      const connectionManager = { http2_protocol_options: { max_concurrent_streams: 10_000 } };
      const envoy = await start([
        listener({ name: "ingress", configuration, behind: [DELAY], connectionManager }),
      ]);
      const port = envoy.ports.get("ingress") ?? 0;
      const session = connect(`http://127.0.0.1:${port}`);
      const untracked = (): Promise<string> =>
        envoy.admin("/stats/prometheus?filter=sallyport_requests_untracked");
      const active = async (): Promise<number | undefined> =>
        (await envoy.stats("http.fault.active_faults|ingress.fault.active_faults")).values().next()
          .value;
      try {
        for (let i = 0; i < STREAMS_MAX; i++) open(session, "http", HOLD);
        await expect.poll(active, POLL).toBe(STREAMS_MAX);
        expect(await untracked()).toContain("sallyport_requests_untracked_total{} 0\n");

        await send(port, "http");
        await send(port, "grpc");
        await expect.poll(untracked).toContain("sallyport_requests_untracked_total{} 2\n");
        expect(await countsInEnvoy(envoy)).toEqual({});

        const other = connect(`http://127.0.0.1:${port}`);
        open(other, "http", { x_a: "1" });
        open(other, "grpc", { x_a: "1" });
        const refused = { "400 - orders http POST": 1, "200 3 orders grpc POST": 1 };
        await expect.poll(() => countsInEnvoy(envoy), POLL).toEqual(refused);
        other.destroy();

        session.destroy();
        await expect
          .poll(() => countsInEnvoy(envoy), POLL)
          .toEqual({ ...refused, "0 - orders http POST": STREAMS_MAX });
        await send(port, "http");
        await expect
          .poll(() => countsInEnvoy(envoy), POLL)
          .toMatchObject({ "200 - orders http POST": 1 });
        expect(await untracked()).toContain("sallyport_requests_untracked_total{} 2\n");
      } finally {
        session.destroy();
        await envoy.stop();
      }
    });
  });
});
