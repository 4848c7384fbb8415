import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import { GAINS, TOKEN } from "../../support/ideal_bucket.ts";
import { ceilDivide, LIMIT_SIZE, NEVER, newLimit, u64, type RateLimitExports } from "./exports.ts";

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

  test("the largest level stays below 2^63, and so does what comes back in a second", () => {
    expect(BigInt(TOKENS_MAX) * TOKEN).toBeLessThan(1n << 63n);
    expect(BigInt(TOKENS_MAX) * GAINS[0] * 1_000_000n).toBeLessThan(1n << 63n);
  });

  const parts: [capacity: number, count: number, period: number, nodes: number, of: bigint[]][] = [
    [100, 50, 0, 4, [25n * TOKEN, 50n * 21_600n]],
    [7, 1, 1, 3, [2n * TOKEN, 480n]],
    [3, 1, 3, 1000, [TOKEN, 1n]],
    [0, 0, 0, 5, [0n, 0n]],
    [5, 0, 0, 1, [5n * TOKEN, 0n]],
    [0, 5, 2, 10, [0n, 12n]],
  ];
  test.each(parts)(
    "of %i at %i in period %i, a part of %i",
    (capacity, count, period, nodes, of) => {
      const part = probe.room(LIMIT_SIZE);
      core.setFraction(part, newLimit(probe, capacity, count, period), nodes);
      expect(core.levelAt(part, NEVER, 0n, 0n)).toBe(of[0]);
      if (capacity > 0) expect(core.levelAt(part, 0n, 0n, 1n)).toBe(of[1]);
    },
  );

  test("its parts are no more than the whole, unless they are the least there is", () => {
    fc.assert(
      fc.property(
        limits,
        fc.integer({ min: 1, max: 1000 }),
        ({ capacity, count, period }, nodes) => {
          probe.reset();
          const whole = newLimit(probe, capacity, count, period);
          const part = probe.room(LIMIT_SIZE);
          core.setFraction(part, whole, nodes);
          const level = u64(core.levelAt(part, NEVER, 0n, 0n));
          if (level > TOKEN)
            expect(level * BigInt(nodes)).toBeLessThanOrEqual(BigInt(capacity) * TOKEN);
          expect(level > 0n).toBe(capacity > 0);
          const gain = u64(core.levelAt(part, 0n, 0n, 1n));
          if (gain > 1n) {
            expect(gain * BigInt(nodes)).toBeLessThanOrEqual(BigInt(count) * (GAINS[period] ?? 0n));
          }
          if (capacity > 0) expect(gain > 0n).toBe(count > 0);
        },
      ),
    );
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
          const full = BigInt(capacity) * TOKEN;
          const start = stored < full ? stored : full;
          const elapsed = now > updatedAt ? now - updatedAt : 0n;
          const grown = start + elapsed * BigInt(count) * (GAINS[period] ?? 0n);
          const expected = grown < full ? grown : full;
          expect(u64(core.levelAt(limit, stored, updatedAt, now))).toBe(expected);
          expect(core.tokensOf(limit, expected)).toBe(Number(expected / TOKEN));
        },
      ),
      { numRuns: 5000 },
    );
  });

  test("does not change when the clock goes back or stands still", () => {
    const limit = newLimit(probe, 10, 5, 0);
    expect(core.levelAt(limit, 3n * TOKEN, 1000n, 1000n)).toBe(3n * TOKEN);
    expect(core.levelAt(limit, 3n * TOKEN, 1000n, 0n)).toBe(3n * TOKEN);
  });

  test("is cut when the capacity has become smaller", () => {
    const limit = newLimit(probe, 2, 1, 0);
    expect(core.levelAt(limit, 9n * TOKEN, 1000n, 0n)).toBe(2n * TOKEN);
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
        fc.bigInt(0n, 1n << 63n),
        fc.bigInt(0n, 1n << 63n),
        ({ capacity, count, period }, level, needed) => {
          probe.reset();
          const limit = newLimit(probe, capacity, count, period);
          const full = BigInt(capacity) * TOKEN;
          const perSecond = BigInt(count) * (GAINS[period] ?? 0n) * 1_000_000n;
          const never = needed > full || count === 0;
          const missing = needed - level;
          const expected = missing <= 0n ? 0n : never ? NEVER : ceilDivide(missing, perSecond);
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
    ["the slowest", TOKENS_MAX, 1, 3, 8_640_000_000_000n],
    ["rate 0", 5, 0, 0, NEVER],
    ["capacity 0", 0, 5, 0, 0n],
  ];
  test.each(windows)("the window of %s", (_name, capacity, count, period, seconds) => {
    expect(u64(core.windowSeconds(newLimit(probe, capacity, count, period)))).toBe(seconds);
  });

  test("until one token more", () => {
    const limit = newLimit(probe, 3, 1, 1);
    expect(core.secondsUntilMore(limit, 0n)).toBe(60n);
    expect(core.secondsUntilMore(limit, TOKEN - 1440n)).toBe(1n);
    expect(core.secondsUntilMore(limit, TOKEN)).toBe(60n);
    expect(core.secondsUntilMore(limit, 3n * TOKEN)).toBe(0n);
    expect(u64(core.secondsUntilMore(newLimit(probe, 3, 0, 1), 0n))).toBe(NEVER);
  });
});
