// Keys that are made anew in each run, and tokens by them: good ones by jose, bad ones by hand,
// since no library makes them.

import type { JsonWebKey, KeyObject } from "node:crypto";
import { generateKeyPairSync, sign } from "node:crypto";
import { SignJWT } from "jose";

export interface TestKey {
  alg: "ES256" | "RS256";
  kid: string;
  privateKey: KeyObject;
  /** The public half. */
  jwk: JsonWebKey & { kid: string };
}

export function ecKey(kid: string): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { alg: "ES256", kid, privateKey, jwk: { ...publicKey.export({ format: "jwk" }), kid } };
}

export function rsaKey(kid: string, modulusLength = 2048): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength });
  return { alg: "RS256", kid, privateKey, jwk: { ...publicKey.export({ format: "jwk" }), kid } };
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
export function rawSignature(key: TestKey, text: string): Buffer {
  const ecdsa = { key: key.privateKey, dsaEncoding: "ieee-p1363" as const };
  return sign("sha256", Buffer.from(text), key.alg === "ES256" ? ecdsa : key.privateKey);
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
