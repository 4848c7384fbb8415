// Random workers on one shared store against exact buckets: whatever was admitted, in the order of
// time, a bucket of exact arithmetic has. And limits without leases decide each request as exact
// buckets do.

import { describe, expect, test } from "vitest";

import { IdealBucket, TOKEN } from "../support/ideal_bucket.ts";
import { seededRandom } from "../support/random.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";
import type { LimitShape } from "./limits_run.ts";
import { gainOf, keyOf, LimitsRun } from "./limits_run.ts";

const SEED = Number(process.env["SEED"] ?? 1);
const STEPS = 1_000_000;
const EXACT_STEPS = 20_000;
const WORKERS = [1, 2, 4];

const module = await loadShippedModule();

const ONE: readonly LimitShape[] = [
  { per: "user", capacities: [1000], refills: ["1000/s"], cost: 7 },
  { per: "user", capacities: [100_000, 90_000, 50], refills: ["50000/s"], cost: 1 },
  { per: "user", capacities: [20, 10], refills: ["20/s"], cost: 1 },
  { per: "user", capacities: [6400, 640], refills: ["600/m", "9/s"], cost: 3 },
  { per: "user", capacities: [5], refills: ["1/s"], cost: 2 },
  { per: "user", capacities: [100_000_000], refills: ["100000000/s"], cost: 100 },
];

/** Requests say their cost; what one limit refuses goes back to those in front of it. */
const SEVERAL: readonly (readonly LimitShape[])[] = [
  [
    { per: "all", capacities: [100_000, 1000, 5000], refills: ["50000/s", "1000/s"] },
    { per: "user", capacities: [6400, 640], refills: ["36000/m", "100/s"] },
    { per: "team", capacities: [1000, 200], refills: ["500/s", "9000/m", "1/d"] },
  ],
  [
    { per: "user", capacities: [20, 10], refills: ["20/s", "600/m"] },
    { per: "all", capacities: [63, 30, 200], refills: ["63/s", "1000/h", "0/s"] },
  ],
  [
    { per: "user", capacities: [1000, 300], refills: ["30/s"], cost: 3 },
    { per: "all", capacities: [3000, 1000], refills: ["90/s", "1800/m"] },
  ],
  [
    { per: "all", capacities: [10], refills: ["20/s"] },
    { per: "team", capacities: [12], refills: ["10/s"] },
  ],
];

const PERS = ["user", "team", "all"] as const;
type Per = (typeof PERS)[number];

/** Exact buckets of which a request takes from all or from none; what it asks for is clamped. */
class ExactLimits {
  readonly configuration: object;
  readonly #limits: readonly { per: Per; capacity: number; refill: string }[];
  readonly #buckets: Map<string, IdealBucket>;

  /** The buckets of `old` go on, under other terms. */
  constructor(
    limits: readonly { per: Per; capacity: number; refill: string }[],
    old: ExactLimits | null,
  ) {
    this.#limits = limits;
    this.#buckets = old === null ? new Map() : old.#buckets;
    this.configuration = {
      rateLimit: {
        limits: limits.map(({ per, capacity, refill }) => ({
          name: per,
          key: [keyOf(per)],
          capacity,
          refill,
          cost: { header: "x-cost", min: 0, max: Math.max(capacity, 1) },
        })),
      },
    };
  }

  /** What a refused client is told; null when the request passes. */
  take(values: Record<Per, number>, asked: number, now: bigint): string | null {
    const taken: { bucket: IdealBucket; cost: number }[] = [];
    for (const { per, capacity, refill } of this.#limits) {
      const key = `${per} ${String(values[per])}`;
      const cost = Math.min(asked, Math.max(capacity, 1));
      const bucket = this.#buckets.get(key) ?? new IdealBucket(capacity, 0, 0);
      bucket.capacity = BigInt(capacity) * TOKEN;
      bucket.gain = gainOf(refill);
      // A look at an empty bucket passes, unless it is one that never holds anything.
      if (capacity > 0 && bucket.take(cost, now)) {
        if (cost > 0) {
          this.#buckets.set(key, bucket);
          taken.push({ bucket, cost });
        }
        continue;
      }
      for (const { bucket: other, cost: own } of taken) other.putBack(own);
      return `"${per}";r=${String(bucket.levelAt(now) / TOKEN)}`;
    }
    return null;
  }
}

const CASES = [
  ...ONE.flatMap((shape) => [1, 2, 4, 8].map((workers) => ({ shapes: [shape], workers }))),
  ...SEVERAL.flatMap((shapes) => WORKERS.map((workers) => ({ shapes, workers }))),
].map(({ shapes, workers }): [string, number, readonly LimitShape[]] => [
  JSON.stringify(shapes),
  workers,
  shapes,
]);

describe(`with seed ${String(SEED)}`, () => {
  const steps = Math.ceil((STEPS - WORKERS.length * EXACT_STEPS) / CASES.length);

  test.each(CASES)("%s over %i workers is never exceeded", (_name, workers, shapes) => {
    const run = new LimitsRun(shapes, workers, SEED * 1000 + workers);
    run.run(steps);
    expect(run.lacking()).toBeNull();
    // It has met what it is about.
    expect(run.passed).toBeGreaterThan(1000);
    const largest = Math.max(...shapes.map(({ capacities }) => capacities[0] ?? 0));
    if (largest < 100_000_000) expect(Math.min(...run.refused)).toBeGreaterThan(0);
    if (largest >= 1000) expect(run.leased).toBeGreaterThan(1000);
    if (shapes.every(({ capacities }) => Math.max(...capacities) < 64)) expect(run.leased).toBe(0);
    if (workers > 1 && shapes.length === 1) {
      expect(run.writes).toBeGreaterThan(run.passed - run.leased);
    }
  });

  test.each(WORKERS)("limits without leases decide as exact buckets do, over %i workers", (all) => {
    const random = seededRandom(SEED * 1000 + all);
    const terms = { user: [63, 20, 0], team: [30, 7], all: [50, 1] };
    const refills = ["20/s", "600/m", "1000/h", "0/s", "5/d"];
    let exact = newExact();
    const on = new Simulated(module, { configuration: exact.configuration, workers: all });
    let microseconds = 1_000_000n;

    function newExact(old: ExactLimits | null = null): ExactLimits {
      const limits = PERS.map((per) => ({
        per,
        capacity: random.pick(terms[per]),
        refill: random.pick(refills),
      }));
      return new ExactLimits(limits, old);
    }

    const decided = { passed: 0, refused: 0 };
    for (let step = 0; step < EXACT_STEPS; step++) {
      if (random.below(300) === 0) {
        exact = newExact(exact);
        on.plugin.update(JSON.stringify(exact.configuration));
      }
      const elapsed = random.below(random.pick([1, 1000, 50_000, 400_000]));
      microseconds += BigInt(elapsed);
      on.advance(elapsed / 1e6);
      const user = random.below(3);
      const cost = random.below(10) < 9 ? random.below(4) : random.below(70);
      const values = { user, team: user % 2, all: 0 };
      const { reason, headers } = on.send(
        [
          ...PERS.map((per): [string, string] => [`x-${per}`, String(values[per])]),
          ["x-cost", String(cost)],
        ],
        random.below(all),
      );
      const found = reason === null ? null : headers.get("ratelimit")?.split(";t=")[0];
      expect(found).toBe(exact.take(values, cost, microseconds));
      decided[reason === null ? "passed" : "refused"]++;
    }
    expect(Math.min(decided.passed, decided.refused)).toBeGreaterThan(1000);
  });
});
