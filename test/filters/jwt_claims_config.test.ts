// What a provider says about claims: what is accepted, and the message for everything else.

import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";
import { forward, IDP, list, provider, svid } from "./jwt_sections.ts";

const errorOf = await loadConfigurationError();

const ISSUER = "https://idp.test";
const atJwt = (changed: object = {}): object =>
  provider({ profile: "at+jwt", issuer: ISSUER, ...changed });
const condition = (changed: object): object =>
  provider({ conditions: [{ claim: "a", ...changed }] });
const deny = (value: unknown): object => provider({ deny: value });
const CONDITIONS = list(16, (i) => ({ claim: `a${String(i)}`, present: true }));

const accepted: [name: string, section: object][] = [
  ["audiences as Envoy compares them", provider({ audMatch: "envoy", audiences: ["https://a/"] })],
  ["any audience of an issuer", provider({ audiences: "any", issuer: ISSUER })],
  ["parts of subjects", provider({ subjects: ["a", "a*", "*a", "*a*", "*", "*é*"] })],
  ["tokens that do not expire", provider({ requireExp: false, maxAge: "365m" })],
  ["the largest ages", provider({ maxLifetime: "8760h", maxAge: "8760h", requireExp: true })],
  ["types", provider({ types: ["at+jwt", "application/JWT", "text/x.y+z"] })],
  ["the most types", provider({ types: list(8, (i) => `t${String(i)}`) })],
  ["access tokens", atJwt()],
  [
    "everything about access tokens",
    atJwt({
      requiredClaims: list(16, (i) => `c${String(i)}`),
      conditions: CONDITIONS,
      deny: { jti: ["a"], sub: ["b"] },
      confirmation: { mtls: "connection" },
      requireExp: true,
    }),
  ],
  ["claims by path", provider({ requiredClaims: ["a.b", ["a", "b"], list(8, String)] })],
  ["the most conditions", provider({ conditions: CONDITIONS })],
  ...[
    { equals: "x" },
    { equals: 0 },
    { equals: -12 },
    { equals: true },
    { equals: false },
    { in: ["x"] },
    { in: list(32, String) },
    { prefix: "x" },
    { contains: "x" },
    { containsAll: ["x", "y"] },
    { containsAny: ["x", "y"] },
    { present: true },
  ].map((each): [string, object] => [`a condition ${JSON.stringify(each)}`, condition(each)]),
  ["the most that is denied", deny({ jti: list(256, String), sub: list(256, String) })],
  ["one value twice", deny({ jti: ["a", "a"] })],
  ["bound tokens as bearer tokens", provider({ confirmation: "ignore" })],
  ["no bound tokens", provider({ confirmation: "refuse" })],
  [
    "tokens bound by the proxy in front",
    svid({ confirmation: { mtls: "x-forwarded-client-cert" } }),
  ],
  ["a path that is forwarded", forward({ claim: ["a", "b"], header: "x-b" })],
];

const SUBJECT = "a subject, or a part of one with a * before it, behind it or both";
const TYPE = "a media type such as at+jwt, with or without application/";
const NEEDED = "true: the profile needs it";
const AGE = "a duration such as 250ms, 30s, 5m, 1h of 1000ms to 31536000000ms";
const NAME = "a text of 1 to 256 bytes";
const VALUE = "a text of 1 to 2048 bytes";
const OPERATORS = "one of equals, in, prefix, contains, containsAll, containsAny, present";
const EQUALS = "a text, a whole number, true, false";
const FIRST = `${IDP}.conditions[0]`;
const TYPES = "types only with the profile rfc7519: the others have theirs";

