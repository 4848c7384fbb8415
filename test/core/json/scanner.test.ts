// The scanner against JSON.parse, and the documents in which it is stricter: duplicate names, lone
// surrogates, bytes that are not UTF-8, byte order marks, depth and member counts.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  begin,
  characters,
  core,
  errorOf,
  JsonError,
  probe,
  putText,
  read,
  Refused,
  scanner,
  Token,
} from "./exports.ts";

const DEPTH_MAX = 16;
const MEMBERS_MAX = 256;

function offsetOf(document: string): number {
  try {
    read(document);
  } catch (error) {
    if (error instanceof Refused) return error.offset;
  }
  throw new Error(`accepted: ${document}`);
}

describe("accepted documents", () => {
  const documents = [
    "{}",
    "[]",
    " \t\r\n[ ]\n",
    '""',
    '"a"',
    "0",
    "-0",
    "12",
    "-1.5e+10",
    "1E5",
    "0.0",
    "true",
    "false",
    "null",
    "[null,true,false]",
    '{"a":1,"b":[{"c":{}}]}',
    '{ "a" : 1 , "b" : [ 1 , 2 ] }',
    '{"":{"":1}}',
    '["\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\u20AC\\uD83D\\ude00\\u0000"]',
    '["ä€😀"]',
    '{"__proto__x":1,"constructor":2}',
    `"${"x".repeat(1000)}"`,
    '[{"a":1},{"a":1}]',
    '{"a":{"a":{"a":1}}}',
  ];
  test.each(documents)("%s", (document) => {
    expect(read(document)).toEqual(JSON.parse(document));
  });

  test("any value that JSON.stringify writes, plain and indented", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: DEPTH_MAX - 2 }), fc.nat(3), (value, indent) => {
        const document = JSON.stringify(value, null, indent);
        // JSON.stringify writes lone surrogates as escapes, and __proto__ is a name like any other.
        fc.pre(!/\\ud[89a-f]/i.test(document) && !document.includes("__proto__"));
        expect(read(document)).toEqual(JSON.parse(document));
      }),
      { numRuns: 500 },
    );
  });
});

