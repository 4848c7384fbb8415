// Buckets live in shared data: a burst over all workers gets what one bucket holds, not more and
// not less.

import { afterAll, beforeAll, expect, test } from "vitest";
import { renderBootstrap } from "../../envoy/bootstrap.ts";
import { http1Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import type { Upstream } from "../support/upstream.ts";
import { startUpstream } from "../support/upstream.ts";

const CAPACITY = 40;
const BURST = 200;
const CONFIGURATION = {
  rateLimit: {
    limits: [{ name: "burst", key: [{ text: "all" }], capacity: CAPACITY, refill: "0/s" }],
  },
};

await describeWithEnvoy("a burst over all workers", (binary) => {
  let upstream: Upstream;
  beforeAll(async () => {
    requireModule();
    upstream = await startUpstream();
  });
  afterAll(() => upstream.close());

  test.each([1, 2, 4])("passes exactly the capacity with %i workers", async (concurrency) => {
    const bootstrap = renderBootstrap({
      configuration: CONFIGURATION,
      modulePath: MODULE_PATH,
      listen: { host: "127.0.0.1", port: 0 },
      admin: { host: "127.0.0.1", port: 0 },
      upstream: { host: "127.0.0.1", port: upstream.port, protocol: "http1" },
    });
    const envoy = await startEnvoy({ binary, bootstrap, concurrency });
    try {
      const before = upstream.count();
      const client = http1Client(envoy.ports.get("ingress") ?? 0);
      const request = { method: "GET", path: "/", authority: "example.test", headers: [] };
      const sent = Array.from({ length: BURST }, () => client.send(request));
      const statuses = (await Promise.all(sent)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(CAPACITY);
      expect(statuses.filter((status) => status === 429)).toHaveLength(BURST - CAPACITY);
      expect(upstream.count() - before).toBe(CAPACITY);
      expect(await workersMet(envoy.stats("worker_.*downstream_cx_total"))).toBe(concurrency);
    } finally {
      await envoy.stop();
    }
  });
});

/** Workers that took a connection of the burst. */
async function workersMet(stats: Promise<Map<string, number>>): Promise<number> {
  const counters = [...(await stats)].filter(([name]) => !name.includes("admin"));
  return counters.filter(([, connections]) => connections > 0).length;
}
