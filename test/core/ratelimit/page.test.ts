import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import { IdealBucket, newLimit, u64, type RateLimitExports } from "./exports.ts";

const probe = await loadCore<RateLimitExports>();
const { core } = probe;
const PAGE_BYTES = Number(core.PAGE_BYTES.value);
const BUCKETS = Number(core.RATE_LIMIT_PAGE_BUCKETS.value);
const OVERFLOW = Number(core.OVERFLOW.value);
const TAKEN_BYTES = 16;

beforeEach(() => {
  probe.reset();
});

interface Taken {
  admitted: boolean;
  changed: boolean;
  bucket: number;
  level: bigint;
}

class Page {
  readonly limit: number;
  readonly ptr: number;
  readonly out: number;

  constructor(capacity: number, count: number, period: number) {
    this.limit = newLimit(probe, capacity, count, period);
    this.ptr = probe.room(PAGE_BYTES + 16);
    this.out = probe.room(TAKEN_BYTES);
    core.writeEmptyPage(this.ptr, this.limit);
  }

  take(key: number | bigint, cost: number, now: number | bigint): Taken {
    core.take(this.ptr, BigInt(key), cost, this.limit, BigInt(now), this.out);
    const view = probe.view();
    return {
      level: view.getBigUint64(this.out, true),
      bucket: view.getUint32(this.out + 8, true),
      admitted: view.getUint8(this.out + 12) === 1,
      changed: view.getUint8(this.out + 13) === 1,
    };
  }

  putBack(key: number, bucket: number, cost: number): boolean {
    return core.putBack(this.ptr, BigInt(key), bucket, cost, this.limit) === 1;
  }

  bytes(): string {
    return Buffer.from(probe.bytes(this.ptr, PAGE_BYTES)).toString("hex");
  }

  isPage(length = PAGE_BYTES): boolean {
    return core.isPage(this.ptr, length, this.limit) === 1;
  }
}

describe("a page", () => {
  test("has the layout of the drawing", () => {
    const page = new Page(100, 50, 1);
    page.take(0x1122334455667788n, 1, 7);
    const view = probe.view();
    expect(PAGE_BYTES).toBe(24 + BUCKETS * 24);
    expect(probe.text(page.ptr, 4)).toBe("SPRL");
    expect([...probe.bytes(page.ptr + 4, 4)]).toEqual([1, 1, BUCKETS, 0]);
    expect(view.getBigUint64(page.ptr + 8, true)).toBe(6_000_000_000n);
    expect(view.getBigUint64(page.ptr + 24, true)).toBe(0x1122334455667788n);
    expect(view.getBigUint64(page.ptr + 32, true)).toBe(5_940_000_000n);
    expect(view.getBigUint64(page.ptr + 40, true)).toBe(7n);
    expect(probe.bytes(page.ptr + PAGE_BYTES, 16).every((byte) => byte === 0)).toBe(true);
  });

  test("is known by its size, magic, version, period and number of buckets", () => {
    const page = new Page(100, 50, 0);
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

  test("with any single byte changed is refused or used within the limit", () => {
    const page = new Page(3, 1, 0);
    for (let key = 1; key <= BUCKETS + 3; key++) page.take(key, 1, 1_000_000);
    const good = probe.bytes(page.ptr, PAGE_BYTES);
    let highest = 0n;
    for (let offset = 0; offset < PAGE_BYTES; offset++) {
      for (let change = 1; change < 256; change++) {
        new Uint8Array(probe.view().buffer).set(good, page.ptr);
        const view = probe.view();
        view.setUint8(page.ptr + offset, view.getUint8(page.ptr + offset) ^ change);
        if (!page.isPage()) continue;
        for (const key of [1, BUCKETS, BUCKETS + 2, BUCKETS + 9]) {
          const taken = page.take(key, 2, 1_500_000);
          if (taken.level > highest) highest = taken.level;
          page.putBack(key, taken.bucket, 2);
        }
      }
    }
    expect(highest).toBeLessThanOrEqual(3_000_000n);
  });

  test("of random bytes behind a good head never lets a bucket hold more than the capacity", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: PAGE_BYTES - 8, maxLength: PAGE_BYTES - 8 }),
        fc.bigInt(1n, (1n << 64n) - 1n),
        fc.bigInt(0n, (1n << 64n) / 1000n),
        fc.nat({ max: 0xffffffff }),
        (bytes, key, now, cost) => {
          probe.reset();
          const page = new Page(1_000_000, 1_000_000, 3);
          new Uint8Array(probe.view().buffer).set(bytes, page.ptr + 8);
          const taken = page.take(key, cost, now);
          expect(taken.level).toBeLessThanOrEqual(86_400_000_000_000_000n);
          if (cost > 1_000_000) expect(taken.admitted).toBe(false);
        },
      ),
    );
  });
});

