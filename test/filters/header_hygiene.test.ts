// What becomes of header fields that a client picks to confuse: twins with `_`, repetitions, sizes
// at and over the limits, in any order.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { filterFor, MODES, pass, PSEUDO } from "../support/header_filter.ts";
import type { Mode } from "../support/header_filter.ts";

const HEADERS_MAX = 512;
const TWIN_BYTES_MAX = 16_384;

describe("names with _", () => {
  const untrusted = ["x_spiffe_id", "x-spiffe_id", "x_jwt_a", "x-jwt_", "x_sallyport-checked"];
  test.each(MODES.flatMap((mode) => untrusted.map((name) => ({ mode, name }))))(
    "$name never gets through ($mode)",
    ({ mode, name }) => {
      expect(pass(filterFor(mode), [[name, "forged"]])).toEqual([]);
      expect(
        pass(filterFor(mode), [
          [name.replaceAll("_", "-"), "a"],
          [name, "b"],
        ]),
      ).toEqual([]);
    },
  );

  const others: [mode: Mode, name: string, upstream: HeaderList | string][] = [
    ["keep", "trace_id", [["trace_id", "v"]]],
    ["replace", "trace_id", [["x-trace-id", "v"]]],
    ["drop", "trace_id", []],
    ["reject", "trace_id", "normalise:header_refused"],
    ["keep", "x_trace_id", [["x_trace_id", "v"]]],
    ["replace", "x_trace_id", [["x-trace-id", "v"]]],
    ["drop", "x_trace_id", []],
    ["reject", "x_trace_id", "normalise:header_refused"],
    ["keep", "_a_", [["_a_", "v"]]],
    ["replace", "_a_", [["-a-", "v"]]],
    ["drop", "_a_", []],
    ["reject", "_a_", "normalise:header_refused"],
  ];
  test.each(others)("%s: %s becomes %j", (mode, name, upstream) => {
    expect(pass(filterFor(mode), [[name, "v"]])).toEqual(upstream);
  });

  test("give way to the one with - wherever it stands", () => {
    const filter = filterFor("replace");
    for (const plain of ["x-a", "trace-id", "x-trace-id"]) {
      const twin = plain.replaceAll("-", "_");
      const expected = plain === "x-a" ? [["x-a", "1"]] : [["x-trace-id", "1"]];
      expect(
        pass(filter, [
          [plain, "1"],
          [twin, "2"],
        ]),
      ).toEqual(expected);
      expect(
        pass(filter, [
          [twin, "2"],
          [plain, "1"],
        ]),
      ).toEqual(expected);
    }
  });

  test("keep all values when they repeat, mapped or not, as those with - do", () => {
    const filter = filterFor("replace");
    for (const name of ["x-a", "x_a"]) {
      expect(
        pass(filter, [
          [name, "1"],
          ["x-b", ""],
          [name, "2"],
        ]),
      ).toEqual(
        expect.arrayContaining([
          ["x-a", "1"],
          ["x-a", "2"],
        ]),
      );
    }
    for (const name of ["x-trace-id", "x_trace_id"]) {
      expect(
        pass(filter, [
          [name, "1"],
          [name, "2"],
        ]),
      ).toEqual([
        ["x-trace-id", "1"],
        ["x-trace-id", "2"],
      ]);
    }
    for (const name of ["trace-id", "trace_id"]) {
      expect(
        pass(filter, [
          [name, "1"],
          [name, "2"],
        ]),
      ).toEqual([["x-trace-id", "1, 2"]]);
    }
  });
});

