import fc from "fast-check";
import { expect, test } from "vitest";

import type { ValueSources } from "../../support/value_operation_model.ts";
import { expandValueTemplate, VALUE_BYTES_MAX } from "../../support/value_operation_model.ts";
import type { Sources } from "./written_exports.ts";
import { readTemplate, writeTemplate } from "./written_exports.ts";

const RUNS = 5000;
const CLAIM_BYTES_MAX = 2048;
const CLAIMS = ["sub", "a.b", "https://a.test/c d"] as const;

type Claim = NonNullable<Sources["claims"]>[number];

const textOf = (unit: readonly string[], maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...unit), maxLength });

/** At most eight, so that with the text in between there are no more than sixteen. */
const template = fc
  .array(
    fc.oneof(
      { weight: 2, arbitrary: textOf(["a", " ", "é", "😀", "\\{", "\\}", "\\*", "\\\\", "*"], 3) },
      { weight: 3, arbitrary: fc.constantFrom("x-a", "X-A", "x-b").map((n) => `{header:${n}}`) },
      fc.integer({ min: 1, max: 5 }).map((n) => `{path:${String(n)}}`),
      fc.constantFrom("q", "r", "a~.b").map((n) => `{query:${n}}`),
      fc.constantFrom(...CLAIMS).map((n) => `{claim:${n}}`),
      fc.constantFrom("{host}", "{host}", "{method}", "{rest}"),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

const line = fc.oneof(
  { weight: 9, arbitrary: textOf(["a", "B", " ", ",", "\xff", "%41", "{host}"], 6) },
  fc
    .constantFrom(VALUE_BYTES_MAX - 2, VALUE_BYTES_MAX, VALUE_BYTES_MAX + 1)
    .map((len) => "a".repeat(len)),
);
const headers = fc.array(fc.tuple(fc.constantFrom("x-a", "x-b", "x-c"), line), { maxLength: 5 });

const segment = textOf(
  ["a", "b", "%41", "%c3%a9", "\xe9", ".", "%2e", ";", "%2F", "%5c", "%", "%252e", "%00", "+"],
  3,
);
const plainSegment = textOf(["a", "b", "%41", "%c3%a9", "\xe9", "-"], 3).map((s) => `c${s}`);
const pair = fc
  .tuple(
    fc.constantFrom("q", "%71", "Q", "r", "a~.b", ""),
    fc.constantFrom("", "="),
    textOf(["a", "=", "?", "+", "/", "%26", "%", "%4", "%zz", "%E9", "%2541"], 4),
  )
  .map(([name, mark, value]) => (mark === "" ? name : `${name}=${value}`));
const path = fc
  .tuple(
    fc.oneof(fc.array(plainSegment, { maxLength: 5 }), fc.array(segment, { maxLength: 4 })),
    fc.constantFrom("", "/"),
    fc.option(fc.array(pair, { maxLength: 4 })),
    fc.constantFrom("", "#q=1", "#?r=2"),
  )
  .map(([segments, end, pairs, fragment]) => {
    const query = pairs === null ? "" : `?${pairs.join("&")}`;
    return `/${segments.join("/")}${end}${query}${fragment}`;
  });

const authority = fc.oneof(
  fc.constantFrom("A.Test", "a.test:80", "a.test.:", "[::1]:80", "a@b", "a:b", ".", "", "a..", "é"),
  textOf(["a", "B", ".", "-", "_", ":", "1", "[", "]", "@"], 5),
);

const claim: fc.Arbitrary<{ value: unknown; found: Claim }> = fc.oneof(
  textOf(["a", "é", "}", "\n"], 3).map((text) => stringClaim(text)),
  fc.constantFrom(CLAIM_BYTES_MAX, CLAIM_BYTES_MAX + 1).map((len) => stringClaim("a".repeat(len))),
  fc.constantFrom(0, -7, 1.5, 12345678).map((value) => jsonClaim("number", value)),
  fc.boolean().map((value) => jsonClaim("boolean", value)),
  fc.constant(jsonClaim("array", [1])),
  fc.constant(jsonClaim("object", {})),
);

function stringClaim(value: string): { value: unknown; found: Claim } {
  return { value, found: ["string", Buffer.from(value).toString("latin1")] };
}

function jsonClaim(kind: Claim[0], value: unknown): { value: unknown; found: Claim } {
  return { value, found: [kind, JSON.stringify(value)] };
}

/** The claims in the order in which a template first names them. */
function namedClaims(source: string): string[] {
  const names = Array.from(source.matchAll(/\{claim:([^}]*)\}/g), ([, name = ""]) => name);
  return [...new Set(names)];
}

function model(source: string, sources: ValueSources): string {
  const value = expandValueTemplate(source, sources);
  if (value === null) return "ABSENT";
  return value.length > VALUE_BYTES_MAX ? "TOO_LARGE" : value;
}

test("a template becomes what the reference makes of it", () => {
  const claims = fc.tuple(claim, claim, claim);
  // `{host}` stands for a capture of that name, and else for the request's.
  const captures = fc.tuple(
    fc.constantFrom("host", "other"),
    textOf(["a", "\xff"], 3).map((text) => `b${text}`),
    textOf(["a", "/", ":", "\xff"], 4),
  );
  const method = fc.constantFrom("GET", "post", "");
  const property = fc.property(
    template,
    fc.record({ headers, path, authority, claims, captures, method }),
    (source, { captures: [name, first, rest], ...request }) => {
      const byName = Object.fromEntries(CLAIMS.map((each, i) => [each, request.claims[i]]));
      const named = namedClaims(source).map((each) => byName[each]?.found);
      expect(readTemplate(source, { pattern: `{${name}}:{rest**}` })).toBeNull();
      const { value, taken } = writeTemplate({
        lines: [
          [":method", request.method],
          [":authority", request.authority],
          [":path", request.path],
          ...request.headers,
        ],
        claims: named.filter((each) => each !== undefined),
        matched: `${first}:${rest}`,
      });
      const expected = model(source, {
        ...request,
        claims: Object.fromEntries(CLAIMS.map((each) => [each, byName[each]?.value])),
        captures: new Map([
          [name, Buffer.from(first, "latin1")],
          ["rest", Buffer.from(rest, "latin1")],
        ]),
      });
      expect(value).toBe(expected);
      const isValue = expected !== "ABSENT" && expected !== "TOO_LARGE";
      if (!isValue) expect(taken).toBe(0);
    },
  );
  fc.assert(property, { numRuns: RUNS });
});
