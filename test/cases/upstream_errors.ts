// Errors of the upstream as clients get them under `errors.mapUpstream`. Run on the simulator by
// test/filters/upstream_errors.test.ts and in a real Envoy by test/e2e/upstream_errors.test.ts.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { UpstreamAnswer } from "../support/answering_upstream.ts";
import type { Protocol } from "../support/case.ts";
import { PROTOCOLS } from "../support/case.ts";

export interface UpstreamErrorCase {
  name: string;
  configuration: keyof typeof UPSTREAM_ERROR_CONFIGURATIONS;
  protocols: readonly Protocol[];
  headers?: HeaderList;
  answer: UpstreamAnswer;
  expect: {
    status: number;
    /** Field values by name, null for absent. */
    headers: Readonly<Record<string, string | RegExp | null>>;
    body: string;
    /** Response code details without `sallyport{}`; null when the response is the upstream's. */
    detail: string | null;
  };
}

const LIMIT = { name: "many", capacity: 100_000, refill: "1/d" };

export const UPSTREAM_ERROR_CONFIGURATIONS = {
  off: { errors: { form: "google" } },
  standard: { errors: { mapUpstream: "standard" } },
  precise: { errors: { mapUpstream: "precise" } },
  problem: { errors: { form: "problem", mapUpstream: "precise" } },
  google: { errors: { form: "google", mapUpstream: "precise" } },
  limits: {
    errors: { mapUpstream: "precise" },
    rateLimit: { headers: "always", xRateLimitHeaders: true, limits: [LIMIT] },
  },
} satisfies Record<string, object>;

const HTTP = ["http1", "http2"] as const;
const GRPC = ["grpc"] as const;
const JSON_TYPE = "application/json";

const plain = (status: number, headers: HeaderList = []): UpstreamAnswer => ({
  status,
  headers: [["content-type", "text/html"], ...headers],
  body: "<h1>secret</h1>",
});

const trailersOnly = (
  grpcStatus: string,
  message: string | null,
  headers: HeaderList = [],
): UpstreamAnswer => ({
  status: 200,
  headers: [
    ["content-type", "application/grpc"],
    ["grpc-status", grpcStatus],
    ...(message === null ? [] : ([["grpc-message", message]] satisfies HeaderList)),
    ...headers,
  ],
  body: "",
});

/** Under `standard`. */
const STANDARD_CODES = {
  302: 2,
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  431: 13,
  500: 2,
  502: 14,
  503: 14,
  504: 14,
} as const;

function toGrpc(
  status: number,
  code: number,
  configuration: UpstreamErrorCase["configuration"] = "precise",
): UpstreamErrorCase {
  return {
    name: `${configuration}: HTTP ${status} is gRPC ${code}`,
    configuration,
    protocols: GRPC,
    answer: plain(status),
    expect: {
      status: 200,
      headers: {
        "content-type": "application/grpc",
        "grpc-status": String(code),
        "grpc-message": `upstream answered with HTTP status ${status}`,
        "content-length": null,
      },
      body: "",
      detail: `upstream:http:${status}`,
    },
  };
}

function toHttp(
  grpcStatus: string,
  status: number,
  phrase: string,
  code = grpcStatus,
): UpstreamErrorCase {
  return {
    name: `gRPC ${grpcStatus} is HTTP ${status}`,
    configuration: "precise",
    protocols: HTTP,
    answer: trailersOnly(grpcStatus, null),
    expect: {
      status,
      headers: { "content-type": JSON_TYPE, "grpc-status": null, "grpc-message": null },
      body: JSON.stringify({ error: phrase }),
      detail: `upstream:grpc:${code}`,
    },
  };
}

/** The response is the upstream's, as it is. */
function untouched(
  name: string,
  protocols: readonly Protocol[],
  answer: UpstreamAnswer,
  more: Partial<UpstreamErrorCase> = {},
): UpstreamErrorCase {
  const { status, headers, body } = answer;
  return {
    name,
    configuration: "precise",
    protocols,
    answer,
    expect: { status, headers: Object.fromEntries(headers), body, detail: null },
    ...more,
  };
}

const MESSAGE = 'no "such" order%01%zz %C3%A9 %FF%';
const TOLD = 'no "such" order\u0001%zz é \ufffd%';

function told(
  configuration: UpstreamErrorCase["configuration"],
  type: string,
  body: unknown,
): UpstreamErrorCase {
  return {
    name: `the message of a gRPC error as ${configuration}`,
    configuration,
    protocols: HTTP,
    answer: trailersOnly("5", MESSAGE, [
      ["grpc-status-details-bin", "CAU"],
      ["retry-after", "7"],
      ["x-own", "1"],
    ]),
    expect: {
      status: 404,
      headers: {
        "content-type": type,
        "grpc-status-details-bin": "CAU",
        "retry-after": "7",
        "x-own": null,
      },
      body: JSON.stringify(body),
      detail: "upstream:grpc:5",
    },
  };
}

