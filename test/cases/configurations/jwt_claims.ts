import { EC, ISSUER } from "../jwt_tokens.ts";

const COMMON = {
  audiences: ["orders"],
  keys: { inline: { keys: [{ ...EC.jwk, use: "sig" }] } },
};

const condition = (...conditions: object[]): object => ({ ...COMMON, conditions });

/** Each under a path of its name. */
const PROVIDERS: Readonly<Record<string, object>> = {
  "aud-envoy": { ...COMMON, audMatch: "envoy", audiences: ["https://orders.test/", "billing"] },
  "aud-any": { ...COMMON, audiences: "any", issuer: ISSUER },
  subjects: { ...COMMON, subjects: ["alice", "team/*", "*@corp.test", "*-svc-*"] },
  endless: { ...COMMON, requireExp: false },
  short: { ...COMMON, maxLifetime: "10m" },
  fresh: { ...COMMON, maxAge: "10m", clockSkew: "60s" },
  typed: { ...COMMON, types: ["application/at+jwt", "x-token+jwt"] },
  access: { ...COMMON, profile: "at+jwt", issuer: ISSUER },
  required: { ...COMMON, requiredClaims: ["tenant", ["org", "id"], "a.b"] },
  scope: condition({ claim: "scope", contains: "orders:read" }),
  scp: condition({ claim: "scp", containsAll: ["read", "write"] }),
  roles: condition({ claim: ["realm_access", "roles"], containsAny: ["admin", "auditor"] }),
  azp: condition({ claim: "azp", in: ["web", "mobile"] }, { claim: "tenant", prefix: "shop-" }),
  kinds: condition(
    { claim: "level", equals: 3 },
    { claim: "verified", equals: true },
    { claim: ["org", "id"], equals: "7" },
    { claim: "extra", present: true },
  ),
  denied: { ...COMMON, deny: { jti: ["t-2", "t-1", "lost"], sub: ["mallory", "bob"] } },
  bearer: { ...COMMON, confirmation: "ignore" },
  connection: { ...COMMON, confirmation: { mtls: "connection" } },
  forwarded: {
    ...COMMON,
    confirmation: { mtls: "x-forwarded-client-cert" },
    forward: { claims: [{ claim: "sub", header: "x-user" }] },
  },
  paths: {
    ...COMMON,
    forward: {
      claims: [
        { claim: ["org", "name"], header: "x-org-name" },
        { claim: "org.name", header: "x-dotted" },
        { claim: ["list", "name"], header: "x-of-list" },
        { claim: ["sub", "name"], header: "x-of-text" },
        { claim: ["__proto__", "name"], header: "x-proto" },
        { claim: ["a", "b", "c", "d", "e", "f", "g", "h"], header: "x-deep" },
      ],
    },
  },
};

/** Configurations of the cases about claims, by name. */
export const jwtClaimConfigurations = {
  "jwt claims": {
    jwt: {
      providers: PROVIDERS,
      rules: Object.keys(PROVIDERS).map((name) => ({
        match: { prefix: `/${name}` },
        require: name,
      })),
    },
  },
  "jwt claims and a limit": {
    jwt: { providers: { idp: COMMON }, rules: [{ match: { prefix: "/" }, require: "idp" }] },
    rateLimit: {
      limits: [{ name: "tenant", key: [{ claim: ["org", "id"] }], capacity: 1, refill: "1/h" }],
    },
  },
} as const;
