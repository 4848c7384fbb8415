// What providers ask of claims beside their form: audiences, subjects, ages, types, required
// claims, conditions, deny-lists and paths. Bindings are in jwt_confirmation.ts.

import type { Case } from "../support/case.ts";
import type { Row } from "./jwt_claim_rows.ts";
import { CONFIGURATION, expectation, header, payload, rows, withClaims } from "./jwt_claim_rows.ts";
import { bearer, one, passes, refused, step } from "./jwt_expectations.ts";
import { claims, NOW, token } from "./jwt_tokens.ts";

const AUD = "jwt:audience_refused";
const audiences = [
  ...(await rows("aud-envoy", [
    ...["https://orders.test/", "http://orders.test", "orders.test", "orders.test/"].map(
      (aud): Row => withClaims(aud, { aud }, null),
    ),
    withClaims("one of several", { aud: ["x", "https://billing/"] }, null),
    [
      "with escapes",
      payload(JSON.stringify(claims({ aud: "http://billing" })).replaceAll("/", "\\/")),
      null,
    ],
    ...[
      "orders.test//",
      "HTTP://orders.test",
      "orders.test.evil",
      "ftp://orders.test",
      "",
      "/",
    ].map((aud): Row => withClaims(JSON.stringify(aud), { aud }, AUD)),
    withClaims("missing", { aud: undefined }, AUD),
  ])),
  ...(await rows("aud-any", [
    withClaims("another one", { aud: "x" }, null),
    withClaims("none", { aud: undefined }, null),
    withClaims("of another issuer", { aud: "x", iss: "https://evil.test" }, "jwt:issuer_refused"),
    withClaims("no audience at all", { aud: 7 }, "jwt:claims_invalid"),
  ])),
];

const SUBJECT = "jwt:subject_refused";
const subjects = await rows("subjects", [
  ...["alice", "team/", "team/a", "bob@corp.test", "@corp.test", "a-svc-b", "-svc-"].map(
    (sub): Row => withClaims(sub, { sub }, null),
  ),
  ...["alice2", "Alice", "eam/a", "bob@corp.test.evil", "svc-b", "-svc", "*", "x\u0000alice"].map(
    (sub): Row => withClaims(JSON.stringify(sub), { sub }, SUBJECT),
  ),
  withClaims("missing", { sub: undefined }, "jwt:subject_missing"),
  withClaims("empty", { sub: "" }, "jwt:subject_missing"),
  withClaims("no text", { sub: 1 }, "jwt:claims_invalid"),
]);

const LIFETIME = "jwt:lifetime_refused";
const OLD = "jwt:too_old";
const times = [
  ...(await rows("endless", [
    withClaims("no exp", { exp: undefined }, null),
    withClaims("an exp that has passed", { exp: NOW - 61 }, "jwt:expired"),
    withClaims("exp 0 is an exp", { exp: 0 }, "jwt:expired"),
    withClaims("exp null", { exp: null }, "jwt:claims_invalid"),
  ])),
  ...(await rows("short", [
    withClaims("a short life", { iat: NOW, exp: NOW + 600 }, null),
    withClaims("a life that is nearly over", { iat: NOW - 500, exp: NOW + 100 }, null),
    withClaims("a second too long", { iat: NOW, exp: NOW + 601 }, LIFETIME),
    withClaims("nearly over, but long", { iat: NOW - 5000, exp: NOW + 100 }, LIFETIME),
    withClaims("no iat, far from now", { iat: undefined, exp: NOW + 7200 }, LIFETIME),
    withClaims("no iat, near", { iat: undefined, exp: NOW + 300 }, null),
    withClaims("an exp at the end of time", { exp: Number.MAX_SAFE_INTEGER }, LIFETIME),
  ])),
  ...(await rows("fresh", [
    withClaims("young", { iat: NOW - 300 }, null),
    withClaims("old", { iat: NOW - 661 }, OLD),
    withClaims("issued at 0", { iat: 0 }, OLD),
    withClaims("no iat", { iat: undefined }, OLD),
    withClaims("old and expired", { iat: NOW - 900, exp: NOW - 61 }, "jwt:expired"),
  ])),
];

