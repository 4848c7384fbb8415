// The scanner on changed, made-up and hostile documents: its verdict against JSON.parse's, and its
// time against their size.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { core, errorOf, JsonError, probe, read, scanner } from "./exports.ts";

const DEPTH_MAX = 16;
const MEMBERS_MAX = 256;

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe("robustness", () => {
  const document = '{"a":[1,-2.5e3,"x\\u00e4\\n",true,false,null],"b":{"c":"😀","d":{}}}';

  test("every truncation is refused", () => {
    const bytes = Buffer.from(document);
    for (let length = 0; length < bytes.length; length++) {
      expect(errorOf(bytes.subarray(0, length)), `length ${length}`).not.toBe(JsonError.NONE);
    }
  });

  test("every single-byte change is accepted with JSON.parse's value, or refused", () => {
    const bytes = Buffer.from(document);
    for (let at = 0; at < bytes.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const changed = Buffer.from(bytes);
        changed[at] = byte;
        compareWithPlatform(changed);
      }
    }
  });

  test("any mixture of JSON's characters is judged as by JSON.parse, or refused for more", () => {
    const parts = [
      ...Array.from('{}[],:"\\ \n01-.eEu'),
      ...["true", "null", '"a"', '"b":', '"a":', "\\ud800", "ä"],
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 14 }), (chosen) => {
        compareWithPlatform(Buffer.from(chosen.join("")));
      }),
      { numRuns: 20000 },
    );
  });

  test("any bytes are judged without a trap", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        compareWithPlatform(Buffer.from(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  /** Where we differ from JSON.parse we are stricter, for one of these reasons. */
  const STRICTER: number[] = [
    JsonError.DUPLICATE_NAME,
    JsonError.ENCODING,
    JsonError.ESCAPE,
    JsonError.TOO_DEEP,
    JsonError.TOO_MANY_MEMBERS,
  ];

  function compareWithPlatform(bytes: Buffer): void {
    let expected: unknown;
    let valid = true;
    try {
      expected = JSON.parse(bytes.toString());
    } catch {
      valid = false;
    }
    const error = errorOf(bytes);
    if (error === JsonError.NONE) {
      expect(valid, bytes.toString()).toBe(true);
      // __proto__ makes no member in an object that is built from literals.
      if (!bytes.includes("__proto__")) expect(read(bytes)).toEqual(expected);
    } else if (valid) {
      expect(STRICTER, bytes.toString()).toContain(error);
      if (error === JsonError.TOO_DEEP) expect(depthOf(expected)).toBeGreaterThan(DEPTH_MAX);
      if (error === JsonError.ESCAPE) expect(bytes.toString()).toMatch(/\\ud[89a-f]/i);
    }
  }
});

describe("cost", () => {
  const many = (size: number, part: (i: number) => string): string => {
    const parts: string[] = [];
    for (let length = 0, i = 0; length < size; i++) {
      const next = part(i);
      parts.push(next);
      length += next.length + 1;
    }
    return `[${parts.join(",")}]`;
  };
  const object = (count: number): string =>
    `{${Array.from({ length: count }, (_, i) => `"${i.toString(36)}":1`).join(",")}}`;
  const hostile: [name: string, document: (size: number) => string][] = [
    ["full objects", (size) => many(size, () => object(MEMBERS_MAX))],
    ["one string", (size) => `"${"a".repeat(size)}"`],
    ["escapes", (size) => `"${"\\u0041".repeat(size / 6)}"`],
    ["escaped names", (size) => many(size, (i) => `{"\\u0041${i}":1}`)],
    ["white space", (size) => `[${" ".repeat(size)}]`],
    ["digits", (size) => "1".repeat(size)],
    ["small objects", (size) => many(size, () => '{"a":{}}')],
    ["open lists", (size) => "[".repeat(size)],
  ];

  function nanosecondsOf(document: string): number {
    probe.reset();
    const bytes = Buffer.from(document);
    const ptr = probe.put(bytes);
    let best = Infinity;
    for (let round = 0; round < 30; round++) {
      const start = process.hrtime.bigint();
      core.jsonBegin(scanner, ptr, bytes.length);
      while (core.jsonDepth(scanner) < 1000 && core.jsonSkipValue(scanner) !== 0);
      best = Math.min(best, Number(process.hrtime.bigint() - start));
    }
    return best;
  }

  test.each(hostile)("twice the bytes of %s take about twice the time", (_, document) => {
    nanosecondsOf(document(8192));
    const once = nanosecondsOf(document(8192));
    const twice = nanosecondsOf(document(16384));
    // A quadratic reader would be at 4; below 20 µs the clock and the machine count for more than
    // the reader.
    expect(twice).toBeLessThan(Math.max(3 * once, 20000));
  });
});
