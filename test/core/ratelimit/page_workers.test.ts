// Random workers with leases on one page against buckets in exact arithmetic.

import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import { IdealBucket, larger, TOKEN } from "../../support/ideal_bucket.ts";
import { seededRandom } from "../../support/random.ts";
import type { RateLimitExports } from "./exports.ts";
import { isAlive, LeasedBucket, Page, type Lease } from "./page_view.ts";

const probe = await loadCore<RateLimitExports>();
const TOKENS_MAX = Number(probe.core.RATE_LIMIT_TOKENS_MAX.value);

/** Leases that workers hold, by key and worker. */
class Workers {
  readonly leases = new Map<string, Lease>();
  readonly #read = new Map<number, bigint>();

  /** A worker's reading of the clock, which does not go back. */
  read(worker: number, at: bigint): bigint {
    const read = larger(at, this.#read.get(worker) ?? 0n);
    this.#read.set(worker, read);
    return read;
  }

  of(key: number, worker: number): Lease {
    const name = `${String(key)} ${String(worker)}`;
    const lease = this.leases.get(name) ?? { epoch: 0n, grant: 0, rest: 0 };
    this.leases.set(name, lease);
    return lease;
  }
}

interface Spent {
  key: number;
  cost: number;
  /** When: a time between the worker's reading of the clock and its write. */
  at: bigint;
}

/** A bucket that gives whatever was given, in the order of time, never owes anything. */
function expectWithinLimit(spent: readonly Spent[], newBucket: () => IdealBucket): void {
  const buckets = new Map<number, IdealBucket>();
  const inOrder = spent.toSorted((one, other) => Number(one.at - other.at));
  for (const { key, cost, at } of inOrder) {
    const bucket = buckets.get(key) ?? newBucket();
    buckets.set(key, bucket);
    expect(bucket.take(cost, at)).toBe(true);
  }
}

interface Run {
  seed: number;
  keys: number;
  steps: number;
  /** Whether the page must equal the exact buckets, and not only stay below them. */
  isExact: boolean;
}

/** Random workers on one page, against a bucket of each key in exact arithmetic; evictions. */
function runWorkers({ seed, keys, steps, isExact }: Run): number {
  probe.reset();
  const random = seededRandom(seed);
  const capacity = random.pick([1, 2, 64, 200, 1000, TOKENS_MAX]);
  const count = random.pick([0, 1, 50, 1000, TOKENS_MAX]);
  const period = random.below(4);
  const page = new Page(probe, capacity, count, period);
  const workers = new Workers();
  const buckets = new Map<number, LeasedBucket>();
  const spent: Spent[] = [];
  const longest = random.pick([50, 5000, 400_000, 3_000_000]);
  let now = 1_000_000_000n;
  let evicted = 0;

  for (let i = 0; i < steps; i++) {
    now += BigInt(random.below(longest));
    const key = 1 + random.below(keys);
    const worker = random.below(4);
    const lease = workers.of(key, worker);
    const bucket = buckets.get(key) ?? new LeasedBucket(capacity, count, period);
    const cost = random.below(20) === 0 ? random.below(capacity + 2) : random.below(3);
    // Others can have written after a worker read its clock.
    const stale = random.below(4) === 0 ? BigInt(random.below(600_000)) : 0n;
    const read = workers.read(worker, now - stale);
    if (lease.rest > 0 && lease.rest >= cost && isAlive(lease, read)) {
      lease.rest -= cost;
      spent.push({ key, cost, at: read });
      continue;
    }
    // What becomes of it when the page is written; a refusal leaves all as it was.
    const next = bucket.copy();
    next.advance(read);
    if (random.below(10) === 0) {
      next.giveBack(lease);
      if (page.putLeaseBack(key, lease, read)) buckets.set(key, next);
      Object.assign(lease, { grant: 0, rest: 0 });
      continue;
    }
    const wanted = random.below(1 + (capacity >> 6));
    const taken = page.take({ key, cost, wanted, now: read, returned: lease });
    if (taken.evicted) evicted++;
    // A newcomer starts at the time of the mark.
    if (taken.changed) next.advance(page.writtenAt(key));
    next.giveBack(lease);
    const units = BigInt(cost) * TOKEN;
    if (isExact && cost > 0) expect(taken.admitted).toBe(next.level >= units);
    if (isExact && !taken.changed) expect(taken.level).toBe(next.level);
    if (!taken.changed) continue;
    next.level -= units;
    expect(next.level).toBeGreaterThanOrEqual(0n);
    expect(taken.level).toBeLessThanOrEqual(next.level);
    if (isExact) expect(taken.level).toBe(next.level);
    next.lease(taken.lease.grant);
    buckets.set(key, next);
    Object.assign(lease, taken.lease);
    spent.push({ key, cost, at: page.writtenAt(key) });
  }
  expectWithinLimit(spent, () => new IdealBucket(capacity, count, period));
  return evicted;
}

describe("workers with leases on one page", () => {
  test("get what exact buckets give while the keys have room, never more than the limit", () => {
    for (let seed = 1; seed <= 60; seed++) {
      runWorkers({ seed, keys: 1 + (seed % 5), steps: 2000, isExact: true });
    }
  });

  test("never get more than a bucket of each key would give, however many keys there are", () => {
    let evicted = 0;
    for (let seed = 1; seed <= 60; seed++) {
      evicted += runWorkers({ seed, keys: 20 * (1 + (seed % 8)), steps: 2000, isExact: false });
    }
    expect(evicted).toBeGreaterThan(1000);
  });
});
