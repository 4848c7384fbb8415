// The mode `yield` in an Envoy whose own tracer is on: it reads what came before the filters run,
// and writes its span behind them.

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
import { collectorCluster, ENVOY_TRACER } from "../support/span_collector.ts";
import type { ReceivedRequest } from "../support/upstream.ts";
import { startUpstream } from "../support/upstream.ts";

const ANY_PORT = { host: "127.0.0.1", port: 0 };
const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const SPAN_ID = "b7ad6b7169203331";
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;
const CONTINUED = new RegExp(`^00-${TRACE_ID}-(?!${SPAN_ID})[0-9a-f]{16}-01$`);

const CONFIGURATIONS = {
  "without filter": null,
  yield: { trace: { mode: "yield" } },
  own: { trace: {} },
};
type Name = keyof typeof CONFIGURATIONS;

function listener(name: string, configuration: JsonObject | null): JsonObject {
  const options = { name, vmId: name, modulePath: MODULE_PATH };
  return renderListener({
    name,
    listen: ANY_PORT,
    filters: configuration === null ? [] : [wasmFilter({ ...options, configuration })],
    routes: [UPSTREAM_ROUTE],
    connectionManager: { access_log: [], tracing: ENVOY_TRACER },
  });
}

await describeWithEnvoy("Envoy with a tracer of its own", (binary) => {
  test("writes its span over a valid trace; where we yield nothing invalid goes on", async () => {
    requireModule();
    const upstream = await startUpstream();
    const cluster = { host: "127.0.0.1", port: upstream.port, protocol: "same" } as const;
    const envoy = await startEnvoy({
      binary,
      bootstrap: assembleBootstrap({
        admin: ANY_PORT,
        listeners: Object.entries(CONFIGURATIONS).map(([name, one]) => listener(name, one)),
        // The upstream takes no spans: what counts here are the headers.
        clusters: [renderCluster(cluster), collectorCluster(upstream.port)],
      }),
    });
    async function received(name: Name, headers: HeaderList): Promise<Map<string, string>> {
      const client = http1Client(envoy.ports.get(name) ?? 0);
      const request = { method: "GET", path: "/", authority: "example.test", headers };
      const response = await client.send(request);
      const body: ReceivedRequest = JSON.parse(response.body.toString());
      return new Map(body.headers);
    }
    try {
      const state: [string, string] = ["tracestate", "foo=1"];
      const valid: HeaderList = [["traceparent", TRACEPARENT], state];
      const invalid: HeaderList = [["traceparent", TRACEPARENT.toUpperCase().slice(1)], state];

      const yielded = await received("yield", valid);
      expect(yielded.get("traceparent")).toMatch(CONTINUED);
      expect(yielded.get("tracestate")).toBe("foo=1");
      expect(yielded.get("x-trace-id")).toBe(TRACE_ID);

      // Envoy makes no span for what it cannot read, and lets it pass.
      const unfiltered = await received("without filter", invalid);
      expect(unfiltered.get("traceparent")).toBe(invalid[0]?.[1]);
      expect(unfiltered.get("tracestate")).toBe("foo=1");
      const cleaned = await received("yield", invalid);
      expect(["traceparent", "tracestate", "x-trace-id"].filter((it) => cleaned.has(it))).toEqual(
        [],
      );

      // Why one yields: the trace that we would start is not the one that goes on.
      const started = await received("own", []);
      expect(started.get("traceparent")).toMatch(/^00-[0-9a-f]{32}-/);
      expect(started.get("traceparent")).not.toContain(started.get("x-trace-id"));
    } finally {
      await envoy.stop();
      await upstream.close();
    }
  });
});
