// What becomes of requests without a part of a limit's key, and which claims count.

import type { Case, CaseExpectation, CaseRequest, CaseStep } from "../support/case.ts";
import { token } from "./jwt_tokens.ts";
import { from, passes, REFUSED, refused, user, with_ } from "./ratelimit_keys.ts";

const MISSING: CaseExpectation = {
  status: 400,
  reason: "ratelimit:key_missing",
  grpcStatus: 3,
  body: '{"error":"missing rate limit key"}',
};

const missing = (request: CaseRequest): CaseStep => ({ request, expect: MISSING });
const bearer = async (claims: Record<string, unknown>): Promise<CaseRequest> =>
  with_(["authorization", `Bearer ${await token(claims)}`]);

const absences: Case[] = [
  {
    name: "a limit is skipped for requests without a header, not for those with two",
    configuration: "one by header, skipped without",
    steps: [
      passes({ repeat: 3 }),
      passes({ ...user(""), repeat: 3 }),
      passes(user("a")),
      refused(user("a")),
      passes(user("a", "b")),
      refused(user("a", "c")),
      refused(user("a", "a")),
      passes({}),
    ],
  },
  {
    name: "requests without a header are refused, and those with two",
    configuration: "one by header, refused without",
    steps: [
      missing({ repeat: 3 }),
      missing(user("")),
      missing(user("a", "b")),
      passes(user("a")),
      refused(user("a")),
      missing({}),
    ],
  },
  {
    name: "a default is a value like others",
    configuration: "one by header with a default",
    steps: [
      passes({}),
      refused(user("nobody")),
      refused(user("")),
      refused(user("a", "b")),
      passes(user("a")),
    ],
  },
  {
    name: "a limit is skipped for addresses that are not there, not for what is no address",
    configuration: "one by forwarded address, skipped without",
    steps: [
      passes({ repeat: 3 }),
      passes(from("198.51.100.1")),
      refused(from("198.51.100.1")),
      passes(from("unknown")),
      refused(from("unix:/tmp/socket")),
      refused(from("1.2.3.4, ")),
    ],
  },
  {
    name: "a request that is refused for a missing part takes nothing",
    configuration: "a wide limit and one that needs a header",
    steps: [
      missing({ repeat: 3 }),
      passes(user("a")),
      {
        request: user("b"),
        expect: { ...REFUSED, response: { "ratelimit-policy": '"wide";q=1' } },
      },
    ],
  },
];

const claims: Case[] = [
  {
    name: "claims count as they are read",
    configuration: "one by claims",
    steps: [
      passes(await bearer({ org: { id: "a" } })),
      refused(await bearer({ org: { id: "a", more: 1 } })),
      refused(await bearer({ org: { id: "a" }, level: "none" })),
      passes(await bearer({ org: { id: "a" }, level: "7" })),
      refused(await bearer({ org: { id: "a" }, level: 7 })),
      passes(await bearer({ org: { id: "b" } })),
      passes(await bearer({ org: { id: true } })),
      refused(await bearer({ org: { id: "true" } })),
    ],
  },
  {
    name: "claims that are no scalars share a bucket with missing ones",
    configuration: "one by claims",
    steps: [
      passes(await bearer({})),
      refused(await bearer({ org: "a" })),
      refused(await bearer({ org: { id: ["a"] } })),
      refused(await bearer({ org: { id: { id: "a" } } })),
      refused(await bearer({ org: { id: 1.5 } })),
      refused(await bearer({ org: { id: "" } })),
      refused(await bearer({ org: { id: null } })),
    ],
  },
  {
    name: "a limit is skipped for tokens without a claim",
    configuration: "one by claim, skipped without",
    steps: [
      passes({ ...(await bearer({})), repeat: 3 }),
      passes(await bearer({ org: ["a"] })),
      refused(await bearer({ org: ["b"] })),
      passes(await bearer({ org: "a" })),
      refused(await bearer({ org: "a" })),
    ],
  },
  {
    name: "tokens without a claim are refused",
    configuration: "one by claim, refused without",
    steps: [
      missing(await bearer({})),
      missing(await bearer({ org: ["a"] })),
      passes(await bearer({ org: "a" })),
    ],
  },
];

export const rateLimitMissingCases: Case[] = [...absences, ...claims];
