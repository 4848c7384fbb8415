// What clients are told of limits. Every case has buckets of its own; that each RateLimit field is
// a list of structured fields is looked at by the runner.

import type { Case, CaseExpectation, CaseRequest, CaseStep } from "../support/case.ts";

export const step = (request: CaseRequest, expect: CaseExpectation): CaseStep => ({
  request,
  expect,
});
const HTTP = ["http1", "http2"] as const;

const X_NOTHING = {
  "x-ratelimit-limit": null,
  "x-ratelimit-remaining": null,
  "x-ratelimit-reset": null,
};
const NOTHING = {
  ratelimit: null,
  "ratelimit-policy": null,
  "retry-after": null,
  "x-envoy-ratelimited": null,
  ...X_NOTHING,
};

export const PASSES: CaseExpectation = { status: 200, reason: null, response: NOTHING };

/** Seconds to half an hour from now, rounded up; the test takes less than ten of them. */
const HALF_AN_HOUR = /^(1800|179\d)$/;

function refused(
  response: Record<string, string | RegExp | null>,
  changed: Partial<CaseExpectation> = {},
): CaseExpectation {
  return {
    status: 429,
    reason: "ratelimit:limited",
    grpcStatus: 8,
    response: { "x-envoy-ratelimited": "true", ...response },
    ...changed,
  };
}

const ONCE = { ratelimit: '"once";r=0', "ratelimit-policy": '"once";q=1', "retry-after": null };
const CLOSED = { ...ONCE, "ratelimit-policy": '"once";q=0' };

const json = (body: unknown): string => JSON.stringify(body);
const ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo";
const RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";
/** Every character that a name may have. */
const NAME = "!#$%&'*+-.^_`|~09AZaz";

function google(limit: string, ...more: object[]): string {
  const metadata = { reason: "ratelimit:limited", limit };
  const info = {
    "@type": ERROR_INFO,
    reason: "RATELIMIT_LIMITED",
    domain: "sallyport",
    metadata,
  };
  const error = {
    code: 429,
    message: "rate limit exceeded",
    status: "RESOURCE_EXHAUSTED",
    details: [info, ...more],
  };
  return json({ error });
}

function problem(name: string, status: number): string {
  return json({
    type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
    title: "Quota exceeded",
    status,
    detail: "ratelimit:limited",
    "violated-policies": [name],
  });
}

const refusalCases: Case[] = [
  {
    name: "a refusal has every field that is asked for",
    configuration: "answers: two an hour, all headers",
    steps: [
      step({ repeat: 2 }, PASSES),
      step(
        {},
        refused(
          {
            ratelimit: /^"hourly";r=0;t=(1800|179\d)$/,
            "ratelimit-policy": '"hourly";q=2;w=3600',
            "retry-after": HALF_AN_HOUR,
            "x-ratelimit-limit": "2",
            "x-ratelimit-remaining": "0",
            "x-ratelimit-reset": HALF_AN_HOUR,
          },
          { body: '{"error":"rate limit exceeded"}' },
        ),
      ),
    ],
  },
  {
    name: "a limit that never refills says no time anywhere",
    configuration: "answers: one for ever, all headers",
    steps: [
      step({}, PASSES),
      step(
        {},
        refused({
          ...ONCE,
          "x-ratelimit-limit": "1",
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": null,
        }),
      ),
    ],
  },
  {
    name: "a refusal has the numbers only when they are asked for",
    configuration: "answers: nothing passes",
    steps: [step({}, refused({ ...CLOSED, ...X_NOTHING }))],
  },
  {
    name: "the status of a limit is that of its refusals, over gRPC it is status 8 all the same",
    configuration: "answers: status 503",
    steps: [
      step({}, PASSES),
      step({}, refused(ONCE, { status: 503, body: '{"error":"rate limit exceeded"}' })),
    ],
  },
  {
    name: "methods make no difference",
    configuration: "answers: nothing passes",
    protocols: HTTP,
    steps: ["OPTIONS", "DELETE", "PATCH", "POST"].map((method) =>
      step({ method }, refused(CLOSED, { body: '{"error":"rate limit exceeded"}' })),
    ),
  },
  {
    name: "HEAD is told in fields",
    configuration: "answers: nothing passes",
    protocols: ["http2"],
    steps: [step({ method: "HEAD" }, refused(CLOSED))],
  },
  {
    name: "of several limits the first that refuses is named",
    configuration: "answers: three limits",
    steps: [
      step({}, PASSES),
      step({}, refused({ ratelimit: '"second";r=0', "ratelimit-policy": '"second";q=1' })),
    ],
  },
];

