// Where tokens are found, how many there may be, and that they do not go on.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Case, CaseExpectation, CaseRequest } from "../support/case.ts";
import { mint } from "../support/tokens.ts";
import { bearer, one, passes, refused, step } from "./jwt_expectations.ts";
import { claims, OTHER, token } from "./jwt_tokens.ts";

const GOOD = await token();
const BOB = await token({ sub: "bob" });
const BAD = await mint(OTHER, claims());

const EVERY = "jwt from every place";
const FIRST = "jwt from every place, the first";
const ALL = "jwt from every place, all";
const KEPT = "jwt from every place, kept";

const query = (value: string, rest = ""): string => `/a?access_token=${value}${rest}`;
const cookie = (value: string): HeaderList => [["cookie", value]];
const raw = (value: string): HeaderList => [["x-raw", value]];
const alice = (upstream: NonNullable<CaseExpectation["upstream"]> = {}): CaseExpectation =>
  passes({ "x-user": "alice", authorization: null, ...upstream });

/** Every dot and letter of a token as an escape. */
const encoded = (value: string): string =>
  Array.from(value, (c) => `%${c.charCodeAt(0).toString(16)}`).join("");

const places: Case[] = [
  one("nothing anywhere", EVERY, {}, refused("jwt:missing")),
  one("authorization", EVERY, { headers: bearer(GOOD) }, alice()),
  one(
    "a header with a prefix",
    EVERY,
    { headers: [["authorization-token", `Token ${GOOD}`]] },
    alice({ "authorization-token": null }),
  ),
  one(
    "a prefix is compared exactly",
    EVERY,
    { headers: [["authorization-token", `token ${GOOD}`]] },
    refused("jwt:missing"),
  ),
  one("a whole header", EVERY, { headers: raw(GOOD) }, alice({ "x-raw": null })),
  one("a header that holds nothing", EVERY, { headers: raw("") }, refused("jwt:malformed")),
  one(
    "another scheme",
    "jwt with another scheme",
    { headers: bearer(GOOD) },
    refused("jwt:missing"),
  ),
  ...["DPoP", "dpop"].map((scheme) =>
    one(
      `a scheme of one's own: ${scheme}`,
      "jwt with another scheme",
      { headers: [["authorization", `${scheme} ${GOOD}`]] },
      alice(),
    ),
  ),
  one(
    "a mapped header is a place like any other",
    "jwt from a header that is mapped",
    { headers: [["legacy-token", GOOD]] },
    alice({ "x-raw": null, "legacy-token": null }),
  ),
  one(
    "a place belongs to one provider",
    "jwt of two providers at two places",
    {
      headers: [
        ["x-user-token", BAD],
        ["cookie", `device=${BAD}`],
      ],
    },
    refused("jwt:signature_invalid"),
  ),
  one(
    "tokens of several providers are not several tokens",
    "jwt of two providers at two places",
    {
      headers: [
        ["x-user-token", GOOD],
        ["cookie", `device=${BAD}`],
      ],
    },
    passes({ "x-user": "alice", "x-user-token": null, cookie: `device=${BAD}` }),
  ),
  one(
    "a cookie for one provider",
    "jwt of two providers at two places",
    {
      path: "/device",
      headers: [
        ["x-user-token", GOOD],
        ["cookie", `device=${BAD}`],
      ],
    },
    passes({ "x-user": null, "x-user-token": GOOD, cookie: null }),
  ),
];

const inQuery = (name: string, path: string, expect: CaseExpectation): Case =>
  one(`in the query, ${name}`, EVERY, { path }, expect);

