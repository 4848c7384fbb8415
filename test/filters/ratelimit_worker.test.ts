// Buckets in the memory of a worker: the store `worker`, and what stands in for one that failed.

import { describe, expect, test } from "vitest";

import { Status } from "../../host-sim/src/index.ts";
import type { HostCall } from "../../host-sim/src/index.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";

const module = await loadShippedModule();
const ONE = { name: "one", key: [{ header: "x-user" }], capacity: 8, refill: "0/s" };

function burst(on: Simulated, user: string, worker = 0): number {
  for (let passed = 0; ; passed++) {
    if (on.send([["x-user", user]], worker).reason !== null) return passed;
  }
}

describe("a limit in the store of the worker", () => {
  const local = { rateLimit: { limits: [{ ...ONE, store: "worker" }] } };

  test("is one of each worker, and asks shared data nothing", () => {
    const on = new Simulated(module, { configuration: local, workers: 2 });
    expect([burst(on, "a", 0), burst(on, "a", 1), burst(on, "a", 0)]).toEqual([8, 8, 0]);
    expect(on.keys()).toEqual(["sallyport/rl1/seed"]);
    expect(Object.fromEntries(on.callsOf([["x-user", "b"]]))).toEqual({
      proxy_get_header_map_pairs: 1,
      clock_time_get: 1,
    });
  });

  test("keeps its buckets when a configuration is pushed", () => {
    const on = new Simulated(module, { configuration: local });
    burst(on, "a");
    on.plugin.update(
      JSON.stringify({ rateLimit: { limits: [{ ...ONE, store: "worker", cost: 2 }] } }),
    );
    expect([burst(on, "a"), burst(on, "b")]).toEqual([0, 4]);
  });

  test("gives back what a refused request took", () => {
    const limits = [
      { ...ONE, store: "worker" },
      { ...ONE, name: "two", capacity: 3, key: [{ text: "" }], store: "worker" },
    ];
    const on = new Simulated(module, { configuration: { rateLimit: { limits } } });
    expect(burst(on, "a")).toBe(3);
    for (let i = 0; i < 20; i++) on.send([["x-user", "a"]]);
    on.plugin.update(JSON.stringify(local));
    expect(burst(on, "a")).toBe(5);
  });

  test("of a flood of keys admits no offender more than its limit", () => {
    const on = new Simulated(module, { configuration: local });
    let offender = 0;
    for (let i = 0; i < 200_000; i++) {
      on.send([["x-user", `u${String(i)}`]]);
      if (i % 1000 === 0 && on.send([["x-user", "offender"]]).reason === null) offender++;
    }
    expect(offender).toBeGreaterThan(0);
    expect(offender).toBeLessThanOrEqual(8);
  });
});

describe("onStoreFailure: local", () => {
  const fallback = { nodes: 4, onStoreFailure: "local", limits: [ONE] };

  test("gives each worker its part of the limit while shared data fails", () => {
    let broken = true;
    const faults = ({ name, phase }: HostCall): Status | undefined =>
      broken && name === "proxy_get_shared_data" && phase === "request_headers"
        ? Status.INTERNAL_FAILURE
        : undefined;
    const on = new Simulated(module, {
      configuration: { rateLimit: fallback },
      workers: 2,
      faults,
    });
    expect([burst(on, "a", 0), burst(on, "a", 1), burst(on, "b", 0)]).toEqual([2, 2, 2]);
    expect(on.send([["x-user", "a"]]).reason).toBe("ratelimit:limited");
    broken = false;
    expect(burst(on, "a")).toBe(8);
  });
});
