import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  queryStart(ptr: number, len: number): number;
  queryEnd(start: number, end: number): number;
  nextParameter(at: number, end: number, name: number): number;
  foundParameterPtr(): number;
  foundParameterLen(): number;
  decodePercent(ptr: number, len: number, target: number): number;
  removeParameter(ptr: number, len: number, name: number, target: number): number;
}

const NONE = -1;
const probe = await loadCore<Exports>();
const { core } = probe;

beforeEach(() => {
  probe.reset();
});

function decode(value: string): string {
  const target = probe.room(value.length);
  const len = core.decodePercent(probe.put(value), value.length, target);
  return probe.text(target, len);
}

function valuesOf(path: string, name: string): string[] {
  probe.reset();
  const ptr = probe.put(path);
  const start = core.queryStart(ptr, path.length);
  const end = core.queryEnd(start, ptr + path.length);
  const wanted = probe.putText(name);
  const values: string[] = [];
  let at = core.nextParameter(start, end, wanted);
  while (at !== 0) {
    values.push(probe.text(core.foundParameterPtr(), core.foundParameterLen()));
    at = core.nextParameter(at, end, wanted);
  }
  return values.map(decode);
}

/** Null when there is nothing to remove. */
function remove(path: string, name: string): string | null {
  probe.reset();
  const target = probe.room(path.length + 1);
  const len = core.removeParameter(probe.put(path), path.length, probe.putText(name), target) | 0;
  expect(probe.bytes(target + path.length, 1)[0]).toBe(0);
  return len === NONE ? null : probe.text(target, len);
}

const unescape = (value: string): string =>
  value.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );

interface Parts {
  path: string;
  pairs: string[] | null;
  fragment: string;
}

function partsOf(path: string): Parts {
  const found = /^([^?#]*)(?:\?([^#]*))?(#[^]*)?$/.exec(path);
  const [, before = "", query, fragment = ""] = found ?? [];
  return { path: before, pairs: query === undefined ? null : query.split("&"), fragment };
}

const nameOf = (pair: string): string => unescape(pair.split("=")[0] ?? "");

function modelValues(path: string, name: string): string[] {
  return (partsOf(path).pairs ?? [])
    .filter((pair) => nameOf(pair) === name)
    .map((pair) => unescape(pair.split("=").slice(1).join("=")));
}

function modelRemove(path: string, name: string): string | null {
  const parts = partsOf(path);
  if (parts.pairs === null) return null;
  const left = parts.pairs.filter((pair) => nameOf(pair) !== name);
  if (left.length === parts.pairs.length) return null;
  const query = left.join("&");
  return parts.path + (query === "" ? "" : `?${query}`) + parts.fragment;
}

describe("the parameters of a query", () => {
  const cases: [path: string, values: string[], left: string | null][] = [
    ["/", [], null],
    ["/?", [], null],
    ["/?t=1", ["1"], "/"],
    ["/?t", [""], "/"],
    ["/?t=", [""], "/"],
    ["/?t==", ["="], "/"],
    ["/?t=1&", ["1"], "/"],
    ["/?t=1&&", ["1"], "/?&"],
    ["/?&t=1", ["1"], "/"],
    ["/?&&t=1", ["1"], "/?&"],
    ["/?&t=1&", ["1"], "/?&"],
    ["/?a&t=1", ["1"], "/?a"],
    ["/?a&t=1&", ["1"], "/?a&"],
    ["/?t=1&a", ["1"], "/?a"],
    ["/?t=1&t=2&a&t=3", ["1", "2", "3"], "/?a"],
    ["/?a&t=1&b&t&c=%41", ["1", ""], "/?a&b&c=%41"],
    ["/?%74=%31", ["1"], "/"],
    ["/?t=%2531", ["%31"], "/"],
    ["/?t=1+1", ["1+1"], "/"],
    ["/?t=%zz%4", ["%zz%4"], "/"],
    ["/?T=1&tt=1&a=t=1", [], null],
    ["/t=1", [], null],
    ["/?a?t=1", [], null],
    ["/?a;t=1", [], null],
    ["/?t=1#t=2&t=3", ["1"], "/#t=2&t=3"],
    ["/#?t=1", [], null],
  ];
  test.each(cases)("%s", (path, values, left) => {
    expect(valuesOf(path, "t")).toEqual(values);
    expect(remove(path, "t")).toBe(left);
  });

  test("are those of a plain model, for any input", () => {
    const piece = fc.constantFrom(
      ...Array.from("tTu=&?#%+;/7 4\0\xff"),
      "t=",
      "&t=",
      "%74",
      "%3D",
      "t=1&",
      "a-token-that-is-longer-than-sixteen-bytes",
    );
    const path = fc
      .tuple(fc.constantFrom("/", "/?", "/?t=1&"), fc.array(piece, { maxLength: 24 }))
      .map(([begin, pieces]) => begin + pieces.join(""));
    let removed = 0;
    fc.assert(
      fc.property(path, fc.constantFrom("t", "tt", "u"), (text_, name) => {
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
