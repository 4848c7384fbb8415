// RSA keys of exactly so many bits (generateKeyPair rounds odd ones down), that sign any encoding.

import {
  constants,
  createHash,
  createPrivateKey,
  generatePrimeSync,
  privateEncrypt,
  sign,
} from "node:crypto";

import type { HashRow } from "./rsa_encodings.ts";
import { power, shortest } from "./rsa_exports.ts";

const E = 65537n;

export interface SigningKey {
  bits: number;
  /** Bytes of the modulus. */
  length: number;
  n: bigint;
  e: bigint;
  /** s with s^e = encoded, which is below the modulus and as long. */
  signEncoded(encoded: Uint8Array): Uint8Array;
  signPkcs1(row: HashRow, message: Uint8Array): Uint8Array;
  signPss(row: HashRow, message: Uint8Array): Uint8Array;
}

/** A prime with both top bits set, without E in p - 1. */
function makePrime(bits: number): bigint {
  for (;;) {
    const prime = generatePrimeSync(bits, { bigint: true });
    if (prime % E !== 1n) return prime;
  }
}

/** e^-1 mod m for E, a prime that does not divide m: (1 + m k) / E with k = -m^-1 mod E. */
function inverseOfE(m: bigint): bigint {
  const k = E - power(m, E - 2n, E);
  return (1n + m * k) / E;
}

export function makeKey(bits: number): SigningKey {
  const p = makePrime(bits - (bits >> 1));
  const q = makePrime(bits >> 1);
  const n = p * q;
  if (n.toString(2).length !== bits) throw new Error("primes without their top bits");
  const text = (value: bigint): string => Buffer.from(shortest(value)).toString("base64url");
  const d = inverseOfE((p - 1n) * (q - 1n));
  const key = createPrivateKey({
    format: "jwk",
    key: {
      kty: "RSA",
      n: text(n),
      e: text(E),
      d: text(d),
      p: text(p),
      q: text(q),
      dp: text(d % (p - 1n)),
      dq: text(d % (q - 1n)),
      qi: text(power(q, p - 2n, p)),
    },
  });
  const pss = {
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  };
  return {
    bits,
    length: Math.ceil(bits / 8),
    n,
    e: E,
    signEncoded: (encoded) => privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded),
    signPkcs1: ({ name }, message) => sign(name, message, key),
    signPss: ({ name }, message) => sign(name, message, { key, ...pss }),
  };
}

export function digestOf({ name }: HashRow, message: Uint8Array): Uint8Array {
  return createHash(name).update(message).digest();
}
