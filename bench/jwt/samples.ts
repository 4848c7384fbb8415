// The tokens of `bench:jwt`, and the keys that verify them; made anew in each run.

import type { JWK, JWTPayload } from "jose";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { HeaderSet } from "../harness/load.ts";

export const AUDIENCE = "orders";
export const ISSUER = "https://issuer.example.org";
export const SUBJECT = "spiffe://example.org/ns/shop/sa/cart";
export const ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** Members that Envoy's YAML can carry. */
export type PublicKey = Record<string, string>;

export interface Signer {
  publicKey: PublicKey;
  sign(claims: JWTPayload): Promise<string>;
}

/**
 * Tokens in rotation. The module keeps 1024 tokens in 256 KiB, the oldest give way: with more of
 * both, none is found again when its turn comes back.
 */
export const ROTATION_TOKENS = 1536;
export const CACHE_BYTES = 256 * 1024;
export const CACHE_ENTRIES = 1024;
const LIFETIME_SECONDS = 3 * 3600;

export async function makeSigner(algorithm: Algorithm, kid: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  const { kty = "", ...members }: JWK = await exportJWK(publicKey);
  const shown = ["crv", "x", "y", "n", "e"] as const;
  const parts = shown.flatMap((name) => {
    const value = members[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    publicKey: { kty, ...Object.fromEntries(parts), kid, alg: algorithm, use: "sig" },
    sign: (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid, typ: "JWT" }).sign(privateKey),
  };
}

/** A good token; with other claims where `other` has them. */
export function mint(signer: Signer, id: string, other: JWTPayload = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now, exp: now + LIFETIME_SECONDS };
  const names = { iss: ISSUER, sub: SUBJECT, aud: AUDIENCE };
  return signer.sign({ ...names, ...times, jti: id, ...other });
}

/** Distinct tokens, so many that no cache of verified tokens can hold them. */
export async function mintRotation(signer: Signer, other: JWTPayload = {}): Promise<string[]> {
  const ids = Array.from({ length: ROTATION_TOKENS }, (_, index) => `token-${index}`);
  const tokens = await Promise.all(ids.map((id) => mint(signer, id, other)));
  const bytes = tokens.reduce((sum, token) => sum + token.length, 0);
  if (bytes <= CACHE_BYTES) throw new Error(`${bytes} bytes of tokens would fit into the cache`);
  return tokens;
}

/** The same token with a signature that has the right form and is wrong. */
export function tampered(token: string): string {
  const at = token.lastIndexOf(".") + 1;
  return `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
}

/** What a request with this token carries; twelve headers with the pseudo-headers. */
export function requestHeaders(token: string): HeaderSet {
  return {
    "user-agent": "bench/1",
    accept: "application/json",
    "accept-encoding": "gzip, br",
    "accept-language": "en",
    "cache-control": "no-cache",
    "x-request-source": "bench",
    "x-tenant": "shop",
    authorization: `Bearer ${token}`,
  };
}
