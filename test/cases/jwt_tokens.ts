// The keys of the jwt configurations and claims that they accept.

import { CANARY } from "../../scripts/lib/kept_logs.ts";
import type { Claims, TestKey } from "../support/tokens.ts";
import { ALGORITHMS, ecKey, keyFor, mint, rsaKey } from "../support/tokens.ts";

export const EC = ecKey("ec-1");
export const RSA = rsaKey("rsa-1");
/** A key of another provider, under the same kid. */
export const OTHER = ecKey("ec-1");
/** A key that no provider has. */
export const STRANGER = ecKey("ec-9");
export const STRANGER_RSA = rsaKey("rsa-9");
/** One key for each algorithm; the three of RSA share one key. */
export const EVERY_KEY: readonly TestKey[] = ALGORITHMS.map((alg) =>
  /^[RP]S/.test(alg) ? { ...RSA, alg } : keyFor(alg, `${alg}-1`),
);
export const ISSUER = "https://idp.test";
export const SPIFFE_ID = "spiffe://example.org/ns/shop/sa/orders";

/** Longer than any run of the tests, shorter than a day. */
const LIFETIME_SECONDS = 7200;
export const NOW = Math.floor(Date.now() / 1000);

/** What every token tells and no log may: `npm test` searches for it. */
const PERSONAL: Claims = { email: `${CANARY}@example.test` };

/**
 * Claims that the configuration "jwt" accepts, but for the given ones; undefined leaves one out.
 */
export function claims(changed: Claims = {}): Claims {
  const times = { iat: NOW, exp: NOW + LIFETIME_SECONDS };
  return { iss: ISSUER, sub: "alice", aud: "orders", ...times, ...PERSONAL, ...changed };
}

/** Claims of a JWT-SVID, likewise. */
export function svidClaims(changed: Claims = {}): Claims {
  const exp = NOW + LIFETIME_SECONDS;
  return { sub: SPIFFE_ID, aud: ["orders"], exp, ...PERSONAL, ...changed };
}

export function token(changed: Claims = {}, key: TestKey = EC): Promise<string> {
  return mint(key, claims(changed));
}

export function svid(changed: Claims = {}, key: TestKey = EC): Promise<string> {
  return mint(key, svidClaims(changed));
}
