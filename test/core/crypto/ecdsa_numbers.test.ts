// The numbers of an ECDSA signature at their edges: r and s, x of the sum, digests, lengths.

import { describe, expect, test } from "vitest";

import { multiply } from "../../../scripts/crypto/curves.ts";
import { SEED } from "../../support/big_numbers.ts";
import type { NamedCurve } from "./ecdsa_exports.ts";
import { ALL_INVALID, ALL_VALID, CURVES, prepareAll, verifyAll } from "./ecdsa_exports.ts";
import type { Crafted } from "./ecdsa_signers.ts";
import { craft, craftSum, encode, pointFrom, randomScalar, sign } from "./ecdsa_signers.ts";

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
  const point = multiply(curve, curve.base, secret);
  const prepareSecret = (): boolean => prepareAll(curve, point);

  test("takes an x from n up as r = x - n", () => {
    for (const from of [n + 1n, n + 1000n, p - 1000n]) {
      const sum = pointFrom(curve, from);
      const crafted = craftSum(curve, sum, sum.x - n);
      expect(prepareAll(curve, crafted.key)).toBe(true);
      expectAll(curve, crafted, ALL_VALID);
      expectAll(curve, withOtherDigest(crafted), ALL_INVALID);
    }
  });

  test("does not take r + n modulo p or a power of 2 for x", () => {
    for (const from of [1n, 1000n]) {
      const sum = pointFrom(curve, from);
      for (const modulus of [p, 2n ** BigInt(8 * len), 2n ** BigInt(n.toString(2).length)]) {
        const r = sum.x + modulus - n;
        if (r >= n) continue;
        const crafted = craftSum(curve, sum, r);
        expect(prepareAll(curve, crafted.key)).toBe(true);
        expectAll(curve, crafted, ALL_INVALID);
      }
    }
  });

  test("refuses r and s outside of 1 .. n - 1", () => {
    expect(prepareSecret()).toBe(true);
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
    expect(prepareSecret()).toBe(true);
    const good = craft(curve, (k) => [k - 7n * secret, 7n]);
    const longer = Buffer.concat([good.signature, new Uint8Array(20)]);
    for (let length = 0; length <= longer.length; length++) {
      const answers = length === 2 * len ? ALL_VALID : ALL_INVALID;
      expectAll(curve, { ...good, signature: longer.subarray(0, length) }, answers);
    }
  });

  test("takes digests of 0 to 64 bytes, of those beyond n the leftmost", () => {
    expect(prepareSecret()).toBe(true);
    const digest = Buffer.alloc(70, 0xe3);
    for (let length = 0; length <= digest.length; length++) {
      const counted = digest.subarray(0, Math.min(length, len));
      const signature = sign(curve, secret, BigInt(`0x0${counted.toString("hex")}`));
      const answers = length <= 64 ? ALL_VALID : ALL_INVALID;
      expectAll(curve, { digest: digest.subarray(0, length), signature }, answers);
    }
  });
});
