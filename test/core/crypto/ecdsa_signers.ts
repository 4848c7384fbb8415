// Signatures crafted so that a check multiplies by chosen scalars: it computes u1 G + u2 Q with
// u1 = e / s and u2 = r / s mod n, and compares x of that with r.

import type { Point, PointOrInfinity } from "../../../scripts/crypto/curves.ts";
import { add, inverse, mod, multiply, negate } from "../../../scripts/crypto/curves.ts";
import { randomNumbers, SEED } from "../../support/big_numbers.ts";
import { bigEndian, type NamedCurve } from "./ecdsa_exports.ts";

export interface Crafted {
  digest: Uint8Array;
  signature: Uint8Array;
}

interface Nonce {
  k: bigint;
  r: bigint;
  point: PointOrInfinity;
}

const DIGEST_LEN_MAX = 64;
/** n of P-521 has 9 bits more than the longest digest: one nonce in 512 leads to a digest. */
const NONCES_MAX = 20_000;

const random = randomNumbers(SEED);
const nonces = new Map<string, Nonce[]>();

/** A number in 1 .. n-1. */
export function randomScalar({ n }: NamedCurve): bigint {
  return 1n + (random(600) % (n - 1n));
}

/** The nonce so many after a random one, and r of it. */
function nonceOf(curve: NamedCurve, index: number): Nonce {
  const known = nonces.get(curve.name) ?? [firstNonce(curve)];
  nonces.set(curve.name, known);
  for (let last = known.at(-1); last !== undefined && known.length <= index; last = known.at(-1)) {
    const point = add(curve, last.point, curve.base);
    known.push({ k: last.k + 1n, r: mod(point?.x ?? 0n, curve.n), point });
  }
  return known[index] ?? firstNonce(curve);
}

function firstNonce(curve: NamedCurve): Nonce {
  const k = randomScalar(curve) >> 1n;
  const point = multiply(curve, curve.base, k);
  return { k, r: mod(point?.x ?? 0n, curve.n), point };
}

/** The digest that counts as e, undefined where it would be too long. */
export function digestOf({ len }: NamedCurve, e: bigint): Uint8Array | undefined {
  const length = Math.min(len, DIGEST_LEN_MAX);
  return e < 2n ** BigInt(8 * length) ? bigEndian(e, length) : undefined;
}

export function encode({ len }: NamedCurve, r: bigint, s: bigint): Uint8Array {
  return Buffer.concat([bigEndian(r, len), bigEndian(s, len)]);
}

/** A right signature for the scalars of u1 G + u2 Q = k G. */
export function craft(
  curve: NamedCurve,
  scalarsOf: (k: bigint) => [u1: bigint, u2: bigint],
): Crafted {
  const { n } = curve;
  const count = curve.len > DIGEST_LEN_MAX ? 256 : 1;
  for (let from = 0; from < NONCES_MAX; from += count) {
    const tries = Array.from({ length: count }, (_, index) => {
      const { k, r } = nonceOf(curve, from + index);
      const [u1, u2] = scalarsOf(k);
      return { u1, u2: mod(u2, n), r };
    });
    const inverses = invertAll(
      tries.map(({ u2 }) => u2),
      n,
    );
    for (const [index, { u1, r }] of tries.entries()) {
      const s = mod(r * (inverses[index] ?? 0n), n);
      const digest = digestOf(curve, mod(u1 * s, n));
      if (digest !== undefined && s !== 0n) return { digest, signature: encode(curve, r, s) };
    }
  }
  throw new Error("no nonce leads to a digest");
}

/** With one inversion, as assembly/core/crypto/ec/affine.ts does; 0 has the inverse 0 for all. */
function invertAll(values: bigint[], modulus: bigint): bigint[] {
  let product = 1n;
  const before = values.map((value) => {
    const prefix = product;
    product = (product * value) % modulus;
    return prefix;
  });
  let rest = inverse(product, modulus);
  const inverses = [...values];
  for (let index = values.length - 1; index >= 0; index--) {
    inverses[index] = (rest * (before[index] ?? 0n)) % modulus;
    rest = (rest * (values[index] ?? 0n)) % modulus;
  }
  return inverses;
}

/** The signature of a number by the key d G. */
export function sign(curve: NamedCurve, d: bigint, e: bigint): Uint8Array {
  const { n } = curve;
  const { k, r } = nonceOf(curve, 0);
  return encode(curve, r, mod((e + r * d) * inverse(k, n), n));
}

/** A key, and a signature with some r by which a check arrives at the point. */
export function craftSum(
  curve: NamedCurve,
  sum: Point,
  r: bigint,
): Crafted & { key: PointOrInfinity } {
  const { n } = curve;
  const s = randomScalar(curve);
  const e = random(8 * Math.min(curve.len, DIGEST_LEN_MAX)) % n;
  const product = multiply(curve, curve.base, e * inverse(s, n));
  const key = multiply(curve, add(curve, sum, negate(curve, product)), s * inverse(r, n));
  const digest = digestOf(curve, e) ?? new Uint8Array();
  return { key, digest, signature: encode(curve, r, s) };
}

/** The point of the lowest x from some number on; p is 3 mod 4. */
export function pointFrom({ p, b }: NamedCurve, from: bigint): Point {
  for (let x = from; ; x++) {
    const square = mod(x * x * x - 3n * x + b, p);
    const y = power(square, (p + 1n) / 4n, p);
    if ((y * y) % p === square) return { x, y };
  }
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
