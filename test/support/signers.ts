// Keys of node:crypto that sign and verify as JWS does, for comparison with the module.

import type { JsonWebKey } from "node:crypto";
import { constants, createHmac, randomBytes, randomInt, sign, verify } from "node:crypto";

import type { RsaPair } from "./rsa_keys.ts";
import { COORDINATE_BYTES, CURVES, HASH_BYTES } from "./verifier.ts";
import type { Algorithm, EcAlgorithm, Hash, RsaAlgorithm, Verifier } from "./verifier.ts";
import { newEcKeys, newEdwardsKeys } from "./key_pairs.ts";

/**
 * A key and its algorithm. `verify` is Node's answer but for the length of a signature: that is
 * fixed by RFC 7518 and RFC 8017 §8.1.2, while OpenSSL takes a PSS signature whose leading zeros
 * are missing.
 */
export interface Signer {
  algorithm: Algorithm;
  signatureBytes: number;
  /** What a report of a failure needs to repeat it. */
  privateKey: JsonWebKey | string;
  hasTables: boolean;
  prepare(verifier: Verifier): number;
  sign(message: Buffer): Buffer;
  /** A signature as some other algorithm has it; `choice` is any number from 0. */
  signOtherwise(message: Buffer, choice: number): Buffer;
  verify(message: Buffer, signature: Buffer): boolean;
  /** Numbers of which signatures consist: r and s, one for RSA, none for HMAC. */
  numbers: SignatureNumbers;
}

export interface SignatureNumbers {
  count: number;
  littleEndian: boolean;
  /** What each number must be less than, and the other moduli of the algorithm. */
  order: bigint;
  moduli: bigint[];
}

const NODE_HASHES = ["sha256", "sha384", "sha512"] as const;

const otherHash = (hash: Hash, choice: number): (typeof NODE_HASHES)[number] =>
  NODE_HASHES[(hash + 1 + (choice % 2)) % 3] ?? "sha256";

const unbase64url = (text: string | undefined): Buffer => Buffer.from(text ?? "", "base64url");

const toBigInt = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);

export function rsaSigner(algorithm: RsaAlgorithm, pair: RsaPair): Signer {
  const { privateKey, publicKey } = pair;
  const hash = NODE_HASHES[algorithm.hash];
  const pkcs1 = { key: privateKey, padding: constants.RSA_PKCS1_PADDING };
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: HASH_BYTES[algorithm.hash] };
  const jwk = privateKey.export({ format: "jwk" });
  const n = unbase64url(jwk.n);
  return {
    algorithm,
    signatureBytes: n.length,
    privateKey: jwk,
    hasTables: false,
    prepare: (verifier) => verifier.rsaKey(n, unbase64url(jwk.e)),
    sign: (message) => sign(hash, message, algorithm.pss ? { key: privateKey, ...pss } : pkcs1),
    signOtherwise(message, choice) {
      if (choice % 3 === 0) {
        return sign(hash, message, algorithm.pss ? pkcs1 : { key: privateKey, ...pss });
      }
      if (algorithm.pss && choice % 3 === 1) {
        return sign(hash, message, { key: privateKey, ...pss, saltLength: choice % 32 });
      }
      return sign(
        otherHash(algorithm.hash, choice),
        message,
        algorithm.pss ? { key: privateKey, ...pss } : pkcs1,
      );
    },
    verify: (message, signature) =>
      signature.length === n.length &&
      verify(hash, message, algorithm.pss ? { key: publicKey, ...pss } : publicKey, signature),
    numbers: { count: 1, littleEndian: false, order: toBigInt(n), moduli: [] },
  };
}

/** Orders (SP 800-186 §3.2.1) and primes of the fields. */
const CURVE_NUMBERS = [
  {
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    prime: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
  },
  {
    order: 2n ** 384n - 0x389cb27e0bc8d220a7e5f24db74f58851313e695333ad68dn,
    prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
  },
  {
    order: 2n ** 521n - 0x5ae79787c40d069948033feb708f65a2fc44a36477663b851449048e16ec79bf7n,
    prime: 2n ** 521n - 1n,
  },
] as const;

export function ecSigner(algorithm: EcAlgorithm): Signer {
  const { privateKey, publicKey } = newEcKeys(CURVES[algorithm.curve]);
  const hash = NODE_HASHES[algorithm.hash];
  const dsaEncoding = "ieee-p1363" as const;
  const jwk = privateKey.export({ format: "jwk" });
  const { order, prime } = CURVE_NUMBERS[algorithm.curve];
  const signatureBytes = 2 * COORDINATE_BYTES[algorithm.curve];
  return {
    algorithm,
    signatureBytes,
    privateKey: jwk,
    hasTables: true,
    prepare: (verifier) => verifier.ecKey(algorithm.curve, unbase64url(jwk.x), unbase64url(jwk.y)),
    sign: (message) => sign(hash, message, { key: privateKey, dsaEncoding }),
    signOtherwise: (message, choice) =>
      sign(otherHash(algorithm.hash, choice), message, { key: privateKey, dsaEncoding }),
    verify: (message, signature) =>
      signature.length === signatureBytes &&
      verify(hash, message, { key: publicKey, dsaEncoding }, signature),
    numbers: { count: 2, littleEndian: false, order, moduli: [prime] },
  };
}

export function edSigner(algorithm: Algorithm): Signer {
  const { privateKey, publicKey } = newEdwardsKeys("ed25519");
  const jwk = privateKey.export({ format: "jwk" });
  return {
    algorithm,
    signatureBytes: 64,
    privateKey: jwk,
    hasTables: true,
    prepare: (verifier) => verifier.okpKey(unbase64url(jwk.x)),
    sign: (message) => sign(null, message, privateKey),
    signOtherwise: (message, choice) =>
      sign(null, Buffer.concat([message, Buffer.of(choice)]), privateKey),
    verify: (message, signature) =>
      signature.length === 64 && verify(null, message, publicKey, signature),
    numbers: {
      count: 2,
      littleEndian: true,
      order: 2n ** 252n + 27742317777372353535851937790883648493n,
      moduli: [2n ** 255n - 19n],
    },
  };
}

/** RFC 7518 §3.2 wants secrets as long as the hash at least; the lengths around its block too. */
export function hmacSigner(algorithm: Algorithm): Signer {
  const hash = NODE_HASHES[algorithm.hash];
  const length = HASH_BYTES[algorithm.hash];
  // HMAC pads with zeros: without a last byte of zero no shorter secret is the same.
  const secret = Buffer.concat([randomBytes(randomInt(length, 3 * length + 80)), Buffer.of(1)]);
  const tag = (name: string, message: Buffer): Buffer =>
    createHmac(name, secret).update(message).digest();
  return {
    algorithm,
    signatureBytes: length,
    privateKey: secret.toString("hex"),
    hasTables: false,
    prepare: (verifier) => verifier.secret(algorithm.hash, secret),
    sign: (message) => tag(hash, message),
    signOtherwise: (message, choice) =>
      Buffer.concat([
        tag(otherHash(algorithm.hash, choice), message),
        Buffer.alloc(length),
      ]).subarray(0, length),
    verify: (message, signature) => tag(hash, message).equals(signature),
    numbers: { count: 0, littleEndian: false, order: 1n, moduli: [] },
  };
}
