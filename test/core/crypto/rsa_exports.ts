// RSA from a test's side: keys of any modulus and exponent, powers, signatures and encodings.

import { littleEndian } from "../../support/big_numbers.ts";
import { loadCrypto } from "../../support/crypto_probe.ts";

interface Exports {
  allocate(bytes: number): number;
  rsaKeyBytes(nLen: number): number;
  prepareRsa(n: number, nLen: number, e: number, eLen: number, key: number): number;
  verifyRsaPkcs1(
    key: number,
    hash: number,
    digest: number,
    signature: number,
    signatureLen: number,
  ): number;
  verifyRsaPss(
    key: number,
    hash: number,
    digest: number,
    signature: number,
    signatureLen: number,
  ): number;
  rsaRaise(key: number, signature: number, signatureLen: number, target: number): number;
  rsaIsPkcs1(encoded: number, len: number, hash: number, digest: number): number;
  rsaIsPss(encoded: number, len: number, bits: number, hash: number, digest: number): number;
}

const GUARD_BYTES = 64;
const DIRT = 0xff;

export const probe = await loadCrypto<Exports>();
export const { core } = probe;

export function bigEndian(value: bigint, length: number): Uint8Array {
  return littleEndian(value, length).reverse();
}

/** Bytes of a number without leading zeros; one byte for 0. */
export function shortest(value: bigint): Uint8Array {
  return bigEndian(value, Math.ceil(value.toString(16).length / 2));
}

export function fromBigEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

/** Address of a prepared key in memory that was not clean, 0 when it is refused. */
export function prepare(n: Uint8Array, e: Uint8Array): number {
  const room = new Uint8Array(core.rsaKeyBytes(n.length) + GUARD_BYTES).fill(DIRT);
  const key = probe.put(room);
  const isDone = core.prepareRsa(probe.put(n), n.length, probe.put(e), e.length, key) !== 0;
  return isDone ? key : 0;
}

export function prepareNumbers(modulus: bigint, exponent: bigint): number {
  return prepare(shortest(modulus), shortest(exponent));
}

/** A key that outlives the probe's reset. */
export function prepareToStay(modulus: bigint, exponent: bigint): number {
  const n = shortest(modulus);
  const e = shortest(exponent);
  const key = (core.allocate(core.rsaKeyBytes(n.length) + 16) + 15) & ~15;
  if (core.prepareRsa(probe.put(n), n.length, probe.put(e), e.length, key) === 0)
    throw new Error("refused");
  return key;
}

/** W, L and T of a prepared key (rsa/key.ts). */
export function shapeOf(key: number): { limbs: number; columns: number } {
  const word = (at: number): number => probe.view().getUint32(key + at, true);
  return { limbs: word(12), columns: 8 * word(16) };
}

/** Whether nothing was written behind a key. */
export function isGuarded(key: number, nLen: number): boolean {
  return probe.bytes(key + core.rsaKeyBytes(nLen), GUARD_BYTES).every((byte) => byte === DIRT);
}

/** The power, or undefined where it is refused. */
export function raise(key: number, signature: Uint8Array): bigint | undefined {
  const { length } = signature;
  const target = probe.put(new Uint8Array(length + GUARD_BYTES).fill(DIRT));
  if (core.rsaRaise(key, probe.put(signature), length, target) === 0) return undefined;
  const behind = probe.bytes(target + length, GUARD_BYTES);
  if (behind.some((byte) => byte !== DIRT)) throw new Error("written behind the power");
  return fromBigEndian(probe.bytes(target, length));
}

/** By BigInt, from the right. */
export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