describe("refused documents", () => {
  const cases: [document: string, error: keyof typeof JsonError, offset: number][] = [
    ["", "INCOMPLETE", 0],
    ["  ", "INCOMPLETE", 2],
    ["{", "INCOMPLETE", 1],
    ["[1,", "INCOMPLETE", 3],
    ['{"a"', "INCOMPLETE", 4],
    ['"abc', "INCOMPLETE", 4],
    ["[1,]", "SYNTAX", 3],
    ["[,1]", "SYNTAX", 1],
    ['{"a":1,}', "SYNTAX", 7],
    ['{"a" 1}', "SYNTAX", 5],
    ["{a:1}", "SYNTAX", 1],
    ["{'a':1}", "SYNTAX", 1],
    ["[1 2]", "SYNTAX", 3],
    ["[1}", "SYNTAX", 2],
    ['{"a":1]', "SYNTAX", 6],
    ["{} {}", "SYNTAX", 3],
    ["1 2", "SYNTAX", 2],
    ["[]]", "SYNTAX", 2],
    ["NaN", "SYNTAX", 0],
    ["Infinity", "SYNTAX", 0],
    ["undefined", "SYNTAX", 0],
    ["tru", "SYNTAX", 0],
    ["True", "SYNTAX", 0],
    ["truex", "SYNTAX", 4],
    ["nul", "SYNTAX", 0],
    ["fals", "SYNTAX", 0],
    ["fulse", "SYNTAX", 0],
    ["/**/1", "SYNTAX", 0],
    ["1//", "SYNTAX", 1],
    ["+1", "SYNTAX", 0],
    [".5", "SYNTAX", 0],
    ["\u00a01", "SYNTAX", 0],
    ["\ufeff{}", "SYNTAX", 0],
    ["01", "NUMBER", 0],
    ["-", "NUMBER", 0],
    ["-01", "NUMBER", 0],
    ["1.", "NUMBER", 0],
    ["[1.e5]", "NUMBER", 1],
    ["1e", "NUMBER", 0],
    ["1e+", "NUMBER", 0],
    ["0x10", "SYNTAX", 1],
    ['"a\nb"', "CONTROL_CHARACTER", 2],
    ['"\u0000"', "CONTROL_CHARACTER", 1],
    ['"\u001f"', "CONTROL_CHARACTER", 1],
    ['"\\x41"', "ESCAPE", 1],
    ['"\\u12"', "ESCAPE", 1],
    ['"\\u12g4"', "ESCAPE", 1],
    ['"\\U0041"', "ESCAPE", 1],
    ['"\\ud800"', "ESCAPE", 1],
    ['"\\udc00"', "ESCAPE", 1],
    ['"\\ud800\\ud800"', "ESCAPE", 1],
    ['"\\ud800x"', "ESCAPE", 1],
    ['"\\udc00\\ud800"', "ESCAPE", 1],
    ['{"a":1,"a":2}', "DUPLICATE_NAME", 7],
    ['{"a":1,"\\u0061":2}', "DUPLICATE_NAME", 7],
    ['{"\\ud83d\\ude00":1,"😀":2}', "DUPLICATE_NAME", 18],
    ['[{"b":{"":1,"":2}}]', "DUPLICATE_NAME", 12],
    ['{"a":{"x":1},"b":2,"a":3}', "DUPLICATE_NAME", 19],
    ['{"/":1,"\\/":2}', "DUPLICATE_NAME", 7],
  ];
  test.each(cases)("%j is %s at byte %d", (document, error, offset) => {
    expect(errorOf(document)).toBe(JsonError[error]);
    expect(offsetOf(document)).toBe(offset);
  });

  test("bytes that are not UTF-8, wherever they stand", () => {
    for (const bytes of [
      [0x80],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf5, 0x80, 0x80, 0x80],
      [0xff],
    ]) {
      const inString = Buffer.concat([
        Buffer.from('{"a":"'),
        Buffer.from(bytes),
        Buffer.from('"}'),
      ]);
      expect(errorOf(inString)).toBe(JsonError.ENCODING);
      expect(errorOf(Buffer.concat([Buffer.from("{}"), Buffer.from(bytes)]))).toBe(
        JsonError.ENCODING,
      );
    }
  });

  test("UTF-16 and UTF-32", () => {
    expect(errorOf(Buffer.from("{}", "utf16le"))).not.toBe(JsonError.NONE);
    expect(errorOf(Buffer.from("{\0\0\0}\0\0\0"))).not.toBe(JsonError.NONE);
  });

  test("after an error comes nothing but the error", () => {
    probe.reset();
    begin("[1,}");
    const tokens = Array.from({ length: 6 }, () => core.jsonNext(scanner));
    expect(tokens).toEqual([Token.ARRAY_BEGIN, Token.NUMBER, 0, 0, 0, 0]);
    expect(core.jsonSkipValue(scanner)).toBe(0);
  });

  test("after the end comes nothing but the end", () => {
    probe.reset();
    begin("1 ");
    expect(Array.from({ length: 3 }, () => core.jsonNext(scanner))).toEqual([7, 11, 11]);
  });
});

describe("limits", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  const members = (count: number): string =>
    `{${Array.from({ length: count }, (_, i) => `"m${i}":${i}`).join(",")}}`;

  test("depth up to JSON_DEPTH_MAX, in lists and objects", () => {
    expect(errorOf(nested(DEPTH_MAX))).toBe(JsonError.NONE);
    expect(errorOf(nested(DEPTH_MAX + 1))).toBe(JsonError.TOO_DEEP);
    expect(errorOf('{"a":'.repeat(DEPTH_MAX) + "1" + "}".repeat(DEPTH_MAX))).toBe(JsonError.NONE);
    expect(errorOf('{"a":'.repeat(DEPTH_MAX + 1))).toBe(JsonError.TOO_DEEP);
    expect(errorOf("[".repeat(100000))).toBe(JsonError.TOO_DEEP);
  });

  test("members up to JSON_MEMBERS_MAX in each object, also when all levels are full", () => {
    expect(errorOf(members(MEMBERS_MAX))).toBe(JsonError.NONE);
    expect(errorOf(members(MEMBERS_MAX + 1))).toBe(JsonError.TOO_MANY_MEMBERS);
    expect(errorOf(`[${members(MEMBERS_MAX)},${members(MEMBERS_MAX)}]`)).toBe(JsonError.NONE);
    const full = members(MEMBERS_MAX - 1).slice(0, -1);
    const levels = `${full},"deeper":`.repeat(DEPTH_MAX) + "1" + "}".repeat(DEPTH_MAX);
    expect(errorOf(levels)).toBe(JsonError.NONE);
  });
});

