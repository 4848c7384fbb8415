// The section jwt: what is accepted, and the message for everything else.

import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";
import { ecKey, rsaKey } from "../support/tokens.ts";

const errorOf = await loadConfigurationError();
const EC = ecKey("ec").jwk;
const RSA = rsaKey("rsa").jwk;

const inline = (...keys: unknown[]): object => ({ inline: { keys } });
const PROVIDER = { audiences: ["orders"], keys: inline(EC) };
const RULES = [{ match: { prefix: "/" }, require: "idp" }];

/** A section with one provider, `idp`, changed in some members. */
function provider(changed: object): object {
  return { providers: { idp: { ...PROVIDER, ...changed } }, rules: RULES };
}

const svid = (changed: object): object =>
  provider({ profile: "jwt-svid", trustDomain: "example.org", ...changed });

function rules(...each: unknown[]): object {
  return { providers: { idp: PROVIDER }, rules: each };
}

const rule = (prefix: unknown, require: unknown = "idp"): object => ({
  match: { prefix },
  require,
});
const forward = (...claims: unknown[]): object => provider({ forward: { claims } });
const keys = (...each: unknown[]): object => provider({ keys: inline(...each) });
const list = (count: number, each: (i: number) => unknown): unknown[] =>
  Array.from({ length: count }, (_, i) => each(i));

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
  ["a key for another purpose among others", keys({ ...RSA, use: "enc" }, EC)],
  ["two keys without kid", keys({ ...EC, kid: undefined }, { ...ecKey("").jwk, kid: undefined })],
  ["one kid for two kinds of key", keys(EC, { ...RSA, kid: "ec" })],
  ["the most keys", keys(...list(32, (i) => ({ ...EC, kid: String(i) })))],
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

const KEY = "a public key for ES256 (EC, P-256) or RS256 (RSA, 2048 to 4096 bits)";
const IDP = "$.jwt.providers.idp";
const PREFIX = "a path that begins with /, without query, escapes, dot segments, // and ;";
const UNREACHED = "a prefix that no rule before it covers: this rule would never apply";
const REALM = 'printable ASCII without " and \\';
const SKEW = "a duration such as 250ms, 30s, 5m, 1h of 0ms to 300000ms";
const DOMAIN = "a trust domain: 1 to 255 of a-z 0-9 . - _ (without spiffe://)";

const MEMBERS =
  "profile, trustDomain, issuer, audiences, subjects, algorithms, clockSkew, keys, forward";
const SET = `${IDP}.keys.inline.keys`;

