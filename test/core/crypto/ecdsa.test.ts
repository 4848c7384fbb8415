// ECDSA at its edges: crafted scalars, keys and sums, cold and with the tables of every width.

import { describe, expect, test } from "vitest";

import { inverse, mod, multiply } from "../../../scripts/crypto/curves.ts";
import { SEED } from "../../support/big_numbers.ts";
import type { NamedCurve } from "./ecdsa_exports.ts";
import { ALL_INVALID, ALL_VALID, CURVES, prepareAll, verifyAll } from "./ecdsa_exports.ts";
import type { Crafted } from "./ecdsa_signers.ts";
import {
  craft,
  craftSum,
  digestOf,
  encode,
  pointFrom,
  randomScalar,
  sign,
} from "./ecdsa_signers.ts";

/** Near the scalars at which a last window of so many bits would double or cancel: table.ts. */
function nearExceptions({ n }: NamedCurve): bigint[] {
  return [2n, 4n, 5n, 6n, 7n, 8n].flatMap((width) =>
    [0n, 1n, 2n, 3n].flatMap((window) => {
      const bits = BigInt.asUintN(Number(width), n >> (width * window + 1n));
      const digits = new Set([1n, 2n ** width - 1n, 2n * bits + 1n - 2n ** width]);
      return [...digits]
        .filter((digit) => digit > 0n)
        .map((digit) => n - 2n * digit * 2n ** (width * window));
    }),
  );
}

function edgeScalars({ n }: NamedCurve): bigint[] {
  const powers = Array.from({ length: 9 }, (_, index) => 2n ** BigInt(index * 31 + 4));
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
  const { n, p, len } = curve;
  const secret = randomScalar(curve);
  const keys: [name: string, d: bigint][] = [
    ["G", 1n],
    ["-G", n - 1n],
    ["2 G", 2n],
    ["-3 G", n - 3n],
    ["2^100 G", 2n ** 100n],
    ["random", secret],
  ];
  const prepareSecret = (d: bigint): boolean => prepareAll(curve, multiply(curve, curve.base, d));

  describe.each(keys)("of the key %s", (_, d) => {
    test("is right for scalars at the edges", () => {
      expect(prepareSecret(d)).toBe(true);
      for (const scalar of edgeScalars(curve)) {
        const ofKey = craft(curve, (k) => [k - scalar * d, scalar]);
        const ofBase = craft(curve, (k) => [scalar, (k - scalar) * inverse(d, n)]);
        for (const crafted of [ofKey, ofBase]) expectAll(curve, crafted, ALL_VALID);
        expectAll(curve, withOtherDigest(ofKey), ALL_INVALID);
      }
    });

    test("doubles where both products are the same point", () => {
      expect(prepareSecret(d)).toBe(true);
      const half = inverse(2n, n);
      const doubled = craft(curve, (k) => [k * half, k * half * inverse(d, n)]);
      expectAll(curve, doubled, ALL_VALID);
      expectAll(curve, withOtherDigest(doubled), ALL_INVALID);
    });

    test("refuses where both products cancel", () => {
      expect(prepareSecret(d)).toBe(true);
      for (const e of [1n, 2n, 2n ** 255n - 1n]) {
        const r = mod(-e * inverse(d, n), n);
        const digest = digestOf(curve, e) ?? new Uint8Array();
        for (const s of [1n, n - 1n, randomScalar(curve)]) {
          expectAll(curve, { digest, signature: encode(curve, r, s) }, ALL_INVALID);
        }
      }
    });

    test("takes a digest that counts as 0", () => {
      expect(prepareSecret(d)).toBe(true);
      const { digest, signature } = craft(curve, (k) => [0n, k * inverse(d, n)]);
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
      const even = n - scalar;
      for (const each of [scalar, even]) {
        expectAll(
          curve,
          craft(curve, (k) => [k - each * d, each]),
          ALL_VALID,
        );
      }
      expectAll(
        curve,
        craft(curve, (k) => [scalar, (k - scalar) * inverse(d, n)]),
        ALL_VALID,
      );
    }
  });

  test("takes an x from n up as r = x - n", () => {
    for (const from of [n + 1n, n + 1000n, p - 1000n]) {
      const point = pointFrom(curve, from);
      const crafted = craftSum(curve, point, point.x - n);
      expect(prepareAll(curve, crafted.key)).toBe(true);
      expectAll(curve, crafted, ALL_VALID);
      expectAll(curve, withOtherDigest(crafted), ALL_INVALID);
    }
  });

  test("does not take r + n modulo p or a power of 2 for x", () => {
    for (const from of [0n, 1n, 1000n]) {
      const point = pointFrom(curve, from);
      for (const modulus of [p, 2n ** BigInt(8 * len), 2n ** BigInt(n.toString(2).length)]) {
        const r = point.x + modulus - n;
        if (r >= n) continue;
        const crafted = craftSum(curve, point, r);
        expect(prepareAll(curve, crafted.key)).toBe(true);
        expectAll(curve, crafted, ALL_INVALID);
      }
    }
  });

  test("refuses r and s outside of 1 .. n - 1", () => {
    expect(prepareSecret(secret)).toBe(true);
    const good = craft(curve, (k) => [k - 5n * secret, 5n]);
    const signature = Buffer.from(good.signature);
    const halves = [signature.subarray(0, len), signature.subarray(len)];
    const [r = 0n, s = 0n] = halves.map((half) => BigInt(`0x${half.toString("hex")}`));
    expectAll(curve, good, ALL_VALID);
    expectAll(curve, { ...good, signature: encode(curve, r, n - s) }, ALL_VALID);
    const bits = 2n ** BigInt(8 * len) - 1n;
    for (const bad of [0n, n, n + 1n, p, bits, r + n, s + n].filter((number) => number <= bits)) {
      expectAll(curve, { ...good, signature: encode(curve, bad, s) }, ALL_INVALID);
      expectAll(curve, { ...good, signature: encode(curve, r, bad) }, ALL_INVALID);
      expectAll(curve, { ...good, signature: encode(curve, bad, bad) }, ALL_INVALID);
    }
  });

  test("refuses every other length of a signature", () => {
    expect(prepareSecret(secret)).toBe(true);
    const good = craft(curve, (k) => [k - 7n * secret, 7n]);
    const longer = Buffer.concat([good.signature, new Uint8Array(20)]);
    for (let length = 0; length <= longer.length; length++) {
      const answers = length === 2 * len ? ALL_VALID : ALL_INVALID;
      expectAll(curve, { ...good, signature: longer.subarray(0, length) }, answers);
    }
  });

  test("takes digests of 0 to 64 bytes, of those beyond n the leftmost", () => {
    expect(prepareSecret(secret)).toBe(true);
    const digest = Buffer.alloc(70, 0xe3);
    for (let length = 0; length <= digest.length; length++) {
      const counted = digest.subarray(0, Math.min(length, len));
      const signature = sign(curve, secret, BigInt(`0x0${counted.toString("hex")}`));
      const answers = length <= 64 ? ALL_VALID : ALL_INVALID;
      expectAll(curve, { digest: digest.subarray(0, length), signature }, answers);
    }
  });
});
