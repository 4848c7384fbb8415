// What the module is trained with: what most requests of production are, under configurations as
// the manuals advise them.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { FixedAlgorithm } from "../lib/fixed_tokens.ts";
import { FIXED_KEYS, TABLE_SLICES, tokensOf } from "../lib/fixed_tokens.ts";

export interface TrainingCase {
  name: string;
  configuration: object;
  /** Requests in turn. */
  requests: readonly HeaderList[];
  response: HeaderList;
  /** Of the response; a request with a body is answered with some. */
  trailers: HeaderList;
  /** Requests before any is counted, which fill caches, leases and tables. */
  warmUp: number;
  /** Requests that are counted. */
  count: number;
  /** Reason of the refusal; null: the request passes. */
  reason: string | null;
  /** Headers that show, upstream or downstream, that the work was done. */
  seen: readonly string[];
}

const WARM_UP = 64;
const COUNT = 128;
/** Refusals are rare. */
const REFUSALS = 8;
/** So are tokens that no cache holds; and to sign them takes longer than all else here. */
const VERIFIED = 32;
/** Callers whose tokens and buckets are known. */
const CALLERS = 16;

const EDITS = {
  set: [
    { header: "x-env", value: "production" },
    { header: "x-region", value: "eu-north-1" },
  ],
  add: [{ header: "x-tenant", value: "nobody" }],
  remove: ["x-debug"],
};

const PLAIN_RESPONSE: HeaderList = [
  [":status", "200"],
  ["content-type", "application/json"],
  ["content-length", "128"],
  ["server", "orders"],
];

const TRACE_IDS = ["0af7651916cd43dd8448eb211c80319c", "4bf92f3577b34da6a3ce929d0e0e4736"];
const traced = (i: number): HeaderList => [
  ["traceparent", `00-${TRACE_IDS[i % TRACE_IDS.length] ?? ""}-00f067aa0ba902b7-01`],
];
const bearing = (token: string): HeaderList => [["authorization", `Bearer ${token}`]];

/** A request of one of the callers, in the order in which Envoy shows its headers. */
function requestOf(caller: number, ...more: HeaderList[]): HeaderList {
  return [
    [":authority", "orders.example.org"],
    [":path", caller % 2 === 0 ? "/orders" : `/orders/${String(1000 + caller)}?expand=items`],
    [":method", "GET"],
    [":scheme", "https"],
    ["user-agent", "client/1.0"],
    ["accept", "application/json"],
    ["accept-encoding", "gzip, br"],
    ["x-debug", "1"],
    ["x-env", "staging"],
    ["x-client", `client-${String(caller)}`],
    ["x-request-id", "6e0b1c92-3d2f-4a5b-8c7d-9e0f1a2b3c4d"],
    ["x-forwarded-proto", "https"],
    ...more.flat(),
  ];
}

/** A call as gRPC clients make it. */
function callOf(...more: HeaderList[]): HeaderList {
  return [
    [":authority", "orders.example.org"],
    [":path", "/orders.v1.Orders/Get"],
    [":method", "POST"],
    [":scheme", "https"],
    ["content-type", "application/grpc"],
    ["te", "trailers"],
    ["user-agent", "grpc-go/1.70.0"],
    ["grpc-timeout", "5S"],
    ["grpc-accept-encoding", "gzip"],
    ["x-client", "client-0"],
    ["x-request-id", "6e0b1c92-3d2f-4a5b-8c7d-9e0f1a2b3c4d"],
    ...more.flat(),
  ];
}

function callers(make: (caller: number) => HeaderList): HeaderList[] {
  return Array.from({ length: CALLERS }, (_, caller) => make(caller));
}

const provider = (alg: FixedAlgorithm, more: object = {}): object => ({
  issuer: "https://idp.test",
  audiences: ["orders"],
  keys: { inline: { keys: [FIXED_KEYS[alg].jwk] } },
  forward: { claims: [{ claim: "sub", header: "x-subject" }] },
  ...more,
});
const jwtOf = (alg: FixedAlgorithm): object => ({
  providers: { idp: provider(alg) },
  rules: [
    { match: { prefix: "/healthz" }, require: "none" },
    { match: { prefix: "/" }, require: "idp" },
  ],
});

const limitOf = (key: object, capacity: number, refill: string): object => ({
  limits: [{ name: "per-caller", key: [key], capacity, refill }],
});
const AMPLE_BY_CLAIM = limitOf({ claim: "sub" }, 1_000_000, "1000000/s");
const AMPLE_BY_HEADER = limitOf({ header: "x-client" }, 1_000_000, "1000000/s");

function passing(
  name: string,
  configuration: object,
  requests: readonly HeaderList[],
  seen: readonly string[],
  more: Partial<TrainingCase> = {},
): TrainingCase {
  return {
    name,
    configuration,
    requests,
    response: PLAIN_RESPONSE,
    trailers: [],
    warmUp: WARM_UP,
    count: COUNT,
    reason: null,
    seen,
    ...more,
  };
}

function refused(
  name: string,
  configuration: object,
  requests: readonly HeaderList[],
  reason: string,
): TrainingCase {
  return passing(name, configuration, requests, [], { count: REFUSALS, reason });
}