const refused: [section: unknown, message: string][] = [
  [[], "$.jwt: found an empty list, allowed: an object"],
  [{}, '$.jwt: found no member "providers", allowed: "providers"'],
  [{ providers: { idp: PROVIDER } }, '$.jwt: found no member "rules", allowed: "rules"'],
  [
    { ...provider({}), provider: {} },
    "$.jwt.provider: found an unknown member, allowed: realm, providers, rules",
  ],
  [{ ...provider({}), realm: "" }, '$.jwt.realm: found "", allowed: a text of 1 to 256 bytes'],
  [{ ...provider({}), realm: 'a"b' }, `$.jwt.realm: found "a\\"b", allowed: ${REALM}`],
  [{ ...provider({}), realm: "ä" }, `$.jwt.realm: found "ä", allowed: ${REALM}`],
  [{ ...provider({}), realm: "a\r\n" }, `$.jwt.realm: found "a\\r\\n", allowed: ${REALM}`],
  [
    { providers: {}, rules: RULES },
    "$.jwt.providers: found an empty object, " + "allowed: an object of 1 to 32 members",
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
    `${IDP}.audiences: found "orders", allowed: a list of 1 to 16`,
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
    `${IDP}.profile: found "JWT-SVID", allowed: rfc7519, jwt-svid`,
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
  [
    provider({ subjects: ["a*b"] }),
    `${IDP}.subjects[0]: found "a*b", allowed: a subject, or its beginning and a *`,
  ],
  [
    provider({ subjects: ["a**"] }),
    `${IDP}.subjects[0]: found "a**", allowed: a subject, or its beginning and a *`,
  ],
  [
    provider({ algorithms: [] }),
    `${IDP}.algorithms: found an empty list, allowed: a list of 1 to 2`,
  ],
  [provider({ algorithms: ["none"] }), `${IDP}.algorithms[0]: found "none", allowed: RS256, ES256`],
  [
    provider({ algorithms: ["HS256"] }),
    `${IDP}.algorithms[0]: found "HS256", allowed: RS256, ES256`,
  ],
  [
    provider({ algorithms: ["ES256", "ES256"] }),
    `${IDP}.algorithms[1]: found "ES256", allowed: each algorithm once`,
  ],
  [provider({ clockSkew: "60" }), `${IDP}.clockSkew: found "60", allowed: ${SKEW}`],
  [provider({ clockSkew: "6m" }), `${IDP}.clockSkew: found "6m", allowed: ${SKEW}`],
  [provider({ clockSkew: 60 }), `${IDP}.clockSkew: found 60, allowed: ${SKEW}`],
  [provider({ clockSkew: "250ms" }), `${IDP}.clockSkew: found "250ms", allowed: whole seconds`],
  [provider({ leeway: "1s" }), `${IDP}.leeway: found an unknown member, allowed: ${MEMBERS}`],

  [provider({ keys: undefined }), `${IDP}: found no member "keys", allowed: "keys"`],
  [provider({ keys: { remote: {} } }), `${IDP}.keys: found no member "inline", allowed: "inline"`],
  [
    provider({ keys: { inline: {} } }),
    `${IDP}.keys.inline: found no member "keys", allowed: "keys"`,
  ],
  [
    provider({ keys: { inline: { keys: [EC] }, remote: {} } }),
    `${IDP}.keys.remote: found an unknown member, allowed: inline`,
  ],
  [keys(), `${SET}: found an empty list, allowed: a list of 1 to 32`],
  [
    keys("key"),
    `${SET}[0]: found no JSON Web Key with members of the right types, allowed: ${KEY}`,
  ],
  [keys({ ...EC, d: "AAAA" }), `${SET}[0]: found a private key, allowed: ${KEY}`],
  [keys(EC, { kty: "oct", k: "AAAA" }), `${SET}[1]: found a symmetric key, allowed: ${KEY}`],
  [keys({ ...EC, alg: "RS256" }), `${SET}[0]: found an alg that does not fit kty, allowed: ${KEY}`],
  [
    keys({ ...EC, x: EC.y }),
    `${SET}[0]: found x and y that are not 32 bytes each in base64url and a point on P-256, ` +
      `allowed: ${KEY}`,
  ],
  [
    keys({ ...RSA, n: "AQAB" }),
    `${SET}[0]: found an n that is not odd, of 2048 to 4096 bits, ` +
      "in base64url without leading zeros, " +
      `allowed: ${KEY}`,
  ],
  [
    keys({ ...RSA, e: "AQ" }),
    `${SET}[0]: found an e that is not odd, from 3 to 2^32-1, ` +
      "in base64url without leading zeros, " +
      `allowed: ${KEY}`,
  ],
  [
    keys({ ...EC, kid: "k".repeat(1025) }),
    `${SET}[0]: found a kid of more than 1024 bytes, allowed: ${KEY}`,
  ],
  [
    keys(EC, { ...ecKey("ec").jwk }),
    `${SET}[1]: found the kid of another key, allowed: each kid once for each kty`,
  ],
  [
    keys({ ...EC, use: "enc" }),
    `${SET}: found no key for signatures by RS256, ES256, allowed: ${KEY}`,
  ],
  [
    keys(generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" })),
    `${SET}: found no key for signatures by RS256, ES256, allowed: ${KEY}`,
  ],
  [
    provider({ keys: inline(RSA), algorithms: ["ES256"] }),
    `${SET}: found no key for signatures by ES256, allowed: ${KEY}`,
  ],
  [
    svid({ keys: inline({ ...EC, kid: undefined }) }),
    `${SET}[0]: found no kid, which the profile jwt-svid requires, allowed: ${KEY}`,
  ],
  [
    svid({ keys: inline({ ...EC, use: "x509-svid" }) }),
    `${SET}: found no key for signatures by RS256, ES256, allowed: ${KEY}`,
  ],

  [
    provider({ forward: { token: "drop" } }),
    `${IDP}.forward.token: found "drop", allowed: strip, keep`,
  ],
  [
    provider({ forward: { tokens: "keep" } }),
    `${IDP}.forward.tokens: found an unknown member, allowed: token, claims`,
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
  [
    rules({ match: {}, require: "idp" }),
    '$.jwt.rules[0].match: found no member "prefix", allowed: "prefix"',
  ],
  [
    rules({ match: { prefix: "/", path: "/" }, require: "idp" }),
    "$.jwt.rules[0].match.path: found an unknown member, allowed: prefix",
  ],
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