describe("sizes", () => {
  const filter = filterFor("replace");
  const fields = (count: number, name: (i: number) => string): HeaderList =>
    Array.from({ length: count }, (_, i) => [name(i), "v"]);

  test(`${String(HEADERS_MAX)} fields pass and one more does not`, () => {
    const most = HEADERS_MAX - PSEUDO.length;
    expect(
      pass(
        filter,
        fields(most, (i) => `x-${i}`),
      ),
    ).toHaveLength(most);
    expect(
      pass(
        filter,
        fields(most + 1, (i) => `x-${i}`),
      ),
    ).toBe("headers_too_large");
    expect(
      pass(
        filter,
        fields(most, (i) => `x-jwt-${i}`),
      ),
    ).toEqual([]);
    expect(
      pass(
        filter,
        fields(most + 1, (i) => `x-jwt-${i}`),
      ),
    ).toBe("headers_too_large");
  });

  test("as many names as a request can have are renamed", () => {
    const most = HEADERS_MAX - PSEUDO.length;
    const renamed = fields(most, (i) => `x-${i}`);
    const came = fields(most, (i) => `x_${i}`);
    const passed = pass(filter, came);
    expect(typeof passed === "string" ? passed : new Set(passed)).toEqual(new Set(renamed));
    expect(pass(filter, [...came, ["x_last", "v"]])).toBe("headers_too_large");
  });

  test.each([255, 256, 257, 1000, 20_000])("names of %i bytes pass as they are", (length) => {
    const name = "x".repeat(length);
    expect(pass(filter, [[name, "v"]])).toEqual([[name, "v"]]);
    const hostile = `x-jwt-${name}`;
    expect(pass(filter, [[hostile, "v"]])).toEqual([]);
  });

  test(`names with _ of ${String(TWIN_BYTES_MAX)} bytes in all pass and more do not`, () => {
    const name = "_".padEnd(TWIN_BYTES_MAX / 2, "x");
    const other = "_".padEnd(TWIN_BYTES_MAX / 2, "y");
    const renamed = [name, other].map((each) => [each.replace("_", "-"), "v"]);
    expect(
      pass(filter, [
        [name, "v"],
        [other, "v"],
      ]),
    ).toEqual(renamed);
    expect(
      pass(filter, [
        [name, "v"],
        [`${other}y`, "v"],
      ]),
    ).toBe("headers_too_large");
  });

  test("empty names, empty values and obs-text pass as they are", () => {
    const odd: HeaderList = [
      ["x-empty", ""],
      ["x-obs", "\x80\xff \xe4"],
      ["x-\xff", "v"],
      ["", "v"],
    ];
    expect(pass(filter, odd)).toEqual(odd);
    expect(
      pass(filter, [
        ["x_empty", ""],
        ["x_obs", "\x80\xff"],
      ]),
    ).toEqual([
      ["x-empty", ""],
      ["x-obs", "\x80\xff"],
    ]);
    expect(pass(filter, [["trace-id", "\x80\xff"]])).toEqual([["x-trace-id", "\x80\xff"]]);
    expect(
      pass(filter, [
        ["x-jwt-a", ""],
        ["x-spiffe-id", ""],
        ["_", ""],
      ]),
    ).toEqual([["-", ""]]);
  });
});

describe("the order of fields", () => {
  const name = fc
    .tuple(
      fc.constantFrom("x", "trace", "x-trace", "x-spiffe", "x-jwt", "x-sallyport"),
      fc.constantFrom("-", "_"),
      fc.constantFrom("id", "a", "checked"),
    )
    .map((parts) => parts.join(""));
  const distinct = fc.uniqueArray(fc.tuple(name, fc.constantFrom("1", "2", "")), {
    selector: ([each]) => each,
    maxLength: 20,
  });
  const sorted = (found: HeaderList | string): string =>
    typeof found === "string" ? found : JSON.stringify(found.map((each) => each.join(": ")).sort());

  test.each(MODES)("never changes what reaches the upstream (%s)", (mode) => {
    const shuffles = distinct.chain((headers) =>
      fc.tuple(
        fc.constant(headers),
        fc.shuffledSubarray(headers, { minLength: headers.length, maxLength: headers.length }),
      ),
    );
    fc.assert(
      fc.property(shuffles, ([one, other]) => {
        expect(sorted(pass(filterFor(mode), one))).toBe(sorted(pass(filterFor(mode), other)));
      }),
      { numRuns: 500 },
    );
  });
});
