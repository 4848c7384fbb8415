import { EC, ISSUER } from "../jwt_tokens.ts";

const IDP = { issuer: ISSUER, audiences: ["orders"], keys: { inline: { keys: [EC.jwk] } } };
const RULES = [
  { match: { prefix: "/healthz" }, require: "none" },
  { match: { prefix: "/" }, require: "idp" },
];

const idp = (forward: object, section: object = {}): object => ({
  jwt: { ...section, providers: { idp: { ...IDP, forward } }, rules: RULES },
});

/** Configurations of the cases about what comes out of a token, by name. */
export const jwtOutputConfigurations = {
  "the payload in a header": idp({
    payload: "x-jwt-payload",
    claims: [{ claim: "sub", header: "x-user" }],
  }),
  "the payload behind a mapping": {
    normalise: { map: [{ from: "claimed", to: "x-jwt-payload" }] },
    ...idp({ payload: "x-jwt-payload" }),
  },
  "claims in filter state": idp({
    claims: [{ claim: "sub", header: "x-user", array: "json" }],
    filterState: [{ claim: "sub", key: "sallyport.sub" }],
  }),
  "the route chosen again": idp(
    { claims: [{ claim: "sub", header: "x-user" }] },
    { clearRouteCache: true },
  ),
};
