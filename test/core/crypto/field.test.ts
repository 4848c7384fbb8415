// The fields of the curves on two lanes, and numbers modulo n, against BigInt.

import { describe, expect, test } from "vitest";

import type { Curve } from "../../../scripts/crypto/curves.ts";
import { inverse, P256, P384, P521 } from "../../../scripts/crypto/curves.ts";
import {
  fromLittleEndian,
  littleEndian,
  modulo,
  randomNumbers,
  SEED,
} from "../../support/big_numbers.ts";
import { loadCrypto } from "../../support/crypto_probe.ts";

interface Exports {
  ecMul(curve: number, target: number, a: number, b: number): void;
  ecSquare(curve: number, target: number, a: number): void;
  ecMulSub(curve: number, target: number, a: number, b: number, c: number, d: number): void;
  ecToNumber(curve: number, target: number, element: number, lane: number): void;
  ecMulOrder(curve: number, target: number, a: number, b: number): void;
  ecSubtract(curve: number, target: number, a: number, b: number): number;
  ecAdd(curve: number, target: number, a: number, b: number): number;
}

interface Range {
  low: number;
  high: number;
}

interface Field {
  name: string;
  number: number;
  curve: Curve;
  limbs: number;
  radix: number;
  /** A product is divided by it. */
  scale: bigint;
  /** Limbs of a carried element in half a limb's range, up to this many more. */
  slack: number;
  /** j and k of products whose columns are the largest that fit. */
  products: [j: number, k: number][];
  /** The largest k whose square fits, also doubled in 32 bits. */
  square: number;
}

const FIELDS: Field[] = [
  {
    ...{ name: "P-256", number: 0, curve: P256, limbs: 9, radix: 29, scale: 2n ** 261n },
    ...{
      slack: 0,
      products: [
        [1, 1],
        [2, 7],
        [2, 6],
        [7, 2],
      ],
      square: 3,
    },
  },
  {
    ...{ name: "P-384", number: 1, curve: P384, limbs: 14, radix: 28, scale: 2n ** 392n },
    ...{
      slack: 0,
      products: [
        [1, 1],
        [6, 6],
        [3, 12],
        [2, 15],
      ],
      square: 6,
    },
  },
  {
    ...{ name: "P-521", number: 2, curve: P521, limbs: 18, radix: 29, scale: 1n },
    ...{
      slack: 65,
      products: [
        [1, 1],
        [1, 7],
        [7, 1],
        [2, 3],
      ],
      square: 2,
    },
  },
];
const ROUNDS = 300;
/** Room for the elements and numbers of any of them. */
const ROOM_BYTES = 160;

type Limbs = number[];
type Pair = readonly [Limbs, Limbs];

const probe = await loadCrypto<Exports>();
const { core } = probe;
const random = randomNumbers(SEED);

/** (k) of assembly/core/crypto/ec/field.ts. */
function sizeOf({ radix }: Field, k: number): Range {
  const high = k * (2 ** (radix - 1) + 2 ** 7);
  return { low: -high, high };
}

/**
 * Limbs at an end of the range, or anywhere in it. But in P-521 the top one has less, as a factor's
 * value is below 2^4 p.
 */
function randomLimbs({ limbs, radix, slack, curve }: Field, range: Range): Limbs {
  const kind = Number(random(2));
  const topBits = curve.p.toString(2).length - (limbs - 1) * radix;
  const highest = slack === 0 ? 2 ** (topBits + 4) : 2 ** 31;
  const top = { low: Math.max(range.low, -highest), high: Math.min(range.high, highest) };
  return Array.from({ length: limbs }, (_, index) => {
    const { low, high } = index === limbs - 1 ? top : range;
    if (kind === 0) return high;
    if (kind === 1) return low;
    if (kind === 2) return random(1) === 0n ? low : high;
    return low + Number(random(52) % BigInt(high - low + 1));
  });
}

const randomPair = (field: Field, range: Range): Pair => [
  randomLimbs(field, range),
  randomLimbs(field, range),
];

const valueOf = ({ radix }: Field, limbs: Limbs): bigint =>
  limbs.reduceRight((value, limb) => (value << BigInt(radix)) + BigInt(limb), 0n);

