import { describe, expect, test } from "vitest";

import { loadCore, type CoreProbe } from "../../support/core_probe.ts";
import { seededRandom } from "../../support/random.ts";
import { IdealBucket, TOKEN } from "../../support/ideal_bucket.ts";
import { newLimit, type RateLimitExports } from "./exports.ts";

const SECOND = 1_000_000;
const SET_BUCKETS = 32;

interface Taken {
  admitted: boolean;
  evicted: boolean;
  level: bigint;
}

interface Question {
  key: bigint;
  cost: number;
  now: number;
}

/** One limit of a VM's own store. */
class Local {
  readonly probe: CoreProbe<RateLimitExports>;
  readonly name: bigint;
  readonly limit: number;
  readonly out: number;

  constructor(
    probe: CoreProbe<RateLimitExports>,
    name: number,
    [capacity, count, period]: [capacity: number, count: number, period: number],
  ) {
    this.probe = probe;
    this.name = BigInt(name);
    this.limit = newLimit(probe, capacity, count, period);
    this.out = probe.room(16);
  }

  take({ key, cost, now }: Question): Taken {
    this.probe.core.takeFromPool(this.limit, this.name, key, cost, BigInt(now), this.out);
    const view = this.probe.view();
    return {
      level: view.getBigUint64(this.out, true),
      admitted: view.getUint8(this.out + 8) === 1,
      evicted: view.getUint8(this.out + 9) === 1,
    };
  }

  putBack({ key, cost, now }: Question): void {
    this.probe.core.putBackInPool(this.limit, key, cost, BigInt(now));
  }
}

const load = (): Promise<CoreProbe<RateLimitExports>> => loadCore<RateLimitExports>();
/** Keys of one set: its number is in bits 16 to 25. */
const inOneSet = (index: number): bigint => (BigInt(index + 1) << 32n) | 7n;

