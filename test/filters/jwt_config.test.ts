// The section jwt: what is accepted, and the message for everything else but its keys.

import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";
import {
  EC,
  forward,
  IDP,
  inline,
  list,
  PROVIDER,
  provider,
  RSA,
  rule,
  rules,
  RULES,
  svid,
} from "./jwt_sections.ts";

const errorOf = await loadConfigurationError();

const accepted: [name: string, section: object][] = [
  ["one provider and one rule", provider({})],
  ["the profile by name", provider({ profile: "rfc7519" })],
  [
    "everything",
    {
      realm: "the shop (1)",
      providers: {
        idp: {
          profile: "rfc7519",
          issuer: "https://idp.test",
          audiences: ["orders", "billing"],
          subjects: ["alice", "team/*", "*"],
          algorithms: ["ES256", "RS256"],
          clockSkew: "30s",
          keys: inline(EC, RSA),
          forward: { token: "keep", claims: [{ claim: "sub", header: "X-User" }] },
        },
        spire: {
          profile: "jwt-svid",
          trustDomain: "example.org",
          audiences: ["orders"],
          keys: { inline: { keys: [{ ...EC, use: "jwt-svid" }], spiffe_sequence: 1 } },
        },
      },
      rules: [rule("/healthz", "none"), rule("/svid/", "spire"), rule("/", "idp")],
    },
  ],
  ["texts with escapes in the document", provider({ issuer: 'ä"\\\n' })],
  ["no skew and the largest", provider({ clockSkew: "0s" })],
  ["the largest skew", provider({ clockSkew: "5m" })],
  ["the most audiences", provider({ audiences: list(16, String) })],
  ["the most subjects", provider({ subjects: list(64, String) })],
  ["the most rules", rules(...list(256, (i) => rule(`/${String(i)}`)))],
  ["a longer prefix before a shorter one", rules(rule("/a/b"), rule("/a"), rule("/ab"))],
  [
    "the most claims",
    forward(...list(16, (i) => ({ claim: `c${String(i)}`, header: `x-${String(i)}` }))),
  ],
  [
    "one claim in two headers",
    forward({ claim: "sub", header: "x-a" }, { claim: "sub", header: "x-b" }),
  ],
];

const PREFIX = "a path that begins with /, without query, escapes, dot segments, // and ;";
const UNREACHED = "a prefix that no rule before it covers: this rule would never apply";
const REALM = 'printable ASCII without " and \\';
const SKEW = "a duration such as 250ms, 30s, 5m, 1h of 0ms to 300000ms";
const DOMAIN = "a trust domain: 1 to 255 of a-z 0-9 . - _ (without spiffe://)";
const MEMBERS =
  "profile, from, trustDomain, issuer, audiences, audMatch, subjects, clockSkew, requireExp, " +
  "maxLifetime, maxAge, types, requiredClaims, conditions, deny, confirmation, algorithms, keys, " +
  "forward";
