import { describe, expect, test } from "vitest";

import { modulusRecord } from "../../../scripts/crypto/modulus.ts";
import {
  fromLittleEndian,
  littleEndian,
  modulo,
  randomNumbers,
  SEED,
} from "../../support/big_numbers.ts";
import { loadCrypto } from "../../support/crypto_probe.ts";

interface Exports {
  invert(value: number, modulus: number, target: number): number;
}

const ROUNDS = 300;

const MODULI = [
  ["p of Curve25519", 2n ** 255n - 19n],
  ["L of Ed25519", 2n ** 252n + 27742317777372353535851937790883648493n],
  ["n of P-256", 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n],
  [
    "n of P-384",
    BigInt(
      "0xffffffffffffffffffffffffffffffffffffffffffffffff" +
        "c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    ),
  ],
  [
    "n of P-521",
    BigInt(
      "0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa" +
        "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    ),
  ],
  ["p of P-521", 2n ** 521n - 1n],
  ["a prime of 61 bits", 2n ** 61n - 1n],
  ["an odd product", 3n ** 150n],
] as const;

const probe = await loadCrypto<Exports>();

/** The module's inverse, or undefined where it refuses. */
function invert(value: bigint, modulus: bigint): bigint | undefined {
  probe.reset();
  const record = modulusRecord(modulus);
  const words = record[1] ?? 0;
  const recordPtr = probe.put(new Uint8Array(Uint32Array.from(record).buffer));
  const ptr = probe.put(littleEndian(value, 8 * words));
  if (probe.core.invert(ptr, recordPtr, ptr) === 0) return undefined;
  return fromLittleEndian(probe.bytes(ptr, 8 * words));
}

/** By the extended algorithm of Euclid. */
function reference(value: bigint, modulus: bigint): bigint | undefined {
  let [r0, r1, t0, t1] = [modulus, value % modulus, 0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1, t0, t1] = [r1, r0 - quotient * r1, t1, t0 - quotient * t1];
  }
  return r0 === 1n ? modulo(t0, modulus) : undefined;
}

describe.each(MODULI)("invert modulo %s", (_, modulus) => {
  const bits = modulus.toString(2).length;
  const agrees = (value: bigint): void => {
    expect(invert(value, modulus), `value ${value}`).toBe(reference(value, modulus));
  };

  test("has no inverse of 0 and of m", () => {
    expect(invert(0n, modulus)).toBeUndefined();
    expect(invert(modulus, modulus)).toBeUndefined();
  });

  test("is right for 1, m - 1 and their neighbours", () => {
    for (const value of [1n, 2n, 3n, modulus - 1n, modulus - 2n, modulus >> 1n]) agrees(value);
  });

  test("is right for every power of 2 and its neighbours", () => {
    for (let bit = 1n; bit < bits; bit++) {
      for (const offset of [-1n, 0n, 1n]) agrees(2n ** bit + offset);
    }
  });

  test(`is right for random values, seed ${SEED}`, () => {
    const random = randomNumbers(SEED);
    for (let round = 0; round < ROUNDS; round++) {
      agrees(random(bits) % modulus);
      agrees(random(1 + (round % bits)) % modulus);
    }
  });

  test("takes values of m and more modulo m, as far as its limbs reach", () => {
    const [limbs = 0, words = 0] = modulusRecord(modulus);
    const reach = Math.min(30 * limbs, 64 * words);
    agrees(modulus + 1n);
    agrees(2n ** BigInt(reach) - 1n);
    if (reach < 64 * words) expect(invert(2n ** BigInt(reach), modulus)).toBeUndefined();
  });
});
