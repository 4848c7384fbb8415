// The member `ot` of a tracestate.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  readOt(ptr: number, len: number): void;
  writeOt(target: number, threshold: bigint, randomness: bigint): number;
  foundThreshold(): bigint;
  foundRandomness(): bigint;
}

const probe = await loadCore<Exports>();
const NONE = (1n << 64n) - 1n;
const VALUE_BYTES_MAX = 256;

interface Said {
  threshold: string | null;
  randomness: string | null;
  /** The value as it would go on with both as they are. */
  value: string;
}

function written(threshold: bigint, randomness: bigint): string {
  const target = probe.room(VALUE_BYTES_MAX + 1);
  const length = probe.core.writeOt(target, threshold, randomness);
  expect(probe.bytes(target + VALUE_BYTES_MAX, 1)[0]).toBe(0);
  return probe.text(target, length);
}

function read(value: string): Said {
  probe.reset();
  probe.core.readOt(probe.put(value), value.length);
  const threshold = BigInt.asUintN(64, probe.core.foundThreshold());
  const randomness = BigInt.asUintN(64, probe.core.foundRandomness());
  const text = (number: bigint): string | null =>
    number === NONE ? null : number.toString(16).padStart(14, "0");
  return {
    threshold: text(threshold),
    randomness: text(randomness),
    value: written(threshold, randomness),
  };
}

describe("what is said", () => {
  const cases: [value: string, threshold: string | null, randomness: string | null, out: string][] =
    [
      ["th:c", "c0000000000000", null, "th:c"],
      ["th:0", "00000000000000", null, "th:0"],
      ["rv:0123456789abcd", null, "0123456789abcd", "rv:0123456789abcd"],
      ["rv:0123456789abcd;th:80", "80000000000000", "0123456789abcd", "th:8;rv:0123456789abcd"],
      ["p:8;r:62;th:8", "80000000000000", null, "th:8;p:8;r:62"],
      ["a:;b1:X-y_z.0", null, null, "a:;b1:X-y_z.0"],
      ["", null, null, ""],
    ];
  test.each(cases)("%s", (value, threshold, randomness, out) => {
    expect(read(value)).toEqual({ threshold, randomness, value: out });
  });
});

describe("a pair that breaks a rule is left out, others stay", () => {
  test.each([
    ["th:", "no digits"],
    ["th:012345678901234", "15 digits"],
    ["th:C", "upper case"],
    ["rv:0123456789abc", "13 digits"],
    ["rv:0123456789abcde", "15 digits"],
    ["1a:b", "a digit first"],
    ["A:b", "an upper-case key"],
    [":b", "no key"],
    ["ab", "no colon"],
    ["a:b:c", "a colon in the value"],
    ["a:b c", "a space"],
  ])("%s (%s)", (pair) => {
    expect(read(`x:1;${pair};y:2`).value).toBe("x:1;y:2");
  });

  test("the first of two counts", () => {
    expect(read("th:8;th:4").value).toBe("th:8");
  });

  test("a value above 256 bytes says nothing", () => {
    expect(read(`th:8;k:${"v".repeat(249)}`).threshold).toBe("80000000000000");
    expect(read(`th:8;k:${"v".repeat(250)}`)).toEqual({
      threshold: null,
      randomness: null,
      value: "",
    });
  });
});

test("what no longer fits goes, and no part of it", () => {
  probe.reset();
  const value = `a:${"v".repeat(100)};b:${"w".repeat(140)};c:1`;
  probe.core.readOt(probe.put(value), value.length);
  const out = written(0x8000_0000_0000_00n, 1n);
  expect(out).toBe(`th:8;rv:00000000000001;a:${"v".repeat(100)};c:1`);
});

test("any bytes are read, and what is written is read alike", () => {
  const byte = fc.constantFrom(...Array.from("tharv:;0af.Zg= \u00e9"));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 300 }), (characters) => {
      const once = read(characters.join(""));
      expect(once.value.length).toBeLessThanOrEqual(VALUE_BYTES_MAX);
      expect(read(once.value)).toEqual(once);
    }),
  );
});
