// Consistent probability sampling, against exact arithmetic over BigInt.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import { seededRandom } from "../../support/random.ts";

interface Exports {
  thresholdOf(ptr: number, len: number): bigint;
  readThreshold(ptr: number, len: number): bigint;
  readRandomness(ptr: number, len: number): bigint;
  writeThreshold(target: number, threshold: bigint): number;
  writeRandomness(target: number, randomness: bigint): void;
  reaches(randomness: bigint, threshold: bigint): number;
}

const probe = await loadCore<Exports>();
const WHOLE = 1n << 56n;
const NO_NUMBER = (1n << 64n) - 1n;

const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);

function thresholdOf(probability: string): bigint | null {
  probe.reset();
  const value = unsigned(probe.core.thresholdOf(probe.put(probability), probability.length));
  return value === NO_NUMBER ? null : value;
}

function digits(threshold: bigint): string {
  probe.reset();
  const target = probe.room(16);
  return probe.text(target, probe.core.writeThreshold(target, threshold));
}

function read(text: string, of: "readThreshold" | "readRandomness"): bigint | null {
  probe.reset();
  const value = unsigned(probe.core[of](probe.put(text), text.length));
  return value === NO_NUMBER ? null : value;
}

describe("the threshold of a probability", () => {
  const known: [probability: string, digits: string][] = [
    ["1", "0"],
    ["1.0", "0"],
    ["0.5", "8"],
    ["0.25", "c"],
    ["0.125", "e"],
    ["0.75", "4"],
    ["0.1", "e6666"],
    ["0.01", "fd70a4"],
    ["0.001", "ffbe76d"],
    ["0.3333333333", "aaaab"],
  ];
  test.each(known)("of %s is %s", (probability, expected) => {
    expect(digits(thresholdOf(probability) ?? 0n)).toBe(expected);
  });

  test("of nothing is reached by nothing", () => {
    const never = thresholdOf("0") ?? 0n;
    expect(never).toBe(WHOLE);
    expect(probe.core.reaches(WHOLE - 1n, never)).toBe(0);
    expect(thresholdOf("0.000000000000000000")).toBe(WHOLE);
  });

  test.each([
    "",
    ".",
    "1.",
    ".5",
    "1.1",
    "2",
    "00.1",
    "0,1",
    "-0",
    "1e-3",
    "0.1234567890123456789",
  ])("is none: %s", (text) => expect(thresholdOf(text)).toBeNull());

  test("is exact but for its last digit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 18 }), fc.bigInt(0n, 10n ** 18n), (places, number) => {
        const unit = 10n ** BigInt(places);
        const numerator = number % unit;
        const threshold = thresholdOf(`0.${numerator.toString().padStart(places, "0")}`) ?? 0n;
        const exact = WHOLE - (numerator * WHOLE) / unit;
        const text = digits(threshold);
        const shown = threshold >= WHOLE ? WHOLE : (read(text, "readThreshold") ?? 0n);
        const fs = /^f*/.exec(exact.toString(16).padStart(14, "0"))?.[0].length ?? 0;
        const last = 1n << BigInt(4 * Math.max(0, 14 - 5 - fs));
        const error = threshold > exact ? threshold - exact : exact - threshold;
        expect(error <= last).toBe(true);
        expect(threshold >= WHOLE || shown === threshold).toBe(true);
      }),
    );
  });
});

describe("digits", () => {
  test.each(["", "000000000000000", "C", "g", "0x", " 8"])("no threshold: %j", (text) => {
    expect(read(text, "readThreshold")).toBeNull();
  });

  test.each(["", "0123456789abc", "0123456789abcde", "0123456789ABCD"])(
    "no randomness: %j",
    (text) => expect(read(text, "readRandomness")).toBeNull(),
  );

  test("of every number come back", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, WHOLE - 1n), (number) => {
        expect(read(digits(number), "readThreshold")).toBe(number);
        expect(digits(number)).toMatch(/^(0|[0-9a-f]{0,13}[1-9a-f])$/);
        probe.reset();
        const target = probe.room(16);
        probe.core.writeRandomness(target, number);
        expect(read(probe.text(target, 14), "readRandomness")).toBe(number);
      }),
    );
  });

  test("compare as the texts do, padded with zeros", () => {
    const number = fc.bigInt(0n, WHOLE - 1n);
    fc.assert(
      fc.property(number, number, (randomness, threshold) => {
        const text = (value: bigint): string => value.toString(16).padStart(14, "0");
        const expected = text(randomness) >= text(threshold);
        expect(probe.core.reaches(randomness, threshold) !== 0).toBe(expected);
      }),
    );
  });
});

test("a quarter of random traces is sampled at 0.25, and all of those at 0.5 too", () => {
  const random = seededRandom(20_261_126);
  const [quarter, half] = [thresholdOf("0.25") ?? 0n, thresholdOf("0.5") ?? 0n];
  const TRACES = 20_000;
  let sampled = 0;
  for (let i = 0; i < TRACES; i++) {
    const randomness = random.bytes(7).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
    if (probe.core.reaches(randomness, quarter) === 0) continue;
    sampled++;
    expect(probe.core.reaches(randomness, half)).toBe(1);
  }
  // Five standard deviations of a binomial distribution.
  expect(Math.abs(sampled - TRACES / 4)).toBeLessThan(5 * Math.sqrt(TRACES * 0.25 * 0.75));
});
