import { describe, expect, test } from "vitest";

import type { Scope, Sources } from "./written_exports.ts";
import { readTemplate, usesClaims, writeTemplate } from "./written_exports.ts";

const VALUE_BYTES_MAX = 8192;
const CLAIM_BYTES_MAX = 2048;
const utf8 = (text: string): string => Buffer.from(text).toString("latin1");
const long = "a".repeat(VALUE_BYTES_MAX);

function write(template: string, sources?: Sources, scope?: Scope, left?: number) {
  expect(readTemplate(template, scope)).toBeNull();
  return writeTemplate(sources, left);
}

const path = (value: string): Sources => ({ lines: [[":path", value]] });
const host = (value: string): Sources => ({ lines: [[":authority", value]] });

describe("a template", () => {
  const lines: [string, string][] = [
    ["x-a", "1"],
    ["x-b", "2"],
    ["x-a", ""],
    ["x-a", "3\xff"],
    ["x-empty", ""],
  ];
  const cases: [template: string, sources: Sources, expected: string][] = [
    ["", {}, ""],
    ["a b", {}, "a b"],
    ["é", {}, utf8("é")],
    ["\\{\\}\\*\\\\", {}, "{}*\\"],
    ["a\\{b\\}{header:x-b}\\\\", { lines }, "a{b}2\\"],
    ["*", {}, "*"],
    ["{header:x-b}", { lines }, "2"],
    ["{header:X-B}", { lines }, "2"],
    ["{header:x-a}", { lines }, "1, , 3\xff"],
    ["<{header:x-a}>", { lines }, "<1, , 3\xff>"],
    ["{header:x-b}{header:x-b}", { lines }, "22"],
    ["{header:x-empty}", { lines }, ""],
    ["<{header:x-empty}>", { lines }, "<>"],
    ["{header:x-c}", { lines }, "ABSENT"],
    ["<{header:x-c}>", { lines }, "ABSENT"],
    ["{header:x-c}{header:x-b}", { lines }, "ABSENT"],
    ["{method}", { lines: [[":method", "get"]] }, "get"],
    ["{method}", {}, "ABSENT"],
    ["{host}", host("Example.Test:8080"), "example.test"],
    ["{host}", host("example.test."), "example.test"],
    ["{host}", host("[::1]:80"), "[::1]"],
    ["{host}", host("a@b"), "ABSENT"],
    ["{host}", host("a:b"), "ABSENT"],
    ["{host}", host(""), "ABSENT"],
    ["{host}", {}, "ABSENT"],
    ["{host}", { lines: [...(host("a").lines ?? []), ...(host("b").lines ?? [])] }, "ABSENT"],
    [
      "{method} {host}{path:1}",
      {
        lines: [
          [":method", "A"],
          [":authority", "b"],
          [":path", "/c"],
        ],
      },
      "A bc",
    ],
  ];
  test.each(cases)("%j of %j is %j", (template, sources, expected) => {
    expect(write(template, sources).value).toBe(expected);
  });
});

describe("a segment of the path", () => {
  const cases: [number: number, path: string, expected: string][] = [
    [1, "/a/b", "a"],
    [2, "/a/b", "b"],
    [3, "/a/b", "ABSENT"],
    [1, "/a?b/c", "a"],
    [2, "/a?b/c", "ABSENT"],
    [2, "/a/", "ABSENT"],
    [1, "/", "ABSENT"],
    [1, "", "ABSENT"],
    [1, "a", "ABSENT"],
    [1, "*", "ABSENT"],
    [1, "/%61%62/c", "ab"],
    [1, "/%E9/c", "\xe9"],
    [1, "/a/../b", "b"],
    [1, "/a/%2e%2e/b", "b"],
    [1, "/a/..", "ABSENT"],
    // A path that readers take for different ones has no segments, wherever they part.
    [1, "/a//b", "ABSENT"],
    [1, "/a/b;c", "ABSENT"],
    [1, "/a/b%2fc", "ABSENT"],
    [1, "/a/b%00", "ABSENT"],
    [32, `/${"a/".repeat(31)}b`, "b"],
    [32, `/${"a/".repeat(32)}b`, "a"],
  ];
  test.each(cases)("{path:%i} of %j is %j", (number, value, expected) => {
    expect(write(`{path:${String(number)}}`, path(value)).value).toBe(expected);
    const framed = write(`<{path:${String(number)}}>`, path(value)).value;
    expect(framed).toBe(expected === "ABSENT" ? expected : `<${expected}>`);
  });

  test("is absent when there are two paths, or none", () => {
    expect(
      write("{path:1}", {
        lines: [
          [":path", "/a"],
          [":path", "/a"],
        ],
      }).value,
    ).toBe("ABSENT");
    expect(writeTemplate().value).toBe("ABSENT");
  });
});

