// ECDSA at its edges: what a check multiplies by, cold and with the tables of every width.

import { describe, expect, test } from "vitest";

import { inverse, mod, multiply } from "../../../scripts/crypto/curves.ts";
import { SEED } from "../../support/big_numbers.ts";
import type { NamedCurve } from "./ecdsa_exports.ts";
import { ALL_INVALID, ALL_VALID, CURVES, prepareAll, verifyAll } from "./ecdsa_exports.ts";
import type { Crafted } from "./ecdsa_signers.ts";
import { craft, digestOf, encode, randomScalar } from "./ecdsa_signers.ts";

/** Near the scalars at which a last window of so many bits would double or cancel: table.ts. */
function nearExceptions({ n }: NamedCurve): bigint[] {
  return [2n, 4n, 5n, 6n, 7n, 8n].flatMap((width) =>
    [0n, 1n, 2n].flatMap((window) => {
      const bits = BigInt.asUintN(Number(width), n >> (width * window + 1n));
      const digits = new Set([1n, 2n ** width - 1n, 2n * bits + 1n - 2n ** width]);
      return [...digits]
        .filter((digit) => digit > 0n)
        .map((digit) => n - 2n * digit * 2n ** (width * window));
    }),
  );
}

function edgeScalars({ n }: NamedCurve): bigint[] {
  const powers = [4n, 31n, 128n, 250n].map((bit) => 2n ** bit);
  return [1n, 2n, 3n, 4n, n - 1n, n - 2n, n - 3n, n - 4n, n >> 1n, (n >> 1n) + 1n, ...powers];
}

function expectAll(curve: NamedCurve, { digest, signature }: Crafted, answers: boolean[]): void {
  expect(verifyAll(curve, digest, signature)).toEqual(answers);
}

const withOtherDigest = ({ digest, signature }: Crafted): Crafted => ({
  digest: digest.map((byte, index) => (index === digest.length - 1 ? byte ^ 1 : byte)),
  signature,
});

describe.each(CURVES)(`$name, seed ${SEED}`, (curve) => {
  const { n } = curve;
  const secret = randomScalar(curve);
  const keys: [name: string, d: bigint][] = [
    ["G", 1n],
    ["-G", n - 1n],
    ["2 G", 2n],
    ["-3 G", n - 3n],
    ["random", secret],
  ];
  const points = new Map(keys.map(([, d]) => [d, multiply(curve, curve.base, d)]));
  const prepareSecret = (d: bigint): boolean => prepareAll(curve, points.get(d));

  describe.each(keys)("of the key %s", (_, d) => {
    const dInverse = inverse(d, n);

    test("is right for scalars at the edges", () => {
      expect(prepareSecret(d)).toBe(true);
      for (const scalar of edgeScalars(curve)) {
        const ofKey = craft(curve, (k) => [k - scalar * d, scalar]);
        const ofBase = craft(curve, (k) => [scalar, (k - scalar) * dInverse]);
        for (const crafted of [ofKey, ofBase]) expectAll(curve, crafted, ALL_VALID);
        expectAll(curve, withOtherDigest(ofKey), ALL_INVALID);
      }
    });

    test("doubles where both products are the same point", () => {
      expect(prepareSecret(d)).toBe(true);
      const half = inverse(2n, n);
      const doubled = craft(curve, (k) => [k * half, k * half * dInverse]);
      expectAll(curve, doubled, ALL_VALID);
      expectAll(curve, withOtherDigest(doubled), ALL_INVALID);
    });

    test("refuses where both products cancel", () => {
      expect(prepareSecret(d)).toBe(true);
      for (const e of [1n, 2n, 2n ** 255n - 1n]) {
        const r = mod(-e * dInverse, n);
        const digest = digestOf(curve, e) ?? new Uint8Array();
        for (const s of [1n, n - 1n, randomScalar(curve)]) {
          expectAll(curve, { digest, signature: encode(curve, r, s) }, ALL_INVALID);
        }
      }
    });

    test("takes a digest that counts as 0", () => {
      expect(prepareSecret(d)).toBe(true);
      const { digest, signature } = craft(curve, (k) => [0n, k * dInverse]);
      const order = digestOf(curve, n) ?? digest;
      for (const zero of [digest, new Uint8Array(), new Uint8Array(1), order]) {
        expectAll(curve, { digest: zero, signature }, ALL_VALID);
      }
      expectAll(curve, withOtherDigest({ digest, signature }), ALL_INVALID);
    });
  });

  test.each([
    ["G", 1n],
    ["a random key", secret],
  ])("is right of %s for scalars near the exceptions of its windows", (_, d) => {
    expect(prepareSecret(d)).toBe(true);
    for (const scalar of nearExceptions(curve)) {
      const ofKey = craft(curve, (k) => [k - scalar * d, scalar]);
      expectAll(curve, ofKey, ALL_VALID);
      if (d !== 1n) continue;
      const ofEven = craft(curve, (k) => [k + scalar, n - scalar]);
      expectAll(curve, ofEven, ALL_VALID);
      const ofBase = craft(curve, (k) => [scalar, k - scalar]);
      expectAll(curve, ofBase, ALL_VALID);
    }
  });
});
