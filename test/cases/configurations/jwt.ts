import { EC, EVERY_KEY, ISSUER, OTHER, RSA } from "../jwt_tokens.ts";

export const keys = (...each: object[]): object => ({ inline: { keys: each } });

export const IDP = {
  issuer: ISSUER,
  audiences: ["orders", "billing"],
  keys: keys({ ...EC.jwk, use: "sig", alg: "ES256" }, RSA.jwk),
  forward: {
    claims: [
      { claim: "sub", header: "x-user" },
      { claim: "level", header: "x-level" },
      { claim: "admin", header: "x-admin" },
    ],
  },
};

const SPIRE = {
  profile: "jwt-svid",
  trustDomain: "example.org",
  audiences: ["orders"],
  clockSkew: "0s",
  keys: keys({ ...EC.jwk, use: "jwt-svid" }, RSA.jwk),
  forward: { claims: [{ claim: "sub", header: "x-spiffe-id" }] },
};

export const everywhere = (require: string): object => ({ match: { prefix: "/" }, require });

/** Each algorithm under a path of its name; secrets cannot stand beside public keys. */
const everyAlgorithm = (crypto: "auto" | "host" | "wasm"): object => ({
  jwt: {
    crypto,
    providers: Object.fromEntries(
      EVERY_KEY.filter(({ alg }) => crypto !== "host" || /^[RE]S/.test(alg)).map((key) => [
        key.alg,
        { audiences: ["orders"], keys: keys(key.jwk) },
      ]),
    ),
    rules: EVERY_KEY.map(({ alg }) => ({
      match: { prefix: `/${alg}` },
      require: crypto !== "host" || /^[RE]S/.test(alg) ? alg : "none",
    })),
  },
});

/** Configurations of the jwt cases, by name. */
export const jwtConfigurations = {
  jwt: {
    jwt: {
      providers: {
        idp: IDP,
        other: { audiences: ["orders"], keys: keys(OTHER.jwk) },
      },
      rules: [
        { match: { prefix: "/healthz" }, require: "none" },
        { match: { prefix: "/other" }, require: "other" },
        { match: { prefix: "/api/v1" }, require: "idp" },
        everywhere("idp"),
      ],
    },
  },
  "jwt without a rule for every path": {
    jwt: { providers: { idp: IDP }, rules: [{ match: { prefix: "/api" }, require: "idp" }] },
  },
  "jwt with the token kept": {
    jwt: {
      realm: "the shop",
      providers: { idp: { ...IDP, forward: { ...IDP.forward, token: "keep" } } },
      rules: [everywhere("idp")],
    },
  },
  "jwt with one algorithm": {
    jwt: { providers: { idp: { ...IDP, algorithms: ["ES256"] } }, rules: [everywhere("idp")] },
  },
  "jwt with every algorithm": everyAlgorithm("auto"),
  "jwt with every algorithm by the module": everyAlgorithm("wasm"),
  "jwt with every algorithm of the host": everyAlgorithm("host"),
  "jwt with keys for one algorithm each": {
    jwt: {
      providers: {
        idp: {
          ...IDP,
          keys: keys(
            { ...RSA.jwk, alg: "PS256" },
            { ...EC.jwk, alg: "ES256" },
            { ...RSA.jwk, kid: "any" },
          ),
        },
      },
      rules: [everywhere("idp")],
    },
  },
  "jwt with two keys of one type": {
    jwt: {
      providers: { idp: { ...IDP, keys: keys(EC.jwk, { ...OTHER.jwk, kid: "ec-2" }) } },
      rules: [everywhere("idp")],
    },
  },
  "jwt with no skew": {
    jwt: { providers: { idp: { ...IDP, clockSkew: "0s" } }, rules: [everywhere("idp")] },
  },
  "jwt with subjects": {
    jwt: {
      providers: { idp: { ...IDP, subjects: ["alice", "team/*"] } },
      rules: [everywhere("idp")],
    },
  },
  "jwt behind a mapping": {
    normalise: {
      map: [
        { from: "auth-token", to: "authorization", prefix: "Bearer " },
        { from: "claimed-user", to: "x-user" },
      ],
    },
    jwt: {
      providers: { idp: IDP },
      rules: [{ match: { prefix: "/open" }, require: "none" }, everywhere("idp")],
    },
  },
  "jwt-svid": { jwt: { providers: { spire: SPIRE }, rules: [everywhere("spire")] } },
  "jwt-svid with subjects": {
    jwt: {
      providers: { spire: { ...SPIRE, subjects: ["spiffe://example.org/ns/shop/*"] } },
      rules: [everywhere("spire")],
    },
  },
} as const;
