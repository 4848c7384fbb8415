import { EC, ISSUER, OTHER } from "../jwt_tokens.ts";
import { everywhere, IDP, keys } from "./jwt.ts";

const EVERY_PLACE = [
  { header: "authorization", scheme: "Bearer" },
  { header: "Authorization-Token", prefix: "Token " },
  { header: "x-raw" },
  { query: "access_token" },
  { cookie: "session" },
];

const section = (provider: object, changed: object = {}): object => ({
  jwt: {
    ...changed,
    providers: { idp: { ...IDP, from: EVERY_PLACE, ...provider } },
    rules: [{ match: { prefix: "/healthz" }, require: "none" }, everywhere("idp")],
  },
});

export const jwtLocationConfigurations = {
  "jwt from every place": section({}),
  "jwt from every place, the first": section({}, { onMultiple: "first" }),
  "jwt from every place, all": section({}, { onMultiple: "all" }),
  "jwt from every place, kept": section({ forward: { ...IDP.forward, token: "keep" } }),
  "jwt from a query and its limits": {
    jwt: {
      providers: { idp: { ...IDP, from: [{ query: "access_token" }] } },
      rules: [everywhere("idp")],
    },
    rateLimit: {
      limits: [
        { name: "path", key: [{ path: true }], capacity: 1, refill: "1/d" },
        { name: "user", key: [{ claim: "sub" }, { path: true }], capacity: 1, refill: "1/d" },
      ],
    },
  },
  "jwt with another scheme": section({ from: [{ header: "authorization", scheme: "DPoP" }] }),
  "jwt of two providers at two places": {
    jwt: {
      providers: {
        user: { ...IDP, from: [{ header: "x-user-token" }] },
        device: {
          issuer: ISSUER,
          audiences: ["orders"],
          from: [{ cookie: "device" }],
          keys: keys(OTHER.jwk),
        },
      },
      rules: [{ match: { prefix: "/device" }, require: "device" }, everywhere("user")],
    },
  },
  "jwt from a header that is mapped": {
    normalise: { map: [{ from: "legacy-token", to: "x-raw" }] },
    jwt: {
      providers: { idp: { ...IDP, keys: keys(EC.jwk), from: [{ header: "x-raw" }] } },
      rules: [everywhere("idp")],
    },
  },
} as const;
