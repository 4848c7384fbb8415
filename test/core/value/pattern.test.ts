import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { matchValuePattern } from "../../support/value_pattern_model.ts";
import type { Place } from "./exports.ts";
import { captureIndex, lastCapture, matchPattern, readPattern } from "./exports.ts";

const RUNS = 5000;
const PATTERN_BYTES_MAX = 256;

const namesOf = (pattern: string): string[] =>
  [...pattern.matchAll(/(?<!\\)\{([a-z0-9_]+)/g)].map(([, name = ""]) => name);

function match(pattern: string, value: string, place?: Place): Record<string, string> | null {
  expect(readPattern(pattern)).toBeNull();
  return matchPattern(value, namesOf(pattern), place);
}

function model(pattern: string, value: string): Record<string, string> | null {
  const captures = matchValuePattern(pattern, Buffer.from(value, "latin1"));
  if (captures === null) return null;
  return Object.fromEntries(
    [...captures].map(([name, bytes]) => [name, Buffer.from(bytes).toString("latin1")]),
  );
}

describe("a pattern", () => {
  const none = {};
  const cases: [pattern: string, value: string, captures: Record<string, string> | null][] = [
    ["a", "a", none],
    ["a", "", null],
    ["a", "aa", null],
    ["a", "ba", null],
    ["\\*\\{\\}\\\\", "*{}\\", none],
    ["a\\*b*", "a*bc", none],
    ["a\\*b*", "axbc", null],
    ["*", "abc", none],
    ["*", "", null],
    ["*", "/", null],
    ["*", "ab/", null],
    ["**", "", none],
    ["**", "/a//b/", none],
    ["{a}", "abc", { a: "abc" }],
    ["{a**}", "", { a: "" }],
    ["{a**}", "a/b", { a: "a/b" }],
    ["/v1/{rest**}", "/v1/", { rest: "" }],
    ["/v1/{rest**}", "/v1/a/b", { rest: "a/b" }],
    ["/v1/{rest**}", "/v1", null],
    ["/v1/{id}-*/{rest**}.js", "/v1/a-b-c/x/y.js", { id: "a", rest: "x/y" }],
    ["/v1/{id}-*/{rest**}.js", "/v1/a-b/.js", { id: "a", rest: "" }],
    ["/v1/{id}-*/{rest**}.js", "/v1/a-/x.js", null],
    // Before **, and without it, the fewest bytes from the beginning; the last takes what is left.
    ["{a}-{b}", "x-y-z", { a: "x", b: "y-z" }],
    ["{a}-{b}", "--", null],
    ["{a}-{b}", "---", { a: "-", b: "-" }],
    ["{a}a{b}a", "aaaa", { a: "a", b: "a" }],
    ["{a}ab{b}", "aabab", { a: "a", b: "ab" }],
    ["{a}-{b}/{rest**}", "x-y-z/q", { a: "x", b: "y-z", rest: "q" }],
    ["{a}/{b}", "x/y/z", null],
    // A literal with a slash is found where the slash is.
    ["{a}b/b{b}", "xbbb/bb", { a: "xbb", b: "b" }],
    ["*a/*", "ba/a/b", null],
    // Behind ** the fewest bytes from the end.
    ["**/{a}-{b}", "q/x-y-z", { a: "x-y", b: "z" }],
    ["{rest**}-{a}-{b}", "x-y-z-q", { rest: "x-y", a: "z", b: "q" }],
    ["{rest**}/{file}.{end}", "/a.b/c.d.e", { rest: "/a.b", file: "c.d", end: "e" }],
    ["{a}-**-{b}", "x-y-z-q", { a: "x", b: "q" }],
    ["{a}-**-{b}", "x--y", { a: "x", b: "y" }],
    // The halves do not overlap.
    ["{a}-**-{b}", "x-y", null],
    ["ab**ba", "aba", null],
    ["ab**ba", "abba", none],
    ["a**a", "a", null],
    ["a*a", "aa", null],
    ["a*a", "aba", none],
    ["{a}é{b}", "x\u00c3\u00a9\xff", { a: "x", b: "\xff" }],
    ["{zero_0**}x{b}", "xxx", { zero_0: "x", b: "x" }],
  ];
  test.each(cases)("%j of %j stands for %j", (pattern, value, captures) => {
    expect(match(pattern, value)).toEqual(captures);
    expect(model(pattern, value)).toEqual(captures);
  });

  test("has captures with numbers in the order in which they are written", () => {
    expect(readPattern("{b}/{a**}/\\{c\\}/*")).toBeNull();
    expect(["b", "a", "c", "", "bb", "b**"].map(captureIndex)).toEqual([
      0,
      1,
      null,
      null,
      null,
      null,
    ]);
  });

  test("keeps the captures of the last match while others fail", () => {
    expect(match("{a}-{b}/x", "1-2/x")).toEqual({ a: "1", b: "2" });
    expect(matchPattern("3-4/y", [])).toBeNull();
    expect(matchPattern("3-", [])).toBeNull();
    // The value lies where the first one did: what the spans say is still their place.
    expect([lastCapture(0).length, lastCapture(1).length]).toEqual([1, 1]);
    expect(matchPattern("33-4/y", [])).toBeNull();
    expect([lastCapture(0).length, lastCapture(1).length]).toEqual([1, 1]);
  });

  test("can have eight captures and 256 bytes", () => {
    const eight = "{a}1{b}2{c}3{d}4{e**}5{f}6{g}7{h}";
    const captures = { a: "a", b: "b", c: "c", d: "d", e: "e5e", f: "f", g: "g", h: "h" };
    expect(match(eight, "a1b2c3d4e5e5f6g7h")).toEqual(captures);
    const wildcards = "*a".repeat(PATTERN_BYTES_MAX / 2);
    expect(match(wildcards, "ba".repeat(PATTERN_BYTES_MAX / 2))).toEqual({});
    expect(match(`${wildcards.slice(1)}*`, "ab".repeat(PATTERN_BYTES_MAX / 2))).toEqual({});
    expect(match("a".repeat(PATTERN_BYTES_MAX), "a".repeat(PATTERN_BYTES_MAX))).toEqual({});
  });
});

describe("what cannot be a pattern", () => {
  const CAPTURE = "{name} or {name**}, with a name of a-z, 0-9 and _ that begins with a letter";
  const ESCAPE = "\\*, \\{, \\}, \\\\";
  const BETWEEN = "wildcards with something between them";
  const cases: [pattern: unknown, found: string, allowed: string][] = [
    [7, "7", "a text of 1 to 256 bytes"],
    ["", '""', "a text of 1 to 256 bytes"],
    ["a".repeat(257), `"${"a".repeat(64)}…"`, "a text of 1 to 256 bytes"],
    ["é".repeat(129), `"${"é".repeat(64)}…"`, "a text of 1 to 256 bytes"],
    ["a{b", "a { without }", "{name}, {name**}, \\{"],
    ["{", "a { without }", "{name}, {name**}, \\{"],
    ["a}b", "a } without {", "{name}, {name**}, \\}"],
    ["{a}}", "a } without {", "{name}, {name**}, \\}"],
    ["a\\b", "a \\ that is before none of * { } \\", ESCAPE],
    ["a\\", "a \\ that is before none of * { } \\", ESCAPE],
    ["{}", "{}", CAPTURE],
    ["{**}", "{**}", CAPTURE],
    ["{a*}", "{a*}", CAPTURE],
    ["{a***}", "{a***}", CAPTURE],
    ["{A}", "{A}", CAPTURE],
    ["{1a}", "{1a}", CAPTURE],
    ["{_a}", "{_a}", CAPTURE],
    ["{a-b}", "{a-b}", CAPTURE],
    ["{é}", "{é}", CAPTURE],
    ["{a\nb}", "{a?b}", CAPTURE],
    ["{{a}}", "{{a}", CAPTURE],
    ["{a}/{a**}", "{a**} with a name that another has", "each name once"],
    ["{a}1{b}2{c}3{d}4{e}5{f}6{g}7{h}8{i}", "one capture too many", "8 captures"],
    ["***", "two wildcards side by side", BETWEEN],
    ["*{a}", "two wildcards side by side", BETWEEN],
    ["x{a}*", "two wildcards side by side", BETWEEN],
    ["{a}{b**}", "two wildcards side by side", BETWEEN],
    ["****", "two wildcards side by side", BETWEEN],
    ["a**b**", "a second **", "at most one ** or {name**}"],
    ["{a**}b{c**}", "a second **", "at most one ** or {name**}"],
  ];
  test.each(cases)("%j is refused", (pattern, found, allowed) => {
    expect(readPattern(pattern)).toBe(`$: found ${found}, allowed: ${allowed}`);
  });
});

/** Few characters, so that literals are found in many places. */
const bytes = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom("a", "b", "/"), minLength, maxLength });

