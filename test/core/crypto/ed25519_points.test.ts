// Ed25519 with keys and R of small or mixed order: which equation is checked, and what is refused.

import { describe, expect, test } from "vitest";

import { SEED } from "../../support/big_numbers.ts";
import { ALL_INVALID, ALL_VALID, L, prepareAll, verifyAll, verifyNode } from "./ed25519_exports.ts";
import { craft, Point, random, randomBytes, SMALL_ORDER, TORSION } from "./ed25519_signers.ts";

const message = randomBytes(100);

describe(`Ed25519 with points that no honest signer makes, seed ${SEED}`, () => {
  const secret = 1n + (random(256) % (L - 1n));
  const own = Point.BASE.multiply(secret);

  test("refuses R of small order, which node:crypto takes", () => {
    const x = own.toBytes();
    prepareAll(x);
    const neutral = Point.ZERO.toBytes();
    const forged = craft(neutral, x, message, 0n, secret);
    expect(verifyNode(x, message, forged)).toBe(true);
    expect(verifyAll(message, forged)).toEqual(ALL_INVALID);
    for (const r of SMALL_ORDER) {
      expect(verifyAll(message, craft(r, x, message, 0n, secret))).toEqual(ALL_INVALID);
    }
  });

  test("refuses R of small order where a key of mixed order would give it", () => {
    let found = 0;
    for (const torsion of TORSION.slice(1)) {
      const x = own.add(torsion).toBytes();
      prepareAll(x);
      for (const r of TORSION) {
        const forged = craft(r.toBytes(), x, message, 0n, secret);
        if (verifyNode(x, message, forged)) found++;
        expect(verifyAll(message, forged)).toEqual(ALL_INVALID);
      }
    }
    expect(found).toBeGreaterThan(0);
  });

  test("says what node:crypto says for keys and R of mixed order", () => {
    const seen = new Set<boolean>();
    for (const torsion of TORSION) {
      const x = own.add(torsion).toBytes();
      expect(prepareAll(x)).toBe(true);
      for (let round = 0; round < 16; round++) {
        const text = randomBytes(20);
        const nonce = 1n + (random(256) % (L - 1n));
        const other = TORSION[round & 7] ?? Point.ZERO;
        const r = Point.BASE.multiply(nonce).add(other).toBytes();
        const crafted = craft(r, x, text, nonce, secret);
        const expected = verifyNode(x, text, crafted);
        seen.add(expected);
        expect(verifyAll(text, crafted)).toEqual(ALL_VALID.map(() => expected));
      }
    }
    expect(seen.size).toBe(2);
  });

  test("is right for secrets and nonces at the edges", () => {
    for (const edge of [1n, 2n, 8n, 2n ** 128n, 2n ** 252n, L - 1n, L - 2n]) {
      const x = Point.BASE.multiply(edge).toBytes();
      expect(prepareAll(x)).toBe(true);
      for (const nonce of [1n, edge, L - edge, L - 1n]) {
        const r = Point.BASE.multiply(nonce).toBytes();
        expect(verifyAll(message, craft(r, x, message, nonce, edge))).toEqual(ALL_VALID);
      }
    }
  });
});
