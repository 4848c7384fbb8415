// The two-lane arithmetic modulo 2^255 - 19 and the scalars modulo L against BigInt.

import { describe, expect, test } from "vitest";

import {
  fromLittleEndian,
  littleEndian,
  modulo,
  randomNumbers,
  SEED,
} from "../../support/big_numbers.ts";
import { core, L, P, probe, WIDTHS } from "./ed25519_exports.ts";

const LIMBS = 9;
const ROUNDS = 500;
/** Limbs of a reduced element, in [-2^16, 2^29 + 2^16], as generated/field25519.ts says. */
const SLACK = 2 ** 16;
const REDUCED = { low: -SLACK, high: 2 ** 29 + SLACK };
const DIFFERENCE = { low: -(2 ** 29 + 2 * SLACK), high: 2 ** 29 + 2 * SLACK };
const LOOSE = { low: -(2 ** 30 + 2 * SLACK), high: 2 ** 30 + 2 * SLACK };
const SUM_OF_THREE = { low: -3 * (2 ** 29 + SLACK), high: 3 * (2 ** 29 + SLACK) };
const ANY = { low: -(2 ** 31), high: 2 ** 31 - 1 };

interface Range {
  low: number;
  high: number;
}
type Limbs = number[];
type Pair = readonly [Limbs, Limbs];

const random = randomNumbers(SEED);

const valueOf = (limbs: Limbs): bigint =>
  limbs.reduceRight((value, limb) => (value << 29n) + BigInt(limb), 0n);

const limbsOf = (value: bigint): Limbs =>
  Array.from({ length: LIMBS }, (_, limb) =>
    Number(limb === LIMBS - 1 ? value >> 232n : BigInt.asUintN(29, value >> BigInt(29 * limb))),
  );

/** Limbs at an end of the range, or anywhere in it. */
function randomLimbs({ low, high }: Range): Limbs {
  const kind = Number(random(2));
  return Array.from({ length: LIMBS }, () => {
    if (kind === 0) return high;
    if (kind === 1) return low;
    if (kind === 2) return random(1) === 0n ? low : high;
    return low + Number(random(52) % BigInt(high - low + 1));
  });
}

const randomPair = (range: Range): Pair => [randomLimbs(range), randomLimbs(range)];

/** An element pair in memory; what is beside the lanes is never looked at. */
function putPair(pair: Pair): number {
  const ptr = probe.room(16 * LIMBS);
  const view = probe.view();
  for (let limb = 0; limb < LIMBS; limb++) {
    pair.forEach((limbs, lane) => {
      view.setInt32(ptr + 16 * limb + 4 * lane, limbs[limb] ?? 0, true);
      view.setInt32(ptr + 16 * limb + 4 * lane + 8, -1, true);
    });
  }
  return ptr;
}

function pairAt(ptr: number): Pair {
  const view = probe.view();
  const lane = (index: number): Limbs =>
    Array.from({ length: LIMBS }, (_, limb) => view.getInt32(ptr + 16 * limb + 4 * index, true));
  return [lane(0), lane(1)];
}

function expectReduced(pair: Pair): void {
  expect(Math.min(...pair.flat())).toBeGreaterThanOrEqual(REDUCED.low);
  expect(Math.max(...pair.flat())).toBeLessThanOrEqual(REDUCED.high);
}

/** Both lanes are the reference's value modulo p. */
function expectValues(pair: Pair, reference: (lane: 0 | 1) => bigint): void {
  expect(pair.map((limbs) => modulo(valueOf(limbs), P))).toEqual(
    ([0, 1] as const).map((lane) => modulo(reference(lane), P)),
  );
}

function canonical(limbs: Limbs, lane: number): bigint {
  const words = probe.room(32);
  core.edWriteCanonical(words, putPair([limbs, limbs]), lane);
  return fromLittleEndian(probe.bytes(words, 32));
}