function chains(): TrainingCase[] {
  const tokens = tokensOf("ES256", CALLERS);
  const chain = {
    normalise: EDITS,
    trace: {},
    jwt: jwtOf("ES256"),
    rateLimit: { headers: "always", ...AMPLE_BY_CLAIM },
  };
  const marked = {
    markChecked: true,
    normalise: {
      strip: ["x-spiffe-id", "x-jwt-*"],
      map: [{ from: "auth-token", to: "authorization", prefix: "Bearer " }],
      grpcUserAgent: "sallyport",
    },
    trace: { response: ["traceresponse"], sampling: { root: { ratio: 0.5 } } },
    jwt: jwtOf("ES256"),
    rateLimit: AMPLE_BY_CLAIM,
  };
  const known = (caller: number): HeaderList => bearing(tokens[caller] ?? "");
  const done = ["x-subject", "x-trace-id", "traceparent"];
  return [
    passing(
      "chain, trace continued",
      chain,
      callers((caller) => requestOf(caller, traced(caller), known(caller))),
      [...done, "x-region", "ratelimit"],
    ),
    passing(
      "chain, trace begun",
      marked,
      callers((caller) => requestOf(caller, known(caller))),
      [...done, "x-sallyport-checked", "traceresponse"],
    ),
    passing(
      "chain, gRPC",
      chain,
      callers((caller) => callOf(traced(caller), known(caller))),
      done,
      {
        response: [
          [":status", "200"],
          ["content-type", "application/grpc"],
        ],
        trailers: [["grpc-status", "0"]],
      },
    ),
  ];
}

function sections(): TrainingCase[] {
  const plain = callers((caller) => requestOf(caller));
  const services = [{ hosts: ["orders.example.org"], service: "orders" }];
  const response = { set: [{ header: "x-frame-options", value: "DENY" }], remove: ["server"] };
  const ample = { rateLimit: AMPLE_BY_HEADER };
  const scarce = { rateLimit: limitOf({ header: "x-client" }, 63, "1000000/s") };
  const continued = callers((caller) => requestOf(caller, traced(caller)));
  return [
    passing("nothing configured", {}, plain, []),
    passing("header rules", { normalise: EDITS }, plain, ["x-region"]),
    passing("header rules of responses", { normalise: { response } }, plain, ["x-frame-options"]),
    passing("trace continued", { trace: {} }, continued, ["x-trace-id"]),
    passing("trace begun", { trace: {} }, plain, ["traceparent"]),
    passing("limit with leases", ample, plain, []),
    passing("limit without leases", scarce, plain, []),
    passing("requests measured", { metrics: { requests: { services } } }, plain, []),
    refused(
      "limit reached",
      { rateLimit: limitOf({ header: "x-client" }, 1, "1/d") },
      plain,
      "ratelimit:limited",
    ),
  ];
}

function tokens(): TrainingCase[] {
  const known = tokensOf("EdDSA", CALLERS);
  const other = tokensOf("RS256", CALLERS, { iss: "https://login.test", aud: ["orders"] });
  const jwt = { jwt: jwtOf("EdDSA") };
  const several = {
    jwt: {
      providers: {
        idp: provider("EdDSA"),
        login: provider("RS256", { issuer: "https://login.test" }),
        partner: provider("ES256", { issuer: "https://partner.test" }),
      },
      requirements: { known: { any: ["idp", "login", "partner"] } },
      rules: [
        { match: { path: "/healthz" }, require: "none" },
        { match: { prefix: "/catalogue" }, require: { optional: "idp" } },
        { match: { prefix: "/orders", hosts: ["*.example.org"] }, require: "known" },
      ],
    },
  };
  const bear = (list: readonly string[]): HeaderList[] =>
    list.map((token, i) => requestOf(i, bearing(token)));
  const forged = known.map((token, i) => {
    const signature = known.at(i - 1)?.split(".")[2] ?? "";
    return [...token.split(".").slice(0, 2), signature].join(".");
  });
  const expired = tokensOf("EdDSA", CALLERS, { exp: 1_000_000_000 });
  const missing = callers((caller) => requestOf(caller));
  return [
    passing("token known", jwt, bear(known), ["x-subject"]),
    passing("several providers", several, bear([...known, ...other]), ["x-subject"]),
    verified("EdDSA", TABLE_SLICES),
    verified("ES256", TABLE_SLICES),
    verified("RS256", 0),
    refused("no token", jwt, missing, "jwt:missing"),
    refused("wrong signature", jwt, bear(forged), "jwt:signature_invalid"),
    refused("expired", jwt, bear(expired), "jwt:expired"),
  ];
}

/** A token for each request, so that none is known. */
function verified(alg: FixedAlgorithm, warmUp: number): TrainingCase {
  const list = tokensOf(alg, warmUp + VERIFIED);
  const requests = list.map((token, i) => requestOf(i, bearing(token)));
  const counted = { warmUp, count: VERIFIED };
  return passing(`${alg} verified`, { jwt: jwtOf(alg) }, requests, ["x-subject"], counted);
}

export function trainingCases(): TrainingCase[] {
  return [...chains(), ...sections(), ...tokens()];
}
