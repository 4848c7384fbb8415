// Headers that Envoy was told to accept and that the module has no room for: refused whole. Half
// processed, a forged identity behind the part that was read would survive.

import { expect, test } from "vitest";
import {
  assembleBootstrap,
  renderCluster,
  renderListener,
  UPSTREAM_ROUTE,
} from "../../envoy/bootstrap.ts";
import { sallyportFilters } from "../../envoy/http_filters.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { http1Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import { startUpstream } from "../support/upstream.ts";

const KIBIBYTE = 1024;
const ANY_PORT = { host: "127.0.0.1", port: 0 };
const FILTER = {
  name: "large",
  vmId: "large",
  modulePath: MODULE_PATH,
  configuration: { normalise: { strip: ["x-spiffe-id"] } },
};

await describeWithEnvoy("headers above the module's arena", (binary) => {
  test("are refused with 431, and what fits passes stripped", async () => {
    requireModule();
    const upstream = await startUpstream();
    const listener = renderListener({
      name: "ingress",
      listen: ANY_PORT,
      filters: sallyportFilters(FILTER),
      routes: [UPSTREAM_ROUTE],
      connectionManager: { max_request_headers_kb: 4096 },
    });
    const cluster = renderCluster({ host: "127.0.0.1", port: upstream.port, protocol: "same" });
    const bootstrap = assembleBootstrap({
      admin: ANY_PORT,
      listeners: [listener],
      clusters: [cluster],
    });
    const envoy = await startEnvoy({ binary, bootstrap });
    try {
      const client = http1Client(envoy.ports.get("ingress") ?? 0);
      const send = (size: number): ReturnType<typeof client.send> =>
        client.send({
          method: "GET",
          path: "/",
          authority: "example.test",
          headers: [
            ["x-large", "v".repeat(size)],
            ["x-spiffe-id", "spiffe://example.org/admin"],
          ],
        });
      for (const size of [1008, 1024, 2048, 3072]) {
        const refused = await send(size * KIBIBYTE);
        expect(refused.status).toBe(431);
        expect(refused.body.toString()).toBe('{"error":"request headers too large"}');
      }
      expect(upstream.count()).toBe(0);
      const passed = await send(8 * KIBIBYTE);
      expect(passed.status).toBe(200);
      expect(passed.body.toString()).not.toContain("spiffe");
      expect(upstream.count()).toBe(1);
    } finally {
      await envoy.stop();
      await upstream.close();
    }
  });
});