describe("a VM's own store", () => {
  test("admits exactly the capacity, refills, and gives back what was not used", async () => {
    const local = new Local(await load(), 1, [5, 1, 0]);
    const key = 99n;
    const burst = Array.from({ length: 9 }, () => local.take({ key, cost: 1, now: 0 }).admitted);
    expect(burst.filter(Boolean)).toHaveLength(5);
    expect(local.take({ key, cost: 0, now: 0 })).toMatchObject({ admitted: true, level: 0n });
    local.putBack({ key, cost: 2, now: 0 });
    expect(local.take({ key, cost: 0, now: SECOND }).level).toBe(3n * TOKEN);
    local.putBack({ key, cost: 0xffffffff, now: SECOND });
    expect(local.take({ key, cost: 0, now: SECOND }).level).toBe(5n * TOKEN);
  });

  test("refuses looks at capacity 0, and costs above the capacity", async () => {
    const probe = await load();
    const none = new Local(probe, 1, [0, 5, 0]);
    expect(none.take({ key: 1n, cost: 0, now: 1 }).admitted).toBe(false);
    const some = new Local(probe, 2, [5, 5, 0]);
    expect(some.take({ key: 1n, cost: 6, now: 1 })).toMatchObject({ admitted: false });
  });

  test("keeps buckets when the limit of a name is made anew", async () => {
    const probe = await load();
    new Local(probe, 1, [5, 0, 0]).take({ key: 9n, cost: 4, now: 0 });
    expect(new Local(probe, 1, [3, 0, 0]).take({ key: 9n, cost: 0, now: 0 }).level).toBe(TOKEN);
    expect(new Local(probe, 1, [9, 0, 0]).take({ key: 8n, cost: 0, now: 0 }).level).toBe(
      9n * TOKEN,
    );
  });

  test("holds so many buckets without forgetting one", async () => {
    const probe = await load();
    const local = new Local(probe, 1, [1, 0, 0]);
    const count = Number(probe.core.POOL_SLOTS.value);
    const keyOf = (i: number): bigint => (BigInt(i >> 10) << 32n) | (BigInt(i & 1023) << 16n) | 1n;
    for (let i = 0; i < count; i++) {
      const { admitted, evicted } = local.take({ key: keyOf(i), cost: 1, now: 0 });
      if (!admitted || evicted) throw new Error(`bucket ${String(i)} found no room`);
    }
    for (let i = 0; i < count; i += 97) {
      expect(local.take({ key: keyOf(i), cost: 1, now: 0 }).admitted).toBe(false);
    }
  });

  test("gives the slot of a full bucket away, else of the one that owes least", async () => {
    const probe = await load();
    const slow = new Local(probe, 1, [100, 1, 3]);
    const quick = new Local(probe, 2, [10, 10, 0]);
    for (let i = 0; i < SET_BUCKETS; i++) {
      const of = i < 16 ? slow : quick;
      of.take({ key: inOneSet(i), cost: i === 3 ? 2 : 5, now: 0 });
    }
    expect(quick.take({ key: inOneSet(40), cost: 1, now: 0 }).evicted).toBe(true);
    // The slow limit remembers that one of its keys had two tokens less; the other does not.
    expect(slow.take({ key: inOneSet(41), cost: 0, now: 0 }).level).toBe(98n * TOKEN);
    expect(slow.take({ key: inOneSet(3), cost: 0, now: 0 }).level).toBe(98n * TOKEN);
    expect(quick.take({ key: inOneSet(42), cost: 0, now: 0 }).level).toBe(10n * TOKEN);
    // Now buckets of the quick limit are full again.
    expect(slow.take({ key: inOneSet(43), cost: 1, now: SECOND }).evicted).toBe(false);
  });

  test("never gives a key more than its limit, whatever else is kept there", async () => {
    for (let seed = 1; seed <= 25; seed++) {
      const probe = await load();
      const random = seededRandom(seed);
      const shapes: [number, number, number][] = [
        [3, 1, 0],
        [50, 20, 1],
        [2, 0, 0],
        [1000, 1000, 0],
      ];
      const locals = shapes.map((shape, i) => new Local(probe, i + 1, shape));
      const ideal = new Map<string, IdealBucket>();
      let now = 0;
      for (let i = 0; i < 4000; i++) {
        now += random.below(60_000);
        const limit = random.below(shapes.length);
        const [local, shape] = [locals[limit], shapes[limit]];
        if (local === undefined || shape === undefined) throw new Error("no such limit");
        const key = inOneSet(limit * 1000 + random.below(30));
        const bucket = ideal.get(String(key)) ?? new IdealBucket(...shape);
        ideal.set(String(key), bucket);
        const cost = random.below(4);
        const taken = local.take({ key, cost, now });
        expect(taken.level).toBeLessThanOrEqual(bucket.levelAt(BigInt(now)));
        if (taken.admitted) expect(bucket.take(cost, BigInt(now))).toBe(true);
        if (!taken.admitted || random.below(5) > 0) continue;
        bucket.putBack(cost);
        local.putBack({ key, cost, now });
      }
    }
  });

  test("starts empty for a name that takes the place of another's", async () => {
    const probe = await load();
    const rows = Number(probe.core.POOL_ROWS.value);
    const full = 5n * TOKEN;
    const key = 77n;
    const shape: [number, number, number] = [5, 1, 0];
    const first = new Local(probe, 1, shape);
    first.take({ key, cost: 5, now: 0 });
    for (let name = 2; name <= rows; name++) {
      expect(new Local(probe, name, shape).take({ key: 1n, cost: 0, now: 0 }).level).toBe(full);
    }
    const late = new Local(probe, rows + 1, shape);
    expect(late.take({ key: 1n, cost: 0, now: 0 }).level).toBe(0n);
    expect(late.take({ key: 1n, cost: 0, now: 5 * SECOND }).level).toBe(full);
    // It took the oldest: that of the first, whose buckets in place are still there.
    expect(first.take({ key: 1n, cost: 0, now: SECOND }).level).toBe(0n);
    expect(first.take({ key, cost: 0, now: SECOND }).level).toBe(TOKEN);
  });
});
