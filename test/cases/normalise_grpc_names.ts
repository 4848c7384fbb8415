// Names that gRPC keeps, what it does not allow, and the table of the seeds, end to end.

import type { Case } from "../support/case.ts";
import type { Headers } from "./normalise_steps.ts";
import { GRPC, HTTP, passing } from "./normalise_steps.ts";

const KNOWN: Headers = [
  ["grpc-encoding", "identity"],
  ["grpc-accept-encoding", "gzip"],
  ["grpc-message-type", "a.B"],
  ["grpc-trace-bin", "YQ"],
  ["grpc-tags-bin", "YQ"],
  ["grpc-previous-rpc-attempts", "1"],
];

const nameCases: Case[] = [
  {
    name: "names that gRPC keeps for itself do not pass, in either spelling",
    configuration: "grpc names",
    steps: [
      passing(
        [
          ["grpc-status", "0"],
          ["grpc-message", "a"],
          ["grpc_message", "b"],
          ["grpc_status", "7"],
          ["grpc-foo", "1"],
          ["grpc-foo", "2"],
          ["grpc-", "3"],
          ["grpcx", "4"],
        ],
        {
          "grpc-status": null,
          grpc_status: null,
          "grpc-message": null,
          grpc_message: null,
          "grpc-foo": null,
          "grpc-": null,
          grpcx: "4",
        },
      ),
      passing(KNOWN, Object.fromEntries(KNOWN)),
      passing([["grpc-timeout", "malformed"]], { "grpc-timeout": "malformed" }),
    ],
  },
  {
    name: "nor do they with underscores kept",
    configuration: "grpc names, underscores kept",
    steps: [passing([["grpc-foo_bar", "1"]], { "grpc-foo_bar": null, "grpc-foo-bar": null })],
  },
  {
    name: "what a gateway behind would uncover is not told what clients may not say",
    configuration: "grpc names",
    protocols: HTTP,
    steps: [
      passing(
        [
          ["grpc-metadata-x-jwt-sub", "admin"],
          ["grpc-metadata-x_jwt_sub", "admin"],
          ["grpc-metadata-x-internal", "1"],
          ["grpc-metadata-grpc-status", "0"],
          ["grpc-metadata-host", "evil.example"],
          ["grpc-metadata-x-envoy-retry-on", "5xx"],
          ["grpc-metadata-", "a"],
          ["grpc-metadata-tenant", "a"],
          ["grpcgateway-cookie", "a=b"],
        ],
        {
          "grpc-metadata-x-jwt-sub": null,
          "grpc-metadata-x-internal": null,
          "grpc-metadata-grpc-status": null,
          "grpc-metadata-host": null,
          "grpc-metadata-x-envoy-retry-on": null,
          "grpc-metadata-": null,
          "grpc-metadata-tenant": "a",
          "grpcgateway-cookie": "a=b",
        },
      ),
    ],
  },
  {
    name: "calls have no metadata in the disguise of headers",
    configuration: "grpc names",
    protocols: GRPC,
    steps: [passing([["grpc-metadata-tenant", "a"]], { "grpc-metadata-tenant": null })],
  },
];

const invalidCases: Case[] = [
  {
    name: "metadata that gRPC does not allow passes",
    configuration: "grpc names",
    protocols: GRPC,
    steps: [
      passing(
        [
          ["x-name", "é"],
          ["x!y", "1"],
        ],
        { "x-name": "é", "x!y": "1" },
      ),
    ],
  },
  {
    name: "or is taken away, with all lines of its name",
    configuration: "grpc invalid dropped",
    protocols: GRPC,
    steps: [
      passing(
        [
          ["x-name", "plain"],
          ["x-name", "é"],
          ["x!y", "1"],
          ["x-tab", "a\tb"],
          ["x-other", "~ ok"],
          ["listed", "\xff"],
          ["x-bin", "a"],
          ["user-agent", "grpc-js/1"],
        ],
        {
          "x-name": null,
          "x!y": null,
          "x-tab": null,
          "x-other": "~ ok",
          listed: null,
          "x-bin": "a",
          "user-agent": "grpc-js/1",
          "content-type": "application/grpc",
          te: "trailers",
        },
      ),
      passing([["a", "\xff"]], { a: null, listed: null }),
    ],
  },
  {
    name: "headers of other requests may be anything",
    configuration: "grpc invalid dropped",
    protocols: HTTP,
    steps: [passing([["x-name", "é"]], { "x-name": "é" })],
  },
];

const seedCases: Case[] = [
  {
    name: "trace-id, auth-token and user-agent become what services expect",
    configuration: "the table of the seeds",
    protocols: GRPC,
    steps: [
      passing(
        [
          ["trace-id", "abc"],
          ["auth-token", "eyJ.a.b"],
          ["user-id-bin", "YQ=="],
        ],
        {
          "trace-id": null,
          "x-trace-id": "abc",
          "auth-token": null,
          authorization: "Bearer eyJ.a.b",
          "user-agent": "sallyport",
          "user-id-bin": "YQ==",
        },
      ),
      passing(
        [
          ["trace_id", "abc"],
          ["user-agent", "grpc-go/1.70.0"],
          ["authorization", "Bearer mine"],
          ["auth-token", "other"],
        ],
        {
          trace_id: null,
          "x-trace-id": "abc",
          "user-agent": "grpc-go/1.70.0",
          authorization: "Bearer mine",
          "auth-token": null,
        },
      ),
    ],
  },
];

export const normaliseGrpcNameCases: Case[] = [...nameCases, ...invalidCases, ...seedCases];
