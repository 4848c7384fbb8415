import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import {
  ceilDivide,
  LIMIT_SIZE,
  NEVER,
  newLimit,
  PERIODS,
  u64,
  type RateLimitExports,
} from "./exports.ts";

const probe = await loadCore<RateLimitExports>();
const { core } = probe;
const TOKENS_MAX = Number(core.RATE_LIMIT_TOKENS_MAX.value);
/** The largest time that a host's 64-bit nanoseconds can give. */
const TIME_MAX = NEVER / 1000n;

beforeEach(() => {
  probe.reset();
});

const limits = fc.record({
  capacity: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: TOKENS_MAX })),
  count: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: TOKENS_MAX })),
  period: fc.integer({ min: 0, max: 3 }),
});
const times = fc.oneof(fc.bigInt(0n, 1n << 24n), fc.bigInt(0n, TIME_MAX));

describe("a limit", () => {
  test("is refused above the largest number of tokens", () => {
    const limit = probe.room(LIMIT_SIZE);
    expect(core.setLimit(limit, TOKENS_MAX, TOKENS_MAX, 3)).toBe(1);
    expect(core.setLimit(limit, TOKENS_MAX + 1, 1, 0)).toBe(0);
    expect(core.setLimit(limit, 1, TOKENS_MAX + 1, 0)).toBe(0);
    expect(core.setLimit(limit, 0, 0, 0)).toBe(1);
  });

  test("the largest level stays below 2^63", () => {
    expect(BigInt(TOKENS_MAX) * PERIODS[3]).toBeLessThan(1n << 63n);
  });
});

describe("the level of a bucket", () => {
  test("equals exact arithmetic for any limit, level and times", () => {
    fc.assert(
      fc.property(
        limits,
        fc.bigInt(0n, NEVER),
        times,
        times,
        ({ capacity, count, period }, stored, updatedAt, now) => {
          probe.reset();
          const limit = newLimit(probe, capacity, count, period);
          const full = BigInt(capacity) * (PERIODS[period] ?? 0n);
          const start = stored < full ? stored : full;
          const elapsed = now > updatedAt ? now - updatedAt : 0n;
          const grown = start + elapsed * BigInt(count);
          const expected = grown < full ? grown : full;
          expect(u64(core.levelAt(limit, stored, updatedAt, now))).toBe(expected);
          expect(core.tokensOf(limit, expected)).toBe(Number(expected / (PERIODS[period] ?? 1n)));
        },
      ),
      { numRuns: 5000 },
    );
  });

  test("does not change when the clock goes back or stands still", () => {
    const limit = newLimit(probe, 10, 5, 0);
    expect(core.levelAt(limit, 3_000_000n, 1000n, 1000n)).toBe(3_000_000n);
    expect(core.levelAt(limit, 3_000_000n, 1000n, 0n)).toBe(3_000_000n);
  });

  test("is cut when the capacity has become smaller", () => {
    const limit = newLimit(probe, 2, 1, 0);
    expect(core.levelAt(limit, 9_000_000n, 1000n, 0n)).toBe(2_000_000n);
  });

  test("never grows at rate 0", () => {
    const limit = newLimit(probe, 2, 0, 0);
    expect(core.levelAt(limit, 1n, 0n, TIME_MAX)).toBe(1n);
  });
});

describe("waiting", () => {
  test("equals exact arithmetic for any limit and levels", () => {
    fc.assert(
      fc.property(
        limits,
        fc.bigInt(0n, 1n << 57n),
        fc.bigInt(0n, 1n << 57n),
        ({ capacity, count, period }, level, needed) => {
          probe.reset();
          const limit = newLimit(probe, capacity, count, period);
          const full = BigInt(capacity) * (PERIODS[period] ?? 0n);
          const never = needed > full || count === 0;
          const missing = needed - level;
          const expected =
            missing <= 0n ? 0n : never ? NEVER : ceilDivide(missing, BigInt(count) * 1_000_000n);
          expect(u64(core.secondsUntil(limit, level, needed))).toBe(expected);
        },
      ),
      { numRuns: 3000 },
    );
  });

  const windows: [string, capacity: number, count: number, period: number, seconds: bigint][] = [
    ["100 at 50/s", 100, 50, 0, 2n],
    ["100 at 60/s, rounded up", 100, 60, 0, 2n],
    ["1 at 1/d", 1, 1, 3, 86400n],
    ["the slowest", TOKENS_MAX, 1, 3, 86_400_000_000n],
    ["rate 0", 5, 0, 0, NEVER],
    ["capacity 0", 0, 5, 0, 0n],
  ];
  test.each(windows)("the window of %s", (_name, capacity, count, period, seconds) => {
    expect(u64(core.windowSeconds(newLimit(probe, capacity, count, period)))).toBe(seconds);
  });

  test("until one token more", () => {
    const limit = newLimit(probe, 3, 1, 1);
    expect(core.secondsUntilMore(limit, 0n)).toBe(60n);
    expect(core.secondsUntilMore(limit, 59_000_001n)).toBe(1n);
    expect(core.secondsUntilMore(limit, 60_000_000n)).toBe(60n);
    expect(core.secondsUntilMore(limit, 180_000_000n)).toBe(0n);
    expect(u64(core.secondsUntilMore(newLimit(probe, 3, 0, 1), 0n))).toBe(NEVER);
  });
});