/** Signed limbs nearest to 0; the top limb takes what is left. */
function limbsOf({ limbs, radix }: Field, value: bigint): Limbs {
  let rest = value;
  return Array.from({ length: limbs }, (_, index) => {
    const limb = index === limbs - 1 ? rest : BigInt.asIntN(radix, rest);
    rest = (rest - limb) >> BigInt(radix);
    return Number(limb);
  });
}

function putPair(pair: Pair): number {
  const ptr = probe.room(ROOM_BYTES);
  const view = probe.view();
  for (const [lane, limbs] of pair.entries()) {
    for (const [index, limb] of limbs.entries()) {
      view.setInt32(ptr + 8 * index + 4 * lane, limb, true);
    }
  }
  return ptr;
}

function pairAt({ limbs }: Field, ptr: number): Pair {
  const view = probe.view();
  const lane = (index: number): Limbs =>
    Array.from({ length: limbs }, (_, limb) => view.getInt32(ptr + 8 * limb + 4 * index, true));
  return [lane(0), lane(1)];
}

/** Both lanes are the reference divided by R, in limbs of `times` half ranges but for the top. */
function expectPair(
  field: Field,
  ptr: number,
  reference: (lane: 0 | 1) => bigint,
  times = 1,
): void {
  const { p } = field.curve;
  const pair = pairAt(field, ptr);
  const half = 2 ** (field.radix - 1);
  const carried = pair.flatMap((limbs) => (field.slack === 0 ? limbs.slice(0, -1) : limbs));
  expect(Math.max(...carried)).toBeLessThanOrEqual(times * (half + field.slack));
  expect(Math.min(...carried)).toBeGreaterThanOrEqual(-times * (half + field.slack));
  const perScale = inverse(field.scale, p);
  expect(pair.map((limbs) => modulo(valueOf(field, limbs), p))).toEqual(
    ([0, 1] as const).map((lane) => modulo(reference(lane) * perScale, p)),
  );
}

/** Numbers at the edges of p or n, and around powers of 2. */
function edges(modulus: bigint): bigint[] {
  const bits = modulus.toString(2).length;
  const powers = Array.from({ length: Math.ceil(bits / 29) }, (_, index) => BigInt(29 * index));
  return [
    ...[0n, 1n, 2n, modulus - 1n, modulus - 2n, modulus >> 1n],
    ...powers.flatMap((bit) => [2n ** bit - 1n, 2n ** bit, 2n ** bit + 1n]),
  ];
}

