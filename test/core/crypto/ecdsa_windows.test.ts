// What assembly/core/crypto/ec/table.ts and ec/key.ts claim of the orders n, so that no sum of
// entries is exceptional: of equal points, of opposite ones, or with infinity.

import { describe, expect, test } from "vitest";

import type { Curve } from "../../../scripts/crypto/curves.ts";
import { P256, P384, P521 } from "../../../scripts/crypto/curves.ts";

const CURVES: [name: string, curve: Curve, splitWindows: bigint][] = [
  ["P-256", P256, 32n],
  ["P-384", P384, 48n],
  ["P-521", P521, 65n],
];
const WIDTHS = [4n, 5n, 6n, 7n, 8n];

const bitsOf = (value: bigint): bigint => BigInt(value.toString(2).length);
const bitAt = (value: bigint, bit: bigint): bigint => (value >> bit) & 1n;

/** As in ec/table.ts. */
const topWindow = ({ n }: Curve, width: bigint): bigint => (bitsOf(n) - 1n) / width;

/** As in ec/table.ts. */
function lastWindow({ n }: Curve, width: bigint): bigint {
  let window = 0n;
  while (bitAt(n, (window + 1n) * width) === 1n) window++;
  return window;
}

/** How far a number is from the nearest multiple of 2^bits. */
function distance(value: bigint, bits: bigint): bigint {
  const rest = BigInt.asIntN(Number(bits), value);
  return rest < 0n ? -rest : rest;
}

describe.each(CURVES)("%s", (_, curve, h) => {
  const { n } = curve;

  test.each(WIDTHS)("has its last window of %d bits at 2 at most", (width) => {
    expect(lastWindow(curve, width)).toBeLessThanOrEqual(2n);
  });

  test.each(WIDTHS)("sums windows of %d bits, all but the top one, below 4 n", (width) => {
    const last = lastWindow(curve, width);
    const highest = n + 2n * 2n ** (width * topWindow(curve, width)) + 2n ** (width * last);
    expect(highest).toBeLessThan(4n * n);
    expect(topWindow(curve, width)).toBeGreaterThan(last);
  });

  test.each(WIDTHS)("has no multiple of n that windows of %d bits could sum to", (width) => {
    const last = lastWindow(curve, width);
    const lower = 2n ** (width * last);
    for (let window = last + 1n; window <= topWindow(curve, width); window++) {
      const sum = n + 2n * 2n ** (width * (window + 1n)) + lower;
      const reached = [1n, 2n, 3n].filter((times) => times * n < sum || times === 1n);
      for (const times of reached) {
        expect(distance(times * n, width * window), `window ${window}, ${times} n`)
          // A sum is this near to a multiple of 2^(width window).
          .toBeGreaterThanOrEqual(lower);
      }
    }
  });

  test("fits the windows of a prepared key", () => {
    expect(2n + 8n * h).toBeGreaterThanOrEqual(bitsOf(n));
    expect(2n + 8n * (h - 1n)).toBeLessThan(bitsOf(n));
    expect(2n ** (8n * h - 4n)).toBeLessThan(n);
    expect(2n ** (8n * h)).toBeLessThan(2n * n);
    expect(4n * (n - 30n) - 3n).toBeGreaterThan(n);
  });

  test("has a bit 2 of 0, so that the lowest window of a prepared key can come last", () => {
    expect(bitAt(n, 2n)).toBe(0n);
  });
});
