import { expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import { seededRandom } from "../../support/random.ts";

interface Exports {
  quote(target: number, ptr: number, len: number): number;
}

const probe = await loadCore<Exports>();

function quote(bytes: Uint8Array): string {
  probe.reset();
  const ptr = probe.put(bytes);
  const target = probe.room(6 * bytes.length);
  const len = probe.core.quote(target, ptr, bytes.length);
  return Buffer.from(probe.bytes(target, len)).toString("utf8");
}

/** Every byte of what is no UTF-8 is one U+FFFD. */
function model(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    let length = 4;
    for (; length > 0; length--) {
      const one = Buffer.from(bytes.subarray(at, at + length)).toString("utf8");
      if ([...one].length === 1 && Buffer.from(one).equals(bytes.subarray(at, at + length))) break;
    }
    text += length === 0 ? "\ufffd" : Buffer.from(bytes.subarray(at, at + length)).toString("utf8");
    at += Math.max(length, 1);
  }
  return text;
}

test("reads back as what it was, bytes that are no UTF-8 as U+FFFD", () => {
  const random = seededRandom(11);
  const parts = ["\\", '"', "\0", "\n", "\x1f", "\x7f", "é", "€", "😀", "a", "</script>"];
  for (let i = 0; i < 3000; i++) {
    const chunks: Uint8Array[] = [];
    for (let left = random.below(12); left > 0; left--) {
      const isRaw = random.below(3) === 0;
      const part = random.pick(parts);
      chunks.push(isRaw ? Uint8Array.of(random.below(256), random.below(256)) : Buffer.from(part));
    }
    const bytes = Buffer.concat(chunks);
    expect(JSON.parse(`"${quote(bytes)}"`)).toBe(model(bytes));
  }
});

test.each([
  ["ff", "\ufffd"],
  ["c3", "\ufffd"],
  ["eda080", "\ufffd\ufffd\ufffd"],
  ["c080", "\ufffd\ufffd"],
  ["f0908d", "\ufffd\ufffd\ufffd"],
  ["f09f9880", "😀"],
])("bytes %s are %j", (hex, text) => {
  expect(JSON.parse(`"${quote(Buffer.from(hex, "hex"))}"`)).toBe(text);
});