/** Patterns: wildcards with literals between them, one of them perhaps `**`. */
const anyPattern = fc
  .tuple(
    bytes(0, 2),
    fc.array(fc.tuple(fc.boolean(), bytes(1, 3)), { maxLength: 4 }),
    fc.nat(5),
    fc.boolean(),
  )
  .map(([first, wildcards, rest, isOpen]) => {
    const written = wildcards.map(([isCaptured, literal], i) => {
      const stars = i === rest ? "**" : "";
      const wildcard = isCaptured ? `{c${String(i)}${stars}}` : stars || "*";
      return wildcard + (isOpen && i === wildcards.length - 1 ? "" : literal);
    });
    return first + written.join("");
  })
  .filter((pattern) => pattern !== "");

/** Values: any bytes, or the pattern with something for each wildcard. */
const patternAndValue = anyPattern.chain((pattern) =>
  fc.tuple(
    fc.constant(pattern),
    fc.oneof(
      bytes(0, 12),
      fc
        .array(bytes(0, 4), { minLength: 5, maxLength: 5 })
        .map((choices) =>
          pattern.replaceAll(/\{[^}]*\}|\*\*?/g, () => choices.pop()?.slice(0, 4) ?? ""),
        ),
    ),
  ),
);
const place = fc.oneof(
  fc.constant<Place>("end"),
  fc.record({ before: bytes(0, 20), behind: bytes(0, 20) }),
);

