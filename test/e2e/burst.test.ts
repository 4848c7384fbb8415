// Buckets live in shared data and workers lease from them: over all workers a burst gets what one
// bucket holds, and steady load what it holds and gains.

import { beforeAll, describe, expect, test } from "vitest";
import { assembleBootstrap, renderListener } from "../../envoy/bootstrap.ts";
import { sallyportFilters } from "../../envoy/http_filters.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import type { Answers } from "../support/burst_load.ts";
import { BurstLoad, idealPasses } from "../support/burst_load.ts";

const WORKERS = [1, 2, 4];
const RATE = 1000;
const SECONDS = 10;

interface Shape {
  capacity: number;
  refill: string;
}

function start(binary: string, shape: Shape, concurrency: number): Promise<EnvoyProcess> {
  const filters = sallyportFilters({
    name: "sallyport",
    vmId: "sallyport",
    modulePath: MODULE_PATH,
    configuration: { rateLimit: { limits: [{ name: "one", key: [{ text: "all" }], ...shape }] } },
  });
  const listener = renderListener({
    name: "ingress",
    listen: { host: "127.0.0.1", port: 0 },
    filters,
    routes: [{ match: { prefix: "/" }, direct_response: { status: 200 } }],
    connectionManager: { access_log: [] },
  });
  const admin = { host: "127.0.0.1", port: 0 };
  const bootstrap = assembleBootstrap({ admin, listeners: [listener], clusters: [] });
  return startEnvoy({ binary, bootstrap, concurrency });
}

await describeWithEnvoy("over 16 connections", (binary) => {
  beforeAll(requireModule);

  async function answersTo(
    shape: Shape,
    concurrency: number,
    send: (load: BurstLoad) => Promise<Answers>,
  ): Promise<Answers> {
    const envoy = await start(binary, shape, concurrency);
    try {
      const load = await BurstLoad.open(envoy.ports.get("ingress") ?? 0);
      const answers = await send(load);
      load.close();
      // One of 16 connections at least went to another worker.
      const met = await workersMet(envoy.stats("worker_.*downstream_cx_total"));
      expect(met).toBeGreaterThanOrEqual(Math.min(concurrency, 2));
      return answers;
    } finally {
      await envoy.stop();
    }
  }

  describe.each(WORKERS)("with %i workers a burst of ten times the capacity", (concurrency) => {
    test.each([1, 5, 20])("of %i passes exactly so many", async (capacity) => {
      const shape = { capacity, refill: "1/h" };
      const burst = (load: BurstLoad): Promise<Answers> => load.burst(10 * capacity);
      const { passed, limited } = await answersTo(shape, concurrency, burst);
      expect({ passed, limited }).toEqual({ passed: capacity, limited: 9 * capacity });
    });

    test.each([1000, 3000])(
      "of %i passes no more, and a hundredth less at most",
      async (capacity) => {
        const shape = { capacity, refill: "1/h" };
        const burst = (load: BurstLoad): Promise<Answers> => load.burst(10 * capacity);
        const { passed, limited } = await answersTo(shape, concurrency, burst);
        expect(passed + limited).toBe(10 * capacity);
        expect(passed).toBeLessThanOrEqual(capacity);
        expect(passed).toBeGreaterThanOrEqual(0.99 * capacity);
      },
    );
  });

  test.each(WORKERS)("with %i workers, twice the rate passes at the rate", async (concurrency) => {
    const shape = { capacity: RATE, refill: `${String(RATE)}/s` };
    const steady = (load: BurstLoad): Promise<Answers> => load.steady(2 * RATE, SECONDS);
    const { passed, limited, longest, answeredAt } = await answersTo(shape, concurrency, steady);
    expect(passed + limited).toBe(2 * RATE * SECONDS);
    expect(passed).toBeLessThanOrEqual(RATE + RATE * longest);
    expect(passed).toBeGreaterThanOrEqual(0.99 * idealPasses(answeredAt, RATE, RATE));
  });
});

/** Workers that took a connection. */
async function workersMet(stats: Promise<Map<string, number>>): Promise<number> {
  const counters = [...(await stats)].filter(([name]) => !name.includes("admin"));
  return counters.filter(([, connections]) => connections > 0).length;
}
