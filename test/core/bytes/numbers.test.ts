// Decimal and hexadecimal numbers as text.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  parseUnsigned(ptr: number, len: number): bigint;
  writeUnsigned(target: number, value: bigint): number;
  isLowerHex(ptr: number, len: number): number;
  writeHex(target: number, source: number, byteLen: number): void;
}

const probe = await loadCore<Exports>();
const { core } = probe;

function parse(text: string): bigint {
  probe.reset();
  return core.parseUnsigned(probe.put(text), text.length);
}

describe("parseUnsigned", () => {
  const cases: [text: string, value: bigint][] = [
    ["0", 0n],
    ["7", 7n],
    ["00012", 12n],
    ["9007199254740991", 9007199254740991n],
    ["9007199254740992", -1n],
    ["18446744073709551617", -1n],
    ["99999999999999999999999999999999999999999999", -1n],
    ["", -1n],
    ["-1", -1n],
    ["+1", -1n],
    ["1.0", -1n],
    ["1e3", -1n],
    [" 1", -1n],
    ["1 ", -1n],
    ["0x1", -1n],
    ["\xb2", -1n],
  ];
  test.each(cases)("%j is %s", (text, value) => {
    expect(parse(text)).toBe(value);
  });

  test("only digits are digits", () => {
    for (let byte = 0; byte < 256; byte++) {
      const isDigit = byte >= 0x30 && byte <= 0x39;
      expect(parse(`1${String.fromCharCode(byte)}`) >= 0n).toBe(isDigit);
    }
  });
});

describe("writeUnsigned", () => {
  test("writes every 64-bit number as its decimal text", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (value) => {
        probe.reset();
        const target = probe.room(20);
        const length = core.writeUnsigned(target, value);
        expect(probe.text(target, length)).toBe(value.toString());
      }),
      { numRuns: 500 },
    );
  });

  test("writes the ends of every number of digits", () => {
    for (let power = 1n; power < 1n << 64n; power *= 10n) {
      for (const value of [power - 1n, power, (1n << 64n) - 1n]) {
        probe.reset();
        const target = probe.room(20);
        expect(probe.text(target, core.writeUnsigned(target, value))).toBe(value.toString());
      }
    }
  });
});

describe("hexadecimal", () => {
  test("accepts 0-9 and a-f and nothing else", () => {
    for (let byte = 0; byte < 256; byte++) {
      probe.reset();
      const text = `0f${String.fromCharCode(byte)}`;
      const expected = /^[0-9a-f]+$/.test(text);
      expect(core.isLowerHex(probe.put(text), 3) !== 0, `byte ${byte}`).toBe(expected);
    }
  });

  test("writes every byte as two digits", () => {
    probe.reset();
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const target = probe.room(512);
    core.writeHex(target, probe.put(bytes), 256);
    expect(probe.text(target, 512)).toBe(Buffer.from(bytes).toString("hex"));
  });
});
