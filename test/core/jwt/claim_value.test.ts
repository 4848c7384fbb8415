import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  claimValueForm(kind: number, form: number, ptr: number, len: number, target: number): number;
  claimValueAt(): number;
}

const probe = await loadCore<Exports>();
const { core } = probe;

const KIND = { absent: 0, string: 1, number: 2, boolean: 3, array: 4, object: 5 } as const;
const FORM = { join: 0, json: 1 } as const;
const GUARD = 0xa5;

beforeEach(() => probe.reset());

/** The value as a field would hold it, null when there is none. `target` has no byte to spare. */
function valueOf(
  kind: keyof typeof KIND,
  form: keyof typeof FORM,
  claim: string | Uint8Array,
): string | null {
  probe.reset();
  const bytes = typeof claim === "string" ? Buffer.from(claim) : claim;
  const ptr = probe.put(bytes);
  const target = probe.room(bytes.length + 16);
  const guard = target + bytes.length;
  new Uint8Array(probe.view().buffer).fill(GUARD, guard, guard + 16);
  const len = core.claimValueForm(KIND[kind], FORM[form], ptr, bytes.length, target);
  expect(probe.bytes(guard, 16).every((byte) => byte === GUARD)).toBe(true);
  expect(Buffer.compare(probe.bytes(ptr, bytes.length), bytes)).toBe(0);
  return len < 0 ? null : probe.text(core.claimValueAt(), len);
}

describe("a scalar", () => {
  test.each([
    ["string", "alice"],
    ["string", "a, b"],
    ["string", '"quoted"'],
    ["number", "-1.5e3"],
    ["number", "7"],
    ["boolean", "true"],
  ] as const)("%s %s is as it is, in either form", (kind, text) => {
    for (const form of ["join", "json"] as const) expect(valueOf(kind, form, text)).toBe(text);
  });

  test.each(["", " a", "a ", "a\tb", "a\r\nb", "a\0", "ä", "\x7f"])("%j has none", (text) => {
    expect(valueOf("string", "join", text)).toBeNull();
  });

  test("that is absent, or larger than a field may be, has none", () => {
    expect(valueOf("absent", "join", "a")).toBeNull();
    expect(valueOf("string", "join", "a".repeat(8193))).toBeNull();
    expect(valueOf("string", "join", "a".repeat(8192))).toHaveLength(8192);
  });
});

describe("a list", () => {
  const joined: [json: string, value: string | null][] = [
    ['["a"]', "a"],
    ['["a","b"]', "a,b"],
    [' [ "a" ,\n"b c",\t1 , -2.5e1, true,false ] ', "a,b c,1,-2.5e1,true,false"],
    ['["\\u0061\\/"]', "a/"],
    ['["\\"a\\""]', '"a"'],
    ["[true]", "true"],
    ["[false]", "false"],
    ["[]", null],
    ["[ ]", null],
    ['[""]', null],
    ['["a",""]', null],
    ['["a,b"]', null],
    ['["a\\u002cb"]', null],
    ['["a\\nb"]', null],
    ['["\\u0000"]', null],
    ['["ä"]', null],
    ['["\\u00e4"]', null],
    ['[" a"]', null],
    ['["a "]', null],
    ["[null]", null],
    ['["a",null]', null],
    ["[[]]", null],
    ['[["a"]]', null],
    ['[{"a":1}]', null],
    ['["a"', null],
    ['["a"]x', null],
    ["a", null],
  ];
  test.each(joined)("joined %s: %j", (json, value) => {
    expect(valueOf("array", "join", json)).toBe(value);
  });

  test("of any strings joins to what splits into them again, or to nothing", () => {
    const element = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom("a", "b c", ",", "", " ", "é", '"', "\\"),
    );
    fc.assert(
      fc.property(fc.array(element, { maxLength: 5 }), (elements) => {
        const value = valueOf("array", "join", JSON.stringify(elements));
        const fits =
          elements.length > 0 && elements.every((each) => /^(?! )[ -+\--~]*[!-+\--~]$/.test(each));
        expect(value).toBe(fits ? elements.join(",") : null);
      }),
    );
  });
});

describe("JSON", () => {
  test.each([
    ["array", '["a","b"]', '["a","b"]'],
    ["array", ' [ "a b" , 1 ]\r\n', '["a b",1]'],
    ["array", "[]", "[]"],
    ["object", '{ "a" : { "b\\" :" : [ null , "\\\\" ] } }', '{"a":{"b\\" :":[null,"\\\\"]}}'],
    ["object", "{}", "{}"],
    ["object", '{"a":"\\u00e4\\n"}', '{"a":"\\u00e4\\n"}'],
    ["object", '{"a":"ä"}', null],
    ["array", '["\x7f"]', null],
  ] as const)("%s %s", (kind, json, value) => {
    expect(valueOf(kind, "json", json)).toBe(value);
  });

  test("an object cannot be joined", () => {
    expect(valueOf("object", "join", '{"a":1}')).toBeNull();
  });

  test("of any value is the compact one, when it is printable ASCII", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())),
        fc.constantFrom(0, 1, "\t"),
        (value, space) => {
          const compact = JSON.stringify(value);
          const kind = Array.isArray(value) ? "array" : "object";
          const found = valueOf(kind, "json", JSON.stringify(value, null, space));
          expect(found).toBe(/^[ -~]{1,8192}$/.test(compact) ? compact : null);
        },
      ),
    );
  });
});
