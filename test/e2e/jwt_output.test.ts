// What the filters behind the module, the router and the access log get to see of a token, in a
// real Envoy.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import {
  claimsToMetadata,
  requireFilterState,
  requireMetadata,
  sallyportFilters,
} from "../../envoy/http_filters.ts";
import type { JsonObject } from "../../envoy/http_filters.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { bearer } from "../cases/jwt_expectations.ts";
import { EC, token } from "../cases/jwt_tokens.ts";
import { http1Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import { startUpstream } from "../support/upstream.ts";

const LOCAL = { host: "127.0.0.1", port: 0 };

const CONFIGURATION = {
  jwt: {
    clearRouteCache: true,
    providers: {
      idp: {
        audiences: ["orders"],
        keys: { inline: { keys: [EC.jwk] } },
        forward: {
          claims: [
            { claim: "sub", header: "x-user" },
            { claim: "tier", header: "x-tier" },
          ],
          filterState: [{ claim: "sub", key: "sallyport.sub" }],
        },
      },
    },
    rules: [
      { match: { prefix: "/open" }, require: "none" },
      { match: { prefix: "/" }, require: "idp" },
    ],
  },
};

const module = sallyportFilters({
  name: "sallyport",
  vmId: "sallyport",
  modulePath: MODULE_PATH,
  configuration: CONFIGURATION,
});

const answer = (status: number): JsonObject => ({ status });
/** Routes that tell by their status which one was chosen. */
const ROUTES: JsonObject[] = [
  {
    match: { prefix: "/", headers: [{ name: "x-tier", string_match: { exact: "gold" } }] },
    direct_response: answer(210),
  },
  { match: { prefix: "/" }, direct_response: answer(200) },
];

const LISTENERS: Record<string, JsonObject[]> = {
  plain: module,
  "filter state": [...module, requireFilterState("wasm.sallyport.sub", "alice")],
  metadata: [
    ...module,
    claimsToMetadata("sallyport", { "x-user": "sub" }),
    requireMetadata("sallyport", "sub", "alice"),
  ],
};

await describeWithEnvoy("a token's claims in Envoy", (binary) => {
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
            sub: "%FILTER_STATE(wasm.sallyport.sub:PLAIN)%",
            status: "%RESPONSE_CODE%",
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

  async function send(
    listener: string,
    headers: [string, string][],
    path = "/",
  ): Promise<{ status: number; sub: unknown }> {
    const before = envoy.accessLog().length;
    const client = http1Client(envoy.ports.get(listener) ?? 0);
    const { status } = await client.send({
      method: "GET",
      path,
      authority: "example.test",
      headers,
    });
    await expect.poll(() => envoy.accessLog().length).toBe(before + 1);
    return { status, sub: envoy.accessLog().at(-1)?.["sub"] };
  }

  const bearerOf = async (sub: string, changed: object = {}): Promise<[string, string][]> =>
    bearer(await token({ sub, ...changed })).map(([name, value]) => [name, value]);

  describe("filter state", () => {
    test("is in the access log of requests that passed, and of no others", async () => {
      const alice = await bearerOf("alice");
      expect(await send("plain", alice)).toEqual({ status: 200, sub: "alice" });
      expect(await send("plain", alice)).toEqual({ status: 200, sub: "alice" });
      expect(await send("plain", [])).toEqual({ status: 401, sub: null });
      expect(await send("plain", await bearerOf("bob", { exp: 1 }))).toMatchObject({
        status: 401,
        sub: null,
      });
      expect(await send("plain", alice, "/open")).toEqual({ status: 200, sub: null });
    });

    test("is what RBAC behind the module matches", async () => {
      expect((await send("filter state", await bearerOf("alice"))).status).toBe(200);
      expect((await send("filter state", await bearerOf("bob"))).status).toBe(403);
      expect((await send("filter state", [], "/open")).status).toBe(403);
    });
  });

  describe("headers as dynamic metadata", () => {
    test("are what RBAC matches, whatever the client sends", async () => {
      expect((await send("metadata", await bearerOf("alice"))).status).toBe(200);
      expect((await send("metadata", await bearerOf("bob"))).status).toBe(403);
      expect((await send("metadata", [["x-user", "alice"]], "/open")).status).toBe(403);
    });
  });

  describe("the route", () => {
    test("is chosen by the headers that the module wrote, not by the client's", async () => {
      const gold: [string, string] = ["x-tier", "gold"];
      expect((await send("plain", await bearerOf("a", { tier: "gold" }))).status).toBe(210);
      expect((await send("plain", await bearerOf("a", { tier: "tin" }))).status).toBe(200);
      expect((await send("plain", [...(await bearerOf("a")), gold])).status).toBe(200);
      expect((await send("plain", [gold], "/open")).status).toBe(200);
    });
  });
});
