// Values that header rules make, as the filters behind the module, the router and the access log
// of a real Envoy get to see them.

import { afterAll, beforeAll, expect, test } from "vitest";
import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import type { JsonObject } from "../../envoy/http_filters.ts";
import {
  claimsToMetadata,
  requireFilterState,
  requireMetadata,
  sallyportFilters,
} from "../../envoy/http_filters.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { http1Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import { startUpstream } from "../support/upstream.ts";

const LOCAL = { host: "127.0.0.1", port: 0 };

const CONFIGURATION = {
  normalise: {
    clearRouteCache: true,
    reject: [{ header: "x-denied" }],
    set: [{ header: "x-tenant", value: "{path:1}" }],
    filterState: [{ key: "sallyport.tenant", value: "{header:x-tenant}", apply: ["lower"] }],
  },
};

const module = sallyportFilters({
  name: "sallyport",
  vmId: "sallyport",
  modulePath: MODULE_PATH,
  configuration: CONFIGURATION,
});

/** Routes that tell by their status which one was chosen. */
const ROUTES: JsonObject[] = [
  {
    match: { prefix: "/", headers: [{ name: "x-tenant", string_match: { exact: "gold" } }] },
    direct_response: { status: 210 },
  },
  { match: { prefix: "/" }, direct_response: { status: 200 } },
];

const LISTENERS: Record<string, JsonObject[]> = {
  plain: module,
  "filter state": [...module, requireFilterState("wasm.sallyport.tenant", "gold")],
  metadata: [
    ...module,
    claimsToMetadata("sallyport", { "x-tenant": "tenant" }),
    requireMetadata("sallyport", "tenant", "gold"),
  ],
};

await describeWithEnvoy("values of header rules in Envoy", (binary) => {
  let envoy: EnvoyProcess;
  let upstream: Awaited<ReturnType<typeof startUpstream>>;

  beforeAll(async () => {
    requireModule();
    upstream = await startUpstream();
    const accessLog = {
      name: "envoy.access_loggers.stdout",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
        log_format: {
          json_format: {
            tenant: "%FILTER_STATE(wasm.sallyport.tenant:PLAIN)%",
            metadata: "%DYNAMIC_METADATA(sallyport:tenant)%",
          },
        },
      },
    };
    const listeners = Object.entries(LISTENERS).map(([name, filters]) =>
      renderListener({
        name,
        listen: LOCAL,
        filters,
        routes: ROUTES,
        connectionManager: { access_log: [accessLog] },
      }),
    );
    const cluster = renderCluster({ host: "127.0.0.1", port: upstream.port, protocol: "http1" });
    const bootstrap = assembleBootstrap({ admin: LOCAL, listeners, clusters: [cluster] });
    envoy = await startEnvoy({ binary, bootstrap });
  });
  afterAll(async () => {
    await envoy.stop();
    await upstream.close();
  });

  /** What the client is answered, and what the access log says. */
  async function send(
    listener: string,
    path: string,
    headers: [string, string][] = [],
  ): Promise<{ status: number; tenant: unknown; metadata: unknown }> {
    const before = envoy.accessLog().length;
    const client = http1Client(envoy.ports.get(listener) ?? 0);
    const { status } = await client.send({
      method: "GET",
      path,
      authority: "example.test",
      headers,
    });
    await expect.poll(() => envoy.accessLog().length).toBe(before + 1);
    const line = envoy.accessLog().at(-1);
    return { status, tenant: line?.["tenant"], metadata: line?.["metadata"] };
  }

  test("the route is chosen again, by the header that a rule has set", async () => {
    const seen = { tenant: "gold", metadata: null };
    expect(await send("plain", "/gold/a")).toEqual({ ...seen, status: 210 });
    const forged: [string, string][] = [["x-tenant", "gold"]];
    expect(await send("plain", "/Silver/a", forged)).toEqual({
      status: 200,
      tenant: "silver",
      metadata: null,
    });
  });

  test("filter state is in the access log of requests that passed, and of no others", async () => {
    expect(await send("plain", "/gold/a", [["x-denied", "1"]])).toEqual({
      status: 400,
      tenant: null,
      metadata: null,
    });
    // Without a first segment the value is absent, and so is the key.
    expect(await send("plain", "/")).toEqual({ status: 200, tenant: null, metadata: null });
  });

  test("filter state decides in the RBAC filter", async () => {
    expect((await send("filter state", "/gold/a")).status).toBe(210);
    expect((await send("filter state", "/silver/a")).status).toBe(403);
    expect((await send("filter state", "/silver/a", [["x-tenant", "gold"]])).status).toBe(403);
  });

  test("header_to_metadata makes dynamic metadata of a header", async () => {
    expect(await send("metadata", "/gold/a")).toEqual({
      status: 210,
      tenant: "gold",
      metadata: "gold",
    });
    expect((await send("metadata", "/silver/a", [["x-tenant", "gold"]])).status).toBe(403);
  });
});
