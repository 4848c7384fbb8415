// Normalisation of headers and gRPC metadata, end to end.

import type { Case, CaseExpectation } from "../support/case.ts";

type Upstream = NonNullable<CaseExpectation["upstream"]>;

function one(
  name: string,
  headers: [string, string][],
  upstream: Upstream,
  configuration = "normalise",
): Case {
  const expect: CaseExpectation = { status: 200, reason: null, upstream };
  return { name, configuration, steps: [{ request: { headers }, expect }] };
}

export const normaliseCases: Case[] = [
  one(
    "a stripped header does not pass",
    [
      ["x-spiffe-id", "spiffe://a/b"],
      ["x-other", "1"],
    ],
    {
      "x-spiffe-id": null,
      "x-other": "1",
    },
  ),
  one(
    "nor does any of its lines",
    [
      ["x-spiffe-id", "a"],
      ["x-spiffe-id", "b"],
    ],
    {
      "x-spiffe-id": null,
    },
  ),
  one(
    "nor does it under other spellings",
    [
      ["x_spiffe_id", "a"],
      ["x-spiffe_id", "b"],
    ],
    {
      "x-spiffe-id": null,
      x_spiffe_id: null,
      "x-spiffe_id": null,
    },
  ),
  one(
    "what begins with a stripped prefix does not pass",
    [
      ["x-jwt-payload", "a"],
      ["x-jwt-", "b"],
      ["x_jwt_sub", "c"],
      ["x-jwt", "d"],
      ["x-jwtx", "e"],
    ],
    {
      "x-jwt-payload": null,
      "x-jwt-": null,
      x_jwt_sub: null,
      "x-jwt-sub": null,
      "x-jwt": "d",
      "x-jwtx": "e",
    },
  ),
  one("underscores become dashes", [["x_user_id", "1"]], { x_user_id: null, "x-user-id": "1" }),
  one(
    "a name with dashes wins over its twin",
    [
      ["x_user_id", "1"],
      ["x-user-id", "2"],
    ],
    {
      x_user_id: null,
      "x-user-id": "2",
    },
  ),
  one(
    "underscores can be kept, but not to get past a strip",
    [
      ["x_user_id", "1"],
      ["x_spiffe_id", "a"],
      ["x_jwt_sub", "b"],
    ],
    { x_user_id: "1", "x-user-id": null, x_spiffe_id: null, x_jwt_sub: null },
    "underscores kept",
  ),
  one(
    "headers with underscores can be dropped",
    [
      ["x_user_id", "1"],
      ["x-user-id", "2"],
    ],
    { x_user_id: null, "x-user-id": "2" },
    "underscores dropped",
  ),
  {
    name: "headers with underscores can refuse the request",
    configuration: "underscores rejected",
    steps: [
      {
        request: { headers: [["x_user_id", "1"]] },
        expect: {
          status: 400,
          reason: "normalise:header_refused",
          grpcStatus: 3,
          body: '{"error":"bad header"}',
          response: { "x-user-id": null },
        },
      },
      {
        request: {
          headers: [
            ["x-user-id", "1"],
            ["x_spiffe_id", "a"],
          ],
        },
        expect: { status: 200, reason: null, upstream: { "x-user-id": "1", x_spiffe_id: null } },
      },
    ],
  },
  one("a mapped header moves", [["trace-id", "abc"]], {
    "trace-id": null,
    "x-correlation-id": "abc",
  }),
  one("metadata with underscores is mapped, too", [["trace_id", "abc"]], {
    trace_id: null,
    "trace-id": null,
    "x-correlation-id": "abc",
  }),
  one(
    "an existing target wins",
    [
      ["trace-id", "abc"],
      ["x-correlation-id", "def"],
    ],
    {
      "trace-id": null,
      "x-correlation-id": "def",
    },
  ),
  one(
    "several lines move as one",
    [
      ["trace-id", "abc"],
      ["trace-id", "def"],
    ],
    {
      "trace-id": null,
      "x-correlation-id": "abc, def",
    },
  ),
  one("a prefix is added", [["auth-token", "eyJ.a.b"]], {
    "auth-token": null,
    authorization: "Bearer eyJ.a.b",
  }),
  one("a prefix is added once", [["auth-token", "Bearer eyJ.a.b"]], {
    "auth-token": null,
    authorization: "Bearer eyJ.a.b",
  }),
  one("a prefix in another case is one", [["auth-token", "bEARER eyJ.a.b"]], {
    authorization: "bEARER eyJ.a.b",
  }),
  one("a part of a prefix is none", [["auth-token", "Bearer"]], {
    authorization: "Bearer Bearer",
  }),
  one(
    "a prefix is added to several lines once",
    [
      ["auth-token", "a"],
      ["auth-token", "b"],
    ],
    {
      authorization: "Bearer a, b",
    },
  ),
  {
    name: "a value that would become too long is refused",
    configuration: "normalise",
    steps: [
      {
        request: { headers: [["auth-token", "a".repeat(8192 - "Bearer ".length)]] },
        expect: { status: 200, reason: null, upstream: { "auth-token": null } },
      },
      {
        request: { headers: [["auth-token", "a".repeat(8192 - "Bearer ".length + 1)]] },
        expect: { status: 431, reason: "headers_too_large", grpcStatus: 8 },
      },
    ],
  },
  {
    name: "gRPC requests without user-agent get one",
    configuration: "normalise",
    protocols: ["grpc"],
    steps: [
      {
        request: {},
        expect: { status: 200, reason: null, upstream: { "user-agent": "sallyport" } },
      },
      {
        request: { headers: [["user-agent", "grpc-js/1"]] },
        expect: { status: 200, reason: null, upstream: { "user-agent": "grpc-js/1" } },
      },
    ],
  },
  {
    name: "other requests without user-agent get none",
    configuration: "normalise",
    protocols: ["http1", "http2"],
    steps: [
      { request: {}, expect: { status: 200, reason: null, upstream: { "user-agent": null } } },
    ],
  },
  one(
    "the mark of a checked request is ours alone",
    [
      ["x-sallyport-checked", "2"],
      ["x_sallyport_checked", "3"],
    ],
    { "x-sallyport-checked": "1", x_sallyport_checked: null },
    "marked as checked",
  ),
  one(
    "a name with _ never becomes one that Envoy sanitises or that frames the message",
    [
      ["x_envoy_upstream_rq_timeout_ms", "1"],
      ["x_forwarded_client_cert", "URI=spiffe://example.org/admin"],
      ["content_length", "5"],
      ["transfer_encoding", "chunked"],
    ],
    {
      x_envoy_upstream_rq_timeout_ms: null,
      "x-envoy-upstream-rq-timeout-ms": null,
      x_forwarded_client_cert: null,
      "x-forwarded-client-cert": null,
      content_length: null,
      transfer_encoding: null,
    },
  ),
  one(
    "without a section nothing is changed",
    [
      ["x_user_id", "1"],
      ["trace-id", "abc"],
    ],
    { x_user_id: "1", "trace-id": "abc" },
    "marked as checked",
  ),
];
