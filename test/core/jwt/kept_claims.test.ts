// Values of claims: where they lie, of what kind they are, and how they are written.

import { describe, expect, test } from "vitest";

import { core, probe, putList } from "./exports.ts";
import { read } from "./read_claims.ts";
import type { Path, Value } from "./read_claims.ts";

const kept = (payload: unknown, ...paths: Path[]): Value[] => read(payload, { kept: paths }).kept;

describe("kinds", () => {
  test("strings unescaped, everything else as it is written", () => {
    const payload =
      '{"s":"a\\u00e4\\n","i":-12,"big":12345678901234567890,"f":1.50,"e":1E3,"t":true,' +
      '"n":false,"empty":"","list":[ "a\\u0062", {"x":1} ],"object":{ "a" : "\\u0062" }}';
    const paths = ["s", "i", "big", "f", "e", "t", "n", "empty", "list", "object"];
    expect(kept(payload, ...paths)).toEqual([
      ["string", "aä\n"],
      ["number", "-12"],
      ["number", "12345678901234567890"],
      ["number", "1.50"],
      ["number", "1E3"],
      ["boolean", "true"],
      ["boolean", "false"],
      ["string", ""],
      ["array", '[ "a\\u0062", {"x":1} ]'],
      ["object", '{ "a" : "\\u0062" }'],
    ]);
  });

  test("null and what is missing are absent", () => {
    expect(kept({ a: null, b: [], c: {} }, "a", "d", "b", "c")).toEqual([
      null,
      null,
      ["array", "[]"],
      ["object", "{}"],
    ]);
  });

  test("registered claims like all others", () => {
    const payload = { iss: "i", sub: "\u0001s", aud: "orders", exp: 5, nbf: 1, iat: 2, cnf: {} };
    const paths = ["sub", "aud", "exp", "iss", "cnf", "nbf"];
    expect(kept(payload, ...paths)).toEqual([
      ["string", "\u0001s"],
      ["string", "orders"],
      ["number", "5"],
      ["string", "i"],
      ["object", "{}"],
      ["number", "1"],
    ]);
    expect(kept({ aud: ["a", "b"], x: 1 }, "aud", "x")).toEqual([
      ["array", '["a","b"]'],
      ["number", "1"],
    ]);
  });
});

describe("paths", () => {
  const payload = {
    a: { b: { c: "deep", "d.e": 1 }, sub: "inner" },
    "a.b": "dots",
    list: [{ b: 1 }],
    text: "b",
    sub: "outer",
  };

  test("lead through objects", () => {
    const paths = [["a", "b", "c"], ["a", "b", "d.e"], "a.b", ["a", "sub"], ["a.b"]];
    const found = [
      ["string", "deep"],
      ["number", "1"],
      ["string", "dots"],
      ["string", "inner"],
    ];
    expect(kept(payload, ...paths.slice(0, 4))).toEqual(found);
    expect(kept(payload, ...paths).slice(0, 4)).toEqual(found);
    expect(read(payload).subject).toBe("outer");
  });

  test("and an object on the way can be kept as well", () => {
    expect(kept(payload, ["a", "b"], ["a", "b", "c"], "a")).toEqual([
      ["object", '{"c":"deep","d.e":1}'],
      ["string", "deep"],
      ["object", JSON.stringify(payload.a)],
    ]);
  });

  test("not through lists, texts or what is missing", () => {
    expect(kept(payload, ["list", "b"], ["text", "b"], ["list", "0", "b"], ["no", "b"])).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test("names are compared unescaped, and none is special", () => {
    const text = '{"\\u0061":{"\\u0062":"v"},"__proto__":{"constructor":"x"},"":{"":"empty"}}';
    const paths = [
      ["a", "b"],
      ["__proto__", "constructor"],
      ["", ""],
    ];
    expect(kept(text, ...paths)).toEqual([
      ["string", "v"],
      ["string", "x"],
      ["string", "empty"],
    ]);
  });

  test("of the greatest length", () => {
    const path = ["1", "2", "3", "4", "5", "6", "7", "8"];
    const nested = path.reduceRight<unknown>((inner, name) => ({ [name]: inner, x: 0 }), "end");
    expect(kept(nested, path, path.slice(0, 7))).toEqual([
      ["string", "end"],
      ["object", '{"8":"end","x":0}'],
    ]);
  });

  test("have one number each, and a tree has its bound", () => {
    core.jwtForgetTrees();
    probe.reset();
    const tree = core.jwtNewTree();
    const add = (...names: string[]): number =>
      core.jwtAddPath(tree, putList(names), names.length, 2);
    expect([add("a"), add("a", "b"), add("a"), add("c"), add("a", "b")]).toEqual([0, 1, 0, -1, 1]);
  });
});

describe("sizes", () => {
  const value = "x".repeat(2048);
  const paths = ["a", "b", "c"];
  const payload = { a: value, b: `${value}x`, c: [value] };

  test("up to CLAIM_BYTES_MAX are kept", () => {
    expect(kept(payload, ...paths)).toEqual([["string", value], null, null]);
  });

  test("of checked claims are what they are", () => {
    expect(read(payload, { checked: paths }).checked).toEqual([
      ["string", value],
      ["string", `${value}x`],
      ["array", JSON.stringify([value])],
    ]);
  });

  test("one value can be kept and checked", () => {
    const found = read('{"o":{"a":"\\u0062\\u0063"},"z":1}', {
      kept: ["z", ["o", "a"]],
      checked: [["o", "a"], "o"],
    });
    expect(found).toMatchObject({
      kept: [
        ["number", "1"],
        ["string", "bc"],
      ],
      checked: [
        ["string", "bc"],
        ["object", '{"a":"\\u0062\\u0063"}'],
      ],
    });
  });
});

describe("the confirmation", () => {
  const members = (payload: unknown): [number, number] => {
    const found = read(payload, { kept: [["cnf", "x5t#S256"]] });
    return [found.hasConfirmation, found.confirmationMembers];
  };

  test("is seen whatever it is, and its members are counted", () => {
    expect(members({})).toEqual([0, 0]);
    for (const cnf of [null, "x", 1, true, [], {}]) expect(members({ cnf })).toEqual([1, 0]);
    expect(members({ cnf: { "x5t#S256": "a" } })).toEqual([1, 1]);
    expect(members({ cnf: { "x5t#S256": "a", jkt: "b", x: { y: 1, z: 1 } } })).toEqual([1, 3]);
  });

  test("is the one of the token itself", () => {
    expect(members({ act: { cnf: { "x5t#S256": "a" } } })).toEqual([0, 0]);
  });
});
