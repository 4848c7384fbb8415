// All four filters on one request: what they make of it together, and in which order they refuse.

import type { Case, CaseExpectation, CaseRequest } from "../support/case.ts";
import { SPIFFE_ID, svid } from "./jwt_tokens.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const ONE = await svid();
const OTHER_ID = "spiffe://example.org/ns/shop/sa/cart";
const OTHER = await svid({ sub: OTHER_ID });

const configuration = "the whole chain";

/** What a client might send to pass for somebody else. */
const FORGED: [string, string][] = [
  ["x-spiffe-id", "spiffe://example.org/ns/admin"],
  ["x_spiffe_id", "spiffe://example.org/ns/admin"],
  ["x-jwt-role", "admin"],
  ["x_jwt_role", "admin"],
  ["x-trace-id", "ffffffffffffffffffffffffffffffff"],
  ["x-sallyport-checked", "1"],
];

const request = (client: string, token?: string): CaseRequest => ({
  headers: [
    ...FORGED,
    ["x-client", client],
    ["trace-id", TRACE_ID],
    ...(token === undefined ? [] : [["auth-token", token] satisfies [string, string]]),
  ],
});

const passes = (identity: string): CaseExpectation => ({
  status: 200,
  reason: null,
  upstream: {
    "x-spiffe-id": identity,
    x_spiffe_id: null,
    "x-jwt-role": null,
    x_jwt_role: null,
    "x-trace-id": TRACE_ID,
    traceparent: new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-0[0-3]$`),
    "trace-id": null,
    "auth-token": null,
    authorization: null,
    "x-sallyport-checked": "1",
  },
});

const limited: CaseExpectation = { status: 429, reason: "ratelimit:limited", grpcStatus: 8 };
const missing: CaseExpectation = { status: 401, reason: "jwt:missing", grpcStatus: 16 };

export const chainCases: Case[] = [
  {
    name: "mapping, trace, identity and mark come together, and nothing forged is left",
    configuration,
    steps: [{ request: request("a", ONE), expect: passes(SPIFFE_ID) }],
  },
  {
    name: "a limit on a claim counts each workload for itself",
    configuration,
    steps: [
      { request: { ...request("b", ONE), repeat: 2 }, expect: passes(SPIFFE_ID) },
      { request: request("b", ONE), expect: limited },
      { request: request("c", OTHER), expect: passes(OTHER_ID) },
    ],
  },
  {
    name: "a limit on a header cuts a flood before tokens are looked at",
    configuration,
    steps: [
      { request: { ...request("d"), repeat: 4 }, expect: missing },
      { request: request("d"), expect: limited },
      { request: request("d", ONE), expect: limited },
      { request: request("e", ONE), expect: passes(SPIFFE_ID) },
    ],
  },
  {
    name: "an open path passes without identity, and without what was forged",
    configuration,
    steps: [
      {
        request: { ...request("f"), path: "/healthz" },
        expect: {
          status: 200,
          reason: null,
          upstream: { "x-spiffe-id": null, x_spiffe_id: null, "x-jwt-role": null },
        },
      },
    ],
  },
  {
    name: "gRPC requests get a user-agent, others do not",
    configuration,
    protocols: ["grpc"],
    steps: [
      {
        request: request("g", ONE),
        expect: { status: 200, reason: null, upstream: { "user-agent": "sallyport" } },
      },
    ],
  },
];
