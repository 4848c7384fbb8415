// RSA: powers against BigInt, and keys that are refused.

import { describe, expect, test } from "vitest";

import { randomNumbers, SEED } from "../../support/big_numbers.ts";
import {
  bigEndian,
  core,
  fromBigEndian,
  isGuarded,
  power,
  prepare,
  prepareNumbers,
  probe,
  raise,
  shapeOf,
  shortest,
} from "./rsa_exports.ts";

const LENGTHS = [256, 257, 263, 375, 384, 385, 433, 434, 440, 441, 511, 512];
const LIMB_BITS = 28;
/** A column's sums hold so many products of digits between two folds, and so many folds. */
const PRODUCTS_PER_FOLD = 8n;
const FOLDS_MAX = 20;
const random = randomNumbers(SEED);
const randomOdd = (bits: number): bigint => random(bits) | (1n << BigInt(bits - 1)) | 1n;

const EXPONENTS = [3n, 5n, 17n, 65537n, 2n ** 32n - 1n, randomOdd(25)];

/** Moduli of a length in bytes, with what is special about them. */
function moduliOf(length: number): [string, bigint][] {
  const bits = BigInt(8 * length);
  const tile = BigInt(8 * LIMB_BITS);
  return [
    ["all ones", 2n ** bits - 1n],
    ["2^(8 k - 1) + 1", 2n ** (bits - 1n) + 1n],
    // Such an N gives N'' full limbs, too.
    ["ones above a tile", 2n ** bits - 2n ** tile + 1n],
    ["random", randomOdd(8 * length)],
    ...(length > 256 ? ([["the fewest bits", randomOdd(8 * length - 7)]] as const) : []),
  ].map(([name, modulus]) => [String(name), BigInt(modulus)]);
}

/** The number whose Montgomery form is a value: value R^-1, R a power of 2. */
function unformed(value: bigint, modulus: bigint, length: number): bigint {
  const limbBits = LIMB_BITS;
  const tiles = Math.ceil(Math.ceil((8 * length + 6) / limbBits) / 8);
  let result = value;
  for (let bit = 0; bit < 8 * tiles * limbBits; bit++) {
    result = (result + ((result & 1n) === 0n ? 0n : modulus)) >> 1n;
  }
  return result;
}

function basesOf(modulus: bigint, length: number): bigint[] {
  const bits = 8 * length;
  return [
    0n,
    1n,
    modulus - 1n,
    (2n ** BigInt(bits) - 1n) % modulus,
    random(bits) % modulus,
    unformed(modulus - 1n, modulus, length),
    unformed(modulus - 2n, modulus, length),
  ];
}

describe.each(LENGTHS)(`a power modulo %d bytes, seed ${SEED}`, (length) => {
  test.each(moduliOf(length))("is right for a modulus of %s", (_, modulus) => {
    const bases = basesOf(modulus, length);
    for (const exponent of EXPONENTS) {
      probe.reset();
      const key = prepareNumbers(modulus, exponent);
      expect(key).not.toBe(0);
      for (const base of bases) {
        const found = raise(key, bigEndian(base, length));
        const isRight = found === power(base, exponent, modulus);
        expect(isRight, `${base}^${exponent} mod ${modulus}`).toBe(true);
      }
      expect(isGuarded(key, length)).toBe(true);
    }
  });

  test("is refused of a number that is not below the modulus", () => {
    for (const [, modulus] of moduliOf(length)) {
      probe.reset();
      const key = prepareNumbers(modulus, 65537n);
      const top = 2n ** BigInt(8 * length) - 1n;
      for (const base of [modulus, modulus + 1n, modulus + 2n ** 200n, top]) {
        if (base > top) continue;
        expect(raise(key, bigEndian(base, length))).toBeUndefined();
      }
    }
  });

  test("is refused of a number of another length", () => {
    const key = prepareNumbers(randomOdd(8 * length), 3n);
    for (const other of [0, 1, length - 1, length + 1, 2 * length]) {
      expect(raise(key, new Uint8Array(other))).toBeUndefined();
    }
  });
});

