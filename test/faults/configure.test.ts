// Goal: what fails around a good configuration on a worker denies its requests until it has been
// tried again, and no longer. Method: each host call of on_configure fails in each way, on workers
// whose canary was good; one worker for each way.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { HostCall, Status } from "../../host-sim/src/index.ts";
import { Status as S } from "../../host-sim/src/index.ts";
import type { Plan } from "./full_filter.ts";
import { forgedToken, goodToken, hostileHeaders } from "./full_configuration.ts";
import { FAULTS, FullFilter, Saboteur, wrongWith } from "./full_filter.ts";

const POINTS_MIN = 37;
const METRICS_STEP = 16;
const COMBINATIONS = 120;
const WORKERS = 20;
const SEED = 20_261_123;

/** A filter each of whose workers is configured under a plan of its own. */
function configured(plans: readonly Plan[]): { filter: FullFilter; saboteurs: Saboteur[] } {
  const saboteurs = plans.map((plan) => new Saboteur(plan));
  const faults = ({ worker, phase, ...call }: HostCall): Status | undefined =>
    typeof worker === "number" && phase === "configure"
      ? saboteurs[worker]?.answer({ worker, phase, ...call })
      : undefined;
  return { filter: new FullFilter({ workers: plans.length, faults }), saboteurs };
}

/** What a request of anyone gets from a worker: nobody passes who may not. */
function served(filter: FullFilter, index: number): "served" | "denied" {
  const worker = filter.worker(index);
  expect({ absent: worker.absent, failed: worker.failed }).toEqual({
    absent: false,
    failed: false,
  });
  const forged = filter.send(hostileHeaders(forgedToken()), worker);
  const result = filter.send(hostileHeaders(goodToken()), worker);
  expect(forged.kind).toBe("reply");
  if (result.kind !== "reply" || forged.kind !== "reply") {
    expect(wrongWith(result, null, [])).toBeNull();
    return "served";
  }
  for (const { reply } of [forged, result]) {
    expect(reply.status).toBe(503);
    // Only the algorithm's tokens are refused when its verifier alone failed.
    expect(reply.details).toMatch(/^sallyport\{(config_failed|jwt:algorithm_disabled)\}$/);
  }
  return "denied";
}

/** What is expected right after a single fault. */
function afterFault(names: readonly string[], at: number, fault: Status): "served" | "denied" {
  const name = names[at] ?? "";
  // Keys of other workers are looked for again on each tick, and when they are needed.
  const isOfKeys = names.indexOf("random_get", at) > at;
  if (isOfKeys && names.slice(0, at + 1).includes("clock_time_get")) {
    if (name === "clock_time_get" || name === "proxy_get_shared_data") return "served";
  }
  if (name === "proxy_set_tick_period_milliseconds") return "served";
  // Not needed to serve: the level only decides what is logged.
  if (name === "proxy_get_log_level") return "served";
  // Another worker was faster, or seemed to be: the seed is asked for again.
  if (name === "proxy_get_shared_data" && fault === S.NOT_FOUND) return "served";
  const isShared = name === "proxy_get_shared_data" || name === "proxy_set_shared_data";
  return isShared && fault === S.CAS_MISMATCH ? "served" : "denied";
}

describe("a fault while a worker is configured", () => {
  const { saboteurs } = configured([new Map()]);
  const names = saboteurs[0]?.seen ?? [];

  test(`can happen at ${POINTS_MIN * FAULTS.length} points or more`, () => {
    expect(names.length * FAULTS.length).toBeGreaterThanOrEqual(POINTS_MIN * FAULTS.length);
  });

  // There are hundreds of metrics, all of them defined alike.
  const points = names
    .map((name, at) => ({ name, at }))
    .filter(({ name, at }) => name !== "proxy_define_metric" || at % METRICS_STEP === 0);

  test.each(points)("at call $at, $name, denies until the next try", ({ name, at }) => {
    const { filter, saboteurs: hit } = configured(FAULTS.map((fault) => new Map([[at, fault]])));
    const isRead = name === "proxy_get_buffer_bytes";
    for (const [index, fault] of FAULTS.entries()) {
      expect(hit[index]?.hit, String(fault)).toEqual([name]);
      expect(served(filter, index), String(fault)).toBe(afterFault(names, at, fault));
    }
    filter.afterRetry();
    // Hosts hand out the configuration in on_configure alone: that takes the next push.
    for (const index of FAULTS.keys()) {
      expect(served(filter, index)).toBe(isRead ? "denied" : "served");
    }
    filter.plugin.update(JSON.stringify({ markChecked: true }));
    for (const index of FAULTS.keys()) {
      expect(filter.send(hostileHeaders(null), filter.worker(index)).kind).toBe("continue");
    }
  });
});

describe("faults while workers are configured", () => {
  test(`in ${COMBINATIONS} combinations deny or serve, no more (seed ${SEED})`, () => {
    const faults = fc.array(fc.tuple(fc.nat({ max: 280 }), fc.constantFrom(...FAULTS)), {
      minLength: 1,
      maxLength: 6,
    });
    const plans = fc.sample(faults, { numRuns: COMBINATIONS, seed: SEED });
    for (let first = 0; first < plans.length; first += WORKERS) {
      const batch = plans.slice(first, first + WORKERS).map((plan) => new Map(plan));
      const { filter, saboteurs } = configured(batch);
      filter.host.runTimers();
      for (const index of batch.keys()) served(filter, index);
      filter.afterRetry();
      for (const index of batch.keys()) {
        // Without its tick nothing is tried again, and without its bytes there is nothing to try.
        const hit = saboteurs[index]?.hit ?? [];
        const isLost = hit.some((name) =>
          ["proxy_set_tick_period_milliseconds", "proxy_get_buffer_bytes"].includes(name),
        );
        if (!isLost) expect(served(filter, index)).toBe("served");
        else served(filter, index);
      }
    }
  });

  test("that stay deny for as long as they do", () => {
    let works = false;
    const filter = new FullFilter({
      faults: ({ worker, name }) =>
        worker === 0 && name === "proxy_call_foreign_function" && !works ? S.NOT_FOUND : undefined,
    });
    for (let second = 0; second < 10; second++) {
      expect(served(filter, 0)).toBe("denied");
      filter.afterRetry();
    }
    works = true;
    expect(served(filter, 0)).toBe("denied");
    filter.afterRetry();
    expect(served(filter, 0)).toBe("served");
  });
});
