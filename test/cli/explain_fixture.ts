// The configuration and the token that tests of `sallyport explain` begin with.

import { ecKey, forge, keyFor } from "../support/tokens.ts";

/** Seconds: 2027-01-15T08:00:00Z. */
export const NOW = 1_800_000_000;
export const KEY = ecKey("current");
const OLD_KEY = keyFor("EdDSA", "old");
export const HEADER = { alg: "ES256", kid: "current", typ: "JWT" };
export const CLAIMS = {
  iss: "https://issuer.example.org",
  sub: "alice",
  aud: "orders",
  iat: NOW - 60,
  exp: NOW + 300,
};
const PROVIDER = {
  issuer: CLAIMS.iss,
  audiences: ["orders", "billing"],
  subjects: ["alice", "svc-*"],
  algorithms: ["ES256", "EdDSA"],
  clockSkew: "30s",
  keys: { inline: { keys: [OLD_KEY.jwk, KEY.jwk] } },
  forward: { claims: [{ claim: "sub", header: "x-user" }] },
};
export const CONFIGURATION = {
  normalise: { map: [{ from: "auth-token", to: "authorization", prefix: "Bearer " }] },
  trace: {},
  jwt: {
    providers: {
      idp: PROVIDER,
      other: { audiences: ["other"], keys: { inline: { keys: [KEY.jwk] } } },
    },
    rules: [
      { match: { prefix: "/healthz" }, require: "none" },
      { match: { prefix: "/other" }, require: "other" },
      { match: { prefix: "/api" }, require: "idp" },
    ],
  },
  rateLimit: {
    limits: [
      { name: "everybody", key: [{ text: "all" }], capacity: 5, refill: "1/s" },
      { name: "per-user", key: [{ claim: "sub" }], capacity: 5, refill: "1/s" },
    ],
  },
};
export const GOOD = forge(KEY, HEADER, CLAIMS);
