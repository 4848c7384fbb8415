// The examples of RFCs under test/vectors/rfc.

import type { JsonWebKey } from "node:crypto";
import { constants, createHmac, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

import type { Algorithm } from "./tokens.ts";

const FOLDER = new URL("../vectors/rfc/", import.meta.url);

export interface CompactExample {
  section: string;
  alg: Algorithm;
  key: JsonWebKey & { kty: string };
  token: string;
}

export interface Examples {
  compact: CompactExample[];
  /** With alg none. */
  unsecured: { section: string; token: string }[];
  /** Without payload. */
  detached: { section: string; token: string }[];
  json: { section: string; jws: object }[];
  thumbprint?: { section: string; key: Record<string, string>; sha256: string };
}

export function readExamples(rfc: number): Examples {
  const read: Examples = JSON.parse(readFileSync(new URL(`rfc${rfc}.json`, FOLDER), "utf8"));
  return read;
}

export interface SignedParts {
  message: Buffer;
  payload: Buffer;
  signature: Buffer;
}

export function splitToken(token: string): SignedParts {
  const end = token.lastIndexOf(".");
  const [, payload = ""] = token.split(".");
  return {
    message: Buffer.from(token.slice(0, end)),
    payload: Buffer.from(payload, "base64url"),
    signature: Buffer.from(token.slice(end + 1), "base64url"),
  };
}

/** Node's answer. */
export function verifyByNode({ alg, key, token }: CompactExample): boolean {
  const { message, signature } = splitToken(token);
  const hash = `sha${alg.slice(2)}`;
  if (alg.startsWith("HS")) {
    const secret = Buffer.from(key.k ?? "", "base64url");
    return createHmac(hash, secret).update(message).digest().equals(signature);
  }
  const publicKey = createPublicKey({ key, format: "jwk" });
  if (alg === "EdDSA") return verify(null, message, publicKey, signature);
  const padding = alg.startsWith("PS")
    ? constants.RSA_PKCS1_PSS_PADDING
    : constants.RSA_PKCS1_PADDING;
  const options = alg.startsWith("ES")
    ? { dsaEncoding: "ieee-p1363" as const }
    : { padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return verify(hash, message, { key: publicKey, ...options }, signature);
}
