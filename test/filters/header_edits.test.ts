// The host is asked for no edit too many: each costs a crossing.

import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { filterFor, MARK } from "../support/header_filter.ts";
import type { Simulated } from "../support/simulated_filter.ts";

/** Edits that the host was asked for, by kind. */
function edits(filter: Simulated, headers: HeaderList): Record<string, number> {
  const calls = filter.callsOf(headers);
  const count = (verb: string): number => calls.get(`proxy_${verb}_header_map_value`) ?? 0;
  return { add: count("add"), replace: count("replace"), remove: count("remove") };
}

describe("edits", () => {
  const filter = filterFor("replace");
  const cases: [what: string, headers: HeaderList, add: number, replace: number, remove: number][] =
    [
      ["nothing but the mark", [["x-a", "1"]], 1, 0, 0],
      ["nothing at all when the mark is there", [MARK], 0, 0, 0],
      ["one replacement of a forged mark", [["x-sallyport-checked", "0"]], 0, 1, 0],
      ["one replacement of two marks", [MARK, MARK], 0, 1, 0],
      [
        "one removal of a repeated owned name",
        [
          ["x-spiffe-id", "1"],
          ["x-spiffe-id", "2"],
        ],
        1,
        0,
        1,
      ],
      [
        "one removal of a repeated name by prefix",
        [
          ["x-jwt-a", "1"],
          ["x-jwt-a", "2"],
        ],
        1,
        0,
        1,
      ],
      [
        "one removal for each name by prefix",
        [
          ["x-jwt-a", "1"],
          ["x-jwt-b", "2"],
        ],
        1,
        0,
        2,
      ],
      [
        "one removal of a repeated twin",
        [
          ["x_jwt_a", "1"],
          ["x_jwt_a", "2"],
        ],
        1,
        0,
        1,
      ],
      [
        "one removal of each spelling",
        [
          ["x_jwt_a", "1"],
          ["x_jwt-a", "2"],
        ],
        1,
        0,
        2,
      ],
      ["a renamed field", [["x_a", "1"]], 2, 0, 1],
      [
        "a renamed name with two values",
        [
          ["x_a", "1"],
          ["x_a", "2"],
        ],
        3,
        0,
        1,
      ],
      ["a mapped field", [["trace-id", "1"]], 2, 0, 1],
      [
        "a mapped field whose target is there",
        [
          ["trace-id", "1"],
          ["x-trace-id", "2"],
        ],
        1,
        0,
        1,
      ],
    ];
  test.each(cases)("are %s: %j", (_what, headers, add, replace, remove) => {
    expect(edits(filter, headers)).toEqual({ add, replace, remove });
  });

  test("at most double when the hostile fields do", () => {
    const hostile = (count: number, name: (i: number) => string): number => {
      const headers: HeaderList = Array.from({ length: count }, (_, i) => [name(i), "v"]);
      return [...filter.callsOf(headers).values()].reduce((sum, each) => sum + each, 0);
    };
    const names = [
      (i: number): string => `x-jwt-${i}`,
      (i: number): string => `x_jwt_${i}`,
      (i: number): string => `x_${i}`,
      (): string => "x_a",
      (): string => "x-jwt-a",
      (): string => "x-spiffe-id",
    ];
    for (const name of names) {
      for (let count = 8; count <= 128; count *= 2) {
        expect(hostile(2 * count, name)).toBeLessThanOrEqual(2 * hostile(count, name));
      }
    }
  });
});
