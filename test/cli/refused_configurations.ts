// Configuration files that only the module itself refuses, and what `sallyport validate` prints.

import type { BadConfiguration } from "./bad_configurations.ts";

/** RFC 7517 appendix A.1, without its kid. */
const EC_KEY = JSON.stringify({
  kty: "EC",
  crv: "P-256",
  x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
  y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
});

/** Fit the schema; found by the module itself. */
export const REFUSED_BY_MODULE: readonly BadConfiguration[] = [
  {
    name: "an unknown provider",
    text: `jwt:
  providers:
    spire.prod:
      audiences: [orders]
      keys: { inline: { keys: [${EC_KEY}] } }
  rules:
    - { match: { prefix: /healthz }, require: none }
    - { match: { prefix: / }, require: spire }
`,
    printed: `f.yaml:8:40: $.jwt.rules[1].require: found "spire", allowed: none, spire.prod
  8 |     - { match: { prefix: / }, require: spire }
    |                                        ^^^^^
`,
  },
  {
    name: "a requirement that contains itself",
    text: `jwt:
  providers:
    spire:
      audiences: [orders]
      keys: { inline: { keys: [${EC_KEY}] } }
  requirements: { either: { any: [spire, either] } }
  rules: [{ match: { prefix: / }, require: either }]
`,
    printed: `f.yaml:6:42: $.jwt.requirements.either.any[1]: found "either", allowed: \
a requirement that does not contain itself
  6 |   requirements: { either: { any: [spire, either] } }
    |                                          ^^^^^^
`,
  },
  {
    name: "two claims under one key of filter state",
    text: `jwt:
  providers:
    spire:
      audiences: [orders]
      keys: { inline: { keys: [${EC_KEY}] } }
      forward:
        filterState: [{ claim: sub, key: a }, { claim: iss, key: a }]
  rules:
    - { match: { prefix: / }, require: spire }
`,
    printed: `f.yaml:7:66: $.jwt.providers.spire.forward.filterState[1].key: found "a", allowed: \
a key that no other claim of this provider becomes
  7 |         filterState: [{ claim: sub, key: a }, { claim: iss, key: a }]
    |                                                                  ^
`,
  },
  {
    name: "access tokens of any issuer",
    text: `jwt:
  providers:
    idp:
      profile: at+jwt
      audiences: [orders]
      keys: { inline: { keys: [${EC_KEY}] } }
  rules: [{ match: { prefix: / }, require: idp }]
`,
    printed: `f.yaml:3:5: $.jwt.providers.idp: found no member "issuer", allowed: "issuer"
  3 |     idp:
    |     ^^^
`,
  },
  {
    name: "a header that the protocol needs",
    text: "normalise:\n  map: [{ from: host, to: x-host }]\n",
    printed: `f.yaml:2:17: $.normalise.map[0].from: found "host", allowed: \
a header that the protocol does not need itself
  2 |   map: [{ from: host, to: x-host }]
    |                 ^^^^
`,
  },
  {
    name: "a refill of more than a hundred million",
    text: `rateLimit:
  limits:
    - { name: a, key: [{ path: true }], capacity: 1, refill: 200000000/s }
`,
    printed: `f.yaml:3:62: $.rateLimit.limits[0].refill: found "200000000/s", allowed: \
a rate such as 50/s, 10/m, 1000/h, 1/d of 0 to 100000000
  3 |     - { name: a, key: [{ path: true }], capacity: 1, refill: 200000000/s }
    |                                                              ^^^^^^^^^^^
`,
  },
  {
    name: "a claim without tokens",
    text: `rateLimit:
  limits:
    - { name: a, key: [{ claim: sub }], capacity: 1, refill: 1/s }
`,
    printed: `f.yaml:3:33: $.rateLimit.limits[0].key[0].claim: found a claim, allowed: \
claims only with a jwt section
  3 |     - { name: a, key: [{ claim: sub }], capacity: 1, refill: 1/s }
    |                                 ^^^
`,
  },
];
