// Keys of ECDSA: what is refused, and that nothing of one key or curve stays for the next.

import { describe, expect, test } from "vitest";

import type { Point } from "../../../scripts/crypto/curves.ts";
import { inverse, isOnCurve, multiply, negate, P256 } from "../../../scripts/crypto/curves.ts";
import { SEED } from "../../support/big_numbers.ts";
import type { NamedCurve } from "./ecdsa_exports.ts";
import {
  ALL_INVALID,
  ALL_VALID,
  bigEndian,
  core,
  CURVES,
  keyOf,
  prepare,
  prepareAll,
  probe,
  verifyAll,
} from "./ecdsa_exports.ts";
import { craft, craftSum, pointFrom, randomScalar } from "./ecdsa_signers.ts";

function prepareBytes(curve: NamedCurve, x: Uint8Array, y: Uint8Array): boolean {
  probe.reset();
  const [xPtr, yPtr] = [probe.put(x), probe.put(y)];
  return core.prepareEc(curve.number, xPtr, x.length, yPtr, y.length, keyOf(curve)) !== 0;
}

describe.each(CURVES)(`a key of $name, seed ${SEED}`, (curve) => {
  const { p, len, base } = curve;

  test("is refused beside the curve", () => {
    expect(prepare(curve, { x: 0n, y: 0n })).toBe(false);
    for (let bit = 0n; bit < p.toString(2).length; bit++) {
      const flipped = { x: base.x, y: base.y ^ (1n << bit) };
      expect(prepare(curve, flipped)).toBe(isOnCurve(curve, flipped));
      expect(prepare(curve, { x: base.x ^ (1n << bit), y: base.y })).toBe(false);
    }
  });

  test("is refused with coordinates from p up", () => {
    const low = pointFrom(curve, 0n);
    expect(prepare(curve, low)).toBe(true);
    expect(prepare(curve, { x: low.x + p, y: low.y })).toBe(false);
    expect(prepare(curve, { x: p, y: 0n })).toBe(false);
    const highest = 2n ** BigInt(8 * len) - 1n;
    for (const bad of [p, highest]) {
      expect(prepare(curve, { x: bad, y: base.y })).toBe(false);
      expect(prepare(curve, { x: base.x, y: bad })).toBe(false);
    }
  });

  test("is refused with coordinates of another length", () => {
    const [x, y] = [bigEndian(base.x, len), bigEndian(base.y, len)];
    const longer = Buffer.concat([new Uint8Array(1), x]);
    expect(prepareBytes(curve, x, y)).toBe(true);
    for (let length = 0; length <= len + 1; length++) {
      const cut = longer.subarray(longer.length - length);
      expect(prepareBytes(curve, cut, y)).toBe(length === len);
      expect(prepareBytes(curve, y, cut)).toBe(false);
    }
  });

  test("is right at the lowest and the highest coordinates", () => {
    for (const from of [0n, 2n, 2n ** 29n - 5n, 2n ** 232n - 20n, p - 100n]) {
      const sum = pointFrom(curve, from);
      for (const point of [sum, negate(curve, sum)]) {
        expect(prepareAll(curve, point)).toBe(true);
        // u1 = 0: the signature is of any point, whose secret nobody knows.
        const product = multiply(curve, point, 12345n) ?? curve.base;
        const r = product.x % curve.n;
        const s = (r * inverse(12345n, curve.n)) % curve.n;
        const signature = Buffer.concat([bigEndian(r, len), bigEndian(s, len)]);
        expect(verifyAll(curve, new Uint8Array(len > 64 ? 64 : len), signature)).toEqual(ALL_VALID);
      }
    }
  });
});

describe("on P-256", () => {
  // 2^261 y^2 mod p, which doubling computes, has the limb -2^28: 8 times it is -2^31, which has no
  // negative in 32 bits. Found by solving x^3 - 3 x + b = y^2 for such a y.
  const point: Point = {
    x: 0x0406a6403f79d907a425fdbcd603ca5d4d14b101e491d5c83cd73e182ec50312n,
    y: 0x19f1de8531d6582807a418047c771aa838f79319416b51312056472839a710a6n,
  };

  test("a key is right whose double has a limb at the very end of its range", () => {
    const gamma = (2n ** 261n * point.y * point.y) % P256.p;
    const half = 0x10000000n + (0x10000000n << 29n) + (0x10000000n << 58n);
    expect(BigInt.asUintN(29, (gamma + half) >> 87n)).toBe(2n ** 28n);
    const [curve] = CURVES;
    if (curve === undefined) throw new Error("no P-256");
    expect(prepareAll(curve, point)).toBe(true);
    const u2 = 2n ** 255n - 12345n;
    const product = multiply(curve, point, u2) ?? point;
    const r = product.x % curve.n;
    const s = (r * inverse(u2, curve.n)) % curve.n;
    const signature = Buffer.concat([bigEndian(r, 32), bigEndian(s, 32)]);
    expect(verifyAll(curve, new Uint8Array(32), signature)).toEqual(ALL_VALID);
  });
});

test(`curves in every order on one instance keep out of each other's way, seed ${SEED}`, () => {
  // Each one after each one.
  const order = [0, 0, 1, 1, 2, 2, 0, 2, 1, 0];
  for (const curve of order.flatMap((index) => CURVES.slice(index, index + 1))) {
    const d = randomScalar(curve);
    expect(prepareAll(curve, multiply(curve, curve.base, d))).toBe(true);
    const plain = craft(curve, (k) => [k - 3n * d, 3n]);
    const zero = craft(curve, (k) => [0n, k * inverse(d, curve.n)]);
    for (const { digest, signature } of [plain, zero]) {
      expect(verifyAll(curve, digest, signature)).toEqual(ALL_VALID);
      const tampered = Buffer.from(signature);
      tampered[9] = (tampered[9] ?? 0) ^ 1;
      expect(verifyAll(curve, digest, tampered)).toEqual(ALL_INVALID);
    }
    const high = pointFrom(curve, curve.n + 1n);
    const second = craftSum(curve, high, high.x - curve.n);
    expect(prepareAll(curve, second.key)).toBe(true);
    expect(verifyAll(curve, second.digest, second.signature)).toEqual(ALL_VALID);
  }
});
