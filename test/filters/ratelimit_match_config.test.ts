// The member `match` of a limit: what is accepted, and the message for the rest.

import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";
import { list, provider } from "./jwt_sections.ts";

const errorOf = await loadConfigurationError();

const limit = (match: unknown, name = "a"): object => ({ name, match, capacity: 1, refill: "1/s" });
const one = (match: unknown): object => ({ rateLimit: { limits: [limit(match)] } });
const withTokens = (match: unknown): object => ({ jwt: provider({}), ...one(match) });
const claims = (...each: unknown[]): object => withTokens({ claims: each });
const AT = "$.rateLimit.limits[0].match";

const accepted: [name: string, configuration: object][] = [
  ...[{ prefix: "/a" }, { path: "/a/" }, { template: "/a/{b}/**" }, { suffix: "a/b" }].map(
    (match): [string, object] => [JSON.stringify(match), one(match)],
  ),
  ["a method", one({ methods: ["GET"] })],
  ["hosts", one({ hosts: ["A.test", "*.b.test", "[::1]"] })],
  ["a header", one({ headers: [{ name: "x-a", present: false }] })],
  [
    "claims",
    claims(
      { claim: "a", equals: "b" },
      { claim: ["a", "b"], in: ["1", "2"] },
      { claim: "c", prefix: "d" },
      { claim: "e", present: true },
      { claim: "f", present: false },
    ),
  ],
  ["the most claims", claims(...list(8, (i) => ({ claim: `c${String(i)}`, present: true })))],
  ["the most values", claims({ claim: "a", in: list(32, String) })],
  [
    "everything",
    withTokens({
      template: "/a/*",
      methods: ["GET"],
      hosts: ["a.test"],
      headers: [{ name: "x-a", exact: "" }],
      claims: [{ claim: "sub", equals: "a" }],
    }),
  ],
  // Unlike rules, of which one applies: a limit beside a wider one counts as well.
  [
    "limits on the same requests",
    { rateLimit: { limits: [limit({ prefix: "/" }), limit({ path: "/a" }, "b")] } },
  ],
];

const MEMBERS = "prefix, path, template, suffix, methods, hosts, headers, claims";
const ONE_TEST = "one of equals, in, prefix, present";
const VALUE = "a text of 1 to 2048 bytes";

const refused: [configuration: object, message: string][] = [
  [one("/a"), `${AT}: found "/a", allowed: an object`],
  [one({}), `${AT}: found an empty object, allowed: one of ${MEMBERS}`],
  [one({ host: "a" }), `${AT}.host: found an unknown member, allowed: ${MEMBERS}`],
  [
    one({ prefix: "/", path: "/" }),
    `${AT}: found 2 of them, allowed: at most one of prefix, path, template, suffix`,
  ],
  [
    one({ path: "a" }),
    `${AT}.path: found "a", allowed: a path that begins with /, without query, escapes, ` +
      "dot segments, // and ;",
  ],
  [
    one({ template: "/a*" }),
    `${AT}.template: found "/a*", allowed: a path such as /v1/{tenant}/orders, ` +
      "at the end perhaps with * or **",
  ],
  [
    one({ suffix: "/a" }),
    `${AT}.suffix: found "/a", allowed: the last segments of a path, without a slash in front`,
  ],
  [
    one({ methods: ["get"] }),
    `${AT}.methods[0]: found "get", allowed: a method in upper case, such as GET`,
  ],
  [
    one({ hosts: ["a:80"] }),
    `${AT}.hosts[0]: found "a:80", allowed: a host without port such as example.org, ` +
      "or *.example.org for all below it",
  ],
  [
    one({ headers: [{ name: "x-a" }] }),
    `${AT}.headers[0]: found an object, allowed: one of exact, prefix, present`,
  ],
  [
    one({ claims: [{ claim: "sub", present: true }] }),
    `${AT}.claims[0].claim: found a claim, allowed: claims only with a jwt section`,
  ],
  [withTokens({ claims: [] }), `${AT}.claims: found an empty list, allowed: a list of 1 to 8`],
  [
    claims(...list(9, () => ({ claim: "a", present: true }))),
    `${AT}.claims: found 9 values, allowed: a list of 1 to 8`,
  ],
  [claims("sub"), `${AT}.claims[0]: found "sub", allowed: an object`],
  [claims({ equals: "a" }), `${AT}.claims[0]: found no member "claim", allowed: "claim"`],
  [claims({ claim: "a" }), `${AT}.claims[0]: found 0 tests, allowed: ${ONE_TEST}`],
  [
    claims({ claim: "a", equals: "a", present: true }),
    `${AT}.claims[0]: found 2 tests, allowed: ${ONE_TEST}`,
  ],
  [
    claims({ claim: "a", contains: "b" }),
    `${AT}.claims[0].contains: found an unknown member, ` +
      "allowed: claim, equals, in, prefix, present",
  ],
  [claims({ claim: "a", equals: 7 }), `${AT}.claims[0].equals: found 7, allowed: ${VALUE}`],
  [claims({ claim: "a", equals: "" }), `${AT}.claims[0].equals: found "", allowed: ${VALUE}`],
  [claims({ claim: "a", prefix: "" }), `${AT}.claims[0].prefix: found "", allowed: ${VALUE}`],
  [claims({ claim: "a", in: ["b", 1] }), `${AT}.claims[0].in[1]: found 1, allowed: ${VALUE}`],
  [
    claims({ claim: "a", in: list(33, String) }),
    `${AT}.claims[0].in: found 33 values, allowed: a list of 1 to 32`,
  ],
  [claims({ claim: "a", present: 1 }), `${AT}.claims[0].present: found 1, allowed: true, false`],
];

describe("the member match of a limit", () => {
  test.each(accepted)("accepts %s", (_name, configuration) => {
    expect(errorOf(configuration)).toBeNull();
  });

  test.each(refused)("refuses %j", (configuration, message) => {
    expect(errorOf(configuration)).toBe(message);
  });
});

/** Limits as somebody with many of them has them, beside a section jwt with its caches. */
const many = (count: number, matchOf: (i: number) => object): object => ({
  jwt: provider({}),
  rateLimit: {
    limits: list(count, (i) => ({
      name: `tenant-${String(i)}-requests`,
      match: matchOf(i),
      key: [{ header: "x-api-key" }],
      capacity: 100,
      refill: "50/s",
    })),
  },
});

describe("the most limits", () => {
  test.each([
    ["exact paths", (i: number) => ({ path: `/api/v1/tenants/${String(i)}/orders` })],
    ["hosts", (i: number) => ({ hosts: [`tenant-${String(i)}.shops.example.org`] })],
    [
      "two hosts each",
      (i: number) => ({ hosts: [`t${String(i)}.a.test`, `t${String(i)}.b.test`] }),
    ],
    ["a path and a method", (i: number) => ({ path: `/t/${String(i)}`, methods: ["POST"] })],
    ["claims", (i: number) => ({ claims: [{ claim: "tenant", equals: `t${String(i)}` }] })],
  ])("fit with %s", (_name, matchOf) => {
    expect(errorOf(many(1024, matchOf))).toBeNull();
  });
});
