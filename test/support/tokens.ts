// Keys that are made anew in each run, and tokens by them: good ones by jose, bad ones by hand,
// since no library makes them.

import type { JsonWebKey, KeyObject } from "node:crypto";
import { constants, createHmac, createSecretKey, sign } from "node:crypto";
import { SignJWT } from "jose";
import { newEcKeys, newEdwardsKeys, newRsaKeys } from "./key_pairs.ts";

/** Every algorithm of the module, in the order of its numbers. */
export const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "HS256",
  "HS384",
  "HS512",
] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface TestKey {
  alg: Algorithm;
  kid: string;
  /** Of an algorithm with a shared secret, that. */
  privateKey: KeyObject;
  /** The public half, or the secret. */
  jwk: JsonWebKey & { kid: string };
}

const CURVES: Partial<Record<Algorithm, string>> = {
  ES256: "P-256",
  ES384: "P-384",
  ES512: "P-521",
};
const SECRET_BYTES = 64;

export function ecKey(kid: string, alg: "ES256" | "ES384" | "ES512" = "ES256"): TestKey {
  const pair = newEcKeys(CURVES[alg] ?? "");
  return testKey(alg, kid, pair);
}

export function rsaKey(kid: string, modulusLength = 2048): TestKey {
  return testKey("RS256", kid, newRsaKeys(modulusLength));
}

/** A key for one algorithm; those for RSA take a while to make. */
export function keyFor(alg: Algorithm, kid: string): TestKey {
  if (alg === "ES256" || alg === "ES384" || alg === "ES512") return ecKey(kid, alg);
  if (alg === "EdDSA") return testKey(alg, kid, newEdwardsKeys("ed25519"));
  if (alg.startsWith("HS")) {
    const secret = Buffer.alloc(SECRET_BYTES, kid);
    const jwk = { kty: "oct", k: secret.toString("base64url"), kid };
    return { alg, kid, privateKey: createSecretKey(secret), jwk };
  }
  return { ...rsaKey(kid), alg };
}

function testKey(
  alg: Algorithm,
  kid: string,
  { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject },
): TestKey {
  return { alg, kid, privateKey, jwk: { ...publicKey.export({ format: "jwk" }), kid } };
}

export type Claims = Record<string, unknown>;

/** A token as an issuer makes it, with `alg`, `kid` and `typ` in its header. */
export function mint(key: TestKey, claims: Claims): Promise<string> {
  const header = { alg: key.alg, kid: key.kid, typ: "JWT" };
  return new SignJWT(claims).setProtectedHeader(header).sign(key.privateKey);
}

/**
 * A token with any header and payload, well signed: objects become JSON, texts stay as they are.
 */
export function forge(key: TestKey, header: unknown, payload: unknown): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${rawSignature(key, signed).toString("base64url")}`;
}

/** The signature of a text in the form of JWS: r || s for ECDSA. */
export function rawSignature({ alg, privateKey: key }: TestKey, text: string): Buffer {
  const bytes = Buffer.from(text);
  const hash = `sha${alg.slice(2)}`;
  switch (alg.slice(0, 2)) {
    case "HS":
      return createHmac(hash, key).update(bytes).digest();
    case "PS": {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      return sign(hash, bytes, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
    }
    case "ES":
      return sign(hash, bytes, { key, dsaEncoding: "ieee-p1363" });
    case "RS":
      return sign(hash, bytes, key);
    default:
      return sign(null, bytes, key);
  }
}

export function encode(part: unknown): string {
  const text = typeof part === "string" ? part : JSON.stringify(part);
  return Buffer.from(text).toString("base64url");
}

/** A token with one of its parts replaced: 0 header, 1 payload, 2 signature. */
export function replacePart(token: string, part: 0 | 1 | 2, by: string): string {
  return token
    .split(".")
    .map((each, index) => (index === part ? by : each))
    .join(".");
}

/** A part of a token with one bit of one byte flipped. */
export function flipBit(token: string, part: 0 | 1 | 2, byte: number): string {
  const bytes = Buffer.from(token.split(".")[part] ?? "", "base64url");
  bytes[byte] = (bytes[byte] ?? 0) ^ 1;
  return replacePart(token, part, bytes.toString("base64url"));
}
