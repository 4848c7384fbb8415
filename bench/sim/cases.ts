// What is counted on the simulator: configurations, and the requests that they get.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { FixedAlgorithm } from "../../scripts/lib/fixed_tokens.ts";
import { FIXED_KEYS, TABLE_SLICES, tokensOf } from "../../scripts/lib/fixed_tokens.ts";
import { EDITS } from "../headers/cases.ts";

export interface SimCase {
  name: string;
  configuration: object;
  /** Requests in turn; each request is another one where nothing may be remembered of it. */
  requests: readonly HeaderList[];
  /** Requests before any is counted; by default WARM_UP. */
  warmUp?: number;
  /** Reason of the refusal; null: the request passes. */
  reason: string | null;
}

/** What clients send beside. */
const HEADERS: HeaderList = [
  ["user-agent", "bench/1"],
  ["accept", "application/json"],
  ["accept-encoding", "gzip, br"],
  ["accept-language", "en"],
  ["cache-control", "no-cache"],
  ["x-debug", "1"],
  ["x-env", "staging"],
  ["x-tenant", "shop"],
  ["x-request-id", "00000000-0000-4000-8000-000000000000"],
];
const TRACE: HeaderList = [
  ["traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
];

const NAMELESS_RULES = Array.from({ length: 1000 }, (_, i) => `x-none-${String(i)}`);

/** Never empty; below 64 tokens there are no leases. */
const ample = (capacity: number): object => {
  return { name: "ample", key: [{ header: "x-tenant" }], capacity, refill: "1000000/s" };
};
/** Has a token for none but its first requests. */
const SCANT = { name: "scant", key: [{ header: "x-tenant" }], capacity: 1, refill: "1/d" };

const jwtWith = (alg: FixedAlgorithm): object => ({
  providers: {
    bench: {
      issuer: "https://idp.test",
      audiences: ["orders"],
      keys: { inline: { keys: [FIXED_KEYS[alg].jwk] } },
      forward: { claims: [{ claim: "sub", header: "x-subject" }] },
    },
  },
  rules: [{ match: { prefix: "/" }, require: "bench" }],
});

const bearing = (token: string): HeaderList => [...HEADERS, ["authorization", `Bearer ${token}`]];

function passing(name: string, configuration: object, ...requests: HeaderList[]): SimCase {
  return { name, configuration, requests, reason: null };
}

function refused(
  name: string,
  configuration: object,
  reason: string,
  ...requests: HeaderList[]
): SimCase {
  return { name, configuration, requests, reason };
}

function verifying(name: string, alg: FixedAlgorithm, requests: number): SimCase {
  const tokens = tokensOf(alg, TABLE_SLICES + requests);
  const one = passing(name, { jwt: jwtWith(alg) }, ...tokens.map(bearing));
  return { ...one, warmUp: TABLE_SLICES };
}

/** `requests` that are counted of each case. */
export function simCases(requests: number): SimCase[] {
  const [cached = ""] = tokensOf("EdDSA", 1);
  const chain = {
    normalise: EDITS,
    trace: {},
    rateLimit: { limits: [ample(1_000_000)] },
    jwt: jwtWith("EdDSA"),
  };
  const services = [{ hosts: ["example.test"], service: "orders" }];
  const many = Array.from({ length: 92 }, (_, i): [string, string] => [`x-h-${String(i)}`, "v"]);
  return [
    passing("nothing configured", {}, HEADERS),
    passing("nothing configured, 100 headers", {}, [...HEADERS, ...many]),
    passing("four header rules", { normalise: EDITS }, HEADERS),
    passing(
      "1004 header rules",
      { normalise: { ...EDITS, remove: [...EDITS.remove, ...NAMELESS_RULES] } },
      HEADERS,
    ),
    passing("trace continued", { trace: {} }, [...HEADERS, ...TRACE]),
    passing("trace begun", { trace: { sampling: { root: { ratio: 0.5 } } } }, HEADERS),
    passing("limit, with a lease", { rateLimit: { limits: [ample(1_000_000)] } }, HEADERS),
    passing("limit, without", { rateLimit: { limits: [ample(63)] } }, HEADERS),
    refused("limit reached", { rateLimit: { limits: [SCANT] } }, "ratelimit:limited", HEADERS),
    passing("token known", { jwt: jwtWith("EdDSA") }, bearing(cached)),
    verifying("EdDSA verified", "EdDSA", requests),
    verifying("ES256 verified", "ES256", requests),
    refused("no token", { jwt: jwtWith("EdDSA") }, "jwt:missing", HEADERS),
    passing("requests measured", { metrics: { requests: { services } } }, HEADERS),
    passing("full chain", chain, [...bearing(cached), ...TRACE]),
  ];
}
