// Tokens that are the same in every run: keys that are written down, and signatures without chance
// (RFC 8032; RFC 6979; RFC 8017 §8.2).

import { createPrivateKey, createPublicKey, sign } from "node:crypto";

import { p256 } from "@noble/curves/nist.js";

import { RFC7515_RSA_KEY } from "./rfc7515_rsa_key_table.ts";

const SEED = Buffer.alloc(32, 7);
/** PKCS #8 of an Ed25519 key up to its seed (RFC 8410 §7). */
const ED25519_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

const pkcs8 = (key: Buffer): ReturnType<typeof createPrivateKey> =>
  createPrivateKey({ key, format: "der", type: "pkcs8" });

const edKey = pkcs8(Buffer.concat([ED25519_HEAD, SEED]));
const rsaKey = pkcs8(Buffer.from(RFC7515_RSA_KEY, "base64"));
const ecPoint = p256.getPublicKey(SEED, false);

interface FixedKey {
  jwk: object;
  sign(signed: Buffer): Uint8Array;
}

const encode = (part: Uint8Array | object): string =>
  Buffer.from(part instanceof Uint8Array ? part : JSON.stringify(part)).toString("base64url");

const publicJwk = (key: ReturnType<typeof createPrivateKey>): object => ({
  ...createPublicKey(key).export({ format: "jwk" }),
  kid: "fixed",
});

export const FIXED_KEYS = {
  EdDSA: {
    jwk: publicJwk(edKey),
    sign: (signed) => sign(null, signed, edKey),
  },
  ES256: {
    jwk: {
      kty: "EC",
      crv: "P-256",
      x: encode(ecPoint.subarray(1, 33)),
      y: encode(ecPoint.subarray(33)),
      kid: "fixed",
    },
    sign: (signed) => p256.sign(signed, SEED),
  },
  RS256: {
    jwk: publicJwk(rsaKey),
    sign: (signed) => sign("sha256", signed, rsaKey),
  },
} satisfies Record<string, FixedKey>;

/** Each right signature builds a slice of its key's table (assembly/core/crypto/tables.ts). */
export const TABLE_SLICES = 640;

export type FixedAlgorithm = keyof typeof FIXED_KEYS;

/** So many tokens of different subjects. */
export function tokensOf(alg: FixedAlgorithm, count: number, claims: object = {}): string[] {
  return Array.from({ length: count }, (_, i) => {
    const payload = {
      iss: "https://idp.test",
      aud: "orders",
      sub: `caller-${String(i)}`,
      iat: 1,
      exp: 2_000_000_000,
      ...claims,
    };
    const signed = `${encode({ alg, kid: "fixed" })}.${encode(payload)}`;
    return `${signed}.${encode(FIXED_KEYS[alg].sign(Buffer.from(signed)))}`;
  });
}
