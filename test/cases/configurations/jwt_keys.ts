import type { KeyObject } from "node:crypto";
import { createPublicKey } from "node:crypto";

import { EC, EVERY_KEY, RSA } from "../jwt_tokens.ts";

const pemOf = (key: KeyObject): string =>
  createPublicKey(key).export({ type: "spki", format: "pem" }).toString();

const only = (provider: object): object => ({
  jwt: {
    providers: { idp: { audiences: ["orders"], ...provider } },
    rules: [{ match: { prefix: "/" }, require: "idp" }],
  },
});
const ED = EVERY_KEY.filter(({ alg }) => alg === "EdDSA");
const NOWHERE = { uri: "https://idp.test/keys", cluster: "no-such-cluster" };

/** Keys from elsewhere than a JSON Web Key Set in the configuration, by name. */
export const jwtKeyConfigurations = {
  "jwt with keys as PEM": only({
    keys: { pem: [...ED, EC, RSA].map(({ privateKey }) => pemOf(privateKey)) },
  }),
  "jwt with keys that nobody serves": only({ keys: { remote: NOWHERE } }),
  "jwt with an issuer that nobody serves": only({
    issuer: "https://idp.test",
    keys: { discovery: { cluster: NOWHERE.cluster } },
  }),
  "jwt with a bundle that nobody serves": only({
    profile: "jwt-svid",
    trustDomain: "example.org",
    keys: { bundle: NOWHERE },
  }),
};
