import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import { seededRandom } from "../../support/random.ts";

interface Exports {
  decodeMessage(target: number, ptr: number, len: number): number;
}

const probe = await loadCore<Exports>();
const { core } = probe;

function decode(text: string): string {
  probe.reset();
  const ptr = probe.put(text);
  const target = probe.room(text.length);
  return probe.text(target, core.decodeMessage(target, ptr, text.length));
}

/** As servers encode a message. */
function encode(text: string): string {
  return text.replace(/[^ -~]|%/g, (found) => {
    return `%${found.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
}

function decodeModel(text: string): string {
  return text.replace(/%([0-9a-fA-F]{2})/g, (_found, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

const EVERY_BYTE = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("");

describe("a grpc-message", () => {
  test.each([
    ["", ""],
    ["%", "%"],
    ["%%", "%%"],
    ["%2", "%2"],
    ["%zz", "%zz"],
    ["%2z", "%2z"],
    ["%z2", "%z2"],
    ["100%", "100%"],
    ["%25", "%"],
    ["%2525", "%25"],
    ["%%25", "%%"],
    ["a%20b", "a b"],
    ["%c3%A9", "\xc3\xa9"],
    ["%00%0a%0D", "\0\n\r"],
    ["\xc3\xa9", "\xc3\xa9"],
    ["%ff", "\xff"],
  ])("%j decodes to %j", (encoded, decoded) => {
    expect(decode(encoded)).toBe(decoded);
  });

  test("decodes to what was encoded, whatever it is, and as the model says, whatever comes", () => {
    const random = seededRandom(7);
    const alphabet = "%%%%0129afAFgz \xc3\xa9\0\x7f~";
    for (let i = 0; i < 5000; i++) {
      let text = "";
      for (let left = random.below(40); left > 0; left--) {
        text += random.pick([...(random.below(2) === 0 ? EVERY_BYTE : alphabet)]);
      }
      expect(decode(encode(text))).toBe(text);
      expect(decode(text)).toBe(decodeModel(text));
    }
  });
});