const TYPE = "jwt:type_refused";
const types = await rows("typed", [
  ...["at+jwt", "AT+JWT", "application/at+jwt", "x-token+jwt", "Application/X-Token+JWT"].map(
    (typ): Row => [typ, header(typ), null],
  ),
  ...["JWT", "jwt", "x-token", "text/at+jwt", "dpop+jwt", "", undefined].map((typ): Row => [
    `type ${JSON.stringify(typ)}`,
    header(typ),
    TYPE,
  ]),
]);

const ACCESS = { client_id: "web", jti: "t-1" };
const MISSING = "jwt:claim_missing";
const access = await rows("access", [
  ["an access token", header("at+jwt", ACCESS), null],
  ["with its media type", header("application/at+jwt", ACCESS), null],
  ["an ID token", header("JWT", ACCESS), TYPE],
  ["no type", header(undefined, ACCESS), TYPE],
  ...["iss", "exp", "aud", "sub", "client_id", "iat", "jti"].map((name): Row => {
    return [`no ${name}`, header("at+jwt", { ...ACCESS, [name]: undefined }), MISSING];
  }),
  ["client_id as a number", header("at+jwt", { ...ACCESS, client_id: 1 }), MISSING],
  ["an empty jti", header("at+jwt", { ...ACCESS, jti: "" }), MISSING],
  ["another issuer", header("at+jwt", { ...ACCESS, iss: "https://b.test" }), "jwt:issuer_refused"],
  ["for another audience", header("at+jwt", { ...ACCESS, aud: "billing" }), AUD],
]);

const REQUIRED = { tenant: "", org: { id: 0 }, "a.b": false };
const required = await rows("required", [
  withClaims("all of them, whatever they say", REQUIRED, null),
  withClaims("one missing", { ...REQUIRED, tenant: undefined }, MISSING),
  withClaims("one null", { ...REQUIRED, tenant: null }, MISSING),
  withClaims("a path that ends early", { ...REQUIRED, org: "id" }, MISSING),
  withClaims("a path through a list", { ...REQUIRED, org: [{ id: 0 }] }, MISSING),
  withClaims("a dot is no path", { ...REQUIRED, "a.b": undefined, a: { b: 1 } }, MISSING),
  withClaims("a name elsewhere", { ...REQUIRED, tenant: undefined, x: { tenant: 1 } }, MISSING),
  withClaims("missing and expired", { exp: NOW - 61 }, MISSING),
]);

