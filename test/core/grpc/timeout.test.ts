// grpc-timeout against exact integers of any size.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  readTimeout(ptr: number, len: number): bigint;
  writeTimeout(target: number, milliseconds: bigint): number;
}

const probe = await loadCore<Exports>();
const COUNT_MAX = 99_999_999n;
const NANOSECONDS = {
  H: 3_600_000_000_000n,
  M: 60_000_000_000n,
  S: 1_000_000_000n,
  m: 1_000_000n,
  u: 1_000n,
  n: 1n,
} as const;
type Unit = keyof typeof NANOSECONDS;
const UNITS = ["H", "M", "S", "m", "u", "n"] as const satisfies readonly Unit[];

const divideUp = (value: bigint, divisor: bigint): bigint => (value + divisor - 1n) / divisor;

function read(text: string): bigint {
  probe.reset();
  return probe.core.readTimeout(probe.put(text), text.length);
}

function write(milliseconds: bigint): string {
  probe.reset();
  const target = probe.room(16);
  const len = probe.core.writeTimeout(target, milliseconds);
  expect(Buffer.from(probe.bytes(target + len, 16 - len)).every((byte) => byte === 0)).toBe(true);
  return probe.text(target, len);
}

describe("reading", () => {
  test("is exact in each unit, and rounds up to milliseconds", () => {
    const counts = [1n, 9n, 999n, 1000n, 1001n, 999_999n, 1_000_001n, COUNT_MAX - 1n, COUNT_MAX];
    for (const unit of UNITS) {
      for (const count of counts) {
        const expected = divideUp(count * NANOSECONDS[unit], NANOSECONDS.m);
        expect(read(String(count) + unit), `${String(count)}${unit}`).toBe(expected);
      }
    }
  });

  test("agrees with exact integers on any count", () => {
    fc.assert(
      fc.property(fc.bigInt(1n, COUNT_MAX), fc.constantFrom(...UNITS), (count, unit) => {
        const padded = String(count).padStart(8, "0");
        const expected = divideUp(count * NANOSECONDS[unit], NANOSECONDS.m);
        expect(read(String(count) + unit)).toBe(expected);
        expect(read(padded + unit)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  const malformed = ["", "S", "5", "-1S", "+1S", "100000000S", "1s", "1h", "1 S", " 5S", "5S "];
  test.each([...malformed, "0m", "00000000H", "1.5S", "1S,2S", "1SS", "0x1S", "1\0", "12345678"])(
    "refuses %j",
    (text) => {
      expect(read(text)).toBe(0n);
    },
  );

  test("accepts ten digits and six units at each place and nothing else", () => {
    for (let byte = 0; byte < 256; byte++) {
      const character = String.fromCharCode(byte);
      const isDigit = byte >= 48 && byte <= 57;
      expect(read(`1${character}S`) !== 0n, `digit ${String(byte)}`).toBe(isDigit);
      const isUnit = UNITS.some((unit) => unit === character);
      expect(read(`1${character}`) !== 0n, `unit ${String(byte)}`).toBe(isUnit);
    }
  });

  test("refuses each beginning, and never looks behind the end", () => {
    const text = "12345678S";
    for (let len = 0; len < text.length; len++) {
      probe.reset();
      expect(probe.core.readTimeout(probe.put(text), len), String(len)).toBe(0n);
    }
  });
});

describe("writing", () => {
  const written: [milliseconds: bigint, text: string][] = [
    [1n, "1m"],
    [COUNT_MAX, "99999999m"],
    [COUNT_MAX + 1n, "100000S"],
    [100_000_001n, "100001S"],
    [COUNT_MAX * 1000n, "99999999S"],
    [COUNT_MAX * 1000n + 1n, "1666667M"],
    [COUNT_MAX * 60_000n, "99999999M"],
    [COUNT_MAX * 60_000n + 1n, "1666667H"],
    [COUNT_MAX * 3_600_000n, "99999999H"],
    [COUNT_MAX * 3_600_000n + 1n, "99999999H"],
    [2n ** 53n - 1n, "99999999H"],
    [2n ** 63n - 1n, "99999999H"],
  ];
  test.each(written)("%s ms is %s", (milliseconds, text) => {
    expect(write(milliseconds)).toBe(text);
  });

  test("never becomes less, nor more by a whole unit", () => {
    fc.assert(
      fc.property(fc.bigInt(1n, COUNT_MAX * 3_600_000n), (milliseconds) => {
        const text = write(milliseconds);
        const unit = UNITS.find((one) => text.endsWith(one)) ?? "n";
        const again = read(text);
        expect(again).toBeGreaterThanOrEqual(milliseconds);
        expect(again - milliseconds).toBeLessThan(divideUp(NANOSECONDS[unit], NANOSECONDS.m));
      }),
      { numRuns: 2000 },
    );
  });
});
