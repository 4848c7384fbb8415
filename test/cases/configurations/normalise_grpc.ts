// Configurations of the cases of gRPC metadata, by name.

import { EC } from "../jwt_tokens.ts";

const strip = ["x-jwt-*", "x-internal"];

export const normaliseGrpcConfigurations = {
  "grpc timeout": { normalise: { grpc: { timeout: { header: "x-timeout-ms", max: "30s" } } } },
  "grpc timeout rejected": {
    normalise: { grpc: { timeout: { header: "x-timeout-ms", onInvalid: "reject" } } },
  },
  "grpc timeout to gRPC": {
    normalise: { grpc: { timeout: { header: "x-timeout-ms" }, gateway: "toMetadata" } },
  },
  "grpc binary": {
    normalise: {
      map: [{ from: "a-bin", to: "listed-bin" }],
      grpc: { binary: { padding: "remove" } },
    },
  },
  "grpc binary rejected": { normalise: { grpc: { binary: { onInvalid: "reject" } } } },
  "grpc names": { normalise: { strip, grpc: {} } },
  "grpc names, underscores kept": { normalise: { underscores: "keep", strip, grpc: {} } },
  "grpc invalid dropped": {
    normalise: { map: [{ from: "a", to: "listed" }], grpc: { invalidMetadata: "drop" } },
  },
  "the table of the seeds": {
    normalise: {
      map: [
        { from: "trace-id", to: "x-trace-id" },
        { from: "auth-token", to: "authorization", prefix: "Bearer " },
      ],
      grpcUserAgent: "sallyport",
      grpc: { binary: {}, invalidMetadata: "drop" },
    },
  },
  "gateway to metadata": {
    normalise: {
      strip,
      map: [{ from: "auth-token", to: "authorization", prefix: "Bearer " }],
      grpc: { binary: { padding: "remove" }, gateway: "toMetadata" },
    },
    jwt: {
      providers: {
        spire: {
          profile: "jwt-svid",
          trustDomain: "example.org",
          audiences: ["orders"],
          keys: { inline: { keys: [{ ...EC.jwk, use: "jwt-svid" }] } },
          forward: { claims: [{ claim: "sub", header: "x-spiffe-id" }] },
        },
      },
      rules: [
        { match: { prefix: "/open" }, require: "none" },
        { match: { prefix: "/" }, require: "spire" },
      ],
    },
  },
  "gateway to metadata, underscores kept": {
    normalise: { underscores: "keep", strip, grpc: { gateway: "toMetadata" } },
  },
  "gateway from metadata": {
    normalise: {
      strip,
      map: [{ from: "trace-id", to: "x-trace-id" }],
      grpc: { gateway: "fromMetadata" },
    },
  },
} as const;
