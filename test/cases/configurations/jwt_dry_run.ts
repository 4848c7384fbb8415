import { EC, ISSUER } from "../jwt_tokens.ts";

const IDP = {
  issuer: ISSUER,
  audiences: ["orders"],
  keys: { inline: { keys: [EC.jwk] } },
  forward: { payload: "x-jwt-payload", claims: [{ claim: "sub", header: "x-user" }] },
};
const RULES = [
  { match: { prefix: "/api" }, require: "idp" },
  { match: { prefix: "/open" }, require: "none" },
];
const LIMIT = { name: "two", capacity: 2, refill: "0/s" };

/** Configurations of the cases about dry runs, by name. */
export const jwtDryRunConfigurations = {
  "dry run": {
    normalise: {
      underscores: "replace",
      map: [{ from: "claimed", to: "x-sallyport-dry-run" }],
    },
    jwt: { dryRun: true, providers: { idp: IDP }, rules: RULES },
  },
  "dry run with the token kept": {
    jwt: {
      dryRun: true,
      providers: { idp: { ...IDP, forward: { ...IDP.forward, token: "keep" } } },
      rules: RULES,
    },
  },
  "dry run behind other filters": {
    normalise: { underscores: "reject" },
    jwt: { dryRun: true, providers: { idp: IDP }, rules: RULES },
    rateLimit: { limits: [{ ...LIMIT, key: [{ text: "all" }] }] },
  },
  "no dry run": { jwt: { dryRun: false, providers: { idp: IDP }, rules: RULES } },
};
