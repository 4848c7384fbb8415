// Tokens, end to end: what is accepted, and every hostile token with the reason that refuses it.
// Every form of bad bytes is in test/core/jwt; here is what comes of them.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Case, CaseExpectation } from "../support/case.ts";
import { mint } from "../support/tokens.ts";
import { bearer, one, passes, refused, step } from "./jwt_expectations.ts";
import { hostileTokens } from "./jwt_hostile.ts";
import { jwtRuleCases } from "./jwt_rules.ts";
import { claims, OTHER, RSA, SPIFFE_ID, svid, token } from "./jwt_tokens.ts";

const GOOD = await token();
const ALICE = { "x-user": "alice", authorization: null };

/** What stands around a token that is good, and what comes of it. */
const AROUND: [name: string, headers: HeaderList, expect: CaseExpectation][] = [
  ...["Bearer", "bearer", "BEARER", "bEaReR"].map(
    (scheme): [string, HeaderList, CaseExpectation] => [
      `the scheme in any case: ${scheme}`,
      [["authorization", `${scheme} ${GOOD}`]],
      passes(ALICE),
    ],
  ),
  ["several spaces before the token", bearer(`  ${GOOD}`), passes(ALICE)],
  ["a tab before the token", [["authorization", `Bearer\t${GOOD}`]], refused("jwt:malformed")],
  ["something behind the token", bearer(`${GOOD} x`), refused("jwt:malformed")],
  ["two tokens in one value", bearer(`${GOOD}, Bearer ${GOOD}`), refused("jwt:multiple")],
  [
    "another scheme in front of the token",
    [["authorization", `Basic YQ==, Bearer ${GOOD}`]],
    refused("jwt:multiple"),
  ],
  [
    "two Authorization fields, equal or not",
    [...bearer(GOOD), ...bearer(GOOD)],
    refused("jwt:multiple"),
  ],
  ["a comma in front of the token", bearer(`,${GOOD}`), refused("jwt:multiple")],
  ["a comma behind the token", bearer(`${GOOD},`), refused("jwt:multiple")],
  ["a token above the limit", bearer(`${GOOD}${"A".repeat(8192)}`), refused("jwt:too_large")],
  ["less than the token", bearer(GOOD.slice(0, -1)), refused("jwt:malformed")],
];

const presentation: Case[] = [
  one("no credentials", "jwt", {}, refused("jwt:missing")),
  ...["Basic YWxpY2U6c2VjcmV0", "DPoP abc", "Bearerx abc", "token", "="].map((value) =>
    one(
      `credentials of another scheme: ${value}`,
      "jwt",
      { headers: [["authorization", value]] },
      refused("jwt:missing"),
    ),
  ),
  ...["Bearer", "bearer  "].map((value) =>
    one(
      `the scheme without a token: ${JSON.stringify(value)}`,
      "jwt",
      { headers: [["authorization", value]] },
      refused("jwt:malformed"),
    ),
  ),
  ...AROUND.map(([name, headers, expect]) => one(name, "jwt", { headers }, expect)),
  {
    name: "a token that is known is looked at no less closely",
    configuration: "jwt",
    steps: AROUND.flatMap(([, headers, expect]) => [
      step({ headers: bearer(GOOD) }, passes(ALICE)),
      step({ headers }, expect),
    ]),
  },
  one(
    "the largest token",
    "jwt",
    { headers: bearer(await token({ filler: "x".repeat(5800) })) },
    passes(ALICE),
  ),
];

const SPOOFED: HeaderList = [
  ["x-user", "root"],
  ["x_user", "root"],
  ["x-level", "9"],
  ["x-admin", "true"],
];

const forwarding: Case[] = [
  one(
    "claims become headers, the token does not go on",
    "jwt",
    { headers: bearer(await token({ level: 7, admin: true })) },
    passes({ "x-user": "alice", "x-level": "7", "x-admin": "true", authorization: null }),
  ),
  one(
    "the token goes on where it is kept",
    "jwt with the token kept",
    { headers: bearer(GOOD) },
    passes({ "x-user": "alice", authorization: `Bearer ${GOOD}` }),
  ),
  one(
    "what clients send in the place of claims is removed",
    "jwt",
    { headers: [...bearer(GOOD), ...SPOOFED] },
    passes({ "x-user": "alice", "x-level": null, "x-admin": null, x_user: null }),
  ),
  one(
    "in upper case as well",
    "jwt",
    { headers: [...bearer(GOOD), ["X-User", "root"], ["X_User", "root"]] },
    passes({ "x-user": "alice", x_user: null }),
    ["http1"],
  ),
  one(
    "also where no token is required",
    "jwt",
    { path: "/healthz", headers: SPOOFED },
    passes({ "x-user": null, "x-level": null, "x-admin": null, x_user: null }),
  ),
  one(
    "also when the mapping table would put it there",
    "jwt behind a mapping",
    { path: "/open", headers: [["claimed-user", "root"]] },
    passes({ "x-user": null }),
  ),
  one(
    "a mapped header is a token like any other",
    "jwt behind a mapping",
    { headers: [["auth-token", GOOD]] },
    passes({ "x-user": "alice", authorization: null, "auth-token": null }),
  ),
  one(
    "objects and null are absent",
    "jwt",
    { headers: bearer(await token({ level: { a: 1 }, admin: null })) },
    passes({ "x-user": "alice", "x-level": null, "x-admin": null }),
  ),
  ...(await Promise.all(
    ["a\r\nx-admin: true", "a\0b", "a\tb", "ä", "😀", " a", "a ", "", "\x7f", "x".repeat(2049)].map(
      async (sub) => {
        const headers = bearer(await token({ sub }));
        const shown = JSON.stringify(sub.slice(0, 20));
        const upstream = { "x-user": null, "x-admin": null };
        return one(
          `a claim that no field can hold: ${shown}`,
          "jwt",
          { headers },
          passes(upstream),
        );
      },
    ),
  )),
];