describe("a parameter of the query", () => {
  const cases: [template: string, path: string, expected: string][] = [
    ["{query:q}", "/?q=1", "1"],
    ["{query:q}", "/?a=0&q=1&q=2", "1"],
    ["{query:q}", "/?q=a%20b%2541", "a b%41"],
    ["{query:q}", "/?q=a+b", "a+b"],
    ["{query:q}", "/?q=%4", "%4"],
    ["{query:q}", "/?%71=1", "1"],
    ["{query:q}", "/?q=", ""],
    ["{query:q}", "/?q", ""],
    ["{query:q}", "/?Q=1", "ABSENT"],
    ["{query:q}", "/", "ABSENT"],
    ["{query:q}", "/?a=1#?q=2", "ABSENT"],
    ["{query:a_b.c~d-e}", "/?a_b.c~d-e=1", "1"],
  ];
  test.each(cases)("%j of %j is %j", (template, value, expected) => {
    expect(write(template, path(value)).value).toBe(expected);
  });
});

describe("a claim", () => {
  const whole = "a".repeat(CLAIM_BYTES_MAX);
  const cases: [claim: NonNullable<Sources["claims"]>[number], expected: string][] = [
    [["string", "a"], "a"],
    [["string", ""], ""],
    [["string", whole], whole],
    [["string", `${whole}a`], "ABSENT"],
    [["number", "-7"], "-7"],
    [["number", "1.5"], "ABSENT"],
    [["number", "1e3"], "ABSENT"],
    [["boolean", "true"], "true"],
    [["array", "[1]"], "ABSENT"],
    [["object", "{}"], "ABSENT"],
  ];
  test.each(cases)("%j is %j", (claim, expected) => {
    expect(write("{claim:sub}", { claims: [claim] }).value).toBe(expected);
  });

  test("that the token does not have, or without a token, is absent", () => {
    expect(write("{claim:a}{claim:b}", { claims: [["string", "1"]] }).value).toBe("ABSENT");
    expect(write("{claim:a}", {}).value).toBe("ABSENT");
  });

  test("is one member of the payload, whatever its name", () => {
    const claims: Sources["claims"] = [
      ["string", "1"],
      ["string", "2"],
    ];
    expect(write("{claim:https://a.b/c d}-{claim:a.b}", { claims }).value).toBe("1-2");
    expect(write("{claim:a}-{claim:b}-{claim:a}", { claims }).value).toBe("1-2-1");
  });

  test("is known to whoever reads the template", () => {
    expect(readTemplate("{header:a}")).toBeNull();
    expect(usesClaims()).toBe(false);
    expect(readTemplate("{header:a}{claim:a}")).toBeNull();
    expect(usesClaims()).toBe(true);
  });
});

describe("a capture", () => {
  const scope = { pattern: "/v1/{id}/{rest**}" };
  test("stands for what it has matched", () => {
    const of = (template: string, matched: string): string =>
      write(template, { matched }, scope).value;
    expect(of("{rest}", "/v1/a/b/c")).toBe("b/c");
    expect(of("/v2/{rest}?id={id}", "/v1/a/b/c")).toBe("/v2/b/c?id=a");
    expect(of("{rest}", "/v1/a/")).toBe("");
    expect(write("{host}", { matched: "x", ...host("a") }, { pattern: "{host}" }).value).toBe("x");
  });

  test("and a header are all that other maps have", () => {
    const other = { ...scope, isRequest: false, hasTokens: false };
    const sources: Sources = { matched: "/v1/a/b", lines: [["x-a", "1"]] };
    expect(write("{id} {header:x-a}", sources, other).value).toBe("a 1");
  });
});

