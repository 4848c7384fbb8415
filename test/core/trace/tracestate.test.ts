// W3C Trace Context Level 2 §3.3.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  beginTracestate(): void;
  addTracestateLine(ptr: number, len: number): void;
  writeTracestate(target: number): number;
  tracestateLen: WebAssembly.Global;
  TRACESTATE_BYTES_MAX: WebAssembly.Global;
  TRACESTATE_MEMBERS_MAX: WebAssembly.Global;
}

const EMPTY = 0;
const UNCHANGED = 1;
const WRITTEN = 2;

const probe = await loadCore<Exports>();
const BYTES_MAX = Number(probe.core.TRACESTATE_BYTES_MAX.value);
const MEMBERS_MAX = Number(probe.core.TRACESTATE_MEMBERS_MAX.value);

/** What would be sent: null for no field, and whether the one field that came is left alone. */
function combine(...lines: string[]): { value: string | null; unchanged: boolean } {
  probe.reset();
  const target = probe.room(BYTES_MAX + 1);
  probe.core.beginTracestate();
  for (const line of lines) probe.core.addTracestateLine(probe.put(line), line.length);
  const result = probe.core.writeTracestate(target);
  const length = Number(probe.core.tracestateLen.value);
  expect(probe.bytes(target + BYTES_MAX, 1)[0]).toBe(0);
  if (result === EMPTY) return { value: null, unchanged: false };
  if (result === UNCHANGED) return { value: lines[0] ?? "", unchanged: true };
  expect(result).toBe(WRITTEN);
  return { value: probe.text(target, length), unchanged: false };
}

const members = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `k${String(i)}=v`);

