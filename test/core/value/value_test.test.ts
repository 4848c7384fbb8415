import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { ModelValueTest } from "../../support/value_pattern_model.ts";
import { meetsValueTest } from "../../support/value_pattern_model.ts";
import type { Place } from "./exports.ts";
import { meetsTest, readTest } from "./exports.ts";

const RUNS = 5000;
const VALUE_BYTES_MAX = 8192;

function meets(asked: ModelValueTest, value: string, place?: Place): boolean {
  expect(readTest(asked)).toBeNull();
  return meetsTest(value, place);
}

describe("a test of values", () => {
  const cases: [asked: ModelValueTest, value: string, isMet: boolean][] = [
    [{ exact: "" }, "", true],
    [{ exact: "" }, "a", false],
    [{ exact: "ab" }, "ab", true],
    [{ exact: "ab" }, "AB", false],
    [{ exact: "ab" }, "abc", false],
    [{ exact: "ab", not: true }, "ab", false],
    [{ exact: "ab", not: true }, "a", true],
    [{ exact: "ab", not: false }, "ab", true],
    [{ prefix: "ab" }, "abc", true],
    [{ prefix: "ab" }, "ab", true],
    [{ prefix: "ab" }, "a", false],
    [{ prefix: "ab" }, "cab", false],
    [{ prefix: "ab", not: true }, "cab", true],
    [{ suffix: "ab" }, "cab", true],
    [{ suffix: "ab" }, "ab", true],
    [{ suffix: "ab" }, "b", false],
    [{ suffix: "ab" }, "abc", false],
    [{ suffix: "ab", not: true }, "abc", true],
    [{ contains: ".." }, "..", true],
    [{ contains: ".." }, "a..b", true],
    [{ contains: ".." }, ".a.b.", false],
    [{ contains: ".." }, "", false],
    [{ contains: "aab" }, "aaaab", true],
    [{ contains: "aab", not: true }, "aaaa", true],
    [{ contains: "é" }, "x\u00c3\u00a9", true],
    [{ pattern: "/a/{b}" }, "/a/b", true],
    [{ pattern: "/a/{b}" }, "/a/b/c", false],
    [{ pattern: "/a/{b}", not: true }, "/a/b/c", true],
  ];
  test.each(cases)("%j of %j is %j", (asked, value, isMet) => {
    expect(meets(asked, value)).toBe(isMet);
    expect(meetsValueTest(asked, Buffer.from(value, "latin1"))).toBe(isMet);
  });

  test.each(["exact", "prefix", "suffix", "contains"] as const)(
    "can have a %s of 8192 bytes",
    (kind) => {
      const text = `${"a".repeat(VALUE_BYTES_MAX - 1)}b`;
      expect(meets({ [kind]: text }, text)).toBe(true);
      expect(meets({ [kind]: text }, text.slice(1))).toBe(false);
    },
  );

  test("says what any bytes say", () => {
    const bytes = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
      fc.string({ unit: fc.constantFrom("a", "b"), minLength, maxLength });
    const asked = fc
      .tuple(
        fc.constantFrom("exact", "prefix", "suffix", "contains", "pattern"),
        fc.oneof(bytes(1, 4), bytes(15, 34)),
        fc.option(fc.boolean(), { nil: undefined }),
      )
      .map(([kind, text, not]): ModelValueTest => ({
        [kind]: text,
        ...(not === undefined ? {} : { not }),
      }));
    const place = fc.oneof(
      fc.constant<Place>("end"),
      fc.record({ before: bytes(0, 20), behind: bytes(0, 20) }),
    );
    const value = fc.tuple(bytes(0, 20), fc.boolean(), bytes(0, 20));
    const property = fc.property(asked, value, place, (each, [before, isIn, behind], where) => {
      const text = each.exact ?? each.prefix ?? each.suffix ?? each.contains ?? each.pattern ?? "";
      const given = before + (isIn ? text : "") + behind;
      expect(meets(each, given, where)).toBe(meetsValueTest(each, Buffer.from(given)));
    });
    fc.assert(property, { numRuns: RUNS });
  });
});

describe("what cannot be a test of values", () => {
  const ONE_TEST = "one of exact, prefix, suffix, contains, pattern";
  const MEMBERS = "exact, prefix, suffix, contains, pattern, not";
  const long = "a".repeat(VALUE_BYTES_MAX + 1);
  const shown = `"${"a".repeat(64)}…"`;
  const cases: [asked: unknown, message: string][] = [
    ["a", '$: found "a", allowed: an object'],
    [[], "$: found an empty list, allowed: an object"],
    [{}, `$: found 0 tests, allowed: ${ONE_TEST}`],
    [{ not: true }, `$: found 0 tests, allowed: ${ONE_TEST}`],
    [{ exact: "a", prefix: "a" }, `$: found 2 tests, allowed: ${ONE_TEST}`],
    [{ suffix: "a", contains: "a", not: false }, `$: found 2 tests, allowed: ${ONE_TEST}`],
    [{ regex: "a" }, `$.regex: found an unknown member, allowed: ${MEMBERS}`],
    [{ exact: "a", not: "yes" }, '$.not: found "yes", allowed: true, false'],
    [{ exact: 7 }, "$.exact: found 7, allowed: a text of 0 to 8192 bytes"],
    [{ exact: long }, `$.exact: found ${shown}, allowed: a text of 0 to 8192 bytes`],
    [{ prefix: "" }, '$.prefix: found "", allowed: a text of 1 to 8192 bytes'],
    [{ suffix: "" }, '$.suffix: found "", allowed: a text of 1 to 8192 bytes'],
    [{ contains: "" }, '$.contains: found "", allowed: a text of 1 to 8192 bytes'],
    [{ contains: long }, `$.contains: found ${shown}, allowed: a text of 1 to 8192 bytes`],
    [{ pattern: "" }, '$.pattern: found "", allowed: a text of 1 to 256 bytes'],
    [{ pattern: "a**b**" }, "$.pattern: found a second **, allowed: at most one ** or {name**}"],
  ];
  test.each(cases)("%j is refused", (asked, message) => {
    expect(readTest(asked)).toBe(message);
  });
});
