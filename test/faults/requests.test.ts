// Goal: no answer of the host lets pass what the configuration denies. Method: each host call of
// each kind of request fails in each way, alone and in seeded combinations.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Status } from "../../host-sim/src/index.ts";
import { hostileHeaders } from "./full_configuration.ts";
import { FAULTS, FullFilter, wrongWith } from "./full_filter.ts";
import type { Kind } from "./kinds.ts";
import { KEPT, KINDS, MORE_KINDS } from "./kinds.ts";
import { Sabotaged } from "./sabotaged.ts";

const COMBINATIONS = 3000;
const SEED = 20_261_123;
const HEADERS_MAX = 512;

describe.each([
  ["limits shown when they refuse", false],
  ["limits shown always", true],
])("with %s", (_name, showsLimits) => {
  test.each(KINDS)("$name survives $faultsMin single faults or more", (kind) => {
    new Sabotaged(showsLimits).runSingleFaults(kind);
  });

  test(`${COMBINATIONS} combinations of faults let nothing pass (seed ${SEED})`, () => {
    const sabotaged = new Sabotaged(showsLimits);
    const plan = fc
      .array(fc.tuple(fc.nat({ max: 70 }), fc.constantFrom(...FAULTS)), { maxLength: 12 })
      .map((faults) => new Map(faults));
    fc.assert(
      fc.property(fc.constantFrom(...KINDS, ...MORE_KINDS), plan, (kind, faults) => {
        sabotaged.run(kind, faults);
      }),
      { numRuns: COMBINATIONS, seed: SEED },
    );
    for (const kind of KINDS) sabotaged.expectHealthy(kind);
  });

  test("a call that fails each time fails each kind of request, or changes nothing", () => {
    const sabotaged = new Sabotaged(showsLimits);
    for (const kind of KINDS) {
      const names = new Set(sabotaged.run(kind, new Map()));
      for (const name of names)
        for (const fault of FAULTS) runWithout(sabotaged, kind, name, fault);
      sabotaged.expectHealthy(kind);
    }
  });
});

describe("of whatever it is about", () => {
  test.each(MORE_KINDS)("$name survives $faultsMin single faults or more", (kind) => {
    new Sabotaged(false).runSingleFaults(kind);
  });
});

describe("in a dry run", () => {
  test.each([...KINDS, ...MORE_KINDS])("$name passes as nobody, or as who it is", (kind) => {
    new Sabotaged(false, true).runSingleFaults({ ...kind, faultsMin: 91 });
  });
});

/** All calls of one name fail: the plan grows until no other call of that name gets through. */
function runWithout(sabotaged: Sabotaged, kind: Kind, name: string, fault: Status): void {
  const plan = new Map<number, Status>();
  // A limit reads and writes a page 64 times at most, and there are two.
  for (let turn = 0; turn < 300; turn++) {
    const seen = sabotaged.run(kind, plan);
    const at = seen.findIndex((each, index) => each === name && !plan.has(index));
    if (at < 0) return;
    plan.set(at, fault);
  }
  expect.fail(`${name} is called without end`);
}

describe("headers that do not fit", () => {
  const filter = new FullFilter();

  test.each([
    ["a value of 1 MiB", [["x-large", "v".repeat(1 << 20)]]],
    ["a name of 1 MiB", [["x".repeat(1 << 20), "v"]]],
    ["many large values", Array.from({ length: 100 }, (_, i) => [`x-${i}`, "v".repeat(20_000)])],
    ["too many fields", Array.from({ length: HEADERS_MAX }, (_, i) => [`x-${i}`, "v"])],
  ])("%s is answered with 431, whatever the token", (_name, added) => {
    for (const { headers } of KINDS) {
      const extra = added.map(([name = "", value = ""]): [string, string] => [name, value]);
      const result = filter.send([...headers(), ...extra]);
      expect(result.kind).toBe("reply");
      if (result.kind !== "reply") return;
      expect(result.reply.status).toBe(431);
      expect(result.reply.details).toBe("sallyport{headers_too_large}");
    }
    expect(filter.worker().failed).toBe(false);
  });

  test("every size around a full arena is refused or passes with its own identity", () => {
    const outcomes = new Set<string>();
    for (let size = (1 << 20) - 49_152; size <= 1 << 20; size += 32) {
      const result = filter.send([...hostileHeaders(KEPT), ["x-large", "v".repeat(size)]]);
      if (result.kind === "reply") {
        expect([431, 503], String(size)).toContain(result.reply.status);
        expect(result.reply.details).toMatch(/^sallyport\{[a-z_:]+\}$/);
        expect(result.reply.body.length).toBeGreaterThan(0);
      } else {
        expect(wrongWith(result, null, []), String(size)).toBeNull();
      }
      outcomes.add(result.kind);
    }
    expect([...outcomes].sort()).toEqual(["continue", "reply"]);
    expect(filter.worker().failed).toBe(false);
  });
});
