// Texts in a sorted list, and hexadecimal of either case.

import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  holdsText(texts: number, count: number, ptr: number, len: number): number;
  compareText(known: number, ptr: number, len: number): number;
  readHex(target: number, source: number, byteLen: number): number;
}

const probe = await loadCore<Exports>();
const { core } = probe;

beforeEach(() => {
  probe.reset();
});

function putText(text: string): number {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return probe.put(Buffer.concat([length, bytes]));
}

function holds(texts: readonly string[], text: string): boolean {
  probe.reset();
  const list = Buffer.alloc(4 * texts.length);
  texts.forEach((each, i) => list.writeUInt32LE(putText(each), 4 * i));
  const bytes = Buffer.from(text);
  return core.holdsText(probe.put(list), texts.length, probe.put(bytes), bytes.length) !== 0;
}

describe("a sorted list", () => {
  test("holds its texts and no others, whatever its length", () => {
    for (const count of [0, 1, 2, 3, 16, 255, 256]) {
      const texts = Array.from({ length: count }, (_, i) => String(1000 + 2 * i));
      for (let i = 0; i < 2 * count + 2; i++) {
        expect(holds(texts, String(999 + i)), `${count}, ${i}`).toBe(i % 2 === 1 && i < 2 * count);
      }
    }
  });

  test("is ordered by length, then by bytes", () => {
    const texts = ["b", "c", "aa", "aä", "aaaa"];
    for (const text of texts) expect(holds(texts, text), text).toBe(true);
    for (const text of ["", "a", "d", "ab", "aaa", "aaaaa", "B"]) {
      expect(holds(texts, text), text).toBe(false);
    }
    const order = (known: string, text: string): number => {
      const bytes = Buffer.from(text);
      return Math.sign(core.compareText(putText(known), probe.put(bytes), bytes.length));
    };
    expect([order("a", "a"), order("a", "b"), order("b", "a"), order("b", "aa")]).toEqual([
      0, -1, 1, -1,
    ]);
    expect(order("\u{e4}", "zz")).toBe(1);
  });
});

describe("hexadecimal", () => {
  const read = (text: string): string | null => {
    const target = probe.room(text.length / 2);
    const good = core.readHex(target, probe.put(Buffer.from(text)), text.length / 2) !== 0;
    return good ? Buffer.from(probe.bytes(target, text.length / 2)).toString("hex") : null;
  };

  test("of either case is read", () => {
    expect(read("00ff7Aa7FE")).toBe("00ff7aa7fe");
    expect(read("")).toBe("");
  });

  test("nothing else is", () => {
    for (let byte = 0; byte < 128; byte++) {
      const c = String.fromCharCode(byte);
      expect(read(`0${c}`) !== null, c).toBe(/[0-9a-fA-F]/.test(c));
      expect(read(`${c}0`) !== null, c).toBe(/[0-9a-fA-F]/.test(c));
    }
  });
});
