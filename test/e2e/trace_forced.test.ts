// A header that forces a trace to be sampled counts for callers whom Envoy takes for internal, and
// for nobody else.

import { expect, test } from "vitest";

import {
  assembleBootstrap,
  renderCluster,
  renderListener,
  UPSTREAM_ROUTE,
} from "../../envoy/bootstrap.ts";
import type { JsonObject } from "../../envoy/http_filters.ts";
import { wasmFilter } from "../../envoy/http_filters.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { http1Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import type { ReceivedRequest } from "../support/upstream.ts";
import { startUpstream } from "../support/upstream.ts";

const ANY_PORT = { host: "127.0.0.1", port: 0 };
const UNSAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
const LOOPBACK = { address_prefix: "127.0.0.0", prefix_len: 8 };
const configuration = { trace: { sampling: { root: "never", force: "x-force-trace" } } };

function listener(name: string, connectionManager: JsonObject): JsonObject {
  const filter = wasmFilter({ name, vmId: name, modulePath: MODULE_PATH, configuration });
  return renderListener({
    name,
    listen: ANY_PORT,
    filters: [filter],
    routes: [UPSTREAM_ROUTE],
    connectionManager: { access_log: [], ...connectionManager },
  });
}

await describeWithEnvoy("a header that forces a trace", (binary) => {
  test("samples for internal callers only", async () => {
    requireModule();
    const upstream = await startUpstream();
    const internal = { internal_address_config: { cidr_ranges: [LOOPBACK] } };
    const listeners = [listener("internal", internal), listener("external", {})];
    const cluster = { host: "127.0.0.1", port: upstream.port, protocol: "same" } as const;
    const envoy = await startEnvoy({
      binary,
      bootstrap: assembleBootstrap({
        admin: ANY_PORT,
        listeners,
        clusters: [renderCluster(cluster)],
      }),
    });
    /** Flags that the upstream gets; it gets no header that forces. */
    async function flags(name: string, headers: HeaderList): Promise<string | undefined> {
      const client = http1Client(envoy.ports.get(name) ?? 0);
      const request = { method: "GET", path: "/", authority: "example.test", headers };
      const { body } = await client.send(request);
      const received: ReceivedRequest = JSON.parse(body.toString());
      const fields = new Map(received.headers);
      expect(fields.has("x-force-trace")).toBe(false);
      return fields.get("traceparent")?.slice(-2);
    }
    const forced: HeaderList = [["x-force-trace", "1"]];
    const parent: HeaderList = [["traceparent", UNSAMPLED]];
    try {
      expect(await flags("internal", [])).toBe("02");
      expect(await flags("internal", forced)).toBe("03");
      expect(await flags("internal", [["x-force-trace", "true"], ...parent])).toBe("01");
      expect(await flags("internal", [["x-force-trace", "no"], ...parent])).toBe("00");
      expect(await flags("external", forced)).toBe("02");
      expect(await flags("external", [...forced, ...parent])).toBe("00");
      expect(await flags("external", [...forced, ["x-envoy-internal", "true"]])).toBe("02");
      expect(await flags("external", [...forced, ["x_envoy_internal", "true"]])).toBe("02");
    } finally {
      await envoy.stop();
      await upstream.close();
    }
  });
});
