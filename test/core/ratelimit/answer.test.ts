import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import { TOKEN } from "../../support/ideal_bucket.ts";
import { NEVER, newLimit, newText, type RateLimitExports } from "./exports.ts";

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

function state(name: string, level: bigint, until: bigint): string {
  const target = probe.room(ITEM_MAX);
  const limit = newLimit(probe, 100, 50, 0);
  return probe.text(target, core.writeState(target, newText(probe, name), limit, level, until));
}

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
});

describe("RateLimit", () => {
  test("counts whole tokens and says when there is more", () => {
    expect(state("per-workload", 51n * TOKEN - 1n, 1n)).toBe('"per-workload";r=50;t=1');
    expect(state("n", 0n, 86400n)).toBe('"n";r=0;t=86400');
  });

  test("says no time when there is nothing to wait for, or no end of it", () => {
    expect(state("n", 100n * TOKEN, 0n)).toBe('"n";r=100');
    expect(state("n", 0n, NEVER)).toBe('"n";r=0');
  });

  test("the longest item fits its room", () => {
    expect(state("n".repeat(NAME_MAX), 0n, NEVER - 1n).length).toBeLessThanOrEqual(ITEM_MAX);
  });
});
