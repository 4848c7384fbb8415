// A known token in a real Envoy lives to its last second and no longer, whatever the time that
// requests share (docs/decisions/0029-a-time-that-requests-share.md).

import { expect, test } from "vitest";
import {
  assembleBootstrap,
  renderCluster,
  renderListener,
  UPSTREAM_ROUTE,
} from "../../envoy/bootstrap.ts";
import { wasmFilter } from "../../envoy/http_filters.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import type { ClientRequest } from "../support/clients.ts";
import { http2Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import { ecKey, forge } from "../support/tokens.ts";
import { startUpstream } from "../support/upstream.ts";

const ANY_PORT = { host: "127.0.0.1", port: 0 };
const LISTENER = "idp";
const KEY = ecKey("k");
const LIFETIME_SECONDS = 3;

const CONFIGURATION = {
  jwt: {
    providers: {
      idp: { audiences: ["orders"], clockSkew: "0s", keys: { inline: { keys: [KEY.jwk] } } },
    },
    rules: [{ match: { prefix: "/" }, require: "idp" }],
  },
};

await describeWithEnvoy("a known token in Envoy", (binary) => {
  test("passes until its exp, and from then on is jwt:expired", async () => {
    requireModule();
    const upstream = await startUpstream();
    const options = { name: LISTENER, vmId: LISTENER, modulePath: MODULE_PATH };
    const envoy = await startEnvoy({
      binary,
      bootstrap: assembleBootstrap({
        admin: ANY_PORT,
        listeners: [
          renderListener({
            name: LISTENER,
            listen: ANY_PORT,
            filters: [wasmFilter({ ...options, configuration: CONFIGURATION })],
            routes: [UPSTREAM_ROUTE],
          }),
        ],
        clusters: [renderCluster({ host: "127.0.0.1", port: upstream.port, protocol: "same" })],
      }),
    });
    const client = http2Client(envoy.ports.get(LISTENER) ?? 0);
    const nowSeconds = (): number => Math.floor(Date.now() / 1000);
    const expiresAtSeconds = nowSeconds() + LIFETIME_SECONDS;
    const request = (exp: number): ClientRequest => {
      const token = forge(KEY, { alg: "ES256", kid: "k" }, { aud: "orders", exp });
      const headers: HeaderList = [["authorization", `Bearer ${token}`]];
      return { method: "GET", path: "/", authority: "example.test", headers };
    };
    // It is far from its end, so that its requests share a time.
    const lasting = request(expiresAtSeconds + 3600);
    const ending = request(expiresAtSeconds);
    const seen = new Map<string, number>();
    try {
      while (nowSeconds() < expiresAtSeconds + 1) {
        expect((await client.send(lasting)).status).toBe(200);
        const sentAt = nowSeconds();
        const response = await client.send(ending);
        const answeredAt = nowSeconds();
        const challenge = response.headers.find(([name]) => name === "www-authenticate")?.[1] ?? "";
        const verdict = response.status === 200 ? "passed" : challenge;
        seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
        if (answeredAt < expiresAtSeconds) expect(verdict).toBe("passed");
        if (sentAt >= expiresAtSeconds) expect(verdict).toContain('"jwt:expired"');
      }
    } finally {
      client.close();
      await envoy.stop();
      await upstream.close();
    }
    expect([...seen.keys()].length, JSON.stringify([...seen])).toBe(2);
    // More than one time was shared.
    for (const count of seen.values()) expect(count).toBeGreaterThan(64);
  });
});
