import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { decodePairs, encodePairs, latin1Bytes } from "../src/index.ts";
import type { HeaderList } from "../src/index.ts";
import { PAIRS_MAX_BYTES, PAIRS_MAX_COUNT } from "../src/pairs.ts";

const byteText = fc.uint8Array({ maxLength: 40 }).map((bytes) => String.fromCharCode(...bytes));
const list = fc.array(fc.tuple(byteText, byteText), { maxLength: 20 });

function blob(...words: (number | string)[]): Uint8Array {
  const parts = words.map((word) =>
    typeof word === "number"
      ? [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24]
      : [...latin1Bytes(word)],
  );
  return Uint8Array.from(parts.flat());
}

describe("the pairs codec", () => {
  test("gives back what it was given, for any bytes, duplicates and empty names", () => {
    fc.assert(
      fc.property(list, (pairs) => {
        expect(decodePairs(encodePairs(pairs))).toEqual(pairs);
      }),
    );
  });

  test("reads every truncation of a good blob as nothing", () => {
    const good = encodePairs([
      ["a", "1"],
      ["bc", ""],
    ]);
    for (let length = 0; length < good.length; length++) {
      expect(decodePairs(good.subarray(0, length))).toEqual([]);
    }
  });

  test.each([
    ["a count of 2^32 - 1", blob(0xffffffff)],
    ["a name length of 2^32 - 1", blob(1, 0xffffffff, 1, "a\0b\0")],
    ["lengths whose sum wraps", blob(1, 0xfffffff0, 0x20, "a\0b\0")],
    ["a name without its NUL", blob(1, 1, 1, "ax1\0")],
    ["a value without its NUL", blob(1, 1, 1, "a\x001x")],
    ["a byte after the end", blob(1, 1, 1, "a\x001\0x")],
    ["more than 1 MiB", new Uint8Array(PAIRS_MAX_BYTES + 1)],
  ])("reads %s as nothing", (_name, bytes) => {
    expect(decodePairs(bytes)).toEqual([]);
  });

  test("takes the largest count and not one more", () => {
    const most: HeaderList = Array.from({ length: PAIRS_MAX_COUNT }, () => ["", ""]);
    expect(decodePairs(encodePairs(most))).toHaveLength(PAIRS_MAX_COUNT);
    expect(decodePairs(encodePairs([...most, ["", ""]]))).toEqual([]);
  });

  test("keeps a NUL inside of a value", () => {
    expect(decodePairs(encodePairs([["a", "1\x002"]]))).toEqual([["a", "1\x002"]]);
  });
});
