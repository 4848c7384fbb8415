// The names that grpc-gateway gives headers as metadata and metadata as headers, end to end.

import type { Case } from "../support/case.ts";
import { OTHER, SPIFFE_ID, svid } from "./jwt_tokens.ts";
import type { Fields, Headers } from "./normalise_steps.ts";
import { GRPC, HTTP, passing as passingAt } from "./normalise_steps.ts";

const TOKEN = await svid();
const FORGED = await svid({}, OTHER);

/** On a path where nobody needs a token, unless it is given. */
const passing = (headers: Headers, upstream: Fields, path = "/open"): Case["steps"][number] =>
  passingAt(headers, upstream, path);

/** Nearly as many as Envoy takes. */
const MANY: Headers = Array.from({ length: 90 }, (_, i) => [`x-${String(i)}`, "1"]);

export const normaliseGatewayCases: Case[] = [
  {
    name: "metadata loses its disguise",
    configuration: "gateway to metadata",
    protocols: HTTP,
    steps: [
      passing(
        [
          ["grpc-metadata-tenant", "a"],
          ["grpc-metadata-tenant", "b"],
          ["grpc_metadata_user_id", "1"],
          ["grpc-metadata-data-bin", "YQ=="],
        ],
        {
          "grpc-metadata-tenant": null,
          tenant: ["a", "b"],
          grpc_metadata_user_id: null,
          "user-id": "1",
          "grpc-metadata-data-bin": null,
          "data-bin": "YQ",
        },
      ),
    ],
  },
  {
    name: "in whatever case it is written",
    configuration: "gateway to metadata",
    protocols: ["http1"],
    steps: [
      passing([["Grpc-Metadata-Tenant", "a"]], { "grpc-metadata-tenant": null, tenant: "a" }),
    ],
  },
  {
    name: "a name without disguise wins",
    configuration: "gateway to metadata",
    protocols: HTTP,
    steps: [
      passing(
        [
          ["grpc-metadata-tenant", "a"],
          ["tenant", "b"],
          ["grpc-metadata-auth-token", "other"],
          ["authorization", "Bearer mine"],
        ],
        {
          "grpc-metadata-tenant": null,
          tenant: "b",
          "grpc-metadata-auth-token": null,
          "auth-token": null,
          authorization: "Bearer mine",
        },
      ),
    ],
  },
  {
    name: "no disguise gets past what clients may not send",
    configuration: "gateway to metadata",
    protocols: HTTP,
    steps: [
      passing(
        [
          ["grpc-metadata-x-jwt-sub", "admin"],
          ["grpc-metadata-x_jwt_sub", "admin"],
          ["grpc-metadata-x-internal", "1"],
          ["grpc-metadata-x-spiffe-id", SPIFFE_ID],
          ["grpc-metadata-grpc-status", "0"],
          ["grpc-metadata-grpc-metadata-x-internal", "0"],
          ["grpc-metadata-grpcgateway-cookie", "a=b"],
          ["grpc-metadata-host", "evil.example"],
          ["grpc-metadata-content-length", "5"],
          ["grpc-metadata-transfer-encoding", "chunked"],
          ["grpc-metadata-te", "gzip"],
          ["grpc-metadata-content-type", "application/grpc"],
          ["grpc-metadata-x-forwarded-host", "evil.example"],
          ["grpc-metadata-x-envoy-original-path", "/"],
          ["grpc-metadata-x!y", "1"],
          ["grpc-metadata-", "1"],
        ],
        {
          "x-jwt-sub": null,
          x_jwt_sub: null,
          "x-internal": null,
          "x-spiffe-id": null,
          "grpc-status": null,
          "grpc-metadata-x-internal": null,
          "grpcgateway-cookie": null,
          "content-length": null,
          "transfer-encoding": null,
          te: null,
          "content-type": null,
          "x-forwarded-host": null,
          "x-envoy-original-path": null,
          "x!y": null,
          "grpc-metadata-": null,
          "grpc-metadata-host": null,
          ":authority": "example.test",
        },
      ),
    ],
  },
  {
    name: "nor with underscores kept",
    configuration: "gateway to metadata, underscores kept",
    protocols: HTTP,
    steps: [
      passing(
        [
          ["grpc-metadata-x_jwt_sub", "admin"],
          ["grpc-metadata-x_internal", "1"],
          ["grpc-metadata-grpc_status", "0"],
          ["grpc-metadata-content_length", "5"],
          ["grpc-metadata-user_id", "1"],
        ],
        {
          x_jwt_sub: null,
          x_internal: null,
          grpc_status: null,
          content_length: null,
          user_id: "1",
          "grpc-metadata-user_id": null,
        },
      ),
    ],
  },
  {
    name: "permanent headers have a copy that no client can forge",
    configuration: "gateway to metadata",
    protocols: HTTP,
    steps: [
      passing(
        [
          ["accept", "text/html"],
          ["accept-language", "de"],
          ["cookie", "a=b"],
          ["user-agent", "curl/8"],
          ["x-other", "1"],
          ["grpcgateway-accept", "forged"],
          ["grpcgateway_origin", "forged"],
          ["grpcgateway-x-other", "forged"],
        ],
        {
          accept: "text/html",
          "grpcgateway-accept": "text/html",
          "grpcgateway-accept-language": "de",
          "grpcgateway-cookie": "a=b",
          "user-agent": "curl/8",
          "grpcgateway-user-agent": "curl/8",
          "grpcgateway-origin": null,
          "grpcgateway-x-other": null,
          "x-other": "1",
        },
      ),
      passing([["authorization", "Basic YTpi"]], {
        authorization: "Basic YTpi",
        "grpcgateway-authorization": "Basic YTpi",
      }),
    ],
  },
  {
    name: "a token in disguise is verified, and one that is taken away has no copy",
    configuration: "gateway to metadata",
    protocols: HTTP,
    steps: [
      ...["grpc-metadata-authorization", "authorization"].map((name) =>
        passing(
          [[name, `Bearer ${TOKEN}`]],
          {
            "x-spiffe-id": SPIFFE_ID,
            authorization: null,
            "grpc-metadata-authorization": null,
            "grpcgateway-authorization": null,
          },
          "/orders",
        ),
      ),
      passing([["grpc-metadata-auth-token", TOKEN]], { "x-spiffe-id": SPIFFE_ID }, "/orders"),
      {
        request: {
          headers: [["grpc-metadata-authorization", `Bearer ${FORGED}`]],
          path: "/orders",
        },
        expect: { status: 401, reason: "jwt:signature_invalid" },
      },
    ],
  },
  {
    name: "calls are metadata already",
    configuration: "gateway to metadata",
    protocols: GRPC,
    steps: [
      passing(
        [
          ["grpc-metadata-tenant", "a"],
          ["grpcgateway-cookie", "a=b"],
          ["cookie", "c=d"],
        ],
        {
          "grpc-metadata-tenant": null,
          tenant: null,
          "grpcgateway-cookie": "a=b",
          cookie: "c=d",
        },
      ),
    ],
  },
  {
    name: "calls that go to HTTP have metadata as headers",
    configuration: "gateway from metadata",
    protocols: GRPC,
    steps: [
      passing(
        [
          ["tenant", "a"],
          ["tenant", "b"],
          ["user_id", "1"],
          ["data-bin", "YQ=="],
          ["trace-id", "abc"],
          ["x-jwt-sub", "admin"],
          ["authorization", "Bearer a"],
          ["grpc-metadata-tenant", "forged"],
        ],
        {
          tenant: ["a", "b"],
          "grpc-metadata-tenant": ["a", "b"],
          "user-id": "1",
          "grpc-metadata-user-id": "1",
          "grpc-metadata-data-bin": "YQ==",
          "x-trace-id": "abc",
          "grpc-metadata-x-trace-id": "abc",
          "grpc-metadata-trace-id": null,
          "x-jwt-sub": null,
          "grpc-metadata-x-jwt-sub": null,
          authorization: "Bearer a",
          "grpc-metadata-authorization": null,
          "grpc-metadata-content-type": null,
          "grpc-metadata-te": null,
          "grpc-metadata-x-forwarded-for": null,
        },
      ),
    ],
  },
  {
    name: "and permanent headers under their own name",
    configuration: "gateway from metadata",
    protocols: GRPC,
    steps: [
      passing(
        [
          ["grpcgateway-accept", "text/html"],
          ["grpcgateway-cookie", "a=b"],
          ["grpcgateway-origin", "https://a.test"],
          ["origin", "https://b.test"],
          ["grpcgateway-x-internal", "1"],
          ["grpcgateway-content-type", "text/plain"],
          ["grpcgateway-host", "evil.example"],
          ["grpcgateway-expect", "100-continue"],
        ],
        {
          "grpcgateway-accept": null,
          accept: "text/html",
          cookie: "a=b",
          origin: "https://b.test",
          "x-internal": null,
          "content-type": "application/grpc",
          "grpcgateway-content-type": null,
          "grpcgateway-host": null,
          expect: null,
          "grpcgateway-expect": null,
        },
      ),
    ],
  },
  {
    name: "other requests are headers already",
    configuration: "gateway from metadata",
    protocols: HTTP,
    steps: [
      passing(
        [
          ["tenant", "a"],
          ["grpcgateway-accept", "text/html"],
          ["grpc-metadata-tenant", "b"],
        ],
        {
          tenant: "a",
          "grpcgateway-accept": "text/html",
          accept: null,
          "grpc-metadata-tenant": "b",
        },
      ),
    ],
  },
  {
    name: "many headers have as many copies",
    configuration: "gateway from metadata",
    protocols: GRPC,
    steps: [
      passing(
        MANY,
        Object.fromEntries(MANY.map(([name, value]) => [`grpc-metadata-${name}`, value])),
      ),
    ],
  },
];
