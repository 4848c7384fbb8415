// Metrics of requests: one series for what Istio calls the same, and no more of them than the cap
// whatever clients send.

import { connect as connectTcp } from "node:net";

import { expect, test } from "vitest";
import { renderBootstrap } from "../../envoy/bootstrap.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { grpcClient, http1Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import { flood } from "../support/flood.ts";
import { countsInEnvoy, OTHER_SERIES } from "../support/request_counts.ts";
import { startUpstream } from "../support/upstream.ts";

const FLOOD = 100_000;
const SERIES_MAX = 4;
const METHODS = ["GET", "POST", "PURGE", "MKCOL"];

function configuration(seriesMax: number): object {
  return {
    normalise: { underscores: "reject" },
    rateLimit: {
      limits: [{ name: "a", key: [{ text: "" }], capacity: 1_000_000, refill: "0/s" }],
    },
    metrics: {
      requests: {
        services: [
          { hosts: ["orders.test", "*.orders.test"], service: "orders.default.svc.cluster.local" },
        ],
        methods: ["GET", "POST"],
        seriesMax,
      },
    },
  };
}

const ORDERS = "orders.default.svc.cluster.local";

await describeWithEnvoy("metrics of requests in Envoy", (binary) => {
  function start(document: object, upstreamPort: number): Promise<EnvoyProcess> {
    const bootstrap = renderBootstrap({
      configuration: document,
      modulePath: MODULE_PATH,
      listen: { host: "127.0.0.1", port: 0 },
      admin: { host: "127.0.0.1", port: 0 },
      upstream: { host: "127.0.0.1", port: upstreamPort, protocol: "same" },
    });
    return startEnvoy({ binary, bootstrap });
  }

  test("have one series for each outcome", async () => {
    requireModule();
    const upstream = await startUpstream();
    const envoy = await start(configuration(100), upstream.port);
    try {
      const port = envoy.ports.get("ingress") ?? 0;
      const client = http1Client(port);
      const request = { method: "GET", path: "/a", authority: "orders.test", headers: [] };
      await client.send(request);
      await client.send({ ...request, authority: "EU.orders.test:80" });
      await client.send({ ...request, authority: "elsewhere.test" });
      await client.send({ ...request, method: "PURGE" });
      await client.send({ ...request, headers: [["x_a", "1"]] });
      const grpc = grpcClient(port);
      await grpc.send({ ...request, method: "POST" });
      await grpc.send({ ...request, method: "POST", headers: [["x_a", "1"]] });
      grpc.close();
      await upstream.close();
      await client.send(request);

      await expect
        .poll(() => countsInEnvoy(envoy))
        .toEqual({
          [`200 - ${ORDERS} http GET`]: 2,
          [`200 0 ${ORDERS} grpc POST`]: 1,
          [`200 3 ${ORDERS} grpc POST`]: 1,
          [`200 - ${ORDERS} http other`]: 1,
          "200 - other http GET": 1,
          [`400 - ${ORDERS} http GET`]: 1,
          [`503 - ${ORDERS} http GET`]: 1,
        });
    } finally {
      await envoy.stop();
    }
  });

  test("tell a request without a response", async () => {
    requireModule();
    const upstream = await startUpstream();
    const envoy = await start(configuration(100), upstream.port);
    try {
      const socket = connectTcp({ port: envoy.ports.get("ingress") ?? 0, host: "127.0.0.1" });
      // Its body never ends, so that the upstream does not answer.
      socket.write("POST / HTTP/1.1\r\nhost: orders.test\r\ncontent-length: 9\r\n\r\na");
      await expect
        .poll(() => envoy.admin("/stats/prometheus?filter=sallyport_decisions_total"), {
          timeout: 10_000,
        })
        .toContain(" 1\n");
      socket.destroy();
      await expect.poll(() => countsInEnvoy(envoy)).toEqual({ [`0 - ${ORDERS} http POST`]: 1 });
    } finally {
      await envoy.stop();
      await upstream.close();
    }
  });

  test("have no more series than the cap in a flood of paths, hosts and claims", async () => {
    requireModule();
    const upstream = await startUpstream();
    const envoy = await start(configuration(SERIES_MAX), upstream.port);
    const request = { method: "GET", path: "/", authority: "orders.test", headers: [] };
    try {
      const client = http1Client(envoy.ports.get("ingress") ?? 0);
      for (const method of ["GET", "POST", "PUT"]) await client.send({ ...request, method });
      await client.send({ ...request, authority: "elsewhere.test", headers: [["x_a", "1"]] });
      const seriesSoFar = async (): Promise<number> =>
        Object.keys(await countsInEnvoy(envoy)).length;
      await expect.poll(seriesSoFar).toBe(SERIES_MAX);
      const before = (await envoy.admin("/stats?filter=sallyport_request")).split("\n").length;

      // Each has a path, a host, a method and a token of its own; all are refused.
      await flood(envoy.ports.get("ingress") ?? 0, FLOOD, (i) => ({
        ":method": METHODS[i % METHODS.length],
        ":path": `/p${i}?q=${i}`,
        ":authority": `h${i}.test`,
        authorization: `Bearer ${i}`,
        x_a: "1",
      }));

      const counted = async (): Promise<number> => {
        const { [OTHER_SERIES]: others, ...named } = await countsInEnvoy(envoy);
        expect(Object.keys(named)).toHaveLength(SERIES_MAX);
        expect(others).toBe((FLOOD / METHODS.length) * 3);
        return Object.values(named).reduce((sum, count) => sum + count, others ?? 0);
      };
      await expect.poll(counted, { timeout: 10_000 }).toBe(FLOOD + 4);
      const after = (await envoy.admin("/stats?filter=sallyport_request")).split("\n").length;
      expect(after).toBe(before);
    } finally {
      await envoy.stop();
      await upstream.close();
    }
  }, 240_000);
});
