// Any bytes in any header under the preset `untrusted-edge`: what is no field is refused, what is
// one passes, and neither takes more than one look.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { pass } from "../support/header_filter.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";

const REFUSED = "normalise:header_refused";
const module = await loadShippedModule();

function filterOf(normalise: object): Simulated {
  return new Simulated(module, { configuration: { markChecked: true, normalise } });
}

const edge = filterOf({ preset: "untrusted-edge", underscores: "keep" });

function isField([name, value]: [string, string]): boolean {
  const isName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
  return isName && /^[^\0-\x08\x0a-\x1f\x7f]*$/.test(value) && !/^[ \t]|[ \t]$/.test(value);
}

describe("under the preset", () => {
  const bytes = fc
    .uint8Array({ maxLength: 40 })
    .map((each) => Buffer.from(each).toString("latin1"));
  const mostlyText = fc.oneof(
    { weight: 3, arbitrary: fc.stringMatching(/^[ -~]{0,40}$/) },
    { weight: 1, arbitrary: bytes },
  );
  const names = fc.oneof(
    { weight: 6, arbitrary: fc.stringMatching(/^y-[a-z0-9!#$%&'*+.^`|~-]{0,20}$/) },
    { weight: 1, arbitrary: bytes.map((each) => `y${each.toLowerCase()}`) },
  );

  test("a request passes if and only if all of its fields are such", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(names, mostlyText), { maxLength: 6 }), (headers) => {
        const expected = headers.every(isField) ? headers : REFUSED;
        expect(pass(edge, headers)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  test("no bytes of an authority, a content-length or credentials trap", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("host", "content-length", "authorization", "connection", "if-range"),
        mostlyText,
        (name, value) => {
          const outcome = pass(edge, [[name, value]]);
          if (typeof outcome === "string") expect(outcome).toMatch(/^normalise:|^headers_too/);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("credentials", () => {
  const credentials: [value: string, passes: boolean][] = [
    ["Bearer a", true],
    ["Bearer", true],
    ["", true],
    ['Digest a="b, \\", c", d=e', true],
    ["Digest a=b , c = d", true],
    ["Bearer a,Bearer b", false],
    ["Bearer a,b", false],
    ["Bearer a=,b=c", false],
    ["Bearer a=b,", false],
    ["Bearer ,a=b", false],
    [",", false],
    ["Basic YTpi,x=y", false],
    ["Digest a=b,Digest c=d", false],
    ["Digest a=b,,c=d", false],
    ['Digest a="b,Bearer c', false],
  ];
  test.each(credentials)("%j: %s", (value, passes) => {
    const headers: HeaderList = [["authorization", value]];
    expect(pass(edge, headers)).toEqual(passes ? headers : REFUSED);
  });
});

describe("sizes", () => {
  test("values of many commas and quotes are one look", () => {
    const values = [",", '",', '\\"', "a=b,", "a=", " ,"].map((each) => each.repeat(20_000));
    for (const value of values) {
      expect(pass(edge, [["authorization", `x ${value}x`]])).toEqual(
        value.includes(",") && !value.startsWith("a=b,") ? REFUSED : expect.anything(),
      );
    }
  });

  test("16 options of connection are looked for and one more is too many", () => {
    const filter = filterOf({ hopByHop: "strip" });
    const options = Array.from({ length: 16 }, (_, i) => `x-${i}`);
    const fields = Array.from({ length: 500 }, (_, i): [string, string] => [`x-${i}`, "1"]);
    expect(pass(filter, [["connection", options.join(",")], ...fields])).toEqual(fields.slice(16));
    const more = [...options, "x-16"].join(",");
    expect(pass(filter, [["connection", more], ...fields])).toBe("headers_too_large");
    expect(pass(filter, [["connection", "x".repeat(60_000)]])).toEqual([]);
    expect(pass(filter, [["connection", ",".repeat(60_000)]])).toBe("headers_too_large");
  });
});

describe("what stays of a singleton", () => {
  const filter = filterOf({ singletons: { "x-a": "first", "x-b": "last" } });

  test.each(["x-a", "x-b"])("is refused when no field may have it: %s", (name) => {
    const lines: HeaderList = ["1", "a\nb", "1"].map((value) => [name, value]);
    expect(pass(filter, lines)).toEqual([[name, "1"]]);
    const bad: HeaderList = ["a\nb", "1", "a\nb"].map((value) => [name, value]);
    expect(pass(filter, bad)).toBe(REFUSED);
  });
});