describe("taking", () => {
  test("admits exactly the capacity of a burst", () => {
    const page = new Page(100, 50, 0);
    const admitted = Array.from({ length: 500 }, () => page.take(7, 1, 5).admitted);
    expect(admitted.filter(Boolean)).toHaveLength(100);
    expect(admitted.indexOf(false)).toBe(100);
  });

  test("a refusal and a look change nothing", () => {
    const page = new Page(2, 1, 0);
    page.take(7, 2, 5);
    const before = page.bytes();
    expect(page.take(7, 1, 6)).toMatchObject({ admitted: false, changed: false });
    expect(page.take(7, 0, 7)).toMatchObject({ admitted: true, changed: false });
    expect(page.take(8, 3, 7)).toMatchObject({ admitted: false, changed: false });
    expect(page.take(8, 0, 7)).toMatchObject({ admitted: true, level: 2_000_000n });
    expect(page.bytes()).toBe(before);
  });

  test("capacity 0 admits only a look, rate 0 one burst for ever", () => {
    const none = new Page(0, 5, 0);
    expect(none.take(1, 1, 1 << 30).admitted).toBe(false);
    expect(none.take(1, 0, 1 << 30).admitted).toBe(true);
    const once = new Page(3, 0, 0);
    const later = [0, 1, 2, 3, 4].map((n) => once.take(1, 1, n * 86_400_000_000).admitted);
    expect(later).toEqual([true, true, true, false, false]);
  });

  test("a cost above the capacity is never admitted, whatever its size", () => {
    const page = new Page(1_000_000, 1_000_000, 3);
    for (const cost of [1_000_001, 213_503_983, 0x7fffffff, 0xffffffff]) {
      expect(page.take(1, cost, 0)).toMatchObject({ admitted: false, changed: false });
    }
    expect(page.take(1, 1_000_000, 0).admitted).toBe(true);
  });

  test("time counts once when the clock goes back and forth", () => {
    const page = new Page(10, 1, 0);
    expect(page.take(1, 10, 10_000_000).admitted).toBe(true);
    expect(page.take(1, 1, 11_000_000).admitted).toBe(true);
    expect(page.take(1, 1, 1_000_000).admitted).toBe(false);
    expect(page.take(1, 1, 11_000_000).admitted).toBe(false);
    expect(page.take(1, 1, 12_000_000).admitted).toBe(true);
  });

  test("the sixteenth key shares the overflow bucket with all that follow", () => {
    const page = new Page(2, 1, 0);
    for (let key = 1; key <= BUCKETS; key++) {
      expect(page.take(key, 1, 0)).toMatchObject({ admitted: true, bucket: key - 1 });
    }
    expect(page.take(100, 1, 0)).toMatchObject({ admitted: true, bucket: OVERFLOW });
    expect(page.take(200, 1, 0)).toMatchObject({ admitted: true, bucket: OVERFLOW });
    expect(page.take(100, 1, 0)).toMatchObject({ admitted: false, bucket: OVERFLOW });
    expect(page.take(300, 1, 0)).toMatchObject({ admitted: false, bucket: OVERFLOW });
    expect(page.take(1, 1, 0)).toMatchObject({ admitted: true, bucket: 0 });
  });

  test("a full bucket goes to another key, at the level of the overflow bucket", () => {
    const page = new Page(2, 1, 0);
    page.take(1, 1, 0);
    for (let key = 2; key <= BUCKETS; key++) page.take(key, 2, 0);
    page.take(100, 2, 0);
    // At one second key 1 is full again; the overflow bucket has one token.
    expect(page.take(100, 1, 1_000_000)).toMatchObject({ admitted: true, bucket: 0, level: 0n });
    expect(page.take(100, 1, 1_000_000).admitted).toBe(false);
  });

  test("equals exact buckets while the keys have room, whatever the clock does", () => {
    const step = fc.record({
      key: fc.integer({ min: 1, max: BUCKETS }),
      cost: fc.integer({ min: 0, max: 4 }),
      clock: fc.integer({ min: -3_000_000, max: 3_000_000 }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 0, max: 1 }),
        fc.array(step, { maxLength: 120 }),
        (capacity, count, period, steps) => {
          probe.reset();
          const page = new Page(capacity, count, period);
          const ideal = new Map<number, IdealBucket>();
          let now = 10_000_000;
          for (const { key, cost, clock } of steps) {
            now = Math.max(0, now + clock);
            const bucket = ideal.get(key) ?? new IdealBucket(capacity, count, period);
            ideal.set(key, bucket);
            const expected = bucket.take(cost, BigInt(now));
            const taken = page.take(key, cost, now);
            expect(taken.admitted).toBe(expected);
            expect(u64(taken.level)).toBe(bucket.levelAt(BigInt(now)));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("never admits more than exact buckets would, however many keys there are", () => {
    const step = fc.record({
      key: fc.integer({ min: 1, max: 3 * BUCKETS }),
      cost: fc.integer({ min: 1, max: 3 }),
      elapsed: fc.integer({ min: 0, max: 40_000 }),
      putBack: fc.boolean(),
    });
    let crowded = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 40, maxLength: 200 }), (steps) => {
        probe.reset();
        const page = new Page(3, 1, 0);
        const ideal = new Map<number, IdealBucket>();
        let now = 0;
        for (const { key, cost, elapsed, putBack } of steps) {
          now += elapsed;
          const bucket = ideal.get(key) ?? new IdealBucket(3, 1, 0);
          ideal.set(key, bucket);
          const taken = page.take(key, cost, now);
          if (taken.bucket === OVERFLOW) crowded++;
          expect(taken.level).toBeLessThanOrEqual(bucket.levelAt(BigInt(now)));
          if (!taken.admitted) continue;
          expect(bucket.take(cost, BigInt(now))).toBe(true);
          if (!putBack) continue;
          bucket.putBack(cost);
          page.putBack(key, taken.bucket, cost);
        }
      }),
      { numRuns: 1000 },
    );
    expect(crowded).toBeGreaterThan(0);
  });
});

describe("putting back", () => {
  test("restores the bucket it came from", () => {
    const page = new Page(5, 1, 0);
    page.take(1, 2, 9);
    const before = page.bytes();
    const { bucket } = page.take(1, 3, 9);
    expect(page.putBack(1, bucket, 3)).toBe(true);
    expect(page.bytes()).toBe(before);
  });

  test("restores the overflow bucket", () => {
    const page = new Page(1, 0, 0);
    for (let key = 1; key <= BUCKETS; key++) page.take(key, 1, 0);
    const before = page.bytes();
    const { bucket } = page.take(99, 1, 0);
    expect(bucket).toBe(OVERFLOW);
    expect(page.take(98, 1, 0).admitted).toBe(false);
    expect(page.putBack(99, bucket, 1)).toBe(true);
    expect(page.bytes()).toBe(before);
  });

  test("never gives more than the capacity, twice or not", () => {
    const page = new Page(2, 1, 0);
    const { bucket } = page.take(1, 1, 0);
    page.putBack(1, bucket, 2);
    page.putBack(1, bucket, 2);
    expect(page.take(1, 0, 0).level).toBe(2_000_000n);
  });

  test("does nothing for another key's bucket, no cost or an impossible one", () => {
    const page = new Page(2, 1, 0);
    const { bucket } = page.take(1, 1, 0);
    const before = page.bytes();
    expect(page.putBack(2, bucket, 1)).toBe(false);
    expect(page.putBack(1, bucket, 0)).toBe(false);
    expect(page.putBack(1, bucket, 0xffffffff)).toBe(false);
    expect(page.bytes()).toBe(before);
  });
});
