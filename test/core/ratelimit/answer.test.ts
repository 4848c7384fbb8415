import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import { TOKEN } from "../../support/ideal_bucket.ts";
import { parseRateLimitField } from "../../support/structured_list.ts";
import {
  ceilDivide,
  NEVER,
  newLimit,
  newText,
  PERIODS,
  type RateLimitExports,
  u64,
} from "./exports.ts";

const probe = await loadCore<RateLimitExports>();
const { core } = probe;
const ITEM_MAX = Number(core.ITEM_BYTES_MAX.value);
const NAME_MAX = Number(core.RATE_LIMIT_NAME_BYTES_MAX.value);

beforeEach(() => {
  probe.reset();
});

function policy(name: string, capacity: number, count: number, period: number): string {
  const target = probe.room(ITEM_MAX);
  const limit = newLimit(probe, capacity, count, period);
  return probe.text(target, core.writePolicy(target, newText(probe, name), limit));
}

function state(name: string, remaining: number, until: bigint): string {
  const target = probe.room(ITEM_MAX);
  return probe.text(target, core.writeState(target, newText(probe, name), remaining, until));
}

/** Every character that a name may have (RFC 9110 §5.6.2). */
const TCHARS = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl";
const TOKENS_MAX = Number(core.RATE_LIMIT_TOKENS_MAX.value);

describe("RateLimit-Policy", () => {
  const cases: [capacity: number, count: number, period: number, text: string][] = [
    [100, 50, 0, '"n";q=100;w=2'],
    [100, 60, 0, '"n";q=100;w=2'],
    [1, 1, 3, '"n";q=1;w=86400'],
    [100_000_000, 1, 3, '"n";q=100000000;w=8640000000000'],
    [5, 0, 0, '"n";q=5'],
    [0, 5, 0, '"n";q=0'],
    [0, 0, 0, '"n";q=0'],
  ];
  test.each(cases)("%i tokens, %i in period %i: %s", (capacity, count, period, text) => {
    expect(policy("n", capacity, count, period)).toBe(text);
  });

  test.each([
    [TOKENS_MAX, 1, 3],
    [TOKENS_MAX, TOKENS_MAX, 0],
    [1, TOKENS_MAX, 0],
    [0, 0, 3],
  ])("%i tokens, %i in period %i: what a reader of the draft finds", (capacity, count, period) => {
    const [item, ...others] = parseRateLimitField(
      "ratelimit-policy",
      policy(TCHARS, capacity, count, period),
    );
    expect(others).toEqual([]);
    expect(item?.name).toBe(TCHARS);
    expect(item?.parameters["q"]).toBe(capacity);
    const seconds = BigInt(capacity) * (PERIODS[period] ?? 0n);
    const wanted = count === 0 ? 0n : ceilDivide(seconds, BigInt(count) * 1_000_000n);
    expect(item?.parameters["w"]).toBe(wanted === 0n ? undefined : Number(wanted));
  });
});

describe("RateLimit", () => {
  test("counts whole tokens and says when there is more", () => {
    expect(state("per-workload", 50, 1n)).toBe('"per-workload";r=50;t=1');
    expect(state("n", 0, 86400n)).toBe('"n";r=0;t=86400');
  });

  test("says no time when there is nothing to wait for, or no end of it", () => {
    expect(state("n", 100, 0n)).toBe('"n";r=100');
    expect(state("n", 0, NEVER)).toBe('"n";r=0');
  });

  test("the longest item fits its room", () => {
    expect(state("n".repeat(NAME_MAX), 0xffffffff, NEVER - 1n).length).toBeLessThanOrEqual(
      ITEM_MAX,
    );
  });

  test("is what a reader of the draft finds, whatever characters the name has", () => {
    expect(parseRateLimitField("ratelimit", state(TCHARS, TOKENS_MAX, 86_400n))).toEqual([
      { name: TCHARS, parameters: { r: TOKENS_MAX, t: 86_400 } },
    ]);
  });

  test("the time to the next token is rounded up, 0 when full, none when it never comes", () => {
    const limit = newLimit(probe, 3, 2, 1);
    const token = TOKEN;
    const until = (level: bigint): bigint => u64(core.secondsUntilMore(limit, level));
    expect(until(0n)).toBe(30n);
    expect(until(1n)).toBe(30n);
    expect(until(token - 1n)).toBe(1n);
    expect(until(token)).toBe(30n);
    expect(until(3n * token - 1n)).toBe(1n);
    expect(until(3n * token)).toBe(0n);
    expect(u64(core.secondsUntilMore(newLimit(probe, 3, 0, 1), 0n))).toBe(NEVER);
  });
});
