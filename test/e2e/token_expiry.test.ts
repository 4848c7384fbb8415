// A known token in a real Envoy lives to its last second and no longer, whatever the time that
// requests share (docs/decisions/0029-a-time-that-requests-share.md).

import { expect, test } from "vitest";
import { renderBootstrap } from "../../envoy/bootstrap.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import type { ClientRequest } from "../support/clients.ts";
import { http2Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import { ecKey, forge } from "../support/tokens.ts";
import { startUpstream } from "../support/upstream.ts";

const ANY_PORT = { host: "127.0.0.1", port: 0 };
const KEY = ecKey("k");
const LIFETIME_SECONDS = 5;
/** Requests that one time serves. */
const USES = 64;

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
    const bootstrap = renderBootstrap({
      configuration: CONFIGURATION,
      modulePath: MODULE_PATH,
      listen: ANY_PORT,
      admin: ANY_PORT,
      upstream: { host: "127.0.0.1", port: upstream.port, protocol: "same" },
    });
    const envoy = await startEnvoy({ binary, bootstrap });
    const client = http2Client(envoy.ports.get("ingress") ?? 0);
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
    let refusals = 0;
    try {
      // By count: how fast the machine is must not decide.
      while (refusals <= USES) {
        expect((await client.send(lasting)).status).toBe(200);
        const sentAt = nowSeconds();
        const response = await client.send(ending);
        const answeredAt = nowSeconds();
        const challenge = response.headers.find(([name]) => name === "www-authenticate")?.[1] ?? "";
        const verdict = response.status === 200 ? "passed" : challenge;
        seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
        if (response.status !== 200) refusals++;
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
    for (const count of seen.values()) expect(count).toBeGreaterThan(USES);
  });
});