const keysAndAlgorithms: Case[] = [
  one("ES256", "jwt", { headers: bearer(GOOD) }, passes(ALICE)),
  one("RS256", "jwt", { headers: bearer(await token({}, RSA)) }, passes(ALICE)),
  one(
    "RS256 where only ES256 is allowed",
    "jwt with one algorithm",
    { headers: bearer(await token({}, RSA)) },
    refused("jwt:algorithm_refused"),
  ),
  one(
    "a key of another provider under the same kid",
    "jwt",
    { headers: bearer(await mint(OTHER, claims())) },
    refused("jwt:signature_invalid"),
  ),
  one(
    "that key for its own provider",
    "jwt",
    { path: "/other", headers: bearer(await mint(OTHER, claims())) },
    passes(),
  ),
  one(
    "a token that is good for one provider is nothing for another",
    "jwt",
    { path: "/other", headers: bearer(GOOD) },
    refused("jwt:signature_invalid"),
  ),
];

const cached: Case[] = [
  {
    name: "a token that was verified before, and others in between",
    configuration: "jwt",
    steps: [
      step({ headers: bearer(GOOD), repeat: 3 }, passes(ALICE)),
      step({ headers: bearer(await token({ sub: "bob" })) }, passes({ "x-user": "bob" })),
      step({ headers: bearer(GOOD.slice(0, -1)) }, refused("jwt:malformed")),
      step({ headers: bearer(GOOD) }, passes(ALICE)),
      step({ path: "/other", headers: bearer(GOOD) }, refused("jwt:signature_invalid")),
      step({ headers: bearer(await token({ level: 1 })) }, passes({ "x-level": "1" })),
      step({ headers: bearer(GOOD) }, passes({ "x-level": null })),
    ],
  },
];

async function subjectCase(sub: string | undefined, expect: CaseExpectation): Promise<Case> {
  const shown = sub === undefined ? "missing" : JSON.stringify(sub);
  const headers = bearer(await token({ sub }));
  return one(`where subjects are listed: ${shown}`, "jwt with subjects", { headers }, expect);
}

const subjects: Case[] = await Promise.all([
  ...["alice", "team/a", "team/"].map((sub) => subjectCase(sub, passes({ "x-user": sub }))),
  ...["bob", "Alice", "alice2", "team", "xteam/a"].map((sub) =>
    subjectCase(sub, refused("jwt:subject_refused")),
  ),
  ...[undefined, ""].map((sub) => subjectCase(sub, refused("jwt:subject_missing"))),
]);

const svids: Case[] = [
  one(
    "a JWT-SVID",
    "jwt-svid",
    { headers: bearer(await svid()) },
    passes({ "x-spiffe-id": SPIFFE_ID, authorization: null }),
  ),
  one(
    "a JWT-SVID by an RSA key",
    "jwt-svid",
    { headers: bearer(await svid({}, RSA)) },
    passes({ "x-spiffe-id": SPIFFE_ID }),
  ),
  one(
    "the SPIFFE ID of the trust domain itself",
    "jwt-svid",
    { headers: bearer(await svid({ sub: "spiffe://example.org" })) },
    passes({ "x-spiffe-id": "spiffe://example.org" }),
  ),
  one(
    "a SPIFFE ID that is listed",
    "jwt-svid with subjects",
    { headers: bearer(await svid()) },
    passes({ "x-spiffe-id": SPIFFE_ID }),
  ),
  one(
    "a SPIFFE ID that is not listed",
    "jwt-svid with subjects",
    { headers: bearer(await svid({ sub: "spiffe://example.org/ns/shopping" })) },
    refused("jwt:subject_refused"),
  ),
];

const hostile: Case[] = (await hostileTokens()).map(({ name, configuration, value, reason }) =>
  one(name, configuration, { headers: bearer(value) }, refused(reason)),
);

export const jwtCases: Case[] = [
  ...presentation,
  ...forwarding,
  ...jwtRuleCases,
  ...keysAndAlgorithms,
  ...cached,
  ...subjects,
  ...svids,
  ...hostile,
];
