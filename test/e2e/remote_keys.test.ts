// Keys, and a deny-list, from a real server in a real Envoy with two workers.

import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";

import { afterAll, beforeAll, expect, test } from "vitest";

import { sallyportFilters } from "../../envoy/http_filters.ts";
import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { http1Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import type { JwksServer } from "../support/jwks_server.ts";
import { startJwksServer } from "../support/jwks_server.ts";
import { ecKey, mint, rsaKey } from "../support/tokens.ts";
import type { Claims, TestKey } from "../support/tokens.ts";
import type { Upstream } from "../support/upstream.ts";
import { startUpstream } from "../support/upstream.ts";

const WORKERS = 2;
/** Each on a connection of its own, so that both workers get some. */
const BURST = 24;
const COOLDOWN_MILLISECONDS = 1000;
const POLL = { timeout: 20_000, interval: 200 };

const CONFIGURATION = {
  jwt: {
    providers: {
      idp: {
        audiences: ["orders"],
        keys: { remote: { uri: "http://idp.test/keys", cluster: "idp", cooldown: "1s" } },
      },
    },
    rules: [{ match: { prefix: "/" }, require: "idp" }],
  },
};

const keySet = (...keys: TestKey[]): object => ({ keys: keys.map(({ jwk }) => jwk) });

await describeWithEnvoy("keys from a server", (binary) => {
  let upstream: Upstream;
  let jwks: JwksServer;
  beforeAll(async () => {
    requireModule();
    upstream = await startUpstream();
    jwks = await startJwksServer();
  });
  afterAll(async () => {
    await upstream.close();
    await jwks.close();
  });

  /** An Envoy that knows the clusters of these names, all of them the server of keys. */
  function start(
    clusters: readonly string[],
    configuration: object = CONFIGURATION,
  ): Promise<EnvoyProcess> {
    const filters = sallyportFilters({
      name: "sallyport",
      vmId: "sallyport",
      modulePath: MODULE_PATH,
      configuration,
    });
    const bootstrap = assembleBootstrap({
      admin: { host: "127.0.0.1", port: 0 },
      listeners: [
        renderListener({ name: "ingress", listen: { host: "127.0.0.1", port: 0 }, filters }),
      ],
      clusters: [
        renderCluster({ host: "127.0.0.1", port: upstream.port, protocol: "http1" }),
        ...clusters.map((name) =>
          renderCluster({ name, host: "127.0.0.1", port: jwks.port, protocol: "http1" }),
        ),
      ],
    });
    return startEnvoy({ binary, bootstrap, concurrency: WORKERS });
  }

  /** Statuses of a burst of requests with a token by a key, each status once. */
  async function statuses(
    envoy: EnvoyProcess,
    key: TestKey,
    claims: Claims = {},
  ): Promise<number[]> {
    const exp = Math.floor(Date.now() / 1000) + 600;
    const token = await mint(key, { aud: "orders", exp, ...claims });
    const client = http1Client(envoy.ports.get("ingress") ?? 0);
    const request = {
      method: "GET",
      path: "/",
      authority: "example.test",
      headers: [["authorization", `Bearer ${token}`]] satisfies [string, string][],
    };
    const sent = await Promise.all(Array.from({ length: BURST }, () => client.send(request)));
    return [...new Set(sent.map(({ status }) => status))];
  }

  async function gauge(envoy: EnvoyProcess, name: string): Promise<string | undefined> {
    const page = await envoy.admin("/stats/prometheus?filter=sallyport_jwks");
    const labels = '{filter="jwt",provider="idp"}';
    const line = page.split("\n").find((each) => each.startsWith(`${name}${labels} `));
    return line?.split(" ")[1];
  }

  test("are fetched once for all workers, rotate, and outlive their server", async () => {
    const first = ecKey("first");
    const second = rsaKey("second");
    jwks.serve(200, keySet(first), { "cache-control": "max-age=600" });
    const before = jwks.requests.length;
    const envoy = await start(["idp"]);
    try {
      // Before any request.
      await expect.poll(() => jwks.requests.length - before, POLL).toBe(1);
      await expect.poll(() => statuses(envoy, first), POLL).toEqual([200]);
      expect(jwks.requests.length - before).toBe(1);
      const asked = jwks.requests.at(-1);
      expect(asked?.path).toBe("/keys");
      expect(asked?.headers).toMatchObject({
        host: "idp.test",
        accept: expect.stringContaining("json"),
      });

      jwks.serve(200, keySet(second));
      await expect.poll(() => statuses(envoy, second), POLL).toEqual([200]);
      await expect.poll(() => statuses(envoy, first), POLL).toEqual([401]);

      jwks.serve(500, {});
      await expect.poll(() => statuses(envoy, first), POLL).toEqual([401]);
      expect(await statuses(envoy, second)).toEqual([200]);
      const times = jwks.requests.slice(before).map(({ at }) => at);
      for (const [index, at] of times.slice(1).entries()) {
        const gap = at - (times[index] ?? 0);
        expect(gap).toBeGreaterThanOrEqual(COOLDOWN_MILLISECONDS * 0.9);
      }

      expect(await gauge(envoy, "sallyport_jwks_keys")).toBe("1");
      expect(await gauge(envoy, "sallyport_jwks_waiters")).toBe("0");
      expect(await gauge(envoy, "sallyport_jwks_age_seconds")).toMatch(/^\d{1,2}$/);
    } finally {
      await envoy.stop();
    }
  });

  test("that cannot be asked for are 503, and nothing passes", async () => {
    const envoy = await start([]);
    try {
      const passed = upstream.count();
      expect(await statuses(envoy, ecKey("k"))).toEqual([503]);
      const details = (): unknown[] => [
        ...new Set(envoy.accessLog().map((entry) => entry["details"])),
      ];
      await expect.poll(details).toEqual(["sallyport{jwt:keys_unavailable}"]);
      expect(upstream.count()).toBe(passed);
    } finally {
      await envoy.stop();
    }
  });

  test("may need a deny-list: nobody passes without it, nor with it who is listed", async () => {
    const key = ecKey("k");
    const idp = {
      audiences: ["orders"],
      keys: { inline: { keys: [key.jwk] } },
      deny: { remote: { uri: "http://lists.test/denied", cluster: "lists" } },
    };
    const rules = [{ match: { prefix: "/" }, require: "idp" }];
    jwks.serve(404, {});
    const before = jwks.requests.length;
    const envoy = await start(["lists"], { jwt: { providers: { idp }, rules } });
    try {
      expect(await statuses(envoy, key, { jti: "free" })).toEqual([503]);
      const details = (): unknown[] => [
        ...new Set(envoy.accessLog().map((entry) => entry["details"])),
      ];
      await expect.poll(details).toEqual(["sallyport{jwt:deny_list_unavailable}"]);
      jwks.serve(200, { jti: ["t-1"], sub: ["mallory"] });
      await expect.poll(() => statuses(envoy, key, { jti: "free" }), POLL).toEqual([200]);
      expect(await statuses(envoy, key, { jti: "t-1" })).toEqual([401]);
      expect(await statuses(envoy, key, { sub: "mallory" })).toEqual([401]);
      expect(await statuses(envoy, key, { sub: "t-1" })).toEqual([200]);
      const paths = new Set(jwks.requests.slice(before).map(({ path }) => path));
      expect([...paths]).toEqual(["/denied"]);
      const page = (): Promise<string> =>
        envoy.admin("/stats/prometheus?filter=sallyport_deny_list_entries");
      await expect.poll(page, POLL).toContain('{filter="jwt",provider="idp"} 2\n');
    } finally {
      await envoy.stop();
    }
  });

  test("that come late are there without a restart", async () => {
    const key = ecKey("late");
    jwks.serve(404, {});
    const envoy = await start(["idp"]);
    try {
      expect(await statuses(envoy, key)).toEqual([503]);
      jwks.serve(200, keySet(key));
      await expect.poll(() => statuses(envoy, key), POLL).toEqual([200]);
    } finally {
      await envoy.stop();
    }
  });

  test("come when those who waited have gone", async () => {
    const key = ecKey("late");
    jwks.hold();
    const envoy = await start(["idp"]);
    const passed = upstream.count();
    try {
      const token = await mintFor(key);
      const port = envoy.ports.get("ingress") ?? 0;
      const sockets = await Promise.all(
        Array.from({ length: BURST }, () => askAndWait(port, token)),
      );
      const waiters = (): Promise<string | undefined> => gauge(envoy, "sallyport_jwks_waiters");
      await expect.poll(waiters, POLL).toBe(String(BURST));
      const [patient, ...others] = sockets;
      if (patient === undefined) throw new Error("nobody waits");
      for (const [index, socket] of others.entries()) {
        if (index % 2 === 0) socket.resetAndDestroy();
        else socket.destroy();
      }
      await expect.poll(waiters, POLL).toBe("1");
      const answered = once(patient, "data");
      jwks.serve(200, keySet(key));
      expect(String(await answered)).toMatch(/^HTTP\/1\.1 200 /);
      patient.destroy();
      expect(await statuses(envoy, key)).toEqual([200]);
      // The one that stayed, and the burst.
      expect(upstream.count() - passed).toBe(1 + BURST);
      expect(await waiters()).toBe("0");
    } finally {
      await envoy.stop();
    }
  });
});

const mintFor = (key: TestKey): Promise<string> =>
  mint(key, { aud: "orders", exp: Math.floor(Date.now() / 1000) + 600 });

/** Sends a request on a connection that the client may break. */
async function askAndWait(port: number, token: string): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" });
  // Whatever Envoy makes of a client that leaves.
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(`GET / HTTP/1.1\r\nhost: example.test\r\nauthorization: Bearer ${token}\r\n\r\n`);
  return socket;
}
