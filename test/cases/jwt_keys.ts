// Keys from elsewhere than a JSON Web Key Set in the configuration.

import type { Case, CaseExpectation } from "../support/case.ts";
import { forge } from "../support/tokens.ts";
import { bearer, passes, refused, step } from "./jwt_expectations.ts";
import { claims, EC, EVERY_KEY, OTHER, RSA, SPIFFE_ID } from "./jwt_tokens.ts";

const PEM = "jwt with keys as PEM";
const ED = EVERY_KEY.filter(({ alg }) => alg === "EdDSA");

const unavailable: CaseExpectation = {
  status: 503,
  reason: "jwt:keys_unavailable",
  grpcStatus: 14,
  response: { "www-authenticate": null },
};

const nowhere = [
  "jwt with keys that nobody serves",
  "jwt with an issuer that nobody serves",
  "jwt with a bundle that nobody serves",
] as const;

export const jwtKeyCases: readonly Case[] = [
  {
    name: "a key as PEM verifies tokens with any kid and with none",
    configuration: PEM,
    steps: [...ED, EC, RSA].flatMap((key) =>
      [key.kid, "anything", undefined].map((kid) =>
        step({ headers: bearer(forge(key, { alg: key.alg, kid }, claims())) }, passes()),
      ),
    ),
  },
  {
    name: "a token by another key than those as PEM is refused",
    configuration: PEM,
    steps: [
      step(
        { headers: bearer(forge(OTHER, { alg: "ES256" }, claims())) },
        refused("jwt:signature_invalid"),
      ),
    ],
  },
  {
    name: "a key as PEM is no secret (RFC 8725 §2.1)",
    configuration: PEM,
    steps: EVERY_KEY.filter(({ alg }) => alg.startsWith("HS")).map((key) =>
      step(
        { headers: bearer(forge(key, { alg: key.alg }, claims())) },
        refused("jwt:algorithm_refused"),
      ),
    ),
  },
  ...nowhere.map((configuration): Case => {
    const token = forge(EC, { alg: EC.alg, kid: EC.kid }, claims({ sub: SPIFFE_ID }));
    return {
      name: `without keys no token passes: ${configuration}`,
      configuration,
      steps: [
        step({ headers: bearer(token) }, unavailable),
        step({ headers: bearer(token) }, unavailable),
        step({ headers: bearer("a.b.c") }, refused("jwt:malformed")),
        step({}, refused("jwt:missing")),
      ],
    };
  }),
];