describe.each(FIELDS)(`the field of $name, seed ${SEED}`, (field) => {
  const { number, curve } = field;
  const { p } = curve;
  const bits = p.toString(2).length;

  test.each(field.products)("multiplies limbs of size (%d) by (%d)", (j, k) => {
    for (let round = 0; round < ROUNDS; round++) {
      probe.reset();
      const [a, b] = [randomPair(field, sizeOf(field, j)), randomPair(field, sizeOf(field, k))];
      const [target, right] = [putPair(a), putPair(b)];
      core.ecMul(number, target, target, right);
      expectPair(field, target, (lane) => valueOf(field, a[lane]) * valueOf(field, b[lane]));
    }
  });

  test("squares limbs of the largest size", () => {
    for (let round = 0; round < ROUNDS; round++) {
      probe.reset();
      const a = randomPair(field, sizeOf(field, 1 + (round % field.square)));
      const target = putPair(a);
      core.ecSquare(number, target, target);
      expectPair(field, target, (lane) => valueOf(field, a[lane]) ** 2n);
    }
  });

  test("multiplies and squares numbers at the edges", () => {
    for (const left of edges(p)) {
      for (const right of edges(p)) {
        probe.reset();
        const [a, b] = [limbsOf(field, left), limbsOf(field, right)];
        const target = probe.room(ROOM_BYTES);
        core.ecMul(number, target, putPair([a, b]), putPair([b, b]));
        expectPair(field, target, (lane) => right * (lane === 0 ? left : right));
      }
      probe.reset();
      const target = putPair([limbsOf(field, left), limbsOf(field, -left)]);
      core.ecSquare(number, target, target);
      expectPair(field, target, () => left * left);
    }
  });

  // As in assembly/core/crypto/ec/point.ts: 8 gamma of a doubling is not carried in P-256 and
  // P-384, and has 8 times the limbs of a square, which are in [-2^28, 2^28 - 1] and half of that.
  const half = 2 ** (field.radix - 1);
  const eight = field.slack === 0 ? { low: -8 * half, high: 8 * half - 8 } : sizeOf(field, 2);
  const differences: [name: string, a: Range, b: Range, c: Range, d: Range][] = [
    ["a doubling", sizeOf(field, 1), sizeOf(field, 2), { low: -half, high: half }, eight],
    ["an addition", sizeOf(field, 3), sizeOf(field, 2), sizeOf(field, 2), sizeOf(field, 1)],
  ];

  test.each(differences)("takes a product from another as %s does", (_, ...ranges) => {
    const [ofA, ofB, ofC, ofD] = ranges;
    for (let round = 0; round < ROUNDS; round++) {
      probe.reset();
      const [a, b] = [randomPair(field, ofA), randomPair(field, ofB)];
      const [c, d] = [randomPair(field, ofC), randomPair(field, ofD)];
      const target = putPair(c);
      core.ecMulSub(number, target, putPair(a), putPair(b), target, putPair(d));
      const product = (left: Limbs, right: Limbs): bigint =>
        valueOf(field, left) * valueOf(field, right);
      const reference = (lane: 0 | 1): bigint =>
        product(a[lane], b[lane]) - product(c[lane], d[lane]);
      // One reduction where it is fused.
      expectPair(field, target, reference, number === 0 ? 1 : 2);
    }
  });

  test("finds the number of either lane up to 2^7 p, or as far as 32 bits reach", () => {
    const reach = field.slack === 0 ? 127 : 7;
    const near = [-2n, -1n, 0n, 1n, 2n, 2n ** 32n, 2n ** 224n, -(2n ** 224n)];
    const values = Array.from(
      { length: 2 * reach + 1 },
      (_, index) => BigInt(index - reach) * p,
    ).flatMap((multiple) => [
      ...near.map((offset) => multiple + offset),
      multiple + (random(bits) % p),
    ]);
    for (const value of values) {
      probe.reset();
      const target = probe.room(ROOM_BYTES);
      const other = random(bits) % p;
      const element = putPair([limbsOf(field, value), limbsOf(field, other)]);
      for (const [lane, expected] of [value, other].entries()) {
        core.ecToNumber(number, target, element, lane);
        expect(fromLittleEndian(probe.bytes(target, 72))).toBe(modulo(expected, p));
      }
    }
  });

  test("finds the number of the largest limbs", () => {
    for (let round = 0; round < ROUNDS; round++) {
      probe.reset();
      const limbs = randomLimbs(field, sizeOf(field, 7));
      const target = probe.room(ROOM_BYTES);
      core.ecToNumber(number, target, putPair([limbs, limbs]), 1);
      expect(fromLittleEndian(probe.bytes(target, 72))).toBe(modulo(valueOf(field, limbs), p));
    }
  });
});

describe.each(FIELDS)(`numbers modulo n of $name, seed ${SEED}`, ({ number, curve }) => {
  const { n } = curve;
  const bits = n.toString(2).length;
  const words = 2 * Math.ceil(bits / 64);
  const range = 2n ** BigInt(32 * words);
  const put = (value: bigint): number => probe.put(littleEndian(value, 4 * words));
  const numberAt = (ptr: number): bigint => fromLittleEndian(probe.bytes(ptr, 4 * words));
  const randoms = Array.from({ length: 20 }, () => random(bits) % n);
  const below = [...edges(n), ...randoms];
  const any = [...below, n, n + 1n, range - 1n, range - n, random(32 * words)];

  test("are multiplied, the left one being whatever fits its words", () => {
    const perRange = inverse(range, n);
    for (const a of any) {
      for (const b of below) {
        probe.reset();
        const target = put(a);
        core.ecMulOrder(number, target, target, put(b));
        expect(numberAt(target), `${a} by ${b}`).toBe(modulo(a * b * perRange, n));
      }
    }
  });

  test("are added and subtracted, with a carry and a borrow", () => {
    for (const a of any) {
      for (const b of any) {
        probe.reset();
        const [left, right] = [put(a), put(b)];
        const target = probe.room(4 * words);
        expect(core.ecAdd(number, target, left, right) !== 0).toBe(a + b >= range);
        expect(numberAt(target)).toBe((a + b) % range);
        expect(core.ecSubtract(number, target, left, right) !== 0).toBe(a < b);
        expect(numberAt(target)).toBe(modulo(a - b, range));
      }
    }
  });
});
