// UTF-8 against the decoder of the platform.

import { isUtf8 as reference } from "node:buffer";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  utf8ValidLen(ptr: number, len: number): number;
  isUtf8(ptr: number, len: number): number;
}

const probe = await loadCore<Exports>();
const { core } = probe;

function isUtf8(bytes: Uint8Array): boolean {
  probe.reset();
  return core.isUtf8(probe.put(bytes), bytes.length) !== 0;
}

function agrees(...bytes: number[]): void {
  const given = Uint8Array.from(bytes);
  if (isUtf8(given) !== reference(given)) expect.fail(bytes.join(" "));
}

describe("isValid", () => {
  test("agrees with the platform on all pairs of bytes and on all leads of three", () => {
    for (let first = 0; first < 256; first++) {
      expect(isUtf8(Uint8Array.of(first))).toBe(reference(Uint8Array.of(first)));
      for (let second = 0; second < 256; second++) {
        agrees(first, second);
        for (const third of first < 0xc0 ? [] : [0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xff]) {
          agrees(first, second, third);
          for (const fourth of [0x7f, 0x80, 0xbf, 0xc0]) agrees(first, second, third, fourth);
        }
      }
    }
  });

  test("accepts the first and last character of each length, and refuses surrogates", () => {
    for (const character of [0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff]) {
      expect(isUtf8(new TextEncoder().encode(String.fromCodePoint(character)))).toBe(true);
    }
    expect(isUtf8(Uint8Array.of(0xed, 0xa0, 0x80))).toBe(false);
    expect(isUtf8(Uint8Array.of(0xf4, 0x90, 0x80, 0x80))).toBe(false);
    expect(isUtf8(Uint8Array.of(0xc0, 0x80))).toBe(false);
  });

  test("agrees with the platform on any bytes between long runs of ASCII", () => {
    fc.assert(
      fc.property(
        fc.nat(40),
        fc.uint8Array({ maxLength: 6 }),
        fc.string({ unit: "grapheme", maxLength: 6 }),
        (before, bytes, characters) => {
          const given = Buffer.concat([
            Buffer.alloc(before, "x"),
            Buffer.from(characters),
            bytes,
            Buffer.alloc(17, "y"),
          ]);
          expect(isUtf8(given)).toBe(reference(given));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("tells where the first bad character begins", () => {
    probe.reset();
    const bytes = Buffer.concat([Buffer.from("ä€x".repeat(9)), Buffer.of(0xe2, 0x82)]);
    expect(core.utf8ValidLen(probe.put(bytes), bytes.length)).toBe(bytes.length - 2);
  });
});
