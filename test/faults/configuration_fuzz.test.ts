// Goal: no bytes make on_configure trap or hang, and a refusal says in one line where, what was
// found and what is allowed. Method: seeded mutations of a configuration with everything in it,
// each judged by a root that lives on and by one that found no place.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { fullConfiguration } from "./full_configuration.ts";
import { RawGuest } from "./raw_guest.ts";

const SEED = 20_261_123;
const RUNS = 4000;
/** Those that change one value each. */
const VALUE_RUNS = 1500;
/** Each place gets every so manyth value of the palette, the next place the next ones. */
const PALETTE_STEP = 8;
const LARGE_RUNS = 10;
const CONFIGURATIONS_MIN = 20_000;
const ROOTS_MAX = 16;
const ROOT = 1;
const ROOT_WITHOUT_PLACE = ROOTS_MAX + 1;
// A name with control characters must not begin a line of its own.
const REFUSAL =
  /^config: \$[^\x00-\x1f\x7f]*: found [^\x00-\x1f\x7f]+, allowed: [^\x00-\x1f\x7f]+$/;

const FULL = JSON.stringify(fullConfiguration(true));
const guest = new RawGuest();
for (let id = ROOT; id <= ROOT_WITHOUT_PLACE; id++) guest.openRoot(id);

let judged = 0;
let accepted = 0;

function judge(bytes: Uint8Array | string): void {
  const verdict = guest.configure(ROOT, bytes);
  expect(guest.configure(ROOT_WITHOUT_PLACE, bytes)).toEqual(verdict);
  judged++;
  if (verdict.accepted) accepted++;
  expect(verdict.lines).toHaveLength(verdict.accepted ? 0 : 1);
  for (const line of verdict.lines) expect(line).toMatch(REFUSAL);
}

const PALETTE: readonly unknown[] = [
  ...[null, true, false, 0, -1, -0.5, 1e300, 2 ** 53 + 2, "", "*", "a", "x-a", "x_a", "none"],
  ...["0/s", "1000001/s", "99999999999999999999/s", "1h", "999999999999999h", "-1s", "spire"],
  ...["x".repeat(300), "ä€😀", "\u0000", "/", "//", "/a;b", "/%2f", "x".repeat(63) + "😀y"],
  ...[[], {}, [[]], [{}], { a: 1 }, [null], ["x-*"], [{ claim: "sub" }], [{ path: false }]],
  ...["any", "0s", "365d", "spiffe://", "https://x", "http://\u0000", "a b", "ES256", "{x}/**"],
  ...[{ any: ["spire", "api"] }, { all: [{ optional: "spire" }, "none"] }, { extractOnly: "api" }],
  ...[{ remote: { uri: "x" } }, { mtls: "connection" }, [["a", "b"]], { claim: ["a"], in: ["b"] }],
  ...[{ keys: [] }, { inline: { keys: [{}] } }, { kty: "EC" }, { kty: "RSA", n: "AQ", e: "AQAB" }],
];

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

type Place = [container: Record<string, unknown>, member: string];
const place = (...each: Place): Place => each;

/** Every place in a document. */
function places(value: unknown): Place[] {
  if (!isContainer(value)) return [];
  return Object.keys(value).flatMap((member) => [place(value, member), ...places(value[member])]);
}

const PLACES = places(JSON.parse(FULL)).length;

/** The full document after `change` at the place with this number. */
function changed(
  at: number,
  change: (container: Record<string, unknown>, member: string) => void,
): string {
  const document: unknown = JSON.parse(FULL);
  const found = places(document)[at];
  if (found !== undefined) change(...found);
  return JSON.stringify(document);
}

function spliced(at: number, removed: number, inserted: Uint8Array): Uint8Array {
  const bytes = Buffer.from(FULL);
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
}

function check<T>(
  arbitrary: fc.Arbitrary<T>,
  make: (value: T) => Uint8Array | string,
  numRuns = RUNS,
): void {
  fc.assert(
    fc.property(arbitrary, (value) => {
      judge(make(value));
    }),
    { numRuns, seed: SEED },
  );
}

const offset = fc.nat({ max: FULL.length });
const anywhere = fc.nat({ max: PLACES - 1 });