test("keys of all lengths follow each other in any order", () => {
  const rows = [...LENGTHS, ...LENGTHS].map((length, index) => {
    // Dense and sparse ones: both leave and meet limbs of the other.
    const bits = 8 * length;
    const modulus = index < LENGTHS.length ? 2n ** BigInt(bits) - 1n : randomOdd(bits);
    const base = index < LENGTHS.length ? 2n : random(bits) % modulus;
    return { modulus, bytes: bigEndian(base, length), right: power(base, 17n, modulus) };
  });
  for (const first of rows) {
    for (const second of rows) {
      probe.reset();
      const early = prepareNumbers(second.modulus, 17n);
      const key = prepareNumbers(first.modulus, 17n);
      expect(raise(key, first.bytes) === first.right).toBe(true);
      expect(raise(early, second.bytes) === second.right).toBe(true);
      const late = prepareNumbers(second.modulus, 17n);
      expect(raise(late, second.bytes) === second.right).toBe(true);
      expect(raise(key, first.bytes) === first.right).toBe(true);
    }
  }
});

describe("preparing a key", () => {
  const n = shortest(randomOdd(2048));
  const e = Uint8Array.of(1, 0, 1);
  const takes = (modulus: Uint8Array, exponent: Uint8Array): boolean => {
    probe.reset();
    return prepare(modulus, exponent) !== 0;
  };

  test("takes every length from 256 to 512 bytes, in a multiple of 16 bytes", () => {
    for (let length = 0; length <= 600; length++) {
      const isTaken = length >= 256 && length <= 512;
      const bytes = core.rsaKeyBytes(length);
      expect(bytes % 16 === 0 && bytes > 0 === isTaken, `${length} bytes`).toBe(true);
      if (length > 0) expect(takes(new Uint8Array(length).fill(0xff), e)).toBe(isTaken);
    }
    expect(core.rsaKeyBytes(-1)).toBe(0);
    expect(core.rsaKeyBytes(-(2 ** 31))).toBe(0);
  });

  test("keeps sums of columns below 2^32, and R at 64 N or more", () => {
    for (let length = 256; length <= 512; length++) {
      probe.reset();
      const key = prepare(new Uint8Array(length).fill(0xff), e);
      const { limbs, columns } = shapeOf(key);
      expect(Math.ceil(columns / 8), `${length} bytes`).toBeLessThanOrEqual(FOLDS_MAX);
      expect(limbs <= columns && limbs * LIMB_BITS >= 8 * length + 6).toBe(true);
    }
  });

  test("adds no more to a column than 32 bits hold", () => {
    const [lower, upper] = [2n ** 14n - 1n, 2n ** 14n];
    const pair = upper * upper + lower * lower;
    expect(PRODUCTS_PER_FOLD * pair + 2n ** 16n < 2n ** 32n).toBe(true);
  });

  test.each([
    ["without bytes", new Uint8Array(0)],
    ["that is even", shortest(randomOdd(2048) - 1n)],
    ["of 2047 bits", shortest(randomOdd(2047))],
    ["of 255 bytes", shortest(randomOdd(2040))],
    ["of 513 bytes", shortest(randomOdd(4097))],
    ["of 257 bytes, the first 0", bigEndian(fromBigEndian(n), 257)],
    ["of 512 bytes, the first 0", bigEndian(randomOdd(4088), 512)],
    ["of zeros", new Uint8Array(256)],
  ])("refuses a modulus %s", (_, modulus) => {
    expect(takes(modulus, e)).toBe(false);
  });

  test.each([
    [[]],
    [[0]],
    [[1]],
    [[2]],
    [[4]],
    [[1, 0, 0]],
    [[0, 3]],
    [[0, 1, 0, 1]],
    [[0, 1]],
    [[255, 255, 255, 254]],
    [[1, 0, 0, 0, 1]],
    [[0, 0, 1, 0, 1]],
    [[1, 0, 0, 0, 0, 0, 0, 0, 3]],
  ])("refuses the exponent of bytes %j", (exponent) => {
    expect(takes(n, Uint8Array.from(exponent))).toBe(false);
  });

  test("takes odd exponents from 3 to 2^32 - 1", () => {
    for (const exponent of EXPONENTS) expect(takes(n, shortest(exponent))).toBe(true);
  });
});
