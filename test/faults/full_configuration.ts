// A configuration with everything in it, and the requests that a hostile client sends to it.

import { createPublicKey } from "node:crypto";

import type { HeaderList, HttpCall } from "../../host-sim/src/index.ts";
import type { Answering } from "../support/key_server.ts";
import { ecKey, flipBit, forge } from "../support/tokens.ts";
import type { StoreLimit } from "./full_limits.ts";
import { FULL_RULES, UNRULED } from "./full_rules.ts";
import { CLAIMED, FEW_STORE_LIMITS, fullLimits, LIMITED } from "./full_limits.ts";

export const START_SECONDS = 1_800_000_000;

export const SUBJECT = "spiffe://example.org/ns/shop";
const FORGED = "spiffe://evil.example/admin";
const LEVEL = "7";
const KEY = ecKey("one");
export const publicKey = KEY.jwk;
const ISSUER = "https://idp.test/realm";
export const CLUSTER = "keys";
export const COLLECTOR = "collector";
const TRACE_FORMATS = [
  "tracecontext",
  "b3",
  "b3multi",
  "jaeger",
  "xray",
  "cloudtrace",
  "datadog",
] as const;
const DIGEST = Buffer.alloc(32, 0xab);
/** What the host says of the client's certificate. */
export const PROPERTIES = {
  "connection.sha256_peer_certificate_digest": DIGEST.toString("hex"),
};

const source = (path: string): object => ({
  uri: `https://idp.test/${path}`,
  cluster: CLUSTER,
  refresh: "10m",
  staleFor: "24h",
  cooldown: "1s",
  timeout: "5s",
});

/** A provider whose tokens are in a header of their own, and hand on `sub` in another one. */
const provider = (name: string, keys: object, changed: object = {}): object => ({
  audiences: ["orders"],
  algorithms: ["ES256"],
  from: [{ header: `x-${name}-token` }],
  keys,
  forward: {
    claims: [{ claim: "sub", header: `x-jwt-${name}` }],
    filterState: [{ claim: "sub", key: `sallyport.${name}` }],
  },
  ...changed,
});

const INLINE = { inline: { keys: [KEY.jwk] } };
const PEM = String(createPublicKey(KEY.privateKey).export({ format: "pem", type: "spki" }));

const SPIRE = {
  profile: "jwt-svid",
  trustDomain: "example.org",
  from: [
    { header: "authorization", scheme: "Bearer" },
    { query: "access_token" },
    { cookie: "session" },
  ],
  audiences: ["orders"],
  subjects: ["spiffe://example.org/ns/*"],
  clockSkew: "30s",
  maxLifetime: "48h",
  maxAge: "48h",
  requiredClaims: ["level", ["org", "id"]],
  conditions: [
    { claim: "level", in: [LEVEL] },
    { claim: ["org", "roles"], containsAny: ["admin", "reader"] },
    { claim: "scope", contains: "read" },
    { claim: "verified", equals: true },
  ],
  deny: { jti: ["stolen"], sub: [FORGED] },
  confirmation: "refuse",
  keys: INLINE,
  forward: {
    payload: "x-jwt-payload",
    claims: [
      { claim: "sub", header: "x-spiffe-id" },
      { claim: "level", header: "x-jwt-level" },
      { claim: ["org", "roles"], header: "x-jwt-roles", array: "join" },
    ],
    filterState: [{ claim: "sub", key: "sallyport.sub" }],
  },
};

const PROVIDERS = {
  spire: SPIRE,
  device: provider("device", INLINE, { confirmation: { mtls: "connection" } }),
  proxy: provider("proxy", INLINE, { confirmation: { mtls: "x-forwarded-client-cert" } }),
  api: provider("api", { remote: source("keys") }, { audMatch: "envoy" }),
  idp: provider("idp", { discovery: { issuer: ISSUER, cluster: CLUSTER, cooldown: "1s" } }),
  mesh: provider(
    "mesh",
    { bundle: source("bundle") },
    { profile: "jwt-svid", trustDomain: "example.org" },
  ),
  hint: provider("hint", { pem: PEM }, { types: ["JWT"], requireExp: false }),
};

const RULES = [
  { match: { path: "/open", methods: ["GET"] }, require: "none" },
  { match: { prefix: CLAIMED }, require: "spire" },
  { match: { prefix: LIMITED }, require: "none" },
  {
    match: {
      template: "/v1/{tenant}/tree",
      hosts: ["example.test", "*.example.org"],
      headers: [{ name: "x-kind", exact: "tree" }],
    },
    require: {
      all: ["spire", "bound", { optional: "api" }, { extractOnly: "hint", status: "x-jwt-status" }],
    },
  },
  { match: { suffix: "billing" }, require: { provider: "spire", audiences: ["billing"] } },
  { match: { prefix: "/fetched" }, require: "fetched" },
  { match: { prefix: "/api" }, require: "api" },
  { match: { prefix: "/idp" }, preflight: "bypass", require: "idp" },
  { match: { prefix: "/failed" }, preflight: "check", require: { optionalOrFailed: "mesh" } },
  { match: { prefix: "/" }, require: "spire" },
];

