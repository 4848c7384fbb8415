import { createHash } from "node:crypto";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { ValueOperation } from "../../support/value_operation_model.ts";
import { applyValueOperations, INVALID_VALUE } from "../../support/value_operation_model.ts";
import type { Result } from "./written_exports.ts";
import { applyOperations, readOperations } from "./written_exports.ts";

const RUNS = 5000;
const VALUE_BYTES_MAX = 8192;
const utf8 = (text: string): string => Buffer.from(text).toString("latin1");

function apply(operations: readonly ValueOperation[], value: string | null, left?: number): Result {
  expect(readOperations(operations)).toBeNull();
  return applyOperations(value, left);
}

function model(operations: readonly ValueOperation[], value: string | null): string {
  const made = applyValueOperations(value, operations);
  if (made === null) return "ABSENT";
  return made === INVALID_VALUE ? "INVALID" : made;
}

const sha256 = (text: string): string =>
  createHash("sha256").update(Buffer.from(text, "latin1")).digest("hex");

describe("an operation", () => {
  const cases: [operation: ValueOperation, value: string | null, expected: string][] = [
    ["trim", " \t a b\t ", "a b"],
    ["trim", " \t ", ""],
    ["trim", "", ""],
    ["trim", "\u00a0a", "\u00a0a"],
    ["collapse", " a \t b\tc ", " a b c "],
    ["collapse", "\t", " "],
    ["collapse", "  ", " "],
    ["collapse", "", ""],
    ["lower", "AZ@[aé\xc9", "az@[aé\xc9"],
    ["upper", "az`{AÉ\xe9", "AZ`{AÉ\xe9"],
    ["percentDecode", "a%20b%2fc%2F", "a b/c/"],
    ["percentDecode", "%2541", "%41"],
    ["percentDecode", "a+b", "a+b"],
    ["percentDecode", "%C3%A9%e2%82%ac", utf8("é€")],
    ["percentDecode", "%C3\xa9", utf8("é")],
    ["percentDecode", "%09", "\t"],
    ["percentDecode", "", ""],
    ["percentDecode", "%", "INVALID"],
    ["percentDecode", "%4", "INVALID"],
    ["percentDecode", "a%4", "INVALID"],
    ["percentDecode", "%4g", "INVALID"],
    ["percentDecode", "%g4", "INVALID"],
    ["percentDecode", "%%41", "INVALID"],
    ["percentDecode", "%00", "INVALID"],
    ["percentDecode", "%0d%0a", "INVALID"],
    ["percentDecode", "%1f", "INVALID"],
    ["percentDecode", "%7F", "INVALID"],
    ["percentDecode", "%ff", "INVALID"],
    ["percentDecode", "%c0%af", "INVALID"],
    ["percentDecode", "%ed%a0%80", "INVALID"],
    ["percentDecode", "%e2%82", "INVALID"],
    ["percentDecode", "\xe9", "INVALID"],
    ["base64Decode", "", ""],
    ["base64Decode", "YQ==", "a"],
    ["base64Decode", "YQ", "a"],
    ["base64Decode", "YWI=", "ab"],
    ["base64Decode", "YWI", "ab"],
    ["base64Decode", "YWJj", "abc"],
    ["base64Decode", "/+//", "\xff\xef\xff"],
    ["base64Decode", "-_", "INVALID"],
    ["base64Decode", "-w==", "INVALID"],
    ["base64Decode", "YQ=", "INVALID"],
    ["base64Decode", "YWI==", "INVALID"],
    ["base64Decode", "YWJj=", "INVALID"],
    ["base64Decode", "YWJj====", "INVALID"],
    ["base64Decode", "=", "INVALID"],
    ["base64Decode", "==", "INVALID"],
    ["base64Decode", "====", "INVALID"],
    ["base64Decode", "Y", "INVALID"],
    ["base64Decode", "Y===", "INVALID"],
    ["base64Decode", "YQ==YQ==", "INVALID"],
    ["base64Decode", "YR==", "INVALID"],
    ["base64Decode", "YWJ=", "INVALID"],
    ["base64Decode", "YQ\n==", "INVALID"],
    ["base64Decode", " YQ==", "INVALID"],
    ["base64Decode", "AA==", "INVALID"],
    ["base64Decode", "DQo=", "INVALID"],
    ["base64Decode", "fw==", "INVALID"],
    ["base64Decode", "\xff\xff\xff\xff", "INVALID"],
    ["base64urlDecode", "YQ==", "a"],
    ["base64urlDecode", "YQ", "a"],
    ["base64urlDecode", "_-__", "\xff\xef\xff"],
    ["base64urlDecode", "/+//", "INVALID"],
    ["base64urlDecode", "YR", "INVALID"],
    ["base64urlDecode", "AA", "INVALID"],
    ["base64Encode", "", ""],
    ["base64Encode", "a", "YQ=="],
    ["base64Encode", "ab", "YWI="],
    ["base64Encode", "abc", "YWJj"],
    ["base64Encode", "\xff\xef\xff", "/+//"],
    ["base64urlEncode", "", ""],
    ["base64urlEncode", "a", "YQ"],
    ["base64urlEncode", "ab", "YWI"],
    ["base64urlEncode", "abc", "YWJj"],
    ["base64urlEncode", "\xff\xef\xff", "_-__"],
    ["sha256", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["sha256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [{ truncate: 3 }, "", ""],
    [{ truncate: 3 }, "abc", "abc"],
    [{ truncate: 3 }, "abcd", "abc"],
    [{ truncate: 3 }, utf8("aéé"), utf8("aé")],
    [{ truncate: 4 }, utf8("aéé"), utf8("aé")],
    [{ truncate: 1 }, utf8("é"), ""],
    [{ truncate: 3 }, utf8("😀a"), ""],
    [{ truncate: 4 }, utf8("😀a"), utf8("😀")],
    [{ truncate: 8192 }, "a", "a"],
    [{ default: "é" }, "a", "a"],
    [{ default: "é" }, "", ""],
    [{ default: "é" }, null, utf8("é")],
    [{ default: "" }, null, ""],
  ];
  test.each(cases)("%j makes of %j %j", (operation, value, expected) => {
    expect(apply([operation], value).value).toBe(expected);
    expect(model([operation], value)).toBe(expected);
  });

  test.each([
    "trim",
    "collapse",
    "lower",
    "upper",
    "percentDecode",
    "base64Decode",
    "base64urlDecode",
    "base64Encode",
    "base64urlEncode",
    "sha256",
    { truncate: 1 },
  ])("%j leaves an absent value absent", (operation) => {
    expect(apply([operation], null).value).toBe("ABSENT");
  });
});

describe("a list of operations", () => {
  const cases: [operations: ValueOperation[], value: string | null, expected: string][] = [
    [["trim", "collapse", "lower", { truncate: 3 }], " A  B\t ", "a b"],
    [[{ truncate: 3 }, "lower", "trim"], " A  B\t ", "a"],
    [["base64Decode", "percentDecode"], "JTQx", "A"],
    [["percentDecode", "percentDecode"], "%2541", "A"],
    [["base64Encode", "base64urlDecode", "sha256"], "abc", sha256("abc")],
    [["lower", { default: "A" }, "base64Encode"], null, "QQ=="],
    [[{ default: "A" }, "lower"], null, "a"],
    // What is invalid stays so: `default` is for what is absent.
    [["percentDecode", { default: "a" }], "%", "INVALID"],
    [["base64Decode", "lower", { default: "a" }], "=", "INVALID"],
    [["upper", "lower", "upper", "lower", "upper", "lower", "upper", "trim"], " a", "A"],
  ];
  test.each(cases)("%j makes of %j %j", (operations, value, expected) => {
    expect(apply(operations, value).value).toBe(expected);
    expect(model(operations, value)).toBe(expected);
  });

  test("makes of any value what the reference makes", () => {
    const plain = fc.constantFrom("trim", "collapse", "lower", "upper", "percentDecode");
    const coded = fc.constantFrom(
      "base64Decode",
      "base64urlDecode",
      "base64Encode",
      "base64urlEncode",
      "sha256",
    );
    const operation: fc.Arbitrary<ValueOperation> = fc.oneof(
      { weight: 3, arbitrary: plain },
      { weight: 3, arbitrary: coded },
      fc.integer({ min: 1, max: 40 }).map((truncate) => ({ truncate })),
      fc.constantFrom("", "a", " É").map((text) => ({ default: text })),
    );
    const bytes = (unit: fc.Arbitrary<string>): fc.Arbitrary<string> =>
      fc.string({ unit, maxLength: 60 });
    const anyByte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
    const letters = Array.from(" \tAaZz09+/-_=%é\x7f", utf8);
    const value = fc.oneof(
      bytes(fc.constantFrom(...letters, "%41", "%C3%A9", "%0a")),
      bytes(anyByte),
      bytes(anyByte).map((text) => Buffer.from(text, "latin1").toString("base64")),
      bytes(anyByte).map((text) => Buffer.from(text, "latin1").toString("base64url")),
      bytes(fc.constantFrom("é", "€", "😀", "a", " ")).map(utf8),
      bytes(anyByte).map((text) => encodeURIComponent(text)),
    );
    const list = fc.array(operation, { minLength: 1, maxLength: 4 });
    const property = fc.property(list, fc.option(value), (operations, given) => {
      expect(apply(operations, given).value).toBe(model(operations, given));
    });
    fc.assert(property, { numRuns: RUNS });
  });
});

describe("the room that operations take", () => {
  const unchanged: [operation: ValueOperation, value: string][] = [
    ["trim", " \ta"],
    ["collapse", " a b "],
    ["lower", "a1é"],
    ["upper", "A1É"],
    ["percentDecode", "a\t+ "],
    [{ truncate: 2 }, "abc"],
    [{ default: "a" }, "b"],
  ];
  test.each(unchanged)("is none for %j of %j", (operation, value) => {
    expect(apply([operation], value, 0)).toMatchObject({ taken: 0, isView: true });
  });

  test.each(["%41%", "%00"])("is given back when %j is refused", (value) => {
    expect(apply(["percentDecode"], value)).toMatchObject({ value: "INVALID", taken: 0 });
  });

  test.each(["YR==", "AA=="])("is given back when the base64 %j is refused", (value) => {
    expect(apply(["base64Decode"], value)).toMatchObject({ value: "INVALID", taken: 0 });
  });

  test("is no more than what they have made", () => {
    expect(apply(["percentDecode"], "%41".repeat(32))).toMatchObject({ taken: 32 });
    expect(apply(["collapse"], `${" ".repeat(100)}a`)).toMatchObject({ value: " a", taken: 16 });
    expect(apply(["base64Decode"], "YWJj".repeat(16))).toMatchObject({ taken: 48 });
  });

  const written: [operation: string, value: string][] = [
    ["collapse", "\t"],
    ["lower", "A"],
    ["upper", "a"],
    ["percentDecode", "%41"],
    ["base64Decode", "YWJj"],
    ["base64urlDecode", "YWJj"],
    ["base64Encode", "a"],
    ["base64urlEncode", "a"],
    ["sha256", ""],
  ];
  test.each(written)("is there, or %s refuses", (operation, value) => {
    expect(apply([operation], value, 0).value).toBe("TOO_LARGE");
  });
});

describe("a value as long as can be", () => {
  const long = "aB ".repeat(2731).slice(0, VALUE_BYTES_MAX);

  test.each(["trim", "collapse", "lower", "upper", "percentDecode", "sha256"])(
    "can be given to %s",
    (operation) => {
      expect(apply([operation], long).value).toBe(model([operation], long));
    },
  );

  test.each([
    ["base64Encode", 6144, 6145],
    ["base64urlEncode", 6144, 6145],
  ])("is made by %s of %i bytes, and none of more", (operation, most, tooMany) => {
    const given = "é".repeat(most);
    const { value } = apply([operation], given);
    expect(value).toHaveLength(VALUE_BYTES_MAX);
    expect(value).toBe(model([operation], given));
    const back = operation.replace("Encode", "Decode");
    expect(apply([operation, back], given).value).toBe(given);
    expect(apply([operation], "a".repeat(tooMany)).value).toBe("TOO_LARGE");
  });
});

describe("what cannot be operations", () => {
  const CHOICES =
    "trim, collapse, lower, upper, percentDecode, base64Decode, base64urlDecode, base64Encode, " +
    "base64urlEncode, sha256";
  const cases: [operations: unknown, message: string][] = [
    ["trim", '$: found "trim", allowed: a list of 1 to 8'],
    [{}, "$: found an empty object, allowed: a list of 1 to 8"],
    [[], "$: found an empty list, allowed: a list of 1 to 8"],
    [Array(9).fill("trim"), "$: found 9 values, allowed: a list of 1 to 8"],
    [["Trim"], `$[0]: found "Trim", allowed: ${CHOICES}`],
    [["trim", 1], `$[1]: found 1, allowed: ${CHOICES}`],
    [[null], `$[0]: found null, allowed: ${CHOICES}`],
    [[["trim"]], `$[0]: found a list, allowed: ${CHOICES}`],
    [[{}], "$[0]: found an empty object, allowed: one of truncate, default"],
    [[{ lower: true }], "$[0].lower: found an unknown member, allowed: truncate, default"],
    [[{ truncate: 1, default: "a" }], "$[0]: found an object, allowed: one of truncate, default"],
    [[{ truncate: 0 }], "$[0].truncate: found 0, allowed: a whole number from 1 to 8192"],
    [[{ truncate: 8193 }], "$[0].truncate: found 8193, allowed: a whole number from 1 to 8192"],
    [[{ truncate: "1" }], '$[0].truncate: found "1", allowed: a whole number from 1 to 8192'],
    [[{ default: 1 }], "$[0].default: found 1, allowed: a text of 0 to 8192 bytes"],
    [
      [{ default: "a\nb" }],
      '$[0].default: found "a\\nb", allowed: a text without control characters',
    ],
    [
      [{ default: "a".repeat(VALUE_BYTES_MAX + 1) }],
      `$[0].default: found "${"a".repeat(64)}…", allowed: a text of 0 to 8192 bytes`,
    ],
  ];
  test.each(cases)("%j is refused", (operations, message) => {
    expect(readOperations(operations)).toBe(message);
  });

  test("as many as can be are taken, and as long a text", () => {
    expect(readOperations(Array(8).fill("trim"))).toBeNull();
    const text = "a".repeat(VALUE_BYTES_MAX);
    expect(apply([{ default: text }, { truncate: VALUE_BYTES_MAX }], null).value).toBe(text);
  });
});
