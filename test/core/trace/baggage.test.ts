// W3C Baggage §3.2, §3.3.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  beginBaggage(keys: number, count: number): void;
  addBaggageLine(ptr: number, len: number): void;
  writeBaggage(target: number): number;
  baggageLen: WebAssembly.Global;
  malformedMembers: WebAssembly.Global;
  excessMembers: WebAssembly.Global;
  unlistedMembers: WebAssembly.Global;
}

const EMPTY = 0;
const UNCHANGED = 1;
const BYTES_MAX = 8192;

const probe = await loadCore<Exports>();

interface Combined {
  /** What goes on, null for no field. */
  value: string | null;
  malformed: number;
  excess: number;
  unlisted: number;
}

function combine(lines: string[], allowed: string[] = []): Combined {
  probe.reset();
  const keys = probe.room(4 * allowed.length);
  allowed.forEach((key, i) => {
    const text = probe.putText(key);
    probe.view().setUint32(keys + 4 * i, text, true);
  });
  const target = probe.room(BYTES_MAX + 1);
  probe.core.beginBaggage(keys, allowed.length);
  for (const line of lines) probe.core.addBaggageLine(probe.put(line), line.length);
  const result = probe.core.writeBaggage(target);
  const number = (global: WebAssembly.Global): number => Number(global.value);
  const { malformedMembers, excessMembers, unlistedMembers, baggageLen } = probe.core;
  expect(probe.bytes(target + BYTES_MAX, 1)[0]).toBe(0);
  let value: string | null = null;
  if (result === UNCHANGED) value = lines[0] ?? "";
  else if (result !== EMPTY) value = probe.text(target, number(baggageLen));
  const counts = [malformedMembers, excessMembers, unlistedMembers].map(number);
  const [malformed = 0, excess = 0, unlisted = 0] = counts;
  return { value, malformed, excess, unlisted };
}

const clean = (value: string | null): Combined => ({
  value,
  malformed: 0,
  excess: 0,
  unlisted: 0,
});

describe("baggage", () => {
  test.each(["k=v", "k=", "k=a=b", "k=v;p;q=1", "k = v ; p = 1", "k=%FF", "k=%20", "k=v,k=w"])(
    "goes on as it came: %s",
    (line) => expect(combine([line])).toEqual(clean(line)),
  );

  test.each([
    "k",
    "=v",
    "k v=1",
    'k="x"',
    "k=%zz",
    "k=%2",
    "k=a b",
    "k=a\\b",
    "k=\u00e9",
    "k=v;",
    "k=v;=1",
    "k=v;p=a b",
    "k=v;p q",
  ])("a member that breaks a rule goes, the others stay: %s", (member) => {
    expect(combine([`a=1,${member},b=2`])).toEqual({ ...clean("a=1,b=2"), malformed: 1 });
  });

  test("several lines are one list, without what is empty", () => {
    expect(combine(["a=1", "b=2 , ,", "", "c=3"])).toEqual(clean("a=1,b=2,c=3"));
    expect(combine(["", " , "])).toEqual(clean(null));
  });

  test("64 members go on, the 65th and all behind it do not", () => {
    const members = Array.from({ length: 66 }, (_, i) => `k${i}=v`);
    expect(combine([members.slice(0, 64).join(",")]).excess).toBe(0);
    expect(combine([members.join(",")])).toEqual({
      ...clean(members.slice(0, 64).join(",")),
      excess: 2,
    });
  });

  test("8192 bytes go on; a member that would be above goes, and all behind it", () => {
    const whole = `k=${"v".repeat(BYTES_MAX - 2)}`;
    expect(combine([whole])).toEqual(clean(whole));
    expect(combine([`${whole}v`])).toEqual({ ...clean(null), excess: 1 });
    expect(combine([`a=1,${whole},b=2`])).toEqual({ ...clean("a=1"), excess: 2 });
  });

  test("only listed keys go on, by their letter case", () => {
    expect(combine(["a=1,b=2,A=3"], ["a", "c"])).toEqual({ ...clean("a=1"), unlisted: 2 });
  });

  test("any bytes are read, and what goes on is well formed", () => {
    const characters = Array.from('ab=;,% \t"\\2F\u00e9\u0000');
    const character = fc.constantFrom(...characters);
    const line = fc.array(character, { maxLength: 200 }).map((each) => each.join(""));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
        const once = combine(lines);
        if (once.value !== null) expect(combine([once.value])).toEqual(clean(once.value));
      }),
    );
  });
});
