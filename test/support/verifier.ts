// The module's one interface for signatures, over bytes: build/crypto_probe.wasm.

import { loadCrypto } from "./crypto_probe.ts";

/** Hashes by their number in the module. */
export const HASHES = ["SHA-256", "SHA-384", "SHA-512"] as const;
export const HASH_BYTES = [32, 48, 64] as const;
/** Curves by their number in the module. */
export const CURVES = ["P-256", "P-384", "P-521"] as const;
export const COORDINATE_BYTES = [32, 48, 66] as const;

export type Hash = 0 | 1 | 2;
export type Curve = 0 | 1 | 2;

/** An `alg` of RFC 7518 or RFC 8037 with its number in the module. */
export interface Algorithm {
  name: string;
  number: number;
  hash: Hash;
}

export interface EcAlgorithm extends Algorithm {
  curve: Curve;
}

export interface RsaAlgorithm extends Algorithm {
  pss: boolean;
}

export const RSA_ALGORITHMS: readonly RsaAlgorithm[] = [
  { name: "RS256", number: 1, hash: 0, pss: false },
  { name: "RS384", number: 2, hash: 1, pss: false },
  { name: "RS512", number: 3, hash: 2, pss: false },
  { name: "PS256", number: 4, hash: 0, pss: true },
  { name: "PS384", number: 5, hash: 1, pss: true },
  { name: "PS512", number: 6, hash: 2, pss: true },
];

export const EC_ALGORITHMS: readonly EcAlgorithm[] = [
  { name: "ES256", number: 7, hash: 0, curve: 0 },
  { name: "ES384", number: 8, hash: 1, curve: 1 },
  { name: "ES512", number: 9, hash: 2, curve: 2 },
];

export const EDDSA: Algorithm = { name: "EdDSA", number: 10, hash: 2 };

export const HMAC_ALGORITHMS: readonly Algorithm[] = [
  { name: "HS256", number: 11, hash: 0 },
  { name: "HS384", number: 12, hash: 1 },
  { name: "HS512", number: 13, hash: 2 },
];

interface Exports {
  prepareRsaKey(n: number, nLen: number, e: number, eLen: number): number;
  prepareEcKey(curve: number, x: number, xLen: number, y: number, yLen: number): number;
  prepareOkpKey(x: number, xLen: number): number;
  prepareSecret(hash: number, key: number, keyLen: number): number;
  forgetKeys(): void;
  verifySignature(
    algorithm: number,
    key: number,
    message: number,
    messageLen: number,
    signature: number,
    signatureLen: number,
  ): number;
  buildTables(key: number, width: number): number;
  dropTables(): void;
  verifyDigestEcdsa(
    curve: number,
    key: number,
    hash: number,
    message: number,
    messageLen: number,
    signature: number,
    signatureLen: number,
  ): number;
  verifyRsa(
    pss: number,
    hash: number,
    key: number,
    message: number,
    messageLen: number,
    signature: number,
    signatureLen: number,
  ): number;
  hmacTag(
    hash: number,
    key: number,
    keyLen: number,
    message: number,
    messageLen: number,
    target: number,
  ): void;
}

/** What a signature is of, and how many bytes of both the module is told of: all, if not said. */
export interface Signed {
  message: Uint8Array;
  signature: Uint8Array;
  messageLen?: number;
  signatureLen?: number;
}

/** A key is a number that holds until `forgetKeys`, 0 if the module refuses it. */
export interface Verifier {
  rsaKey(n: Uint8Array, e: Uint8Array): number;
  ecKey(curve: Curve, x: Uint8Array, y: Uint8Array): number;
  okpKey(x: Uint8Array): number;
  secret(hash: Hash, key: Uint8Array): number;
  forgetKeys(): void;
  verify(algorithm: number, key: number, signed: Signed): boolean;
  /** ECDSA with a hash that JWS does not pair with the curve. */
  verifyEcdsa(curve: Curve, key: number, hash: Hash, signed: Signed): boolean;
  verifyRsa(pss: boolean, hash: Hash, key: number, signed: Signed): boolean;
  hmac(hash: Hash, key: Uint8Array, message: Uint8Array): Uint8Array;
  /** False when there is no room for the tables. */
  buildTables(key: number, width: number): boolean;
  dropTables(): void;
}

/** A new instance of the module. */
export async function loadVerifier(): Promise<Verifier> {
  const probe = await loadCrypto<Exports>();
  const { core } = probe;

  /** Address and length of a message, then of a signature: one call takes them. */
  function place(signed: Signed): [number, number, number, number] {
    probe.reset();
    const { message, signature } = signed;
    return [
      probe.put(message),
      signed.messageLen ?? message.length,
      probe.put(signature),
      signed.signatureLen ?? signature.length,
    ];
  }

  /** Address and length of each of some bytes. */
  function put(bytes: Uint8Array): [number, number] {
    return [probe.put(bytes), bytes.length];
  }

  return {
    rsaKey(n, e) {
      probe.reset();
      return core.prepareRsaKey(...put(n), ...put(e));
    },
    ecKey(curve, x, y) {
      probe.reset();
      return core.prepareEcKey(curve, ...put(x), ...put(y));
    },
    okpKey(x) {
      probe.reset();
      return core.prepareOkpKey(...put(x));
    },
    secret(hash, key) {
      probe.reset();
      return core.prepareSecret(hash, ...put(key));
    },
    forgetKeys: () => core.forgetKeys(),
    verify: (algorithm, key, signed) =>
      isYes(core.verifySignature(algorithm, key, ...place(signed))),
    verifyEcdsa: (curve, key, hash, signed) =>
      isYes(core.verifyDigestEcdsa(curve, key, hash, ...place(signed))),
    verifyRsa: (pss, hash, key, signed) =>
      isYes(core.verifyRsa(pss ? 1 : 0, hash, key, ...place(signed))),
    hmac(hash, key, message) {
      probe.reset();
      const target = probe.room(HASH_BYTES[hash]);
      core.hmacTag(hash, ...put(key), ...put(message), target);
      return probe.bytes(target, HASH_BYTES[hash]);
    },
    buildTables: (key, width) => isYes(core.buildTables(key, width)),
    dropTables: () => core.dropTables(),
  };
}

function isYes(answer: number): boolean {
  if (answer !== 0 && answer !== 1) throw new Error(`the module answers ${answer}`);
  return answer === 1;
}
