import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import { seededRandom } from "../../support/random.ts";

interface Exports {
  logLine(
    format: number,
    wordPtr: number,
    wordLen: number,
    name: number,
    times: number,
    heldBack: bigint,
  ): number;
  logLineAt(): number;
  logLineBytesMax: WebAssembly.Global;
}

const probe = await loadCore<Exports>();
const [TEXT, JSON_FORM] = [0, 1];
const MOST = Number(probe.core.logLineBytesMax.value);
const LAST = (1n << 64n) - 1n;
/** Bytes of the longest name: a provider's label. */
const NAME_BYTES = 64;

/** A line with a name, so many times, of latin1 characters. */
function line(format: number, name: string, times = 1, heldBack = 3n): Buffer {
  probe.reset();
  const word = "jwt:expired";
  const ptr = probe.put(word);
  const text = probe.putText(name);
  const len = probe.core.logLine(format, ptr, word.length, text, times, heldBack);
  expect(len).toBeLessThanOrEqual(MOST);
  return Buffer.from(probe.bytes(probe.core.logLineAt(), len));
}

describe("a line", () => {
  test("as text is a message and members", () => {
    expect(line(TEXT, "idp").toString()).toBe(
      'refused reason=jwt:expired status=401 provider="idp" held_back=3',
    );
  });

  test("as JSON is one object", () => {
    expect(line(JSON_FORM, "idp").toString()).toBe(
      '{"msg":"refused","reason":"jwt:expired","status":401,"provider":"idp","held_back":3}',
    );
  });

  test("fits with the longest name, each byte of it escaped", () => {
    const name = "\x01".repeat(NAME_BYTES);
    const read: unknown = JSON.parse(line(JSON_FORM, name, 1, LAST).toString());
    expect(read).toMatchObject({ provider: name, held_back: Number(LAST) });
  });

  test("leaves out what finds no room, and is whole", () => {
    const name = "\x01".repeat(NAME_BYTES);
    const read: unknown = JSON.parse(line(JSON_FORM, name, 2).toString());
    expect(read).toEqual({
      msg: "refused",
      reason: "jwt:expired",
      status: 401,
      provider: name,
      held_back: 3,
    });
  });

  test("is one line of JSON, whatever a name is", () => {
    const random = seededRandom(8);
    for (let i = 0; i < 2000; i++) {
      const bytes = Buffer.from(
        Array.from({ length: random.below(NAME_BYTES + 1) }, () => random.below(256)),
      );
      const text = line(JSON_FORM, bytes.toString("latin1")).toString("utf8");
      expect(text).not.toMatch(/[\0-\x1f]/);
      const read: unknown = JSON.parse(text);
      expect(read).toMatchObject({ msg: "refused", held_back: 3 });
      expect(line(TEXT, bytes.toString("latin1")).toString("utf8")).not.toMatch(/[\0-\x1f]/);
    }
  });
});