describe("tracestate", () => {
  const kept: [name: string, lines: string[], value: string][] = [
    ["two field lines", ["foo=1", "bar=2"], "foo=1,bar=2"],
    ["an empty field line in front", ["", "foo=1"], "foo=1"],
    ["an empty field line behind", ["foo=1", ""], "foo=1"],
    ["empty members", ["foo=1,,,bar=2,"], "foo=1,bar=2"],
    ["members of only spaces", ["foo=1, \t ,bar=2"], "foo=1,bar=2"],
    ["spaces and tabs around members", ["\tfoo=1 \t, \tbar=2\t"], "foo=1,bar=2"],
    ["a space at the start of a value", ["foo= 1 , bar=2"], "foo= 1,bar=2"],
    ["a repeated key in one line", ["foo=1,foo=1"], "foo=1"],
    ["a repeated key with another value", ["foo=1,foo=2"], "foo=1"],
    ["a repeated key in another line", ["foo=1,bar=2", "foo=3"], "foo=1,bar=2"],
  ];
  test.each(kept)("combines %s", (_name, lines, value) => {
    expect(combine(...lines)).toEqual({ value, unchanged: false });
  });

  const unchanged: [name: string, value: string][] = [
    ["one member", "foo=1"],
    ["several members", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"],
    ["keys with every character", "0a_-*/@z=1"],
    ["a tenant of level 1", "fw529a3039@dt=FfFf"],
    ["several @", "foo@@bar=1"],
    ["an @ at the end", "foo@=1"],
    ["a value with every character", `foo=${printable()}`],
    ["a key of 256 characters", `${"z".repeat(256)}=1`],
    ["a value of 256 characters", `foo=${"v".repeat(256)}`],
    ["exactly as many members as allowed", members(MEMBERS_MAX).join(",")],
    ["exactly as many bytes as allowed", exactly(BYTES_MAX)],
  ];
  test.each(unchanged)("leaves %s alone", (_name, value) => {
    expect(combine(value)).toEqual({ value, unchanged: true });
  });

  const dropped: [name: string, lines: string[]][] = [
    ["an empty list", [""]],
    ["only commas and spaces", [" , ,\t,"]],
    ["a space in front of =", ["foo =1"]],
    ["a space in a key", ["fo o=1"]],
    ["an upper-case key", ["FOO=1"]],
    ["a dot in a key", ["foo.bar=1"]],
    ["a key that begins with @", ["@foo=1,bar=2"]],
    ["a key that begins with _", ["_foo=1"]],
    ["no key", ["=1"]],
    ["no =", ["foo"]],
    ["no value", ["foo=,bar=3"]],
    ["a value of spaces", ["foo=  ,bar=3"]],
    ["= in a value", ["foo=bar=baz"]],
    ["a control character in a value", ["foo=a\x01b"]],
    ["a tab inside a value", ["foo=a\tb"]],
    ["a NUL in a value", ["foo=a\0b"]],
    ["DEL in a value", ["foo=a\x7fb"]],
    ["a byte above ASCII in a value", ["foo=\xe9"]],
    ["a key of 257 characters", [`${"z".repeat(257)}=1`]],
    ["a value of 257 characters", [`foo=${"v".repeat(257)}`]],
    ["one bad member among good ones", ["foo=1,bad,bar=2"]],
    ["a bad member in another line", ["foo=1", "bar"]],
    ["one member too many", [members(MEMBERS_MAX + 1).join(",")]],
    ["one member too many over several lines", [...members(MEMBERS_MAX + 1)]],
    [
      "too many of one key",
      [
        Array(MEMBERS_MAX + 1)
          .fill("a=1")
          .join(","),
      ],
    ],
  ];
  test.each(dropped)("drops the list for %s", (_name, lines) => {
    expect(combine(...lines)).toEqual({ value: null, unchanged: false });
  });

  test("takes the largest number of members over four lines", () => {
    const all = members(MEMBERS_MAX);
    const lines = [0, 8, 16, 24].map((at) => all.slice(at, at + 8).join(","));
    expect(combine(...lines)).toEqual({ value: all.join(","), unchanged: false });
  });

  test("above the limit, members of more than 128 bytes go first, from the right", () => {
    const long = (key: string): string => `${key}=${"v".repeat(150)}`;
    const value = ["a=1", long("b"), "c=2", long("d"), long("e"), long("f"), "g=3"].join(",");
    expect(combine(value).value).toBe(
      ["a=1", long("b"), "c=2", long("d"), long("e"), "g=3"].join(","),
    );
  });

  test("a member of exactly 128 bytes is not one of those", () => {
    const short = (key: string): string => `${key}=${"v".repeat(126)}`;
    const list = ["a", "b", "c", "d"].map(short);
    expect(combine(list.join(",")).value).toBe(list.slice(0, 3).join(","));
  });

  test("short members go whole, from the right", () => {
    const list = Array.from(
      { length: 12 },
      (_, i) => `${String.fromCharCode(97 + i)}=${"v".repeat(48)}`,
    );
    const { value } = combine(list.join(","));
    expect(value).toBe(list.slice(0, 10).join(","));
    expect(value?.length).toBeLessThanOrEqual(BYTES_MAX);
  });

  test("a single member above the limit leaves nothing", () => {
    expect(combine(`${"z".repeat(256)}=${"v".repeat(256)}`)).toEqual({
      value: null,
      unchanged: false,
    });
  });

  test("equals a reference for any lines", () => {
    const piece = fc.constantFrom(
      ...Array.from("abz09_-*/@ \t,==.A\0\x7f\xff~!"),
      "foo=1",
      "bar=2",
      "x=y,",
    );
    const line = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), (lines) => {
        expect(combine(...lines).value).toBe(reference(lines));
      }),
      { numRuns: 3000 },
    );
  });
});

/** Without the cut: the generator stays below the limit. */
function reference(lines: string[]): string | null {
  const list = lines
    .flatMap((line) => line.split(","))
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ""))
    .filter((member) => member !== "");
  if (list.length > MEMBERS_MAX) return null;
  const kept = new Map<string, string>();
  for (const member of list) {
    const match = /^([a-z0-9][a-z0-9_\-*/@]{0,255})=[\x20-\x3c\x3e-\x7e]{1,256}$/.exec(member);
    const key = match?.[1];
    if (key === undefined) return null;
    if (!kept.has(key)) kept.set(key, member);
  }
  return kept.size === 0 ? null : [...kept.values()].join(",");
}

function printable(): string {
  const all = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i));
  return all.filter((character) => character !== "," && character !== "=").join("");
}

/** A list of exactly so many bytes, no member above 128. */
function exactly(bytes: number): string {
  let list = "";
  for (let i = 0; list.length < bytes - 100; i++) list += `k${String(i)}=${"v".repeat(90)},`;
  return `${list}z=${"v".repeat(bytes - list.length - 2)}`;
}