const queries: Case[] = [
  inQuery("alone", query(GOOD), alice({ ":path": "/a" })),
  inQuery("first", query(GOOD, "&b=2&c"), alice({ ":path": "/a?b=2&c" })),
  inQuery(
    "in the middle",
    `/a?b=%41&access_token=${GOOD}&&c=?d`,
    alice({ ":path": "/a?b=%41&&c=?d" }),
  ),
  inQuery("last", `/a?b=1&access_token=${GOOD}`, alice({ ":path": "/a?b=1" })),
  inQuery("encoded once", query(encoded(GOOD)), alice({ ":path": "/a" })),
  inQuery("under an encoded name", `/a?access%5Ftoken=${GOOD}`, alice({ ":path": "/a" })),
  inQuery("encoded twice", query(encoded(GOOD).replaceAll("%", "%25")), refused("jwt:malformed")),
  inQuery("with a plus", query(`${GOOD}+`), refused("jwt:malformed")),
  inQuery("with a half escape", query(`${GOOD}%2`), refused("jwt:malformed")),
  inQuery("with a NUL", query(`${GOOD}%00`), refused("jwt:malformed")),
  inQuery("empty", query("", "&b=1"), refused("jwt:malformed")),
  inQuery("without a value", "/a?access_token", refused("jwt:malformed")),
  inQuery("twice, equal", query(GOOD, `&access_token=${GOOD}`), refused("jwt:multiple")),
  inQuery("twice, encoded", query(GOOD, `&access%5ftoken=x`), refused("jwt:multiple")),
  inQuery(
    "under another name",
    `/a?Access_token=${GOOD}&xaccess_token=${GOOD}`,
    refused("jwt:missing"),
  ),
  inQuery("that is part of another value", `/a?b=access_token=${GOOD}`, refused("jwt:missing")),
  inQuery("behind a semicolon", `/a?b=1;access_token=${GOOD}`, refused("jwt:missing")),
  inQuery("in the path", `/access_token=${GOOD}`, refused("jwt:missing")),
  inQuery("bad", query(BAD), refused("jwt:signature_invalid")),
  {
    name: "limits see the same path without the token as with it",
    configuration: "jwt from a query and its limits",
    steps: [
      step({ path: query(GOOD, "&b=1") }, passes({ ":path": "/a?b=1", "x-user": "alice" })),
      step({ path: query(GOOD) }, { status: 429, reason: "ratelimit:limited" }),
      step({ path: query(BOB).replace("/a", "/b") }, passes({ ":path": "/b", "x-user": "bob" })),
    ],
  },
];

const inCookie = (name: string, headers: HeaderList, expect: CaseExpectation): Case =>
  one(`in a cookie, ${name}`, EVERY, { headers }, expect);

const cookies: Case[] = [
  inCookie("alone", cookie(`session=${GOOD}`), alice({ cookie: null })),
  inCookie("first", cookie(`session=${GOOD}; b=2`), alice({ cookie: "b=2" })),
  inCookie(
    "in the middle",
    cookie(`a=1; session=${GOOD}; b="x;y`),
    alice({ cookie: 'a=1; b="x;y' }),
  ),
  inCookie("last", cookie(`a=1;session=${GOOD}`), alice({ cookie: "a=1" })),
  inCookie("quoted", cookie(`a=1; session="${GOOD}"`), alice({ cookie: "a=1" })),
  inCookie("in odd spacing", cookie(`a=1;  session = ${GOOD} ;b=2`), alice({ cookie: "a=1;b=2" })),
  inCookie("beside no pair", cookie(`session; session=${GOOD}`), alice({ cookie: "session" })),
  inCookie(
    "in the second field",
    [...cookie("a=1"), ...cookie(`session=${GOOD}`), ...cookie("b=2")],
    alice({ cookie: "a=1; b=2" }),
  ),
  inCookie("empty", cookie("session="), refused("jwt:malformed")),
  inCookie("half quoted", cookie(`session="${GOOD}`), refused("jwt:malformed")),
  inCookie("twice", cookie(`session=${GOOD}; session=${GOOD}`), refused("jwt:multiple")),
  inCookie(
    "twice, in two fields",
    [...cookie(`session=${GOOD}`), ...cookie(`session=x`)],
    refused("jwt:multiple"),
  ),
  inCookie(
    "under another name",
    cookie(`Session=${GOOD}; xsession=${GOOD}`),
    refused("jwt:missing"),
  ),
  inCookie("bad", cookie(`session=${BAD}`), refused("jwt:signature_invalid")),
];

