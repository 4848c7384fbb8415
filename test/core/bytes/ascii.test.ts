// Classes of bytes and comparisons, over every byte and over lengths on both sides of a vector.

import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  equals: (a: number, b: number, len: number) => number;
  equalsLower(ptr: number, lowerPtr: number, len: number): number;
  startsWith(ptr: number, len: number, prefixPtr: number, prefixLen: number): number;
  isDigit(c: number): number;
  isTchar(c: number): number;
  isToken(ptr: number, len: number): number;
  lower(c: number): number;
  isFieldValue(ptr: number, len: number): number;
  isVisibleAscii(ptr: number, len: number): number;
  skipOws(ptr: number, end: number): number;
  trimOwsEnd(ptr: number, end: number): number;
}

const probe = await loadCore<Exports>();
const { core } = probe;
const BYTES = Array.from({ length: 256 }, (_, byte) => byte);
const LENGTHS = Array.from({ length: 70 }, (_, length) => length);

function letters(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => 97 + (i % 26));
}

describe("single bytes", () => {
  test("digits, token characters and lower case are those of ASCII and RFC 9110", () => {
    for (const byte of BYTES) {
      const character = String.fromCharCode(byte);
      expect(core.isDigit(byte) !== 0, `digit ${byte}`).toBe(/[0-9]/.test(character));
      const isTchar = /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(character);
      expect(core.isTchar(byte) !== 0, `tchar ${byte}`).toBe(isTchar);
      const lower = byte < 128 ? character.toLowerCase().charCodeAt(0) : byte;
      expect(core.lower(byte)).toBe(lower);
    }
    expect(core.isTchar(0x100 + 0x41)).toBe(0);
  });
});

describe("equality", () => {
  for (const [name, compare] of [["equals", core.equals]] as const) {
    test(`${name} sees a change of any byte at every length`, () => {
      for (const length of LENGTHS) {
        probe.reset();
        const a = letters(length);
        const aPtr = probe.put(a);
        expect(compare(aPtr, probe.put(a), length)).toBe(1);
        for (let at = 0; at < length; at++) {
          const b = Uint8Array.from(a);
          b[at] = (b[at] ?? 0) ^ 0x80;
          expect(compare(aPtr, probe.put(b), length), `length ${length}, byte ${at}`).toBe(0);
        }
      }
    });
  }

  test("equalsLower folds letters and nothing else, at every place", () => {
    for (const length of [1, 15, 16, 17, 33]) {
      for (let at = 0; at < length; at++) {
        for (const byte of BYTES) {
          probe.reset();
          const given = letters(length);
          given[at] = byte;
          const folded = Uint8Array.from(given, (c) => (c >= 65 && c <= 90 ? c + 32 : c));
          const givenPtr = probe.put(given);
          expect(core.equalsLower(givenPtr, probe.put(folded), length)).toBe(1);
          folded[at] = (folded[at] ?? 0) ^ 0x20;
          expect(core.equalsLower(givenPtr, probe.put(folded), length), `byte ${byte}`).toBe(0);
        }
      }
    }
  });

  test("startsWith needs as many bytes as the prefix has", () => {
    probe.reset();
    const ptr = probe.put("bearer token");
    expect(core.startsWith(ptr, 12, probe.put("bearer "), 7)).toBe(1);
    expect(core.startsWith(ptr, 6, probe.put("bearer "), 7)).toBe(0);
    expect(core.startsWith(ptr, 12, probe.put(""), 0)).toBe(1);
  });
});

describe("field values", () => {
  const at = [0, 7, 15, 16, 31, 32, 39];

  test("no control characters but HTAB, wherever they stand; obs-text passes", () => {
    for (const byte of BYTES) {
      for (const place of at) {
        probe.reset();
        const value = letters(40);
        value[place] = byte;
        const allowed = (byte >= 0x20 && byte !== 0x7f) || byte === 0x09;
        const ptr = probe.put(value);
        expect(core.isFieldValue(ptr, 40) !== 0, `byte ${byte} at ${place}`).toBe(allowed);
        const visible = byte >= 0x20 && byte < 0x7f;
        expect(core.isVisibleAscii(ptr, 40) !== 0, `byte ${byte} at ${place}`).toBe(visible);
      }
    }
    expect(core.isFieldValue(probe.put(""), 0)).toBe(1);
  });

  test("a token is one or more token characters", () => {
    probe.reset();
    expect(core.isToken(probe.put("x-trace-id"), 10)).toBe(1);
    expect(core.isToken(probe.put(""), 0)).toBe(0);
    expect(core.isToken(probe.put(":path"), 5)).toBe(0);
    expect(core.isToken(probe.put("a b"), 3)).toBe(0);
  });

  test("optional whitespace is spaces and tabs, on both sides", () => {
    probe.reset();
    const ptr = probe.put(" \t a b\t ");
    expect(core.skipOws(ptr, ptr + 8) - ptr).toBe(3);
    expect(core.trimOwsEnd(ptr, ptr + 8) - ptr).toBe(6);
    const blank = probe.put(" \t ");
    expect(core.skipOws(blank, blank + 3)).toBe(blank + 3);
    expect(core.trimOwsEnd(blank, blank + 3)).toBe(blank);
    const line = probe.put("\r\n");
    expect(core.skipOws(line, line + 2)).toBe(line);
  });
});