const GRPC_CASES: UpstreamErrorCase[] = [
  ...([400, 401, 403, 404, 429, 431, 502, 503, 504, 500, 302] as const).map((status) =>
    toGrpc(status, STANDARD_CODES[status], "standard"),
  ),
  toGrpc(400, 13),
  toGrpc(404, 5),
  toGrpc(409, 6),
  toGrpc(412, 9),
  toGrpc(413, 8),
  toGrpc(418, 2),
  toGrpc(429, 8),
  toGrpc(499, 1),
  toGrpc(501, 12),
  toGrpc(503, 14),
  toGrpc(504, 4),
  toGrpc(200, 2),
  {
    ...toGrpc(503, 14),
    name: "an error without a body is mapped as well",
    answer: { status: 503, headers: [], body: "" },
  },
  {
    ...toGrpc(401, 16),
    name: "how and when to come back is kept, and nothing else",
    answer: plain(401, [
      ["www-authenticate", 'Bearer realm="x"'],
      ["retry-after", "9"],
      ["x-internal", "1"],
      ["set-cookie", "a=b"],
    ]),
    expect: {
      ...toGrpc(401, 16).expect,
      headers: {
        "grpc-status": "16",
        "www-authenticate": 'Bearer realm="x"',
        "retry-after": "9",
        "x-internal": null,
        "set-cookie": null,
      },
    },
  },
  {
    ...toGrpc(503, 14),
    name: "the answer tells what limits leave",
    configuration: "limits",
    expect: {
      ...toGrpc(503, 14).expect,
      headers: { "grpc-status": "14", ratelimit: /^"many"/, "x-ratelimit-limit": "100000" },
    },
  },
  untouched("gRPC: a gRPC error is left alone", GRPC, trailersOnly("5", "gone")),
  untouched("gRPC: an error with a grpc-status is left alone", GRPC, {
    status: 503,
    headers: [["grpc-status", "14"]],
    body: "",
  }),
  untouched("gRPC: a response of type gRPC is left alone", GRPC, {
    status: 503,
    headers: [["content-type", "application/grpc+proto"]],
    body: "",
  }),
  untouched("gRPC: a 200 without a type is left alone", GRPC, {
    status: 200,
    headers: [],
    body: "x",
  }),
  untouched("gRPC: nothing is mapped unless it is asked for", GRPC, plain(503), {
    configuration: "off",
  }),
  untouched("gRPC: behind a filter for gRPC-Web nothing is mapped", GRPC, plain(503), {
    headers: [["x-grpc-web", "1"]],
  }),
];

const HTTP_CASES: UpstreamErrorCase[] = [
  toHttp("1", 499, "Client Error"),
  toHttp("2", 500, "Internal Server Error"),
  toHttp("3", 400, "Bad Request"),
  toHttp("4", 504, "Gateway Timeout"),
  toHttp("5", 404, "Not Found"),
  toHttp("6", 409, "Conflict"),
  toHttp("7", 403, "Forbidden"),
  toHttp("8", 429, "Too Many Requests"),
  toHttp("9", 400, "Bad Request"),
  toHttp("10", 409, "Conflict"),
  toHttp("11", 400, "Bad Request"),
  toHttp("12", 501, "Not Implemented"),
  toHttp("13", 500, "Internal Server Error"),
  toHttp("14", 503, "Service Unavailable"),
  toHttp("15", 500, "Internal Server Error"),
  toHttp("16", 401, "Unauthorized"),
  ...["abc", "-1", "17", "007"].map((value) => toHttp(value, 500, "Internal Server Error", "2")),
  told("precise", JSON_TYPE, { error: TOLD }),
  told("problem", "application/problem+json", {
    type: "about:blank",
    title: "Not Found",
    status: 404,
    detail: TOLD,
  }),
  told("google", JSON_TYPE, { error: { code: 404, message: TOLD, status: "NOT_FOUND" } }),
  {
    ...toHttp("5", 404, "Not Found"),
    name: "a message of more than 8 KiB is not told",
    answer: trailersOnly("5", "a".repeat(8193)),
  },
  {
    ...toHttp("3", 415, "Client Error"),
    name: "a status of an error stays, and a response without a type is mapped",
    answer: { status: 415, headers: [["grpc-status", "3"]], body: "" },
  },
  {
    ...toHttp("14", 503, "Service Unavailable"),
    name: "HTTP: the answer tells what limits leave",
    configuration: "limits",
    expect: {
      ...toHttp("14", 503, "Service Unavailable").expect,
      headers: { ratelimit: /^"many"/, "ratelimit-policy": /^"many"/ },
    },
  },
  untouched("HTTP: a plain error is left alone", HTTP, plain(503)),
  untouched("HTTP: a gRPC status of 0 is left alone", HTTP, trailersOnly("0", null)),
  untouched("HTTP: a body for HTTP clients is left alone", HTTP, {
    status: 404,
    headers: [
      ["content-type", JSON_TYPE],
      ["grpc-status", "5"],
    ],
    body: '{"code":5}',
  }),
  untouched("HTTP: nothing is mapped unless it is asked for", HTTP, trailersOnly("5", "gone"), {
    configuration: "off",
  }),
  ...["application/grpc-web", "application/grpc-web+proto", "application/grpc-web-text"].map(
    (type) =>
      untouched(`${type}: a gRPC error is left alone`, HTTP, trailersOnly("5", "gone"), {
        headers: [["content-type", type]],
      }),
  ),
  untouched("application/grpc-web: a plain error is left alone", HTTP, plain(503), {
    headers: [["content-type", "application/grpc-web+proto"]],
  }),
];

export const UPSTREAM_ERROR_CASES: readonly UpstreamErrorCase[] = [...GRPC_CASES, ...HTTP_CASES];

/** Each case over each of its protocols. */
export const UPSTREAM_ERROR_RUNS = PROTOCOLS.flatMap((protocol) =>
  UPSTREAM_ERROR_CASES.filter(({ protocols }) => protocols.includes(protocol)).map(
    (one) => [`${protocol}: ${one.name}`, protocol, one] as const,
  ),
);