describe("any pattern", () => {
  test("finds a match whenever there is one, and captures what all splits say", () => {
    let matched = 0;
    const property = fc.property(patternAndValue, place, ([pattern, value], where) => {
      const expected = model(pattern, value);
      if (expected !== null) matched++;
      expect(match(pattern, value, where)).toEqual(expected);
    });
    fc.assert(property, { numRuns: RUNS });
    expect(matched).toBeGreaterThan(RUNS / 10);
  });

  test("is read or refused, whatever it is", () => {
    const unit = fc.constantFrom("a", "b", "/", "*", "{", "}", "\\", "{a}", "{b**}", "\\*");
    const property = fc.property(
      fc.string({ unit, maxLength: 12 }),
      bytes(0, 6),
      (pattern, value) => {
        if (readPattern(pattern) !== null) return;
        expect(match(pattern, value)).toEqual(model(pattern, value));
      },
    );
    fc.assert(property, { numRuns: RUNS });
  });
});

describe("a hostile value", () => {
  const LENGTH = 60_000;
  const bs = "b".repeat(63);
  const cases: [name: string, pattern: string, value: string, isMatch: boolean][] = [
    ["of beginnings of a literal", `*${"a".repeat(200)}b*`, "a".repeat(LENGTH), false],
    ["of ends of a literal", `**b${"a".repeat(200)}*`, "a".repeat(LENGTH), false],
    ["of places of many literals", "*a".repeat(128), "a".repeat(LENGTH), true],
    [
      "of places of many literals, without an end",
      `${"*a".repeat(127)}*b`,
      "a".repeat(LENGTH),
      false,
    ],
    ["of places of many literals behind **", `**${"a*".repeat(127)}`, "a".repeat(LENGTH), true],
    ["of places before and behind **", `${"*a".repeat(63)}**${bs}*`, "a".repeat(LENGTH), false],
  ];
  test.each(cases)("%s is judged without going back", (_name, pattern, value, isMatch) => {
    expect(readPattern(pattern)).toBeNull();
    expect(matchPattern(value, []) !== null).toBe(isMatch);
  });
});