describe("the room that a template takes", () => {
  const lines: [string, string][] = [["x-a", "1"]];
  test.each(["literal", "{header:x-a}", "{path:1}", "{query:q}", "{method}", "{claim:a}"])(
    "is none for %s alone",
    (template) => {
      const sources: Sources = {
        lines: [...lines, [":path", "/a?q=1"], [":method", "GET"]],
        claims: [["string", "b"]],
      };
      const { value, taken } = write(template, sources, {}, 0);
      expect(value).not.toBe("ABSENT");
      expect(taken).toBe(0);
    },
  );

  test("is none for a header's line or a capture, which stay where they are", () => {
    expect(write("{header:x-a}", { lines }, {}, 0).isView).toBe(true);
    expect(write("{a}", { matched: "b" }, { pattern: "{a}" }, 0).isView).toBe(true);
  });

  test("is that of the value", () => {
    expect(write("{header:x-a}-", { lines })).toMatchObject({ value: "1-", taken: 16 });
    const query = { lines: [...lines, [":path", `/?q=${"%41".repeat(9)}`] as const] };
    expect(write("{header:x-a}{query:q}", query)).toMatchObject({ value: "1AAAAAAAAA", taken: 16 });
  });

  test("is none for one that is absent", () => {
    expect(write("a{header:x-b}", { lines })).toMatchObject({ value: "ABSENT", taken: 0 });
    const joined: Sources = { lines: [...lines, ...lines] };
    expect(write("{header:x-a}{header:x-b}", joined)).toMatchObject({ value: "ABSENT", taken: 0 });
  });

  test("is there, or the value is too large", () => {
    expect(write("{header:x-a}-", { lines }, {}, VALUE_BYTES_MAX - 16).value).toBe("TOO_LARGE");
    expect(write("{header:x-a}-", { lines }, {}, VALUE_BYTES_MAX).value).toBe("1-");
    expect(write("{header:x-a}", { lines: [...lines, ...lines] }, {}, 0).value).toBe("TOO_LARGE");
    expect(write("{query:q}", path("/?q=%41"), {}, 0).value).toBe("TOO_LARGE");
    expect(write("{host}", host("a"), {}, 0).value).toBe("TOO_LARGE");
  });
});

describe("a value of a template", () => {
  const cases: [template: string, values: string[]][] = [
    ["{header:x-a}", [long]],
    ["{header:x-a}", [long.slice(12), "1234567890"]],
    ["1{header:x-a}2", [long.slice(2)]],
  ];
  test.each(cases)("%j can have 8192 bytes, and no more", (template, values) => {
    const lines = values.map((value) => ["x-a", value] as const);
    expect(write(template, { lines }).value).toHaveLength(VALUE_BYTES_MAX);
    const [first = "", ...others] = values;
    const more = [first + "a", ...others].map((value) => ["x-a", value] as const);
    expect(write(template, { lines: more })).toMatchObject({ value: "TOO_LARGE", taken: 0 });
  });

  test("can have 8192 bytes of text", () => {
    expect(write(long).value).toBe(long);
    expect(write("\\\\".repeat(VALUE_BYTES_MAX / 2)).value).toHaveLength(4096);
  });
});