const REFUSED = "jwt:claim_refused";
const NEAR = ["orders:readwrite", "xorders:read", "orders:rea", "ORDERS:READ", "orders:read,x", ""];
const conditions = [
  ...(await rows(
    "scope",
    [
      withClaims("among others", { scope: "openid orders:read profile" }, null),
      withClaims("alone", { scope: "orders:read" }, null),
      withClaims("in a list", { scope: ["openid", "orders:read"] }, null),
      withClaims("between many spaces", { scope: "  a   orders:read " }, null),
      ...NEAR.map((scope): Row => withClaims(JSON.stringify(scope), { scope }, REFUSED)),
      withClaims("behind a tab", { scope: "a\torders:read" }, REFUSED),
      withClaims("in one text of a list", { scope: ["a orders:read"] }, REFUSED),
      withClaims("in a list in the list", { scope: [["orders:read"]] }, REFUSED),
      withClaims("as a name", { scope: { "orders:read": true } }, REFUSED),
      withClaims("missing", {}, REFUSED),
      withClaims("null", { scope: null }, REFUSED),
      withClaims(
        "in a claim that is too long",
        { scope: `orders:read ${"x".repeat(2048)}` },
        REFUSED,
      ),
      withClaims("in the longest claim", { scope: `orders:read ${"x".repeat(2036)}` }, null),
      [
        "with escapes",
        payload(JSON.stringify(claims({ scope: "a SCOPE" })).replace("SCOPE", "\\u006frders:read")),
        null,
      ],
    ],
    "orders:read",
  )),
  ...(await rows(
    "scp",
    [
      withClaims("both, in a list", { scp: ["write", "x", "read"] }, null),
      withClaims("both, in a text", { scp: "read write" }, null),
      withClaims("one twice", { scp: ["read", "read"] }, REFUSED),
      withClaims("one", { scp: "write" }, REFUSED),
      withClaims("none", { scp: [] }, REFUSED),
    ],
    "read write",
  )),
  ...(await rows("roles", [
    withClaims("one", { realm_access: { roles: ["user", "auditor"] } }, null),
    withClaims("another", { realm_access: { x: 1, roles: ["admin"] } }, null),
    withClaims("neither", { realm_access: { roles: ["user"] } }, REFUSED),
    withClaims("at the top", { roles: ["admin"], realm_access: {} }, REFUSED),
    withClaims("in a list of objects", { realm_access: [{ roles: ["admin"] }] }, REFUSED),
    withClaims("deeper", { realm_access: { roles: { roles: ["admin"] } } }, REFUSED),
    withClaims("with a dotted name", { "realm_access.roles": ["admin"] }, REFUSED),
  ])),
  ...(await rows("azp", [
    withClaims("both", { azp: "web", tenant: "shop-1" }, null),
    withClaims("the prefix itself", { azp: "mobile", tenant: "shop-" }, null),
    withClaims("another client", { azp: "cli", tenant: "shop-1" }, REFUSED),
    withClaims("another tenant", { azp: "web", tenant: "shop" }, REFUSED),
    withClaims("a list of clients", { azp: ["web"], tenant: "shop-1" }, REFUSED),
    withClaims("no client", { tenant: "shop-1" }, REFUSED),
  ])),
];

const KINDS = { level: 3, verified: true, org: { id: "7" }, extra: [] };
const kinds = await rows("kinds", [
  withClaims("each of its kind", KINDS, null),
  withClaims("another number", { ...KINDS, level: 33 }, REFUSED),
  withClaims("a number as a text", { ...KINDS, level: "3" }, REFUSED),
  withClaims("a text as a number", { ...KINDS, org: { id: 7 } }, REFUSED),
  withClaims("a boolean as a text", { ...KINDS, verified: "true" }, REFUSED),
  withClaims("the other boolean", { ...KINDS, verified: false }, REFUSED),
  withClaims("nothing where something must be", { ...KINDS, extra: null }, REFUSED),
  withClaims("too much where something must be", { ...KINDS, extra: "x".repeat(2049) }, REFUSED),
]);

const REVOKED = "jwt:revoked";
const denied = await rows("denied", [
  withClaims("others", { jti: "t-3" }, null),
  withClaims("no jti", { jti: undefined }, null),
  withClaims("no subject", { sub: undefined }, null),
  withClaims("in another case", { jti: "T-1", sub: "Bob" }, null),
  ...["t-1", "t-2", "lost"].map((jti): Row => withClaims(`jti ${jti}`, { jti }, REVOKED)),
  ...["mallory", "bob"].map((sub): Row => withClaims(`sub ${sub}`, { sub }, REVOKED)),
  [
    "an escaped jti",
    payload(JSON.stringify(claims({ jti: "JTI" })).replace("JTI", "\\u0074-1")),
    REVOKED,
  ],
  withClaims("a jti that is no text", { jti: ["t-1"] }, "jwt:claims_invalid"),
]);

