// Two real Envoys on one real Redis behind Webdis: one bucket, and what they do without it.

import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, expect, test } from "vitest";

import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import { sallyportFilters } from "../../envoy/http_filters.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import type { RedisClient } from "../support/redis_client.ts";
import { connectRedis } from "../support/redis_client.ts";
import type { Server } from "../support/server_process.ts";
import { describeWithRedis, startRedis, startWebdis } from "../support/redis_process.ts";
import type { Answered, SteadyLoad } from "../support/steady_load.ts";
import { startLoad } from "../support/steady_load.ts";
import type { Upstream } from "../support/upstream.ts";
import { startUpstream } from "../support/upstream.ts";

const ENVOYS = 2;
const WORKERS = 2;
const CONNECTIONS = 16;
const LOAD_MILLISECONDS = 3000;
const UNAVAILABLE = "ratelimit:unavailable";
/** The breaker may be open for thirty seconds when a fault lasts. */
const POLL = { timeout: 60_000, interval: 50 };

interface Limit {
  name: string;
  capacity: number;
  refill: string;
}

await describeWithEnvoy("limits in Redis", (binary) => {
  describeWithRedis("in two Envoys", () => {
    let upstream: Upstream;
    let redis: Server;
    let webdis: Server;
    beforeAll(async () => {
      requireModule();
      upstream = await startUpstream();
      redis = await startRedis();
      webdis = await startWebdis(redis.port);
    });
    afterAll(async () => {
      await webdis.stop();
      await redis.stop();
      await upstream.close();
    });

    function start(limit: Limit, onStoreFailure: string): Promise<EnvoyProcess> {
      const configuration = {
        rateLimit: {
          onStoreFailure,
          stores: { redis: { redis: { cluster: "webdis", timeout: "250ms" } } },
          limits: [{ ...limit, key: [{ text: "" }], store: "redis" }],
        },
      };
      const filters = sallyportFilters({
        name: "sallyport",
        vmId: "sallyport",
        modulePath: MODULE_PATH,
        configuration,
      });
      const listen = { host: "127.0.0.1", port: 0 };
      const local = { host: "127.0.0.1", protocol: "http1" } as const;
      const bootstrap = assembleBootstrap({
        admin: { host: "127.0.0.1", port: 0 },
        listeners: [renderListener({ name: "ingress", listen, filters })],
        clusters: [
          renderCluster({ ...local, port: upstream.port }),
          renderCluster({ ...local, name: "webdis", port: webdis.port }),
        ],
      });
      return startEnvoy({ binary, bootstrap, concurrency: WORKERS });
    }

    /** Starts Envoys with one limit, each with its failure mode; stops them in the end. */
    async function withEnvoys(
      limit: Limit,
      failureModes: readonly string[],
      body: (envoys: EnvoyProcess[], ports: number[]) => Promise<void>,
    ): Promise<void> {
      const envoys: EnvoyProcess[] = [];
      try {
        for (const mode of failureModes) envoys.push(await start(limit, mode));
        const ports = envoys.map((envoy) => envoy.ports.get("ingress") ?? 0);
        await body(envoys, ports);
        for (const envoy of envoys) expect(envoy.log()).not.toMatch(/wasm.*(trap|abort|failed)/i);
      } finally {
        for (const envoy of envoys) await envoy.stop();
      }
    }

    const both = Array.from({ length: ENVOYS }, () => "deny");
    const passed = (answered: readonly Answered[]): Answered[] =>
      answered.filter(({ status }) => status === 200);

    test("a small limit lets exactly its capacity pass", async () => {
      const limit = { name: "small", capacity: 20, refill: "1/h" };
      await withEnvoys(limit, both, async (_envoys, ports) => {
        const load = startLoad(ports, CONNECTIONS, 20);
        await load.stop();
        expect(passed(load.answered)).toHaveLength(20);
        const others = load.answered.filter(({ status }) => status !== 200);
        expect(new Set(others.map(({ status }) => status))).toEqual(new Set([429]));
      });
    });

    test("a larger one stays within the documented bound in every window", async () => {
      const limit = { name: "larger", capacity: 320, refill: "200/s" };
      const lease = 320 / 16;
      await withEnvoys(limit, both, async (envoys, ports) => {
        const load = startLoad(ports, CONNECTIONS);
        await sleep(LOAD_MILLISECONDS);
        await load.stop();
        const all = passed(load.answered);
        expect(all.length).toBeGreaterThanOrEqual(320);
        // The load was more than the limit, and nothing failed.
        expect([...new Set(load.answered.map(({ status }) => status))].sort()).toEqual([200, 429]);
        const times = all.map(({ begin }) => begin).sort((a, b) => a - b);
        for (let first = 0; first < times.length; first += 25) {
          const from = times[first] ?? 0;
          const inside = all.filter(({ begin }) => begin >= from).sort((a, b) => a.end - b.end);
          const excess = inside.map(
            ({ end }, index) =>
              index + 1 - (320 + 0.2 * (end - from + 1) + ENVOYS * WORKERS * lease + CONNECTIONS),
          );
          expect(Math.max(...excess)).toBeLessThanOrEqual(0);
        }
        for (const envoy of envoys) {
          const workers = [...(await envoy.stats("worker_.*downstream_cx_total"))];
          expect(workers.filter(([, count]) => count > 0).length).toBeGreaterThan(0);
        }
      });
    });

    test("faults are the failure mode, and end without a restart", async () => {
      const limit = { name: "faulty", capacity: 1600, refill: "100000/s" };
      await withEnvoys(
        limit,
        ["deny", "allow"],
        async ([denying, allowing], [deny = 0, allow = 0]) => {
          const denied = startLoad([deny], CONNECTIONS / 2);
          const allowed = startLoad([allow], CONNECTIONS / 2);
          const client = await connectRedis(redis.port);
          await seen(denied, 200);
          await flush(client, denied);
          client.close();
          await outage(
            denied,
            () => redis.kill(),
            () => redis.start(),
          );
          await outage(
            denied,
            () => redis.pause(),
            () => redis.resume(),
          );
          await outage(
            denied,
            () => webdis.kill(),
            () => webdis.start(),
          );
          await denied.stop();
          await allowed.stop();
          // Each request had its answer.
          expect(statuses(denied.answered)).toEqual([200, 503]);
          expect(statuses(allowed.answered)).toEqual([200]);
          expect(reasons(denying)).toEqual([UNAVAILABLE]);
          expect(reasons(allowing)).toEqual([]);
        },
      );
    });
  });
});