const TWO: [name: string, request: CaseRequest][] = [
  ["a header and the query", { path: query(GOOD), headers: bearer(GOOD) }],
  ["a header and a cookie", { headers: [...bearer(GOOD), ...cookie(`session=${BOB}`)] }],
  ["two headers", { headers: [...bearer(GOOD), ...raw(BOB)] }],
  ["two fields of one header", { headers: [...raw(GOOD), ...raw(GOOD)] }],
  ["two values of one field", { headers: raw(`${GOOD}, ${BOB}`) }],
  ["a value and a comma", { headers: raw(`${GOOD},`) }],
  ["another scheme first", { headers: [["authorization", `Basic YQ==, Bearer ${GOOD}`]] }],
];
const NINE = Array.from({ length: 9 }, () => `access_token=${GOOD}`).join("&");

const several: Case[] = [
  ...TWO.map(([name, request]) =>
    one(`several tokens: ${name}`, EVERY, request, refused("jwt:multiple")),
  ),
  ...[EVERY, FIRST, ALL].map((configuration) =>
    one(
      `too many tokens: ${configuration}`,
      configuration,
      { path: `/?${NINE}` },
      refused("jwt:multiple"),
    ),
  ),
  ...[FIRST, ALL].map((configuration) =>
    one(`one token: ${configuration}`, configuration, { headers: bearer(GOOD) }, alice()),
  ),
  one(
    "the first in the order of the places",
    FIRST,
    { path: query(BAD, "&b"), headers: [...cookie(`session=${BAD}`), ...raw(`${GOOD}, x`)] },
    alice({ ":path": "/a?b", cookie: null, "x-raw": null }),
  ),
  one(
    "the first is bad",
    FIRST,
    { path: query(GOOD), headers: bearer(BAD) },
    refused("jwt:signature_invalid"),
  ),
  one(
    "all are good, claims are those of the first",
    ALL,
    { path: query(await token({ sub: "bob", level: 3 })), headers: bearer(GOOD) },
    alice({ ":path": "/a", "x-level": null }),
  ),
  {
    name: "all are good, also when they were verified before",
    configuration: ALL,
    steps: [
      step({ headers: bearer(BOB) }, passes({ "x-user": "bob" })),
      step({ path: query(BOB), headers: bearer(GOOD) }, alice()),
      step({ path: query(GOOD), headers: bearer(BOB) }, passes({ "x-user": "bob" })),
    ],
  },
  one(
    "all must be good",
    ALL,
    { path: query(BAD), headers: bearer(GOOD) },
    refused("jwt:signature_invalid"),
  ),
  one(
    "all must be tokens",
    ALL,
    { path: query(""), headers: bearer(GOOD) },
    refused("jwt:malformed"),
  ),
];

const kept: Case[] = [
  one("a kept header", KEPT, { headers: raw(GOOD) }, alice({ "x-raw": GOOD })),
  one("a kept parameter", KEPT, { path: query(GOOD) }, alice({ ":path": query(GOOD) })),
  one(
    "a kept cookie",
    KEPT,
    { headers: cookie(`session=${GOOD}`) },
    alice({ cookie: `session=${GOOD}` }),
  ),
  one(
    "nothing is removed where no token is asked for",
    EVERY,
    { path: "/healthz?access_token=x", headers: [...raw("x"), ...cookie("session=x")] },
    passes({ ":path": "/healthz?access_token=x", "x-raw": "x", cookie: "session=x" }),
  ),
];

export const jwtLocationCases: Case[] = [...places, ...queries, ...cookies, ...several, ...kept];