describe("reading on", () => {
  test("skipValue passes over any value and leaves the scanner behind it", () => {
    for (const value of ["1", '"x"', "true", "[]", "[[1],[2,[3]]]", '{"a":{"b":[]}}', "{}"]) {
      probe.reset();
      begin(`{"first":${value},"second":2}`);
      expect(core.jsonNext(scanner)).toBe(Token.OBJECT_BEGIN);
      expect(core.jsonNext(scanner)).toBe(Token.NAME);
      expect(core.jsonSkipValue(scanner)).toBe(1);
      expect(core.jsonNext(scanner)).toBe(Token.NAME);
      expect(characters()).toBe("second");
    }
  });

  test("skipValue is false where a list ends, and where the document is wrong", () => {
    probe.reset();
    begin("[1]");
    core.jsonNext(scanner);
    expect(core.jsonSkipValue(scanner)).toBe(1);
    expect(core.jsonSkipValue(scanner)).toBe(0);
    begin('{"a":[1,}');
    core.jsonNext(scanner);
    core.jsonNext(scanner);
    expect(core.jsonSkipValue(scanner)).toBe(0);
  });

  test("nameIs compares what the name means, not how it is written", () => {
    const cases: [document: string, text: string, same: boolean][] = [
      ['"alg"', "alg", true],
      ['"\\u0061lg"', "alg", true],
      ['"al\\u0067"', "alg", true],
      ['"alg\\u0000"', "alg", false],
      ['"al"', "alg", false],
      ['"\\u0061l"', "alg", false],
      ['"\\u0061lgo"', "alg", false],
      ['"\\ud83d\\ude00"', "😀", true],
      ['"\\u00e4"', "ä", true],
      ['"\\/"', "/", true],
      ['""', "", true],
    ];
    for (const [document, text, same] of cases) {
      probe.reset();
      begin(document);
      core.jsonNext(scanner);
      expect(core.jsonNameIs(scanner, putText(text)) !== 0, document).toBe(same);
    }
  });

  test("unescape refuses to write more than there is room for", () => {
    for (const document of ['"abc"', '"a\\u0062c"', '"\\u20ac"']) {
      probe.reset();
      begin(document);
      core.jsonNext(scanner);
      const target = probe.room(16);
      expect(core.jsonUnescape(scanner, target, 2)).toBe(-1);
      expect(core.jsonUnescape(scanner, target, 3)).toBe(3);
      expect(probe.bytes(target + 3, 1)[0]).toBe(0);
    }
  });

  test("unescape in place leaves a value without escapes", () => {
    probe.reset();
    begin('{"a":"x\\u20ac\\ud83d\\ude00\\ny","b":1}');
    for (let i = 0; i < 3; i++) core.jsonNext(scanner);
    const ptr = core.jsonValuePtr(scanner);
    const length = core.jsonUnescape(scanner, ptr, core.jsonValueLen(scanner));
    expect(Buffer.from(probe.bytes(ptr, length)).toString()).toBe("x€😀\ny");
    expect(core.jsonHasEscapes(scanner)).toBe(0);
    expect(core.jsonValueLen(scanner)).toBe(length);
    expect(core.jsonNext(scanner)).toBe(Token.NAME);
    expect(characters()).toBe("b");
  });

  test("two scanners do not disturb each other", () => {
    probe.reset();
    const other = core.newScanner();
    begin('{"a":1}');
    begin('["x"]', other);
    expect(core.jsonNext(scanner)).toBe(Token.OBJECT_BEGIN);
    expect(core.jsonNext(other)).toBe(Token.ARRAY_BEGIN);
    expect(core.jsonNext(scanner)).toBe(Token.NAME);
    expect(core.jsonNext(other)).toBe(Token.STRING);
    expect(characters()).toBe("a");
    expect(characters(other)).toBe("x");
  });
});