/** Everything switched on. */
export function fullConfiguration(
  showsLimits: boolean,
  dryRun = false,
  storeLimits: readonly StoreLimit[] = FEW_STORE_LIMITS,
) {
  return {
    markChecked: true,
    errors: { mapUpstream: "precise" },
    log: { perSecond: 1000 },
    metrics: {
      requests: { services: [{ hosts: ["example.test"], service: "example" }], seriesMax: 2 },
    },
    normalise: {
      ...FULL_RULES,
      strip: ["x-spiffe-id", "x-jwt-*"],
      map: [
        { from: "trace-id", to: "x-trace-id" },
        { from: "auth-token", to: "authorization", prefix: "Bearer " },
      ],
      grpcUserAgent: "sallyport",
    },
    trace: {
      response: ["traceresponse", "server-timing"],
      extract: ["tracecontext", "b3"],
      inject: TRACE_FORMATS,
      export: { cluster: COLLECTOR },
    },
    jwt: {
      realm: "full",
      // The host verifies, so that this can fail, too.
      crypto: "host",
      errors: "google",
      audienceStatus: 403,
      resourceMetadata: "https://example.test/.well-known/oauth-protected-resource",
      dryRun,
      clearRouteCache: true,
      onMultiple: "reject",
      providers: PROVIDERS,
      requirements: {
        bound: { all: ["device", "proxy"] },
        fetched: { any: ["api", "idp", "mesh"] },
      },
      rules: RULES,
    },
    rateLimit: fullLimits(showsLimits, storeLimits),
  };
}

let minted = 0;
let requests = 0;

/** A good token that was never seen before, for any of the providers. */
export function goodToken(changed: object = {}, kid = "one"): string {
  const claims = {
    iss: ISSUER,
    sub: SUBJECT,
    aud: ["orders", "billing"],
    iat: START_SECONDS,
    exp: START_SECONDS + 86_400,
    level: LEVEL,
    org: { id: "7", roles: ["reader", "writer"] },
    scope: "read write",
    verified: true,
    jti: String(minted++),
    ...changed,
  };
  return forge(KEY, { alg: "ES256", kid, typ: "JWT" }, claims);
}

export const forgedToken = (kid = "one"): string => flipBit(goodToken({}, kid), 2, 40);
export const boundToken = (): string =>
  goodToken({ cnf: { "x5t#S256": DIGEST.toString("base64url") } });

export const CERTIFICATE: [string, string] = [
  "x-forwarded-client-cert",
  `Hash=${DIGEST.toString("hex")}`,
];

/** What a client sends that wants to be someone else, with a token or without one. */
export function hostileHeaders(token: string | null, path = "/orders", method = "GET"): HeaderList {
  const headers: HeaderList = [
    [":authority", "example.test"],
    [":path", path],
    [":method", method],
    [":scheme", "http"],
    ["x-spiffe-id", FORGED],
    ["x_spiffe_id", FORGED],
    ["x-spiffe_id", FORGED],
    ["x-jwt-level", "forged"],
    ["x_jwt-level", "forged"],
    ["x-jwt-a", "forged"],
    ["x_jwt_a", "forged"],
    ["x-jwt-payload", "forged"],
    ["x_jwt_api", "forged"],
    ["x-jwt-status", "verified"],
    ["x-sallyport-checked", "forged"],
    ["x_sallyport_checked", "forged"],
    ["trace-id", "0af7651916cd43dd8448eb211c80319c"],
    ["traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
    ["uber-trace-id", "stale"],
    ["x-n", String(requests++)],
    ["x-cost", "3"],
    ["x-subject", "forged"],
    ["x_subject", "forged"],
    ...UNRULED,
  ];
  if (token !== null) headers.push(["auth-token", token]);
  return headers;
}

/** What the servers of keys answer, with the key under these names. */
export function answerFor(call: HttpCall, kids: readonly string[]): Answering {
  const path = new Map(call.headers).get(":path") ?? "";
  const keys = kids.map((kid) => ({ ...KEY.jwk, kid }));
  const headers: HeaderList = [
    ["etag", `"${kids.join(" ")}"`],
    ["cache-control", "max-age=600"],
  ];
  if (path.includes("openid-configuration")) {
    return { body: { issuer: ISSUER, jwks_uri: "https://idp.test/discovered" } };
  }
  const use = path === "/bundle" ? "jwt-svid" : "sig";
  return { body: { keys: keys.map((key) => ({ ...key, use })) }, headers };
}