const NESTED = "[".repeat(15) + "]".repeat(15);
const nestedName = { a: { b: { c: { d: { e: { f: { g: { h: "end" } } } } } } } };
const paths: Case[] = [
  one(
    "paths: through objects, and dots are no path",
    CONFIGURATION,
    {
      path: "/paths",
      headers: bearer(await token({ org: { name: "Shop" }, "org.name": "dotted" })),
    },
    passes({ "x-org-name": "Shop", "x-dotted": "dotted" }),
  ),
  one(
    "paths: not through lists and texts",
    CONFIGURATION,
    { path: "/paths", headers: bearer(await token({ org: "Shop", list: [{ name: "x" }] })) },
    passes({ "x-org-name": null, "x-dotted": null, "x-of-list": null, "x-of-text": null }),
  ),
  one(
    "paths: of the greatest length",
    CONFIGURATION,
    { path: "/paths", headers: bearer(await token(nestedName)) },
    passes({ "x-deep": "end" }),
  ),
  one(
    "paths: __proto__ is a name like any other",
    CONFIGURATION,
    {
      path: "/paths",
      headers: bearer(payload(`{"__proto__":{"name":"x"},${JSON.stringify(claims()).slice(1)}`)),
    },
    passes({ "x-proto": "x", "x-org-name": null }),
  ),
  ...(await rows("paths", [
    [
      "an object in which a name stands twice",
      payload(`{"org":{"name":"a","name":"b"},${JSON.stringify(claims()).slice(1)}`),
      "jwt:claims_invalid",
    ],
    [
      "a wanted path below the deepest nesting",
      payload(`{"a":{"b":${NESTED}},${JSON.stringify(claims()).slice(1)}`),
      "jwt:claims_invalid",
    ],
    withClaims(
      "many members in a wanted object",
      { org: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [i, i])) },
      "jwt:claims_invalid",
    ),
    withClaims(
      "huge numbers are only text",
      { org: { name: 1e300 }, list: Number.MAX_VALUE },
      null,
    ),
    withClaims("a zero byte is not forwarded", { org: { name: "a\u0000b" } }, null),
    [
      "half a surrogate pair in a wanted claim",
      payload(`{"org":{"name":"\\udc00"},${JSON.stringify(claims()).slice(1)}`),
      "jwt:claims_invalid",
    ],
    ["a payload that ends in a wanted object", payload('{"org":{"name":"a"'), "jwt:claims_invalid"],
    ["a wanted object that ends in a list", payload('{"org":{"name":"a"]}'), "jwt:claims_invalid"],
  ])),
];

const GOOD_ROLES = await token({ realm_access: { roles: ["admin"] } });
const again: Case[] = [
  {
    name: "conditions are those of the provider, also for a token that another has verified",
    configuration: CONFIGURATION,
    steps: [
      step({ path: "/roles", headers: bearer(GOOD_ROLES), repeat: 2 }, passes()),
      step(
        { path: "/scope", headers: bearer(GOOD_ROLES), repeat: 2 },
        expectation(REFUSED, "orders:read"),
      ),
      step({ path: "/roles", headers: bearer(GOOD_ROLES) }, passes()),
      // A scope is asked for by the refusal that it belongs to only.
      step({ path: "/scope", headers: bearer("x") }, refused("jwt:malformed")),
      step({ path: "/azp", headers: bearer(GOOD_ROLES) }, refused(REFUSED)),
      step({ path: "/roles" }, refused("jwt:missing")),
    ],
  },
  {
    name: "a limit by a nested claim",
    configuration: "jwt claims and a limit",
    steps: [
      step({ headers: bearer(await token({ org: { id: 7 } })) }, passes()),
      step({ headers: bearer(await token({ org: { id: 8 } })) }, passes()),
      step(
        { headers: bearer(await token({ org: { id: "7" }, jti: "another" })) },
        { status: 429, reason: "ratelimit:limited" },
      ),
      // What is no single value is absent: all such requests share a bucket.
      step({ headers: bearer(await token({ org: { id: [9] } })) }, passes()),
      step(
        { headers: bearer(await token({ org: { id: 1.5 } })) },
        { status: 429, reason: "ratelimit:limited" },
      ),
      step({ headers: bearer(await token({})) }, { status: 429, reason: "ratelimit:limited" }),
    ],
  },
];

export const jwtClaimCases: Case[] = [
  ...audiences,
  ...subjects,
  ...times,
  ...types,
  ...access,
  ...required,
  ...conditions,
  ...kinds,
  ...denied,
  ...paths,
  ...again,
];
