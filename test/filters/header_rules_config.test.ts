// Header rules in the configuration: every error with its text, and what is accepted at each bound.
// The published schema refuses nothing that the module takes.

import { describe, expect, test } from "vitest";

import { schemaFindings } from "../../host-sim/cli/schema_check.ts";
import { loadConfigurationError } from "../support/configuration_error.ts";
import { MODULE, REFUSED_RULES } from "./header_rules_config_table.ts";
import { list, PROVIDER, RULES } from "./jwt_sections.ts";

const errorOf = await loadConfigurationError();
const jwt = { providers: { idp: PROVIDER }, rules: RULES };

describe("header rules are refused", () => {
  for (const [what, rows] of Object.entries(REFUSED_RULES)) {
    describe(what, () => {
      const named = rows.map((row) => [JSON.stringify(row[0]).slice(0, 90), row] as const);
      test.each(named)("%s", (_name, [normalise, path, found, allowed, by]) => {
        expect(errorOf({ normalise })).toBe(
          `$.normalise${path}: found ${found}, allowed: ${allowed}`,
        );
        expect(schemaFindings({ normalise }).length > 0).toBe(by !== MODULE);
      });
    });
  }
});

const set = (value: string): object => ({ header: "a", value });
const conditional = { header: "a", value: "b", when: { prefix: "/" } };
const template = (value: string): object => ({ set: [set(value)] });
const apply = (...each: unknown[]): object => ({ set: [{ ...set("b"), apply: each }] });
const pattern = (text: string, to: string): object => ({
  rewrite: [{ header: "a", pattern: text, to }],
});

describe("header rules are accepted", () => {
  const accepted: [what: string, section: object][] = [
    ["no rules", { reject: [], rename: [], map: [], remove: [], filterState: [], response: {} }],
    [
      "each kind of name",
      {
        reject: ["A", "x-*", "*-a", { header: "b" }, { when: { grpc: true } }],
        rename: [
          { header: "x-a", to: "x-b" },
          { header: "x-a-*", to: "x-b-*" },
          { header: "*-a", to: "*-b" },
          { header: "x-*", to: "x-y-*" },
        ],
        remove: ["a", "a*", "*a", { header: "*-b", value: { exact: "" } }],
        rewrite: [{ header: "a*", lines: "split" }],
        dedupe: [{ header: "*a" }],
      },
    ],
    ["patterns that begin as a protected name does", { remove: ["te*", "x-sallyport-*", "*host"] }],
    ["names as long as can be", { remove: ["a".repeat(256), `${"a".repeat(256)}*`] }],
    ["as many rules as can be", { remove: list(2048, (i) => `x-${String(i)}*`) }],
    [
      "as many rules for each map as can be",
      {
        remove: list(2048, () => "a"),
        response: { remove: list(2048, () => "a") },
        requestTrailers: { remove: list(2048, () => "a") },
        responseTrailers: { remove: list(2048, () => "a") },
      },
    ],
    [
      "as many rules with conditions",
      { set: list(2048, (i) => ({ ...set(String(i)), when: { path: `/${String(i)}` } })) },
    ],
    ["as many names as can be", { remove: list(2045, (i) => `x-${String(i)}`) }],
    ["as many names of responses", { response: { remove: list(2045, (i) => `x-${String(i)}`) } }],
    [
      "as many conditions about responses as can be, and any number about gRPC alone",
      {
        response: { set: list(32, () => conditional) },
        requestTrailers: { set: list(32, () => conditional) },
        responseTrailers: { set: list(99, () => ({ ...set("b"), when: { grpc: true } })) },
      },
    ],
    ["names with grpc- beside trailers", { remove: ["grpc-a"], response: { remove: ["grpc-a"] } }],
    ["an empty value", template("")],
    ["a value as long as can be", template("a".repeat(8192))],
    ["a value of escapes alone", template("\\{".repeat(4096))],
    ["as many parts as can be", template("{method}".repeat(16))],
    ["each part", template("{header:x-a}{path:32}{query:a.b_c~d-e}{host}{method} \\{\\}\\*\\\\ *")],
    ["parts of a response", { response: template("{header:x-a} a") }],
    ["a pattern as long as can be", pattern("a".repeat(256), "")],
    ["as many captures", pattern(`${list(8, (i) => `{a${String(i)}}`).join("/")}/**`, "{a0}{a7}")],
    ["a capture by the name of a part", pattern("{host}/{method**}", "{host}{method}")],
    ["escapes in a pattern", pattern("\\*\\{\\}\\\\", "")],
    ["a rewrite without a pattern", { rewrite: [{ header: "a", to: "b" }] }],
    ["a line that stays", { rewrite: [{ header: "a", apply: ["trim"], onInvalid: "keep" }] }],
    ["set-cookie in lines", { response: { rewrite: [{ header: "set-cookie", lines: "split" }] } }],
    [
      "as many operations as can be",
      apply("trim", "collapse", "lower", "upper", "percentDecode", "base64Decode", "sha256", {
        truncate: 8192,
      }),
    ],
    [
      "the other operations",
      apply("base64urlDecode", "base64Encode", "base64urlEncode", { truncate: 1 }, { default: "" }),
    ],
    ["a default as long as can be", apply({ default: "a".repeat(8192) })],
    [
      "tests as long as can be",
      {
        reject: ["exact", "prefix", "suffix", "contains"].map((test) => ({
          header: "a",
          value: { [test]: "a".repeat(8192), not: true },
        })),
      },
    ],
    ["filter state", { filterState: [{ key: "a.B_c-1", value: "{host}", apply: ["lower"] }] }],
    ["a key as long as can be", { filterState: [{ key: "a".repeat(128), value: "" }] }],
    ["a route that is chosen again", { clearRouteCache: true }],
  ];
  test.each(accepted)("with %s", (_what, normalise) => {
    expect(errorOf({ normalise })).toBeNull();
    expect(schemaFindings({ normalise })).toEqual([]);
  });

  test("with values that fill the document, all of them escapes", () => {
    const normalise = { set: list(40, () => set("\\{".repeat(4096))) };
    expect(errorOf({ normalise })).toBeNull();
  });

  test("with as many claims as can be", () => {
    const claims = (count: number): object => ({
      set: list(count, (i) => set(`{claim:c${String(i)}}`)),
    });
    const all = "claims in all";
    expect(errorOf({ jwt, normalise: claims(16) })).toBeNull();
    expect(errorOf({ jwt, normalise: claims(17) })).toBe(
      `$.normalise.set[16].value: found one claim too many, allowed: 16 ${all}`,
    );
    expect(errorOf({ jwt, normalise: template("{claim:}") })).toBe(
      '$.normalise.set[0].value: found "{claim:}", ' +
        "allowed: claims with names of 1 to 256 bytes",
    );
  });
});
