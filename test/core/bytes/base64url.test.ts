// base64url: one encoding for each byte string, and nothing else is accepted (RFC 4648 §3.5).

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  decodeBase64url(target: number, source: number, len: number): number;
  decodedLen(len: number): number;
}

const probe = await loadCore<Exports>();
const { core } = probe;

/** What the text decodes to, null when it is refused. */
function decode(text: string | Uint8Array): string | null {
  probe.reset();
  const source = probe.put(text);
  const target = probe.room(core.decodedLen(text.length) + 1);
  const length = core.decodeBase64url(target, source, text.length);
  return length < 0 ? null : Buffer.from(probe.bytes(target, length)).toString("hex");
}

/** The same by Node's lenient decoder, held to canonical form by encoding again. */
function reference(text: string): string | null {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes.toString("hex") : null;
}

describe("decode", () => {
  test("decodes what Node encodes, at every length", () => {
    for (let length = 0; length < 200; length++) {
      const bytes = Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 151 + length) & 0xff));
      expect(decode(bytes.toString("base64url"))).toBe(bytes.toString("hex"));
    }
  });

  test("looks at every byte of a long text", () => {
    const plain = Buffer.from("A".repeat(40));
    for (let place = 0; place < plain.length; place++) {
      for (let byte = 0; byte < 256; byte++) {
        const text = Buffer.from(plain);
        text[place] = byte;
        expect(decode(text), `${byte} at ${place}`).toBe(reference(text.toString("latin1")));
      }
    }
  });

  test("decodes in place", () => {
    const bytes = Buffer.from(Uint8Array.from({ length: 150 }, (_, i) => (i * 77) & 0xff));
    probe.reset();
    const text = bytes.toString("base64url");
    const source = probe.put(text);
    expect(core.decodeBase64url(source, source, text.length)).toBe(bytes.length);
    expect(Buffer.from(probe.bytes(source, bytes.length))).toEqual(bytes);
  });

  test("tells how many bytes a length decodes to", () => {
    for (let length = 0; length < 100; length++) {
      const text = Buffer.alloc(length).toString("base64url");
      expect(core.decodedLen(text.length)).toBe(length);
    }
  });

  test("accepts 64 bytes at each place of a group and refuses the other 192", () => {
    for (const [text, places] of [
      ["AAAA", 4],
      ["AAA", 3],
      ["AA", 2],
      ["AAAAAAAA", 8],
    ] as const) {
      for (let place = 0; place < places; place++) {
        for (let byte = 0; byte < 256; byte++) {
          const given = text.slice(0, place) + String.fromCharCode(byte) + text.slice(place + 1);
          expect(decode(given), JSON.stringify(given)).toBe(reference(given));
        }
      }
    }
  });

  const refused = [
    "A",
    "AAAAA",
    "AA==",
    "AAA=",
    "AAAA=",
    "AB",
    "AAB",
    "A+AA",
    "A/AA",
    "AA A",
    "AA\n",
  ];
  test.each(refused)("refuses %j", (text) => {
    expect(decode(text)).toBeNull();
  });

  test("agrees with the reference on any text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from("AQgw-_+/=b9 ")), maxLength: 40 }),
        (text) => {
          expect(decode(text)).toBe(reference(text));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("decodes in place", () => {
    probe.reset();
    const bytes = Buffer.from(Uint8Array.from({ length: 100 }, (_, i) => i * 7));
    const text = bytes.toString("base64url");
    const ptr = probe.put(text);
    expect(core.decodeBase64url(ptr, ptr, text.length)).toBe(100);
    expect(Buffer.from(probe.bytes(ptr, 100)).equals(bytes)).toBe(true);
  });
});
