import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  nextCookie(at: number, end: number, name: number): number;
  foundCookiePtr(): number;
  foundCookieLen(): number;
  removeCookie(ptr: number, len: number, name: number, target: number): number;
}

const NONE = -1;
const probe = await loadCore<Exports>();
const { core } = probe;

beforeEach(() => {
  probe.reset();
});

function valuesOf(field: string, name: string): string[] {
  probe.reset();
  const ptr = probe.put(field);
  const end = ptr + field.length;
  const wanted = probe.putText(name);
  const values: string[] = [];
  let at = core.nextCookie(ptr, end, wanted);
  while (at !== 0) {
    values.push(probe.text(core.foundCookiePtr(), core.foundCookieLen()));
    at = core.nextCookie(at, end, wanted);
  }
  return values;
}

/** Null when there is nothing to remove. */
function remove(field: string, name: string): string | null {
  probe.reset();
  const target = probe.room(field.length + 1);
  const len = core.removeCookie(probe.put(field), field.length, probe.putText(name), target) | 0;
  expect(probe.bytes(target + field.length, 1)[0]).toBe(0);
  return len === NONE ? null : probe.text(target, len);
}

const trim = (value: string): string => value.replace(/^[ \t]+|[ \t]+$/g, "");
const nameOf = (pair: string): string | null =>
  pair.includes("=") ? trim(pair.split("=")[0] ?? "") : null;

function modelValues(field: string, name: string): string[] {
  return field
    .split(";")
    .filter((pair) => nameOf(pair) === name)
    .map((pair) => trim(pair.slice(pair.indexOf("=") + 1)).replace(/^"([^]*)"$/, "$1"));
}

function modelRemove(field: string, name: string): string | null {
  const pairs = field.replace(/;$/, "").split(";");
  const left = pairs.filter((pair) => nameOf(pair) !== name);
  if (left.length === pairs.length) return null;
  return left.join(";").replace(/^[ \t;]+/, "");
}

describe("the cookies of a field", () => {
  const cases: [field: string, values: string[], left: string | null][] = [
    ["", [], null],
    ["t", [], null],
    ["t=", [""], ""],
    ["t=1", ["1"], ""],
    ["t=1;", ["1"], ""],
    ["t=1; ", ["1"], ""],
    ["; t=1", ["1"], ""],
    ["a=1; t=1", ["1"], "a=1"],
    ["t=1; a=1", ["1"], "a=1"],
    ["a=1; t=1; b=2", ["1"], "a=1; b=2"],
    ["a=1;t=1;b=2", ["1"], "a=1;b=2"],
    ["a; t=1; b", ["1"], "a; b"],
    ["t=1; t=2; T=3", ["1", "2"], "T=3"],
    ["t = 1 ", ["1"], ""],
    ["\tt\t=\t1", ["1"], ""],
    ['t="1"', ["1"], ""],
    ['t=""', [""], ""],
    ['t="', ['"'], ""],
    ['t="a;t=2"', ['"a', '2"'], ""],
    ["t=1=2", ["1=2"], ""],
    ["a=t=1", [], null],
    ["xt=1; tx=1; t x=1", [], null],
    ["a=1,t=1", [], null],
  ];
  test.each(cases)("%j", (field, values, left) => {
    expect(valuesOf(field, "t")).toEqual(values);
    expect(remove(field, "t")).toBe(left);
  });

  test("are those of a plain model, for any input", () => {
    const piece = fc.constantFrom(
      ...Array.from('tTu=;, \t"\0\xff'),
      "t=",
      "; t=",
      '="1"',
      "; ",
      "a-token-that-is-longer-than-sixteen-bytes",
    );
    const field = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(""));
    let removed = 0;
    fc.assert(
      fc.property(field, fc.constantFrom("t", "tt", "u"), (text_, name) => {
        expect(valuesOf(text_, name)).toEqual(modelValues(text_, name));
        const left = remove(text_, name);
        expect(left).toBe(modelRemove(text_, name));
        if (left === null) return;
        removed++;
        expect(valuesOf(left, name)).toEqual([]);
      }),
      { numRuns: 5000 },
    );
    expect(removed).toBeGreaterThan(500);
  });
});
