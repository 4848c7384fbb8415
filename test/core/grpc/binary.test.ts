// Values of -bin metadata against Node's base64, held to canonical form.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  normaliseBinary(target: number, ptr: number, len: number, keepsPadding: number): number;
}

const probe = await loadCore<Exports>();

/** The normal form, null when a value is malformed. */
function normalise(text: string, keepsPadding: boolean): string | null {
  probe.reset();
  const source = probe.put(text);
  const target = probe.room(text.length + 1);
  const len = probe.core.normaliseBinary(target, source, text.length, keepsPadding ? 1 : 0);
  expect(len).toBeLessThanOrEqual(text.length);
  expect(probe.bytes(target + text.length, 1)[0]).toBe(0);
  return len < 0 ? null : probe.text(target, len);
}

/** The same by Node's lenient decoder: what it encodes again, with or without padding. */
function reference(text: string, keepsPadding: boolean): string | null {
  const parts = text.split(",").map((part) => part.replace(/^[ \t]+|[ \t]+$/g, ""));
  const normal: string[] = [];
  for (const part of parts) {
    const padded = Buffer.from(part, "base64").toString("base64");
    const unpadded = padded.replace(/=+$/, "");
    if (part !== padded && part !== unpadded) return null;
    normal.push(keepsPadding ? part : unpadded);
  }
  return normal.join(",");
}

describe("values of -bin metadata", () => {
  test("pass at every length, padded or not", () => {
    for (let length = 0; length < 100; length++) {
      const bytes = Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 151 + length) & 0xff));
      const padded = bytes.toString("base64");
      const unpadded = padded.replace(/=+$/, "");
      expect(normalise(padded, true)).toBe(padded);
      expect(normalise(padded, false)).toBe(unpadded);
      expect(normalise(unpadded, true)).toBe(unpadded);
      expect(normalise(unpadded, false)).toBe(unpadded);
    }
  });

  const values: [text: string, normal: string | null][] = [
    ["", ""],
    [",", ","],
    ["YQ,Yg", "YQ,Yg"],
    ["YQ==,Yg==", "YQ,Yg"],
    ["YQ== , \tYg", "YQ,Yg"],
    ["YQ,,Yg==", "YQ,,Yg"],
    [" ", ""],
    ["a", null],
    ["====", null],
    ["=", null],
    ["==", null],
    ["YQ=", null],
    ["YQ===", null],
    ["YWI==", null],
    ["YWJj=", null],
    ["YQ=,Yg", null],
    ["YQ,Y", null],
    ["YR", null],
    ["YR==", null],
    ["YWJ", null],
    ["Y Q=", null],
    ["-_-_", null],
    ["+/+/", "+/+/"],
    ["YQ==YQ==", null],
    ["YQ;Yg", null],
  ];
  test.each(values)("%j becomes %j", (text, normal) => {
    expect(normalise(text, false)).toBe(normal);
    expect(normalise(text, false)).toBe(reference(text, false));
    expect(normalise(text, true)).toBe(reference(text, true));
  });

  test("each beginning is what Node says of it", () => {
    const text = "AAECAwQF,+/+/YQ==, YWI=,//8";
    for (let len = 0; len <= text.length; len++) {
      for (const keepsPadding of [true, false]) {
        const part = text.slice(0, len);
        expect(normalise(part, keepsPadding), part).toBe(reference(part, keepsPadding));
      }
    }
  });

  test("accepts 64 bytes at each place and refuses the others", () => {
    for (let place = 0; place < 4; place++) {
      for (let byte = 0; byte < 256; byte++) {
        const text = "AAAA".slice(0, place) + String.fromCharCode(byte) + "AAAA".slice(place + 1);
        expect(normalise(text, false), JSON.stringify(text)).toBe(reference(text, false));
      }
    }
  });

  test("agree with the reference on any text", () => {
    const unit = fc.constantFrom(...Array.from("AQgw+/=-_,, \tb9"));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), fc.boolean(), (text, keepsPadding) => {
        expect(normalise(text, keepsPadding)).toBe(reference(text, keepsPadding));
      }),
      { numRuns: 4000 },
    );
  });
});
