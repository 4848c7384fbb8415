// The work for one request, the same in all cases, and Sallyport's sections for it.
//
//   headers   two values set, one added where it is absent, one header removed
//   trace     traceparent goes on under a new parent-id, x-trace-id has the trace-id
//   token     ES256, found in a cache; its subject becomes a header, the token is stripped
//   limit     one bucket for each subject, told of on every response

import type { JsonObject } from "../../envoy/http_filters.ts";
import type { BareAnswer, BareCalls } from "../harness/bare_guests.ts";
import type { HeaderSet } from "../harness/load.ts";
import { EDIT_CALLS, EDITS } from "../headers/cases.ts";
import { TOKEN_CALLS } from "../jwt/cases.ts";
import { oursConfiguration } from "../jwt/filters.ts";
import type { PublicKey } from "../jwt/samples.ts";

export type Part = "headers" | "trace" | "token" | "limit";
export const CHAIN: readonly Part[] = ["headers", "trace", "token", "limit"];
/** What Lua can do of it. */
export const WITHOUT_TOKEN: readonly Part[] = ["headers", "trace", "limit"];

export interface Bucket {
  capacity: number;
  /** The time in which an empty one is full again: a second or a day. */
  per: "s" | "d";
}

export const FILL_SECONDS = { s: 1, d: 86_400 };
/** Never empty. */
export const AMPLE: Bucket = { capacity: 1_000_000, per: "s" };
/** Empty after the first request. */
export const SCANT: Bucket = { capacity: 1, per: "d" };

export const LIMIT_NAME = "per-caller";
/** What a limit looks at where there is no token. */
export const CALLER_HEADER = "x-client";
export const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
export const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;

/** The host calls of all of it. */
export const CHAIN_CALLS: BareCalls = {
  clock: true,
  request: [
    ...EDIT_CALLS,
    ["replace", "traceparent", `00-${TRACE_ID}-b7ad6b7169203331-01`],
    ["add", "x-trace-id", TRACE_ID],
    ...TOKEN_CALLS.request,
  ],
  response: [
    ["add", "ratelimit", `"${LIMIT_NAME}";r=999999;t=1`],
    ["add", "ratelimit-policy", `"${LIMIT_NAME}";q=1000000;w=1`],
  ],
};

/** The host calls of a refusal, whose counters and shared data are left out. */
export function refusalCalls(status: 401 | 429): BareCalls {
  const body = `{"error":"${REFUSAL_TEXTS[status]}","trace_id":"${TRACE_ID}"}`;
  const fields: BareAnswer["fields"] = [
    ["content-type", "application/json"],
    ["x-trace-id", TRACE_ID],
    status === 401
      ? ["www-authenticate", 'Bearer error="invalid_token", error_description="missing"']
      : ["ratelimit", `"${LIMIT_NAME}";r=0;t=86400`],
  ];
  return { clock: true, request: [], answer: { status, details: "sallyport", fields, body } };
}
const REFUSAL_TEXTS = { 401: "invalid token", 429: "rate limit exceeded" };

/** What a request of every case carries; twelve headers with the pseudo-headers and the token. */
export function stackHeaders(token: string | null): HeaderSet {
  return {
    "user-agent": "bench/1",
    accept: "application/json",
    "accept-encoding": "gzip, br",
    "x-debug": "1",
    "x-env": "staging",
    [CALLER_HEADER]: "cart",
    traceparent: TRACEPARENT,
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
}

/** Sallyport's configuration for some of the work. */
export function configurationOf(
  parts: readonly Part[],
  key: PublicKey,
  bucket: Bucket = AMPLE,
): JsonObject {
  const isChosen = (part: Part): boolean => parts.includes(part);
  return {
    ...(isChosen("headers") && { normalise: EDITS }),
    ...(isChosen("trace") && { trace: {} }),
    ...(isChosen("token") && oursConfiguration({ keys: [key] })),
    ...(isChosen("limit") && { rateLimit: limitOf(isChosen("token"), bucket) }),
  };
}

function limitOf(isKeyedBySubject: boolean, { capacity, per }: Bucket): JsonObject {
  return {
    headers: "always",
    limits: [
      {
        name: LIMIT_NAME,
        key: [isKeyedBySubject ? { claim: "sub" } : { header: CALLER_HEADER }],
        capacity,
        refill: `${capacity}/${per}`,
      },
    ],
  };
}
