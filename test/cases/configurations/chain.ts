import { EC } from "../jwt_tokens.ts";

/** All four filters at once, as the demo has them. */
const chain = {
  markChecked: true,
  normalise: {
    strip: ["x-jwt-*"],
    map: [
      { from: "trace-id", to: "x-trace-id" },
      { from: "auth-token", to: "authorization", prefix: "Bearer " },
    ],
    grpcUserAgent: "sallyport",
  },
  trace: {},
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
      { match: { prefix: "/healthz" }, require: "none" },
      { match: { prefix: "/" }, require: "spire" },
    ],
  },
};

export const chainConfigurations = {
  "the whole chain": {
    ...chain,
    rateLimit: {
      limits: [
        { name: "per-workload", key: [{ claim: "sub" }], capacity: 2, refill: "0/s" },
        { name: "per-client", key: [{ header: "x-client" }], capacity: 4, refill: "0/s" },
      ],
    },
  },
} as const;
