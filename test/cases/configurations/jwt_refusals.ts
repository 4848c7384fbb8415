import { EC, ISSUER } from "../jwt_tokens.ts";

const IDP = {
  issuer: ISSUER,
  audiences: ["orders"],
  subjects: ["alice"],
  keys: { inline: { keys: [EC.jwk] } },
  forward: { claims: [{ claim: "sub", header: "x-user" }] },
};
const RULES = [{ match: { prefix: "/api" }, require: "idp" }];

const section = (changed: object): object => ({
  providers: { idp: IDP },
  rules: RULES,
  ...changed,
});

const everyFilter = (changed: object): object => ({
  normalise: { underscores: "reject" },
  jwt: section(changed),
  rateLimit: { limits: [{ name: "one", key: [{ text: "all" }], capacity: 1, refill: "0/s" }] },
});

/** Configurations of the cases about what a refusal says, by name. */
export const jwtRefusalConfigurations = {
  "refusals as problems": { jwt: section({ errors: "problem" }) },
  "refusals of every filter as problems": everyFilter({ errors: "problem" }),
  "refusals as google.rpc.Status": { jwt: section({ errors: "google" }) },
  "refusals of every filter as google.rpc.Status": everyFilter({ errors: "google" }),
  "refusals as JSON by name": { jwt: section({ errors: "json", audienceStatus: 401 }) },
  "refusals with a realm and metadata": {
    jwt: section({
      realm: "the shop",
      resourceMetadata: "https://shop.test/.well-known/oauth-protected-resource?a=(b)",
    }),
  },
  "403 for audiences": { jwt: section({ audienceStatus: 403 }) },
};