const bodyCases: Case[] = [
  {
    name: "a problem names the policy, whatever characters it has",
    configuration: "answers: problem",
    protocols: HTTP,
    steps: [
      step(
        {},
        refused(
          { ratelimit: `"${NAME}";r=0`, "content-type": "application/problem+json" },
          { body: problem(NAME, 429) },
        ),
      ),
    ],
  },
  {
    name: "a problem has the status of the limit",
    configuration: "answers: status 418",
    protocols: HTTP,
    steps: [step({}, PASSES), step({}, refused(ONCE, { status: 418, body: problem("once", 418) }))],
  },
  {
    name: "google.rpc.Status names the limit; one that never refills says no delay",
    configuration: "answers: google, for ever",
    steps: [step({}, PASSES), step({}, refused(ONCE, { body: google("once") }))],
  },
  {
    name: "google.rpc.Status says when to come back",
    configuration: "answers: google",
    protocols: HTTP,
    steps: [
      step({}, PASSES),
      step(
        {},
        refused(
          { "retry-after": "86400", "content-type": "application/json" },
          { body: google("hourly", { "@type": RETRY_INFO, retryDelay: "86400s" }) },
        ),
      ),
    ],
  },
];

const formCase: Case = {
  name: "each section has the form of its own refusals",
  configuration: "answers: json beside problem",
  protocols: HTTP,
  steps: [
    step(
      {},
      {
        status: 401,
        reason: "jwt:missing",
        response: { "content-type": "application/problem+json", "x-envoy-ratelimited": null },
      },
    ),
    step({}, refused({ "content-type": "application/json" })),
  ],
};

const OWN = '"upstream";r=3;t=1, "other";r=1';
const OWN_POLICY = '"upstream";q=5;w=1';

/** What a response says of limits, null for nothing. */
const told = (state: string | null, policy: string | null): CaseExpectation => ({
  status: 200,
  reason: null,
  response: { ratelimit: state, "ratelimit-policy": policy },
});

const passingCases: Case[] = [
  {
    name: "a limit that is tried out has no say in what another limit tells and does",
    configuration: "answers: shadow before a limit",
    steps: [
      ...[2, 1, 0].map((left) => step({}, told(`"real";r=${String(left)}`, '"real";q=3'))),
      step({}, refused({ ratelimit: '"real";r=0', "ratelimit-policy": '"real";q=3' })),
    ],
  },
  {
    name: "a response tells of limits that match, and of none that is tried out",
    configuration: "answers: shadow and matches",
    steps: [
      step({ path: "/a" }, told('"a";r=1', '"a";q=2')),
      step({ path: "/b" }, told('"b";r=0', '"b";q=1')),
      step({ path: "/c" }, told(null, null)),
      step({ path: "/c", method: "POST", repeat: 2 }, told(null, null)),
      step({ path: "/a/1", method: "POST" }, told('"a";r=0', '"a";q=2')),
      step({ path: "/a" }, refused({ ratelimit: '"a";r=0' })),
      step({ path: "/b" }, refused({ ratelimit: '"b";r=0' })),
    ],
  },
  {
    name: "a response tells what is left of the tightest limit in every field that is asked for",
    configuration: "answers: always",
    steps: [
      step(
        {},
        {
          status: 200,
          reason: null,
          response: {
            ratelimit: /^"hourly";r=1;t=(1800|179\d)$/,
            "ratelimit-policy": '"hourly";q=2;w=3600',
            "x-ratelimit-limit": "2",
            "x-ratelimit-remaining": "1",
            "x-ratelimit-reset": HALF_AN_HOUR,
            "retry-after": null,
            "x-envoy-ratelimited": null,
          },
        },
      ),
    ],
  },
  {
    name: "a response of a limit that never refills says no time",
    configuration: "answers: always, never refilled",
    steps: [
      step(
        {},
        {
          status: 200,
          reason: null,
          response: {
            ratelimit: '"once";r=4',
            "ratelimit-policy": '"once";q=5',
            "x-ratelimit-limit": "5",
            "x-ratelimit-remaining": "4",
            "x-ratelimit-reset": null,
          },
        },
      ),
    ],
  },
  {
    name: "what the upstream says of its own limits stays: lists grow, numbers are its own",
    configuration: "answers: always, never refilled",
    steps: [
      step(
        {
          headers: [
            ["x-answer-ratelimit", OWN],
            ["x-answer-ratelimit-policy", OWN_POLICY],
            ["x-answer-x-ratelimit-remaining", "77"],
          ],
        },
        {
          status: 200,
          reason: null,
          response: {
            ratelimit: [OWN, '"once";r=4'],
            "ratelimit-policy": [OWN_POLICY, '"once";q=5'],
            "x-ratelimit-limit": null,
            "x-ratelimit-remaining": "77",
            "x-ratelimit-reset": null,
          },
        },
      ),
    ],
  },
  {
    name: "a response has the numbers only when they are asked for",
    configuration: "answers: always, without numbers",
    steps: [
      step(
        { headers: [["x-answer-x-ratelimit-limit", "9"]] },
        {
          status: 200,
          reason: null,
          response: {
            ratelimit: /^"hourly";r=1;t=\d+$/,
            ...X_NOTHING,
            "x-ratelimit-limit": "9",
          },
        },
      ),
    ],
  },
];

export const rateLimitAnswerCases: Case[] = [
  ...refusalCases,
  ...bodyCases,
  formCase,
  ...passingCases,
];