const SUBJECT = "a subject, or a part of one with a * before it, behind it or both";
const refused: [section: unknown, message: string][] = [
  [[], "$.jwt: found an empty list, allowed: an object"],
  [{}, '$.jwt: found no member "providers", allowed: "providers"'],
  [{ providers: { idp: PROVIDER } }, '$.jwt: found no member "rules", allowed: "rules"'],
  [
    { ...provider({}), provider: {} },
    "$.jwt.provider: found an unknown member, allowed: " +
      "realm, errors, audienceStatus, resourceMetadata, dryRun, clearRouteCache, crypto, " +
      "onMultiple, providers, requirements, rules",
  ],
  [{ ...provider({}), realm: "" }, '$.jwt.realm: found "", allowed: a text of 1 to 256 bytes'],
  [{ ...provider({}), realm: 'a"b' }, `$.jwt.realm: found "a\\"b", allowed: ${REALM}`],
  [{ ...provider({}), realm: "ä" }, `$.jwt.realm: found "ä", allowed: ${REALM}`],
  [{ ...provider({}), realm: "a\r\n" }, `$.jwt.realm: found "a\\r\\n", allowed: ${REALM}`],
  [
    { providers: {}, rules: RULES },
    "$.jwt.providers: found an empty object, " + "allowed: an object of 1 to 128 members",
  ],
  [
    { providers: { none: PROVIDER }, rules: [rule("/", "none")] },
    "$.jwt.providers.none: found the name none, " +
      "allowed: another name: rules say none for no provider",
  ],

  [provider({ audiences: undefined }), `${IDP}: found no member "audiences", allowed: "audiences"`],
  [
    provider({ audiences: [] }),
    `${IDP}.audiences: found an empty list, allowed: a list of 1 to 16`,
  ],
  [
    provider({ audiences: "orders" }),
    `${IDP}.audiences: found "orders", allowed: a list of 1 to 16, any`,
  ],
  [
    provider({ audiences: [""] }),
    `${IDP}.audiences[0]: found "", allowed: a text of 1 to 2048 bytes`,
  ],
  [
    provider({ audiences: list(17, String) }),
    `${IDP}.audiences: found 17 values, allowed: a list of 1 to 16`,
  ],
  [provider({ issuer: "" }), `${IDP}.issuer: found "", allowed: a text of 1 to 2048 bytes`],
  [provider({ issuer: ["a"] }), `${IDP}.issuer: found a list, allowed: a text of 1 to 2048 bytes`],
  [
    provider({ profile: "JWT-SVID" }),
    `${IDP}.profile: found "JWT-SVID", allowed: rfc7519, jwt-svid, at+jwt`,
  ],
  [
    provider({ trustDomain: "example.org" }),
    `${IDP}.trustDomain: found a trust domain, allowed: one only with the profile jwt-svid`,
  ],
  [
    provider({ profile: "jwt-svid" }),
    `${IDP}: found no member "trustDomain", allowed: "trustDomain"`,
  ],
  [
    svid({ trustDomain: "Example.org" }),
    `${IDP}.trustDomain: found "Example.org", allowed: ${DOMAIN}`,
  ],
  [
    svid({ trustDomain: "spiffe://example.org" }),
    `${IDP}.trustDomain: found "spiffe://example.org", allowed: ${DOMAIN}`,
  ],
  [provider({ subjects: [] }), `${IDP}.subjects: found an empty list, allowed: a list of 1 to 64`],
  [provider({ subjects: ["a*b"] }), `${IDP}.subjects[0]: found "a*b", allowed: ${SUBJECT}`],
  [provider({ subjects: ["a**"] }), `${IDP}.subjects[0]: found "a**", allowed: ${SUBJECT}`],
  [provider({ clockSkew: "60" }), `${IDP}.clockSkew: found "60", allowed: ${SKEW}`],
  [provider({ clockSkew: "6m" }), `${IDP}.clockSkew: found "6m", allowed: ${SKEW}`],
  [provider({ clockSkew: 60 }), `${IDP}.clockSkew: found 60, allowed: ${SKEW}`],
  [provider({ clockSkew: "250ms" }), `${IDP}.clockSkew: found "250ms", allowed: whole seconds`],
  [provider({ leeway: "1s" }), `${IDP}.leeway: found an unknown member, allowed: ${MEMBERS}`],

  [
    provider({ forward: { token: "drop" } }),
    `${IDP}.forward.token: found "drop", allowed: strip, keep`,
  ],
  [
    provider({ forward: { tokens: "keep" } }),
    `${IDP}.forward.tokens: found an unknown member, allowed: token, payload, claims, filterState`,
  ],
  [
    forward({ claim: "sub" }),
    `${IDP}.forward.claims[0]: found no member "header", allowed: "header"`,
  ],
  [
    forward({ claim: "", header: "x-a" }),
    `${IDP}.forward.claims[0].claim: found "", allowed: a text of 1 to 256 bytes`,
  ],
  [
    forward({ claim: "sub", header: "Authorization" }),
    `${IDP}.forward.claims[0].header: found "Authorization", ` +
      "allowed: a header that does not carry the token",
  ],
  [
    forward({ claim: "sub", header: "x-a" }, { claim: "iss", header: "X-A" }),
    `${IDP}.forward.claims[1].header: found "X-A", ` +
      "allowed: a header that no other claim of this provider becomes",
  ],
  [
    forward(...list(17, (i) => ({ claim: `c${String(i)}`, header: `x-${String(i)}` }))),
    `${IDP}.forward.claims: found 17 values, allowed: a list of 1 to 16`,
  ],
  [
    {
      providers: {
        a: {
          ...PROVIDER,
          forward: {
            claims: list(16, (i) => ({ claim: `c${String(i)}`, header: `x-${String(i)}` })),
          },
        },
        b: { ...PROVIDER, forward: { claims: [{ claim: "d", header: "x-d" }] } },
      },
      rules: [rule("/", "a")],
    },
    "$.jwt.providers.b.forward.claims[0].claim: found one claim too many, " +
      "allowed: 16 claims in all",
  ],

  [rules(), "$.jwt.rules: found an empty list, allowed: a list of 1 to 256"],
  [rules({ require: "idp" }), '$.jwt.rules[0]: found no member "match", allowed: "match"'],
  [rules(rule("/", "idq")), '$.jwt.rules[0].require: found "idq", allowed: none, idp'],
  [
    rules({ match: { prefix: "/" } }),
    '$.jwt.rules[0]: found no member "require", allowed: "require"',
  ],
  ...["a", "*", "/a?b", "/%61", "/a/../b", "/./a", "//a", "/a;b", "http://a/b", "/a\\b"].map(
    (prefix): [object, string] => [
      rules(rule(prefix)),
      `$.jwt.rules[0].match.prefix: found ${JSON.stringify(prefix)}, allowed: ${PREFIX}`,
    ],
  ),
  [
    rules(rule("/"), rule("/healthz", "none")),
    `$.jwt.rules[1].match.prefix: found "/healthz", allowed: ${UNREACHED}`,
  ],
  [
    rules(rule("/a/"), rule("/a")),
    `$.jwt.rules[1].match.prefix: found "/a", allowed: ${UNREACHED}`,
  ],
  [
    rules(...list(257, (i) => rule(`/${String(i)}`))),
    "$.jwt.rules: found 257 values, allowed: a list of 1 to 256",
  ],
];

describe("the section jwt", () => {
  test.each(accepted)("accepts %s", (_name, jwt) => {
    expect(errorOf({ jwt })).toBeNull();
  });

  test.each(refused)("refuses %j", (jwt, message) => {
    expect(errorOf({ jwt })).toBe(message);
  });
});
