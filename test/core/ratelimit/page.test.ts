import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import { IdealBucket, TOKEN } from "../../support/ideal_bucket.ts";
import { EPOCH, NEVER, type RateLimitExports } from "./exports.ts";
import { Page } from "./page_view.ts";

const probe = await loadCore<RateLimitExports>();
const PAGE_BYTES = Number(probe.core.PAGE_BYTES.value);
const SLOTS = 31;
const TOKENS_MAX = Number(probe.core.RATE_LIMIT_TOKENS_MAX.value);
const SECOND = 1_000_000;
const newPage = (capacity: number, count: number, period = 0): Page =>
  new Page(probe, capacity, count, period);

beforeEach(() => {
  probe.reset();
});

describe("a page", () => {
  test("has the layout of the drawing", () => {
    const page = newPage(800, 50, 1);
    page.take({ key: 0x1122334455667788n, cost: 1, now: 7, wanted: 9 });
    expect(PAGE_BYTES).toBe(1024);
    expect(probe.text(page.ptr, 4)).toBe("SPRL");
    expect([...probe.bytes(page.ptr + 4, 4)]).toEqual([2, 32, 0, 0]);
    expect(page.slot(0).level).toBe(NEVER);
    expect(page.slot(1)).toEqual({
      key: 0x1122334455667788n,
      level: 790n * TOKEN,
      updatedAt: 7n,
      now: 9,
      before: 0,
    });
    page.take({ key: 0x1122334455667788n, cost: 1, now: EPOCH, wanted: 2 });
    expect(page.slot(1)).toMatchObject({ now: 2, before: 9 });
    expect(probe.bytes(page.ptr + PAGE_BYTES, 16).every((byte) => byte === 0)).toBe(true);
  });

  test("is known by its size, magic, version and number of slots", () => {
    const page = newPage(100, 50);
    for (let length = 0; length < PAGE_BYTES + 16; length++) {
      expect(page.isPage(length)).toBe(length === PAGE_BYTES);
    }
    for (let offset = 0; offset < 8; offset++) {
      const view = probe.view();
      const byte = view.getUint8(page.ptr + offset);
      for (let change = 1; change < 256; change++) {
        view.setUint8(page.ptr + offset, byte ^ change);
        expect(page.isPage()).toBe(false);
      }
      view.setUint8(page.ptr + offset, byte);
    }
    expect(page.isPage()).toBe(true);
  });

  test("of random bytes behind a good head never lets a bucket hold more than the capacity", () => {
    const numbers = fc.nat({ max: 0xffffffff });
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: PAGE_BYTES - 8, maxLength: PAGE_BYTES - 8 }),
        fc.boolean(),
        fc.bigInt(0n, NEVER / 1000n),
        fc.tuple(numbers, numbers, numbers, numbers),
        (bytes, knowsKey, now, [cost, wanted, grant, rest]) => {
          probe.reset();
          const page = newPage(TOKENS_MAX, TOKENS_MAX, 0);
          new Uint8Array(probe.view().buffer).set(bytes, page.ptr + 8);
          const key = knowsKey ? page.slot(5).key : 99n;
          const returned = { epoch: (now >> 19n) - 1n, grant, rest };
          const taken = page.take({ key: key === 0n ? 1n : key, cost, wanted, now, returned });
          expect(taken.level).toBeLessThanOrEqual(BigInt(TOKENS_MAX) * TOKEN);
          expect(taken.lease.grant).toBeLessThanOrEqual(TOKENS_MAX);
          if (cost > TOKENS_MAX) expect(taken.admitted).toBe(false);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("taking", () => {
  test("admits exactly the capacity of a burst", () => {
    const page = newPage(100, 50);
    const admitted = Array.from({ length: 500 }, () => page.take({ key: 7, cost: 1, now: 5 }));
    expect(admitted.filter((each) => each.admitted)).toHaveLength(100);
    expect(admitted.findIndex((each) => !each.admitted)).toBe(100);
  });

  test("a refusal and a look change nothing", () => {
    const page = newPage(2, 1);
    page.take({ key: 7, cost: 2, now: 5 });
    const before = page.hex();
    expect(page.take({ key: 7, cost: 1, now: 6 })).toMatchObject({
      admitted: false,
      changed: false,
    });
    expect(page.take({ key: 7, now: 7 })).toMatchObject({ admitted: true, changed: false });
    expect(page.take({ key: 8, cost: 3, now: 7 })).toMatchObject({ admitted: false });
    expect(page.take({ key: 8, now: 7 })).toMatchObject({ admitted: true, level: 2n * TOKEN });
    expect(page.hex()).toBe(before);
  });

  test("capacity 0 admits nothing, rate 0 one burst for ever", () => {
    const none = newPage(0, 5);
    expect(none.take({ key: 1, cost: 1, now: 1 << 30 }).admitted).toBe(false);
    expect(none.take({ key: 1, now: 1 << 30 }).admitted).toBe(false);
    const once = newPage(3, 0);
    const later = [0, 1, 2, 3, 4].map(
      (n) => once.take({ key: 1, cost: 1, now: n * 86_400_000_000 }).admitted,
    );
    expect(later).toEqual([true, true, true, false, false]);
  });

  test("a cost above the capacity is never admitted, whatever its size", () => {
    const page = newPage(TOKENS_MAX, TOKENS_MAX, 3);
    for (const cost of [TOKENS_MAX + 1, 213_503_983, 0x7fffffff, 0xffffffff]) {
      expect(page.take({ key: 1, cost, now: 0 })).toMatchObject({
        admitted: false,
        changed: false,
      });
    }
    expect(page.take({ key: 1, cost: TOKENS_MAX, now: 0 }).admitted).toBe(true);
  });

  test("time counts once when the clock goes back and forth", () => {
    const page = newPage(10, 1);
    const takes: [cost: number, seconds: number][] = [
      [10, 10],
      [1, 11],
      [1, 1],
      [1, 11],
      [1, 12],
    ];
    const admitted = takes.map(
      ([cost, seconds]) => page.take({ key: 1, cost, now: seconds * SECOND }).admitted,
    );
    expect(admitted).toEqual([true, true, false, false, true]);
  });

  test("keeps a bucket whose limit changes, and cuts it to a smaller capacity", () => {
    const page = newPage(10, 1, 0);
    page.take({ key: 1, cost: 2, now: 0 });
    page.limit = newPage(5, 1, 3).limit;
    expect(page.take({ key: 1, now: 0 }).level).toBe(5n * TOKEN);
    page.limit = newPage(1000, 0, 1).limit;
    expect(page.take({ key: 1, now: 0 }).level).toBe(8n * TOKEN);
    expect(page.take({ key: 2, now: 0 }).level).toBe(1000n * TOKEN);
  });

  test("equals exact buckets while the keys have room, whatever the clock does", () => {
    const step = fc.record({
      key: fc.integer({ min: 1, max: SLOTS }),
      cost: fc.integer({ min: 0, max: 4 }),
      clock: fc.integer({ min: -3_000_000, max: 3_000_000 }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 1 }),
        fc.array(step, { maxLength: 120 }),
        (capacity, count, period, steps) => {
          probe.reset();
          const page = newPage(capacity, count, period);
          const ideal = new Map<number, IdealBucket>();
          let now = 10_000_000;
          for (const { key, cost, clock } of steps) {
            now = Math.max(0, now + clock);
            const bucket = ideal.get(key) ?? new IdealBucket(capacity, count, period);
            ideal.set(key, bucket);
            const expected = bucket.take(cost, BigInt(now));
            const taken = page.take({ key, cost, now });
            expect(taken.admitted).toBe(expected);
            expect(taken.level).toBe(bucket.levelAt(BigInt(now)));
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("a lease", () => {
  test("is what is wanted, at most an eighth of the level", () => {
    const page = newPage(800, 0);
    expect(page.take({ key: 1, cost: 1, now: 0, wanted: 5 }).lease).toEqual({
      epoch: 0n,
      grant: 5,
      rest: 5,
    });
    expect(page.take({ key: 1, cost: 2, now: 0, wanted: 500 }).lease.grant).toBe(99);
    expect(newPage(8, 0).take({ key: 1, cost: 1, now: 0, wanted: 5 }).lease.grant).toBe(0);
  });

  test("comes back with the next take, its rest with it", () => {
    const page = newPage(800, 0);
    const { lease } = page.take({ key: 1, cost: 1, now: 0, wanted: 10 });
    lease.rest = 4;
    const next = page.take({ key: 1, cost: 5, now: EPOCH, wanted: 3, returned: lease });
    expect(next).toMatchObject({ admitted: true, lease: { grant: 3, epoch: 1n } });
    expect(page.slot(1)).toMatchObject({
      level: (800n - 1n - 6n - 5n - 3n) * TOKEN,
      now: 3,
      before: 0,
    });
  });

  test("stays where it is when a take is refused", () => {
    const page = newPage(80, 0);
    const { lease } = page.take({ key: 1, cost: 1, now: 0, wanted: 9 });
    page.take({ key: 1, cost: 70, now: 0 });
    const before = page.hex();
    const refused = page.take({ key: 1, cost: 11, now: 0, returned: lease });
    expect(refused).toMatchObject({ admitted: false, changed: false, level: 9n * TOKEN });
    expect(page.hex()).toBe(before);
  });

  test("is forgotten at the end of the epoch after its own, and lost when it comes later", () => {
    const page = newPage(800, 0);
    const { lease } = page.take({ key: 1, cost: 1, now: 5, wanted: 9 });
    expect(page.putLeaseBack(1, lease, 2n * EPOCH)).toBe(false);
    page.take({ key: 1, cost: 1, now: 2n * EPOCH, returned: lease });
    expect(page.slot(1)).toMatchObject({ level: 789n * TOKEN, now: 0, before: 0 });
  });

  test("keeps its room from being refilled until it is forgotten", () => {
    const page = newPage(800, 8, 0);
    page.take({ key: 1, cost: 1, now: EPOCH - 1n, wanted: 80 });
    const level = (now: bigint): bigint => page.take({ key: 1, now }).level;
    expect(level(2n * EPOCH)).toBe(720n * TOKEN);
    expect(level(2n * EPOCH + 10n)).toBe(720n * TOKEN + 10n * 8n * 86_400n);
  });

  test("is not given in an epoch that the worker's clock has not reached", () => {
    const page = newPage(800, 8, 0);
    page.take({ key: 1, cost: 1, now: EPOCH });
    expect(page.take({ key: 1, cost: 1, now: EPOCH - 1n, wanted: 9 }).lease.grant).toBe(0);
    expect(page.take({ key: 1, cost: 1, now: EPOCH, wanted: 9 }).lease.grant).toBe(9);
  });
});

describe("a crowded page", () => {
  test("gives a full bucket's slot away and remembers that it was full", () => {
    const page = newPage(2, 1);
    for (let key = 1; key <= SLOTS; key++) page.take({ key, cost: key === 9 ? 1 : 2, now: 0 });
    const taken = page.take({ key: 100, cost: 1, now: SECOND });
    expect(taken).toMatchObject({ admitted: true, evicted: false, level: TOKEN });
    expect(page.slot(9).key).toBe(100n);
    expect(page.slot(0)).toMatchObject({ level: 2n * TOKEN, updatedAt: BigInt(SECOND) });
  });

  test("gives the slot away that has most, and one that comes back has what it had", () => {
    const page = newPage(3, 1, 3);
    for (let key = 1; key <= SLOTS; key++) page.take({ key, cost: key === 9 ? 2 : 3, now: 0 });
    // The first newcomer has a full bucket, as nothing was forgotten before it.
    expect(page.take({ key: 100, cost: 3, now: 0 })).toMatchObject({
      admitted: true,
      evicted: true,
    });
    expect(page.slot(0).level).toBe(TOKEN);
    expect(page.take({ key: 9, cost: 2, now: 0 })).toMatchObject({ admitted: false, level: TOKEN });
    expect(page.take({ key: 9, cost: 1, now: 0 })).toMatchObject({ admitted: true, evicted: true });
    expect(page.slot(0).level).toBe(0n);
  });

  test("does not count time twice for a newcomer whose clock reading is old", () => {
    const page = newPage(2, 1);
    const late = 100 * SECOND;
    for (let key = 1; key <= SLOTS; key++) page.take({ key, cost: key === 9 ? 1 : 2, now: late });
    expect(page.take({ key: 50, cost: 2, now: late / 2 }).evicted).toBe(true);
    expect(page.slot(0)).toMatchObject({ level: TOKEN, updatedAt: BigInt(late) });
    expect(page.take({ key: 9, now: late }).level).toBe(TOKEN);
  });

  test("takes nothing from keys that have a slot, and keeps those that owe most", () => {
    const page = newPage(50, 1, 3);
    page.take({ key: 1, cost: 50, now: 0 });
    for (let key = 2; key <= 1000; key++) page.take({ key, cost: 1, now: key });
    expect(page.slot(1).key).toBe(1n);
    expect(page.take({ key: 1, cost: 1, now: 3000 }).admitted).toBe(false);
  });

  test("newcomers start with the leases of those that left", () => {
    const page = newPage(640, 1, 3);
    for (let key = 1; key <= SLOTS; key++) page.take({ key, cost: 40, wanted: 10, now: 0 });
    page.take({ key: 50, cost: 40, wanted: 0, now: 0 });
    expect(page.slot(0)).toMatchObject({ level: 590n * TOKEN, now: 10 });
    expect(page.take({ key: 51, now: 0 }).level).toBe(590n * TOKEN);
    // Once they are forgotten, the room is there to be refilled.
    page.limit = newPage(640, 1000).limit;
    expect(page.take({ key: 51, now: EPOCH }).level).toBe(630n * TOKEN);
    expect(page.take({ key: 51, now: 4n * EPOCH }).level).toBe(640n * TOKEN);
  });
});

describe("putting back", () => {
  test("restores the bucket it came from", () => {
    const page = newPage(5, 1);
    page.take({ key: 1, cost: 2, now: 9 });
    const before = page.hex();
    page.take({ key: 1, cost: 3, now: 9 });
    expect(page.putBack(1, 3, 9)).toBe(true);
    expect(page.hex()).toBe(before);
  });

  test("gives nothing for the room that the bucket grew into meanwhile", () => {
    const page = newPage(10, 1);
    page.take({ key: 1, cost: 5, now: 0 });
    // Another worker brings it to the capacity, and takes all of it.
    const { level } = page.take({ key: 1, cost: 0, now: 3_000_000 });
    expect(page.take({ key: 1, cost: Number(level / TOKEN), now: 3_000_000 }).level).toBe(0n);
    expect(page.putBack(1, 5, 0)).toBe(true);
    // A bucket of which the five had not been taken would have had two of them more.
    expect(page.take({ key: 1, now: 3_000_000 }).level).toBe(2n * TOKEN);
    expect(page.putBack(1, 2, 0)).toBe(true);
    expect(page.take({ key: 1, now: 3_000_000 }).level).toBe(2n * TOKEN);
  });

  test("never gives more than the capacity less what is leased, twice or not", () => {
    const page = newPage(80, 1);
    page.take({ key: 1, cost: 1, now: 0, wanted: 5 });
    page.putBack(1, 2, 0);
    page.putBack(1, 2, 0);
    expect(page.take({ key: 1, now: 0 }).level).toBe(75n * TOKEN);
  });

  test("does nothing for a key without a slot, no cost or an impossible one", () => {
    const page = newPage(2, 1);
    page.take({ key: 1, cost: 1, now: 0 });
    const before = page.hex();
    expect(page.putBack(2, 1, 0)).toBe(false);
    expect(page.putBack(1, 0, 0)).toBe(false);
    expect(page.putBack(1, 0xffffffff, 0)).toBe(false);
    expect(page.putLeaseBack(2, { epoch: 0n, grant: 1, rest: 1 }, 0)).toBe(false);
    expect(page.putLeaseBack(1, { epoch: 0n, grant: 0, rest: 0 }, 0)).toBe(false);
    expect(page.hex()).toBe(before);
  });
});