describe("what cannot be a template", () => {
  const PARTS =
    "{header:…}, {claim:…}, {path:…}, {query:…}, {host}, {method}, a capture of pattern";
  const OTHERS = "{header:…}, a capture of pattern";
  const TEXT = "a text of 0 to 8192 bytes";
  const ESCAPE = ["a \\ that is before none of * { } \\", "\\*, \\{, \\}, \\\\"] as const;
  const NAME = "a header name in letters, digits and - (no _, it also stands for the one with -)";
  const NEEDED = "a header that the protocol does not need itself";
  const PARAMETER = "a name in letters, digits and - . _ ~";
  const SEGMENTS = "{path:1} to {path:32}";
  const other = { isRequest: false };
  const cases: [template: unknown, found: string, allowed: string, scope?: Scope][] = [
    [7, "7", TEXT],
    [null, "null", TEXT],
    [`${long}a`, `"${"a".repeat(64)}…"`, TEXT],
    ["a\nb", '"a\\nb"', "a text without control characters"],
    ["\x7f", '"?"', "a text without control characters"],
    ["a\\b", ...ESCAPE],
    ["\\", ...ESCAPE],
    ["a{b", "a { without }", "{…}, \\{"],
    ["a}b", "a } without {", "{…}, \\}"],
    ["{{host}}", "{{host}", PARTS],
    ["{}", "{}", PARTS],
    ["{:}", "{:}", PARTS],
    ["{scheme}", "{scheme}", PARTS],
    ["{Host}", "{Host}", PARTS],
    ["{host:1}", "{host:1}", PARTS],
    ["{cookie:a}", "{cookie:a}", PARTS],
    ["{b}", "{b}", PARTS, { pattern: "{a}" }],
    ["{a}", "{a}", PARTS],
    ["{header:}", '"{header:}"', NAME],
    ["{header:x_a}", '"{header:x_a}"', NAME],
    ["{header::path}", '"{header::path}"', NAME],
    ["{header:x a}", '"{header:x a}"', NAME],
    [`{header:${"a".repeat(257)}}`, `"{header:${"a".repeat(56)}…"`, NAME],
    ["{header:te}", '"{header:te}"', NEEDED],
    ["{header:Content-Length}", '"{header:Content-Length}"', NEEDED],
    ["{path:}", "{path:}", SEGMENTS],
    ["{path:0}", "{path:0}", SEGMENTS],
    ["{path:33}", "{path:33}", SEGMENTS],
    ["{path:01}", "{path:01}", SEGMENTS],
    ["{path:-1}", "{path:-1}", SEGMENTS],
    ["{path:1.0}", "{path:1.0}", SEGMENTS],
    ["{path:1e0}", "{path:1e0}", SEGMENTS],
    ["{path: 1}", "{path: 1}", SEGMENTS],
    ["{path:4294967297}", "{path:4294967297}", SEGMENTS],
    ["{query:}", '"{query:}"', PARAMETER],
    ["{query:a b}", '"{query:a b}"', PARAMETER],
    ["{query:é}", '"{query:é}"', PARAMETER],
    ["{claim:sub}", "{claim:sub}", "claims only with a jwt section", { hasTokens: false }],
    ["{claim:}", '"{claim:}"', "claims with names of 1 to 256 bytes"],
    [
      `{claim:${"é".repeat(129)}}`,
      `"{claim:${"é".repeat(57)}…"`,
      "claims with names of 1 to 256 bytes",
    ],
    ["{method}".repeat(17), "one part too many", "16 parts, texts in between counted"],
    [`${"a{method}".repeat(8)}a`, "one part too many", "16 parts, texts in between counted"],
    ["{host}", "{host}", OTHERS, other],
    ["{method}", "{method}", OTHERS, other],
    ["{path:1}", "{path:1}", OTHERS, other],
    ["{query:q}", "{query:q}", OTHERS, other],
    ["{claim:sub}", "{claim:sub}", OTHERS, other],
  ];
  test.each(cases)("%j is refused: %s", (template, found, allowed, scope) => {
    expect(readTemplate(template, scope)).toBe(`$.template: found ${found}, allowed: ${allowed}`);
  });

  test("as many parts as can be are taken, of claims too", () => {
    expect(write("{header:a}".repeat(16), { lines: [["a", "b"]] }).value).toBe("b".repeat(16));
    expect(write("a{header:a}".repeat(8), { lines: [["a", "b"]] }).value).toBe("ab".repeat(8));
    const claims = Array.from({ length: 16 }, (_, i) => `{claim:${String(i)}}`);
    expect(readTemplate(claims.join(""))).toBeNull();
  });
});