describe("mutations of a full configuration", () => {
  test("which itself is accepted", () => {
    expect(guest.configure(ROOT, FULL)).toEqual({ accepted: true, lines: [] });
    expect(PLACES).toBeGreaterThan(200);
  });

  test("every value replaced by some of a palette, or left out", () => {
    for (let at = 0; at < PLACES; at++) {
      const values = PALETTE.filter((_, index) => (index + at) % PALETTE_STEP === 0);
      for (const value of values) judge(changed(at, (from, member) => (from[member] = value)));
      judge(changed(at, (from, member) => Reflect.deleteProperty(from, member)));
    }
  });

  test("every truncation", () => {
    for (let end = 0; end < FULL.length; end++) judge(FULL.slice(0, end));
  });

  test("flipped bytes", () => {
    const flips = fc.array(fc.tuple(offset, fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
    check(flips, (each) => {
      const bytes = Buffer.from(FULL);
      for (const [at, mask] of each) bytes[at] = (bytes[at] ?? 0) ^ mask;
      return bytes;
    });
  });

  test("tokens and bytes that are put in, doubled or taken out", () => {
    const token = fc.oneof(
      fc.constantFrom(...'{}[]:,"\\0-'.split(""), "null", "true", "1e309", '"a":', "\\ud800"),
      fc.integer().map((at) => FULL.slice(Math.abs(at) % FULL.length).slice(0, 40)),
    );
    const invalid = fc.uint8Array({ minLength: 1, maxLength: 4, min: 0x80 });
    const inserted = fc.oneof(
      token.map((each) => Buffer.from(each)),
      invalid,
    );
    check(fc.tuple(offset, fc.nat({ max: 20 }), inserted), ([at, removed, bytes]) =>
      spliced(at, removed, bytes),
    );
  });

  test("members renamed and added, with names of any characters", () => {
    const name = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("\n", "a\rb", "__proto__"),
    );
    check(
      fc.tuple(anywhere, name, fc.jsonValue()),
      ([at, member, value]) =>
        changed(at, (from) => {
          Object.defineProperty(from, member, { value, enumerable: true, configurable: true });
        }),
      VALUE_RUNS,
    );
  });

  test("any JSON as any value", () => {
    check(
      fc.tuple(anywhere, fc.jsonValue({ maxDepth: 5 })),
      ([at, value]) => changed(at, (from, member) => (from[member] = value)),
      VALUE_RUNS,
    );
  });
});

const LARGE: readonly (readonly [name: string, make: (size: number) => string])[] = [
  ["nested lists", (size) => "[".repeat(size)],
  ["nested objects", (size) => '{"a":'.repeat(size / 5)],
  ["a number", (size) => `{"markChecked":${"9".repeat(size)}}`],
  ["a text", (size) => `{"markChecked":"${"a".repeat(size)}"}`],
  ["escapes", (size) => `{"markChecked":"${"\\u0041".repeat(size / 6)}"}`],
  ["white space", (size) => " ".repeat(size)],
  ["an unknown member", (size) => `{"${"\\n".repeat(size / 2)}":1}`],
  ["many values", (size) => `{"markChecked":[${"0,".repeat(size / 2)}0]}`],
  ["duplicate members", (size) => `{${'"trace":{},'.repeat(size / 11)}"trace":{}}`],
  ["unknown members", (size) => unknownMembers(250, "".padEnd(size / 250, "m"))],
  ["unknown members of a provider with a long name", (size) => provider(size, unknownMembers(200))],
  ["a provider with a long name", (size) => provider(size, goodProvider())],
  ["strip patterns", (size) => strip(size, "x-*")],
  ["strip names", (size) => strip(size, "x-a")],
];

function unknownMembers(count: number, padding = ""): string {
  const each = Array.from({ length: count }, (_, i) => `"${i}${padding}":1`);
  return `{${each.join(",")}}`;
}

interface ProviderDocument {
  jwt: { providers: { spire: { keys: { inline: { keys: object[] } } } } };
}

function goodProvider(): string {
  const full: ProviderDocument = JSON.parse(FULL);
  const { spire } = full.jwt.providers;
  const [key] = spire.keys.inline.keys;
  const many = Array.from({ length: 32 }, (_, i) => ({ ...key, kid: String(i) }));
  const subjects = Array.from({ length: 64 }, (_, i) => `spiffe://example.org/${i}`);
  return JSON.stringify({ ...spire, subjects, keys: { inline: { keys: many } } });
}

function provider(size: number, value: string): string {
  const name = "n".repeat(size / 2);
  const rule = `{"match":{"prefix":"/"},"require":"${name}"}`;
  return `{"jwt":{"providers":{"${name}":${value}},"rules":[${rule}]}}`;
}

function strip(size: number, pattern: string): string {
  const each = Array.from({ length: size / 8 }, (_, i) => `"${pattern.replace("a", String(i))}"`);
  return `{"normalise":{"strip":[${each.join(",")}]}}`;
}

describe("large configurations", () => {
  test.each(LARGE)("%s, up to 1 MiB", (_name, make) => {
    for (const size of [1 << 20, 262_145, 262_144, 250_000, 100_000, 1000]) judge(make(size));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300_000 }), (size) => {
        judge(make(size));
      }),
      { numRuns: LARGE_RUNS, seed: SEED },
    );
  });

  test("and none of any bytes", () => {
    judge("");
    check(fc.uint8Array({ maxLength: 200 }), (bytes) => bytes);
  });
});

test(`at least ${CONFIGURATIONS_MIN} configurations were judged, some of them good`, () => {
  expect(judged).toBeGreaterThanOrEqual(CONFIGURATIONS_MIN);
  expect(accepted).toBeGreaterThan(100);
  expect(guest.configure(ROOT, FULL)).toEqual({ accepted: true, lines: [] });
});