const refused: [section: object, message: string][] = [
  [provider({ audMatch: "loose" }), `${IDP}.audMatch: found "loose", allowed: exact, envoy`],
  [
    provider({ audMatch: "envoy", audiences: ["a", "https:///"] }),
    `${IDP}.audiences[1]: found "https:///", allowed: more than a scheme and a slash`,
  ],
  [
    provider({ audiences: "any" }),
    `${IDP}.audiences: found "any", allowed: a list, or any with an issuer`,
  ],
  [
    provider({ audiences: "any", issuer: ISSUER, audMatch: "envoy" }),
    `${IDP}.audiences: found "any", allowed: a list, which audMatch is about`,
  ],
  [
    svid({ audiences: "any", issuer: ISSUER }),
    `${IDP}.audiences: found "any", allowed: a list: the profile needs audiences`,
  ],
  [
    atJwt({ audiences: "any" }),
    `${IDP}.audiences: found "any", allowed: a list: the profile needs audiences`,
  ],
  [provider({ profile: "at+jwt" }), `${IDP}: found no member "issuer", allowed: "issuer"`],
  ...["**", "*a*b", "a*b", "a**", "**a", "*a*b*"].map((subject): [object, string] => [
    provider({ subjects: [subject] }),
    `${IDP}.subjects[0]: found "${subject}", allowed: ${SUBJECT}`,
  ]),

  [provider({ requireExp: "no" }), `${IDP}.requireExp: found "no", allowed: true, false`],
  [svid({ requireExp: false }), `${IDP}.requireExp: found false, allowed: ${NEEDED}`],
  [atJwt({ requireExp: false }), `${IDP}.requireExp: found false, allowed: ${NEEDED}`],
  [
    provider({ requireExp: false, maxLifetime: "1h" }),
    `${IDP}.maxLifetime: found a largest lifetime, allowed: one only where exp is required`,
  ],
  [provider({ maxLifetime: "0s" }), `${IDP}.maxLifetime: found "0s", allowed: ${AGE}`],
  [provider({ maxLifetime: "8761h" }), `${IDP}.maxLifetime: found "8761h", allowed: ${AGE}`],
  [provider({ maxAge: "1500ms" }), `${IDP}.maxAge: found "1500ms", allowed: whole seconds`],
  [provider({ maxAge: 60 }), `${IDP}.maxAge: found 60, allowed: ${AGE}`],

  [provider({ types: [] }), `${IDP}.types: found an empty list, allowed: a list of 1 to 8`],
  [provider({ types: list(9, String) }), `${IDP}.types: found 9 values, allowed: a list of 1 to 8`],
  ...["", "application/", "a/b/c", "a b", "/a", "a/", "é"].map((type): [object, string] => [
    provider({ types: [type] }),
    `${IDP}.types[0]: found "${type}", allowed: ${TYPE}`,
  ]),
  [
    provider({ types: ["x".repeat(256)] }),
    `${IDP}.types[0]: found "${"x".repeat(64)}…", allowed: ${TYPE}`,
  ],
  [svid({ types: ["JWT"] }), `${IDP}.types: found types, allowed: ${TYPES}`],
  [atJwt({ types: ["at+jwt"] }), `${IDP}.types: found types, allowed: ${TYPES}`],

  [
    provider({ requiredClaims: [] }),
    `${IDP}.requiredClaims: found an empty list, allowed: a list of 1 to 16`,
  ],
  [provider({ requiredClaims: [""] }), `${IDP}.requiredClaims[0]: found "", allowed: ${NAME}`],
  [
    provider({ requiredClaims: [[]] }),
    `${IDP}.requiredClaims[0]: found an empty list, allowed: a list of 1 to 8`,
  ],
  [
    provider({ requiredClaims: [["a", ""]] }),
    `${IDP}.requiredClaims[0][1]: found "", allowed: ${NAME}`,
  ],
  [
    provider({ requiredClaims: [list(9, String)] }),
    `${IDP}.requiredClaims[0]: found 9 values, allowed: a list of 1 to 8`,
  ],
  [
    provider({ requiredClaims: list(17, String) }),
    `${IDP}.requiredClaims: found 17 values, allowed: a list of 1 to 16`,
  ],

  [
    provider({ conditions: [{ equals: "x" }] }),
    `${FIRST}: found no member "claim", allowed: "claim"`,
  ],
  [condition({}), `${FIRST}: found 0 operators, allowed: ${OPERATORS}`],
  [condition({ equals: 1, in: ["a"] }), `${FIRST}: found 2 operators, allowed: ${OPERATORS}`],
  [
    condition({ matches: ".*" }),
    `${FIRST}.matches: found an unknown member, allowed: claim, equals, in, prefix, contains, ` +
      "containsAll, containsAny, present",
  ],
  [condition({ equals: "" }), `${FIRST}.equals: found "", allowed: ${VALUE}`],
  [condition({ equals: 1.5 }), `${FIRST}.equals: found 1.5, allowed: ${EQUALS}`],
  [condition({ equals: 1e21 }), `${FIRST}.equals: found 1e+21, allowed: ${EQUALS}`],
  [condition({ equals: null }), `${FIRST}.equals: found null, allowed: ${EQUALS}`],
  [condition({ equals: ["a"] }), `${FIRST}.equals: found a list, allowed: ${EQUALS}`],
  [condition({ in: [] }), `${FIRST}.in: found an empty list, allowed: a list of 1 to 32`],
  [condition({ in: [1] }), `${FIRST}.in[0]: found 1, allowed: ${VALUE}`],
  [
    condition({ containsAll: list(33, String) }),
    `${FIRST}.containsAll: found 33 values, allowed: a list of 1 to 32`,
  ],
  [condition({ contains: ["a"] }), `${FIRST}.contains: found a list, allowed: ${VALUE}`],
  [condition({ present: false }), `${FIRST}.present: found false, allowed: true`],
  [
    provider({ conditions: [...CONDITIONS, { claim: "b", present: true }] }),
    `${IDP}.conditions: found 17 values, allowed: a list of 1 to 16`,
  ],

  [deny({}), `${IDP}.deny: found an empty object, allowed: an object with jti, sub, remote`],
  [deny({ iss: ["a"] }), `${IDP}.deny.iss: found an unknown member, allowed: jti, sub, remote`],
  [deny({ jti: [] }), `${IDP}.deny.jti: found an empty list, allowed: a list of 1 to 256`],
  [deny({ sub: ["a", ""] }), `${IDP}.deny.sub[1]: found "", allowed: ${VALUE}`],
  [
    deny({ sub: list(257, String) }),
    `${IDP}.deny.sub: found 257 values, allowed: a list of 1 to 256`,
  ],

  [
    provider({ confirmation: "mtls" }),
    `${IDP}.confirmation: found "mtls", allowed: refuse, ignore, an object with mtls`,
  ],
  [
    provider({ confirmation: true }),
    `${IDP}.confirmation: found true, allowed: refuse, ignore, an object with mtls`,
  ],
  [provider({ confirmation: {} }), `${IDP}.confirmation: found no member "mtls", allowed: "mtls"`],
  [
    provider({ confirmation: { mtls: "header" } }),
    `${IDP}.confirmation.mtls: found "header", allowed: connection, x-forwarded-client-cert`,
  ],
  [
    provider({ confirmation: { mtls: "connection", dpop: true } }),
    `${IDP}.confirmation.dpop: found an unknown member, allowed: mtls`,
  ],
  [
    provider({
      confirmation: { mtls: "connection" },
      forward: { claims: list(16, (i) => ({ claim: `c${String(i)}`, header: `x-${String(i)}` })) },
    }),
    `${IDP}.forward.claims[15].claim: found one claim too many, allowed: 16 claims in all`,
  ],
];

describe("what a provider says about claims", () => {
  test.each(accepted)("accepts %s", (_name, jwt) => {
    expect(errorOf({ jwt })).toBeNull();
  });

  test.each(refused)("refuses %j", (jwt, message) => {
    expect(errorOf({ jwt })).toBe(message);
  });

  test("limits take claims by path", () => {
    const limit = (claim: unknown): object => {
      const all = { name: "all", key: [{ claim }], capacity: 1, refill: "1/s" };
      return { jwt: provider({}), rateLimit: { limits: [all] } };
    };
    expect(errorOf(limit(["a", "b"]))).toBeNull();
    expect(errorOf(limit([]))).toBe(
      "$.rateLimit.limits[0].key[0].claim: found an empty list, allowed: a list of 1 to 8",
    );
  });
});
