// Makes assembly/core/crypto/generated/p*_table.ts: what assembly/core/crypto/ec/curve.ts reads of
// a curve.

import { add, mod, multiply } from "./curves.ts";
import type { Curve, Point } from "./curves.ts";
import type { FieldShape } from "./field.ts";
import { inverseOfOdd, modulusRecord } from "./modulus.ts";

/** Room of a number, of limbs or of words, and of the record of a modulus, in words of 32 bits. */
const NUMBER_ROOM = 20;
const MODULUS_ROOM = 24;
/** Entries of a prepared key: odd multiples of the point, and of 2^(4 splitWindows) times it. */
const KEY_MULTIPLES = 8;
const KEY_WINDOW_BITS = 4;
const KEY_BOTTOM_BITS = 2;

export function makeCurveTable(name: string, curve: Curve, shape: FieldShape): string {
  const bits = curve.p.toString(2).length;
  const words = 2 * Math.ceil(bits / 64);
  const splitWindows = Math.ceil((bits - KEY_BOTTOM_BITS) / (2 * KEY_WINDOW_BITS));
  const scale = shape.terms === undefined ? 1n : 2n ** BigInt(shape.limbs * shape.radix);
  const wordScale = 2n ** BigInt(32 * words);
  const topBits = bits - (shape.limbs - 1) * shape.radix;
  const orderInverse = Number(2n ** 32n - inverseOfOdd(curve.n, 32n));

  const inField = (value: bigint): number[] => limbsOf(mod(value * scale, curve.p), shape);
  const entry = ({ x, y }: Point): number[] =>
    padded([...inField(x), ...inField(y)], 4 * Math.ceil(shape.limbs / 2));
  const shifted = multiply(curve, curve.base, 2n ** BigInt(KEY_WINDOW_BITS * splitWindows));
  const multiples = [curve.base, shifted].flatMap((point) => oddMultiples(curve, point));

  const rows: [comment: string, numbers: number[]][] = [
    [
      "limbs, bits of a limb, bytes of a coordinate, words, bits of n, bits of the top limb of p,",
      [shape.limbs, shape.radix, curve.len, words, bits, topBits],
    ],
    ["-n^-1 mod 2^32, windows of half a scalar", [orderInverse, splitWindows]],
    ["p in limbs", padded(unsignedLimbs(curve.p, shape.limbs, shape.radix), NUMBER_ROOM)],
    ["1", padded(inField(1n), NUMBER_ROOM)],
    ["what takes a number into the field", padded(inField(scale), NUMBER_ROOM)],
    ["b", padded(inField(curve.b), NUMBER_ROOM)],
    ["p in words", padded(unsignedLimbs(curve.p, words, 32), NUMBER_ROOM)],
    ["n in words", padded(unsignedLimbs(curve.n, words, 32), NUMBER_ROOM)],
    [
      `2^${64 * words} mod n`,
      padded(unsignedLimbs(mod(wordScale * wordScale, curve.n), words, 32), NUMBER_ROOM),
    ],
    ["p for inverses", padded(modulusRecord(curve.p), MODULUS_ROOM)],
    ["n for inverses", padded(modulusRecord(curve.n), MODULUS_ROOM)],
    [
      `the base point G times 1, 3 … 15, then 2^${KEY_WINDOW_BITS * splitWindows} G likewise`,
      multiples.flatMap(entry),
    ],
  ];
  return [
    `// ${name}: constants as assembly/core/crypto/ec/curve.ts reads them.`,
    "// Made by scripts/crypto/curve_constants.ts from NIST SP 800-186 §3.2.1. Limbs are signed",
    "// where multiplications read them; elements of the field are times 2^(limbs bits) where it",
    "// is a Montgomery field.",
    "",
    "// prettier-ignore",
    `export const ${shape.suffix}_CONSTANTS: usize = memory.data<u32>([`,
    ...rows.flatMap(([comment, numbers]) => [`  // ${comment}`, ...lines(numbers)]),
    "], 16);",
    "",
  ].join("\n");
}

function oddMultiples(curve: Curve, point: Point | undefined): Point[] {
  const twice = add(curve, point, point);
  const multiples: Point[] = [];
  for (let next = point; next !== undefined; next = add(curve, next, twice)) {
    multiples.push(next);
    if (multiples.length === KEY_MULTIPLES) break;
  }
  return multiples;
}

/** Signed limbs, rounded to the nearest; the top limb takes what is left. */
export function limbsOf(value: bigint, { limbs, radix }: FieldShape): number[] {
  let rest = value;
  return Array.from({ length: limbs }, (_, index) => {
    const limb = index === limbs - 1 ? rest : BigInt.asIntN(radix, rest);
    rest = (rest - limb) >> BigInt(radix);
    return Number(limb);
  });
}

function unsignedLimbs(value: bigint, count: number, radix: number): number[] {
  return Array.from({ length: count }, (_, index) =>
    Number(BigInt.asUintN(radix, value >> BigInt(radix * index))),
  );
}

function padded(numbers: number[], length: number): number[] {
  return [...numbers, ...Array.from({ length: length - numbers.length }, () => 0)];
}

function lines(numbers: number[]): string[] {
  const found: string[] = [];
  for (let at = 0; at < numbers.length; at += 8) {
    const row = numbers.slice(at, at + 8).map((number) => `0x${(number >>> 0).toString(16)}`);
    found.push(`  ${row.join(", ")},`);
  }
  return found;
}