describe(`the field, seed ${SEED}`, () => {
  const factors = [
    ["reduced elements", REDUCED, REDUCED],
    ["a reduced and a loose element", REDUCED, LOOSE],
    ["a difference and a loose element", DIFFERENCE, LOOSE],
    ["a reduced element and a sum of three", REDUCED, SUM_OF_THREE],
    ["a difference and a sum of three", DIFFERENCE, SUM_OF_THREE],
  ] as const;

  test.each(factors)("multiplies %s", (_, left, right) => {
    for (let round = 0; round < ROUNDS; round++) {
      probe.reset();
      const [a, b] = [randomPair(left), randomPair(right)];
      const target = probe.room(16 * LIMBS);
      core.edMultiply(target, putPair(a), putPair(b));
      expectReduced(pairAt(target));
      expectValues(pairAt(target), (lane) => valueOf(a[lane]) * valueOf(b[lane]));
    }
  });

  test("squares a difference", () => {
    for (let round = 0; round < ROUNDS; round++) {
      probe.reset();
      const a = randomPair(DIFFERENCE);
      const target = probe.room(16 * LIMBS);
      core.edSquare(target, putPair(a));
      expectReduced(pairAt(target));
      expectValues(pairAt(target), (lane) => valueOf(a[lane]) ** 2n);
    }
  });

  test("adds and subtracts limb by limb", () => {
    for (let round = 0; round < ROUNDS; round++) {
      probe.reset();
      const [a, b] = [randomPair(REDUCED), randomPair(REDUCED)];
      const [aPtr, bPtr, sum, difference] = [putPair(a), putPair(b), putPair(a), putPair(b)];
      core.edAddAndSubtract(sum, difference, sum, difference);
      expectValues(pairAt(sum), (lane) => valueOf(a[lane]) + valueOf(b[lane]));
      expectValues(pairAt(difference), (lane) => valueOf(a[lane]) - valueOf(b[lane]));
      core.edAdd(aPtr, aPtr, bPtr);
      expect(pairAt(aPtr)).toEqual(pairAt(sum));
      core.edSubtract(aPtr, aPtr, bPtr);
      expect(pairAt(aPtr)).toEqual(a);
    }
  });

  test("carries whatever limbs", () => {
    for (let round = 0; round < ROUNDS; round++) {
      probe.reset();
      const a = randomPair(ANY);
      const ptr = putPair(a);
      core.edCarry(ptr, ptr);
      expectReduced(pairAt(ptr));
      expectValues(pairAt(ptr), (lane) => valueOf(a[lane]));
    }
  });

  test("writes the canonical form of whatever limbs, either lane", () => {
    const edges = [0n, 1n, 18n, 19n, 20n, 2n ** 255n, 2n ** 256n, 2n ** 261n];
    for (let times = -40n; times <= 40n; times++) {
      for (const edge of edges.flatMap((value) => [value, -value])) {
        probe.reset();
        const value = times * P + edge;
        expect(canonical(limbsOf(value), Number(times & 1n)), `${value}`).toBe(modulo(value, P));
      }
    }
    for (let round = 0; round < ROUNDS; round++) {
      probe.reset();
      const limbs = randomLimbs(ANY);
      expect(canonical(limbs, round & 1)).toBe(modulo(valueOf(limbs), P));
    }
  });

  test("inverts both lanes, and none when one is 0", () => {
    const edges = [1n, 2n, P - 1n, P + 1n, 2n ** 255n].map(limbsOf);
    for (let round = 0; round < ROUNDS; round++) {
      probe.reset();
      const a: Pair = [edges[round] ?? randomLimbs(REDUCED), randomLimbs(REDUCED)];
      const target = probe.room(16 * LIMBS);
      const isDone = core.edInvertBoth(target, putPair(a)) !== 0;
      expect(isDone).toBe(a.every((limbs) => modulo(valueOf(limbs), P) !== 0n));
      if (!isDone) continue;
      const inverse = pairAt(target);
      const products = inverse.map((limbs, lane) => valueOf(limbs) * valueOf(a[lane] ?? []));
      expect(products.map((value) => modulo(value, P))).toEqual([1n, 1n]);
    }
    for (const zero of [0n, P, -P, 2n * P]) {
      for (const pair of [
        [limbsOf(zero), limbsOf(5n)] as const,
        [limbsOf(5n), limbsOf(zero)] as const,
      ]) {
        probe.reset();
        expect(core.edInvertBoth(probe.room(16 * LIMBS), putPair(pair))).toBe(0);
      }
    }
  });
});

describe(`scalars, seed ${SEED}`, () => {
  const near = (value: bigint): bigint[] => [value - 1n, value, value + 1n];
  const edges = [
    ...[1n, L, 2n * L, 8n * L, 2n ** 252n, 2n ** 253n].flatMap(near),
    ...[252n, 253n, 256n, 259n].map((bits) => 2n ** bits * L),
  ];

  test("are those below L", () => {
    for (const value of [...edges, 2n ** 256n - 1n, 2n ** 255n]) {
      if (value >= 2n ** 256n) continue;
      probe.reset();
      expect(core.edIsScalar(probe.put(littleEndian(value, 32))) !== 0, `${value}`).toBe(value < L);
    }
  });

  test("come from 64 bytes modulo L", () => {
    const largest = 2n ** 512n - 1n;
    const values = [...edges, largest, largest - (largest % L), largest - (largest % L) - 1n];
    for (let bit = 0n; bit < 512n; bit++) values.push(2n ** bit, 2n ** 512n - 2n ** bit);
    for (let round = 0; round < ROUNDS; round++) values.push(random(512), random(256) * L);
    for (const value of values) {
      probe.reset();
      const target = probe.room(32);
      core.edReduceWide(target, probe.put(littleEndian(value, 64)));
      expect(fromLittleEndian(probe.bytes(target, 32)), `${value}`).toBe(value % L);
    }
  });

  test.each(WIDTHS)("are the sum of their digits of %i bits", (width) => {
    const values = [...edges.filter((value) => value < L)];
    for (let bit = 0n; bit < 252n; bit++)
      values.push(2n ** bit, 2n ** bit - 1n, L - 1n - 2n ** bit);
    for (let round = 0; round < ROUNDS; round++) values.push(random(256) % L);
    const count = Math.ceil(254 / width);
    for (const value of values) {
      probe.reset();
      const target = probe.room(80);
      core.edWriteDigits(target, probe.put(littleEndian(value, 32)), width);
      const digits = new Int8Array(probe.bytes(target, 80).buffer);
      const sum = digits.reduceRight(
        (total, digit) => (total << BigInt(width)) + BigInt(digit),
        0n,
      );
      expect(sum, `${value}`).toBe(value);
      expect(Math.min(...digits)).toBeGreaterThanOrEqual(-(2 ** (width - 1)));
      expect(Math.max(...digits)).toBeLessThan(2 ** (width - 1));
      expect(digits.subarray(count).every((digit) => digit === 0)).toBe(true);
    }
  });
});
