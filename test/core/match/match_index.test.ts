// The index against a plain reading of its matches, with any matches and any request.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { MatchedRequest } from "./exports.ts";
import { findMatches, longestChain, readMatches } from "./exports.ts";
import type { ModelClaim, ModelMatch } from "./model.ts";
import { isPathMet, isRestMet, readingsOf } from "./model.ts";

const RUNS = 1000;
const CLAIMS = ["tenant", "level"] as const;
/** Names both claims first, so that their numbers are known; no request meets it. */
const NUMBERING: ModelMatch = {
  methods: ["NONE"],
  claims: CLAIMS.map((claim) => ({ claim, present: true })),
};

const path = fc.constantFrom("/", "/a", "/a/", "/a/b", "/ab", "/a/b/c", "/long-one/of-16-bytes");
const pathMember = fc.oneof(
  fc.constant<ModelMatch>({}),
  path.map((each): ModelMatch => ({ path: each })),
  path.map((each): ModelMatch => ({ prefix: each })),
  fc.constantFrom("/{x}", "/a/*", "/a/**", "/{x}/b", "/ab").map((template) => ({ template })),
  fc.constantFrom("a", "b", "b/c").map((suffix) => ({ suffix })),
);
const hosts = fc.subarray(["a.test", "B.test", "x.a.test", "*.a.test", "*.test"], { minLength: 1 });
const header = fc.oneof(
  fc.constantFrom("", "on", "off").map((exact) => ({ name: "x-a", exact })),
  fc.constantFrom("o", "of").map((prefix) => ({ name: "x-a", prefix })),
  fc.boolean().map((present) => ({ name: "x-a", present })),
);
const text = fc.constantFrom("t1", "t2", "7", "true");
const claim = fc.constantFrom(...CLAIMS).chain((name) =>
  fc.oneof(
    text.map((equals) => ({ claim: name, equals })),
    fc.array(text, { minLength: 1, maxLength: 3 }).map((each) => ({ claim: name, in: each })),
    fc.constantFrom("t", "7").map((prefix) => ({ claim: name, prefix })),
    fc.boolean().map((present) => ({ claim: name, present })),
  ),
);
const others = fc.record(
  {
    methods: fc.subarray(["GET", "POST", "PUT"], { minLength: 1 }),
    hosts,
    headers: fc.array(header, { minLength: 1, maxLength: 2 }),
    claims: fc.array(claim, { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const match = fc
  .tuple(pathMember, others)
  .map(([one, rest]): ModelMatch => ({ ...one, ...rest }))
  .filter((each) => Object.keys(each).length > 0);
const matches = fc.array(match, { maxLength: 24 });

const lines = (...values: string[]): fc.Arbitrary<string[]> =>
  fc.oneof(
    fc.constantFrom(...values).map((each) => [each]),
    fc.constantFrom([], values.slice(0, 2)),
  );
const headers = fc.record({
  ":method": lines("GET", "POST", "post", "DELETE"),
  ":authority": lines("a.test", "A.Test:80", "b.test.", "x.a.test", "c", "a.test:x", "u@a.test"),
  "x-a": lines("on", "off", "", "o"),
});
const value = fc.constantFrom<ModelClaim>(
  null,
  ["string", "t1"],
  ["string", "7"],
  ["number", "7"],
  ["number", "7.0"],
  ["boolean", "true"],
  ["array", '["t1"]'],
  ["object", "{}"],
);
const claims = fc.tuple(value, value);
const segment = fc.constantFrom("a", "b", "ab", "c", "%61", "B");
const oddSegment = fc.oneof(
  { weight: 3, arbitrary: segment },
  fc.constantFrom("", ".", "..", ";", "a;x", "b;", "..;", ".;x", "%2e%2e", "a%2fb", "%5c", "a\\b"),
  fc.constantFrom("%2fa", "%zz", "%", "%00", "%252fa", "a%3bx", "%252e%252e", "..%2f", ".%2e"),
);
const pathOf = (each: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(each, { minLength: 1, maxLength: 5 }), fc.constantFrom("", "?q=/a", "/"))
    .map(([segments, end]) => `/${segments.join("/")}${end}`);
const plainPath = fc.oneof(path, pathOf(segment));
const oddPath = pathOf(oddSegment);

/** What both indexes find, without the match that only names claims. */
function found(request: MatchedRequest): number[] {
  const [one, two] = findMatches(request);
  return [...one, ...two].map((number) => number - 1);
}

const claimsOf = (values: readonly ModelClaim[]): Record<string, ModelClaim> =>
  Object.fromEntries(CLAIMS.map((name, i) => [name, values[i] ?? null]));

function prepare(all: readonly ModelMatch[], split: number): void {
  expect(readMatches([NUMBERING, ...all], Math.min(split, all.length) + 1)).toBeNull();
}

describe("the index of matches", () => {
  test("finds what a plain reading finds, in order", () => {
    const property = fc.property(
      matches,
      fc.nat(24),
      fc.array(fc.tuple(plainPath, headers, claims), { minLength: 1, maxLength: 8 }),
      (all, split, requests) => {
        prepare(all, split);
        for (const [at, given, values] of requests) {
          const [reading = ""] = readingsOf(at);
          const expected = all.flatMap((each, i) =>
            isPathMet(each, reading) && isRestMet(each, given, claimsOf(values)) ? [i] : [],
          );
          expect(found({ path: at, headers: given, claims: values })).toEqual(expected);
        }
      },
    );
    fc.assert(property, { numRuns: RUNS });
  });

  test("leaves out no match that some server's reading of the path would meet", () => {
    const property = fc.property(
      matches,
      fc.nat(24),
      fc.array(fc.tuple(oddPath, headers, claims), { minLength: 1, maxLength: 8 }),
      (all, split, requests) => {
        prepare(all, split);
        for (const [at, given, values] of requests) {
          const readings = [...readingsOf(at)];
          const expected = all.flatMap((each, i) =>
            readings.some((reading) => isPathMet(each, reading)) &&
            isRestMet(each, given, claimsOf(values))
              ? [i]
              : [],
          );
          const numbers = found({ path: at, headers: given, claims: values });
          expect(
            expected.filter((number) => !numbers.includes(number)),
            at,
          ).toEqual([]);
          expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
          // What is not about the path holds whatever the path is.
          const rest = numbers.filter((number) => {
            const each = all[number];
            return each === undefined || !isRestMet(each, given, claimsOf(values));
          });
          expect(rest, at).toEqual([]);
        }
      },
    );
    fc.assert(property, { numRuns: RUNS });
  });
});

const nameOf = ({ path: at, prefix, template, suffix }: ModelMatch): string | undefined =>
  at ?? prefix ?? template ?? suffix;

describe("a path that readers could see differently", () => {
  const paths: ModelMatch[] = [
    { path: "/login" },
    { prefix: "/api" },
    { path: "/api/keys" },
    { template: "/api/{x}/items" },
    { template: "/{x}" },
    { suffix: "items" },
  ];
  const cases: [path: string, met: string[]][] = [
    ["//login", ["/login", "/{x}"]],
    ["//api///keys", ["/api", "/api/keys"]],
    ["//", []],
    ["/login//", []],
    ["/login;x=1", ["/login", "/{x}"]],
    ["//login;/items", ["/login", "/api", "/api/keys", "/api/{x}/items", "/{x}", "items"]],
    ["/;/login", ["/login", "/api", "/api/keys", "/api/{x}/items", "/{x}", "items"]],
    ["/@scope%2fname", ["/{x}", "items"]],
    ["/@scope\\name", ["/{x}", "items"]],
    ["/login%2fname", ["/login", "/{x}", "items"]],
    ["/.%2flogin", ["/login", "/api", "/api/keys", "/api/{x}/items", "/{x}", "items"]],
    ["/%2e%2e/login", ["/login", "/api", "/api/keys", "/api/{x}/items", "/{x}", "items"]],
    ["/%2flogin", ["/login", "/api", "/api/keys", "/api/{x}/items", "/{x}", "items"]],
    ["*x", ["/login", "/api", "/api/keys", "/api/{x}/items", "/{x}", "items"]],
    // Those whose first segments are others are left alone.
    ["/api/a%2fb", ["/api", "/api/{x}/items", "/{x}", "items"]],
    ["/api/%2fb", ["/api", "/api/keys", "/api/{x}/items", "/{x}", "items"]],
    ["/shop/x;color=red", []],
    ["/api;v=1/x", ["/api", "/api/keys", "/api/{x}/items", "/{x}", "items"]],
    ["/shop;v=1/x", ["/{x}", "items"]],
    ["/.;/login", ["/login", "/api", "/api/keys", "/api/{x}/items", "/{x}", "items"]],
    // Unless something behind could go back above them.
    ["/shop/a%2fb/../../login", ["/login", "/api", "/api/keys", "/api/{x}/items", "/{x}", "items"]],
    [
      "/shop/x;/%2e%2e/%2E./login",
      ["/login", "/api", "/api/keys", "/api/{x}/items", "/{x}", "items"],
    ],
    ["/shop/x;/%252e%252e", ["/login", "/api", "/api/keys", "/api/{x}/items", "/{x}", "items"]],
    ["/login/", []],
    ["/login", ["/login", "/{x}"]],
  ];
  test.each(cases)("%s", (at, met) => {
    expect(readMatches(paths)).toBeNull();
    const names = paths.map(nameOf);
    const [numbers] = findMatches({ path: at, headers: {} });
    expect(numbers.map((number) => names[number])).toEqual(met);
  });
});

describe("a thousand matches", () => {
  const thousand = (each: (i: number) => ModelMatch): ModelMatch[] =>
    Array.from({ length: 1000 }, (_, i) => each(i));
  const number = (i: number): string => String(i).padStart(4, "0");

  test.each([
    ["that differ at their ends", (i: number) => `/${number(i)}/x/${number(i)}`],
    ["that differ in the middle", (i: number) => `/accounts/users/${number(i)}/all-orders/items`],
    ["that differ in length", (i: number) => `/${"a".repeat(i + 1)}`],
  ])("with paths %s are found one by one", (_name, at) => {
    expect(readMatches(thousand((i) => ({ path: at(i) })))).toBeNull();
    for (let i = 0; i < 1000; i++) {
      expect(findMatches({ path: at(i), headers: {} })[0]).toEqual([i]);
    }
    expect(findMatches({ path: "/b", headers: {} })[0]).toEqual([]);
    expect(longestChain("paths")).toBeLessThanOrEqual(8);
  });

  test("with hosts are found one by one", () => {
    const hostOf = (i: number): string => `shop-${number(i)}.example.org`;
    const hostsOf = (i: number): string[] => [hostOf(i), hostOf(i), `${hostOf(i)}.alias`];
    expect(readMatches(thousand((i) => ({ hosts: hostsOf(i) })))).toBeNull();
    for (let i = 0; i < 1000; i++) {
      const headersOf = (host: string): MatchedRequest["headers"] => ({ ":authority": [host] });
      const of = (host: string): number[] =>
        findMatches({ path: "/", headers: headersOf(host) })[0];
      expect(of(hostOf(i).toUpperCase())).toEqual([i]);
      expect(of(`${hostOf(i)}.alias:8443`)).toEqual([i]);
    }
    expect(longestChain("hosts")).toBeLessThanOrEqual(8);
  });

  test("that all name one path are all found", () => {
    expect(
      readMatches(
        thousand(() => ({ path: "/a" })),
        400,
      ),
    ).toBeNull();
    const all = Array.from({ length: 1000 }, (_, i) => i);
    const [one, two] = findMatches({ path: "/a", headers: {} });
    expect([...one, ...two]).toEqual(all);
    expect([one.length, two.length]).toEqual([400, 600]);
  });
});
