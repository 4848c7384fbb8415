// Rate limits, end to end. Every case has buckets of its own.

import type { Case, CaseExpectation, CaseRequest, CaseStep } from "../support/case.ts";

const PASSES: CaseExpectation = {
  status: 200,
  reason: null,
  response: { ratelimit: null, "ratelimit-policy": null, "retry-after": null },
};

const UNAVAILABLE: CaseExpectation = {
  status: 503,
  reason: "ratelimit:unavailable",
  grpcStatus: 14,
  response: { ratelimit: null, "retry-after": "2" },
};

/** A limit that never refills says no time. */
function refused(name: string, capacity: number): CaseExpectation {
  return {
    status: 429,
    reason: "ratelimit:limited",
    grpcStatus: 8,
    body: '{"error":"rate limit exceeded"}',
    response: {
      ratelimit: `"${name}";r=0`,
      "ratelimit-policy": `"${name}";q=${String(capacity)}`,
      "retry-after": null,
    },
  };
}

const step = (request: CaseRequest, expect: CaseExpectation): CaseStep => ({ request, expect });
const user = (name: string): CaseRequest => ({ headers: [["x-user", name]] });
const from = (addresses: string): CaseRequest => ({ headers: [["x-forwarded-for", addresses]] });

export const rateLimitCases: Case[] = [
  {
    name: "exactly the capacity passes",
    configuration: "three in all",
    steps: [step({ repeat: 3 }, PASSES), step({ repeat: 5 }, refused("all", 3))],
  },
  {
    name: "exactly the capacity passes in a worker",
    configuration: "three in the worker",
    steps: [step({ repeat: 3 }, PASSES), step({ repeat: 5 }, refused("all", 3))],
  },
  {
    name: "a refusal says when to come back",
    configuration: "two an hour",
    steps: [
      step({ repeat: 2 }, PASSES),
      step(
        {},
        {
          status: 429,
          reason: "ratelimit:limited",
          grpcStatus: 8,
          response: {
            // Rounded up from what is left of half an hour.
            ratelimit: /^"hourly";r=0;t=(1800|17[89]\d)$/,
            "ratelimit-policy": '"hourly";q=2;w=3600',
            "retry-after": /^(1800|17[89]\d)$/,
          },
        },
      ),
    ],
  },
  {
    name: "a capacity of 0 refuses everything",
    configuration: "none at all",
    steps: [step({ repeat: 2 }, refused("closed", 0))],
  },
  {
    name: "each value of a header has a bucket",
    configuration: "one by header",
    steps: [
      step(user("a"), PASSES),
      step(user("b"), PASSES),
      step(user("a"), refused("by-header", 1)),
      step(user("b"), refused("by-header", 1)),
      step(user("A"), PASSES),
    ],
  },
  {
    name: "requests without the header share a bucket",
    configuration: "one by header",
    steps: [
      step({}, PASSES),
      step({ path: "/other" }, refused("by-header", 1)),
      step(user(""), refused("by-header", 1)),
    ],
  },
  {
    name: "a path is one however it is written",
    configuration: "one by header and path",
    steps: [
      step({ path: "/a" }, PASSES),
      step({ path: "/a?x=1" }, refused("by-place", 1)),
      step({ path: "/%61" }, refused("by-place", 1)),
      step({ path: "/b/../a" }, refused("by-place", 1)),
      step({ ...user("u"), path: "/a" }, PASSES),
      step({ path: "/b" }, PASSES),
    ],
  },
  {
    name: "paths that say nothing share a bucket",
    configuration: "one by header and path",
    steps: [
      step({ path: "/%zz" }, PASSES),
      step({ path: "/%zy" }, refused("by-place", 1)),
      step({ path: "/a%2fb" }, refused("by-place", 1)),
      step({ path: "/.." }, refused("by-place", 1)),
    ],
  },
  {
    name: "a client has one bucket whatever it says of its address",
    configuration: "one by client address",
    steps: [step({}, PASSES), step({}, refused("by-peer", 1))],
  },
  {
    name: "a forwarded address counts from the right",
    configuration: "one by forwarded address",
    steps: [
      step(from("198.51.100.1"), PASSES),
      step(from("203.0.113.9, 198.51.100.1"), refused("by-client", 1)),
      step(from("198.51.100.1:4711"), refused("by-client", 1)),
      step(from("::ffff:198.51.100.1"), refused("by-client", 1)),
      step(from("198.51.100.2"), PASSES),
    ],
  },
  {
    name: "an IPv6 client has one bucket for its network",
    configuration: "one by forwarded address",
    steps: [
      step(from("2001:db8:1:2::1"), PASSES),
      step(from("2001:DB8:1:2:ffff::1"), refused("by-client", 1)),
      step(from("[2001:0db8:1:2::3]:443"), refused("by-client", 1)),
      step(from("2001:db8:1:3::1"), PASSES),
    ],
  },
  {
    name: "addresses that are none share a bucket",
    configuration: "one by forwarded address",
    steps: [
      step(from("unknown"), PASSES),
      step(from("_hidden"), refused("by-client", 1)),
      step(from("1.2.3.4.5"), refused("by-client", 1)),
      step(from("01.2.3.4"), refused("by-client", 1)),
      step({}, refused("by-client", 1)),
    ],
  },
  {
    name: "a request that one limit refuses takes nothing from the others",
    configuration: "a wide and a narrow limit",
    steps: [
      step(user("a"), PASSES),
      step({ ...user("a"), repeat: 5 }, refused("narrow", 1)),
      step(user("b"), PASSES),
      step(user("c"), PASSES),
      step(user("d"), refused("wide", 3)),
    ],
  },
  {
    name: "a limit that is kept in Envoy refuses before stores outside are asked",
    configuration: "a store that fails beside a limit",
    steps: [
      step({ ...user("a"), path: "/deny", repeat: 4 }, UNAVAILABLE),
      // What the store has refused took nothing.
      step({ ...user("a"), repeat: 2 }, PASSES),
      step({ ...user("a"), path: "/deny", repeat: 2 }, refused("here", 2)),
      step({ ...user("b"), path: "/deny" }, UNAVAILABLE),
    ],
  },
  {
    name: "responses tell what is left of the tightest limit",
    configuration: "limits shown on responses",
    steps: [
      step(user("a"), shown(1)),
      step(user("a"), shown(0)),
      step(user("b"), shown(1)),
      step(user("a"), {
        status: 429,
        reason: "ratelimit:limited",
        grpcStatus: 8,
        response: { ratelimit: /^"narrow";r=0;t=\d+$/, "ratelimit-policy": '"narrow";q=2;w=7200' },
      }),
    ],
  },
];

function shown(remaining: number): CaseExpectation {
  return {
    status: 200,
    reason: null,
    response: {
      ratelimit: new RegExp(`^"narrow";r=${String(remaining)};t=3[56]\\d\\d$`),
      "ratelimit-policy": '"narrow";q=2;w=7200',
      "retry-after": null,
    },
  };
}