const statuses = (answered: readonly Answered[]): number[] =>
  [...new Set(answered.map(({ status }) => status).filter((status) => status !== 429))].sort();

/** Reasons of the refusals in an access log, but that of requests over the limit. */
function reasons(envoy: EnvoyProcess | undefined): string[] {
  const details = (envoy?.accessLog() ?? []).map((entry) => JSON.stringify(entry));
  const found = details.flatMap((line) => /ratelimit:[a-z_]+/.exec(line)?.[0] ?? []);
  return [...new Set(found)].filter((reason) => reason !== "ratelimit:limited");
}

/** A new answer with this status. */
async function seen(load: SteadyLoad, status: number): Promise<void> {
  const from = load.answered.length;
  const found = (): boolean =>
    load.answered.slice(from).some((answered) => answered.status === status);
  await expect.poll(found, POLL).toBe(true);
}

async function outage(load: SteadyLoad, begin: () => unknown, end: () => unknown): Promise<void> {
  await begin();
  await seen(load, 503);
  await end();
  await seen(load, 200);
}

/** Redis forgets the script, and then all: nobody is refused for it. */
async function flush(client: RedisClient, load: SteadyLoad): Promise<void> {
  const from = load.answered.length;
  await client.command("SCRIPT", "FLUSH");
  await seen(load, 200);
  await client.command("FLUSHALL");
  await seen(load, 200);
  expect(load.answered.slice(from).map(({ status }) => status)).not.toContain(503);
}
