// Goal: no answer of the host lets pass what the configuration denies. Method: each host call of
// each kind of request fails in each way, alone and in seeded combinations.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { HostCall, Status } from "../../host-sim/src/index.ts";
import type { Plan } from "./full_filter.ts";
import {
  FAULTS,
  forgedToken,
  FullFilter,
  fullConfiguration,
  goodToken,
  hostileHeaders,
  Saboteur,
  wrongWith,
} from "./full_filter.ts";

const COMBINATIONS = 3000;
const SEED = 20_261_123;
const HEADERS_MAX = 512;

interface Kind {
  name: string;
  token: () => string | null;
  /** Why it is refused when the host does its part, null when it passes. */
  reason: string | null;
  /** Single faults that there are at least. */
  faultsMin: number;
}

const KEPT = goodToken();
const KINDS: readonly Kind[] = [
  { name: "a good token", token: goodToken, reason: null, faultsMin: 286 },
  { name: "a token seen before", token: () => KEPT, reason: null, faultsMin: 273 },
  { name: "a forged token", token: forgedToken, reason: "jwt:signature_invalid", faultsMin: 104 },
  { name: "no token", token: () => null, reason: "jwt:missing", faultsMin: 91 },
];

/** A filter whose requests fail by a plan. */
class Sabotaged {
  readonly filter: FullFilter;
  #saboteur: Saboteur | null = null;

  constructor(showsLimits: boolean) {
    this.filter = new FullFilter({
      configuration: fullConfiguration(showsLimits),
      faults: (call) => this.#answer(call),
    });
    this.run({ name: "", token: () => KEPT, reason: null, faultsMin: 0 }, new Map());
  }

  #answer(call: HostCall): Status | undefined {
    return this.#saboteur?.answer(call);
  }

  /** Sends one request under a plan; returns the host calls it made. */
  run(kind: Kind, plan: Plan): readonly string[] {
    const headers = hostileHeaders(kind.token());
    const saboteur = new Saboteur(plan);
    this.#saboteur = saboteur;
    const result = this.filter.send(headers);
    this.#saboteur = null;
    const where = `${kind.name}, ${JSON.stringify([...plan])}, ${saboteur.seen.join(" ")}`;
    expect(wrongWith(result, kind.reason, saboteur.hit), where).toBeNull();
    const { failed, absent } = this.filter.worker();
    expect({ failed, absent }, where).toEqual({ failed: false, absent: false });
    return saboteur.seen;
  }

  /** The same request on a host that does its part gets what it is due. */
  expectHealthy(kind: Kind): void {
    const result = this.filter.send(hostileHeaders(kind.token()));
    expect(result.kind).toBe(kind.reason === null ? "continue" : "reply");
  }
}

describe.each([
  ["limits shown when they refuse", false],
  ["limits shown always", true],
])("with %s", (_name, showsLimits) => {
  test.each(KINDS)("$name survives $faultsMin single faults or more", (kind) => {
    const sabotaged = new Sabotaged(showsLimits);
    const calls = sabotaged.run(kind, new Map()).length;
    let tried = 0;
    for (let at = 0; at < calls; at++) {
      for (const fault of FAULTS) {
        sabotaged.run(kind, new Map([[at, fault]]));
        tried++;
      }
      sabotaged.expectHealthy(kind);
    }
    expect(tried).toBe(calls * FAULTS.length);
    expect(tried).toBeGreaterThanOrEqual(kind.faultsMin);
    expect(sabotaged.filter.host.liveContexts()).toBe(2);
  });

  test(`${COMBINATIONS} combinations of faults let nothing pass (seed ${SEED})`, () => {
    const sabotaged = new Sabotaged(showsLimits);
    const plan = fc
      .array(fc.tuple(fc.nat({ max: 40 }), fc.constantFrom(...FAULTS)), { maxLength: 12 })
      .map((faults) => new Map(faults));
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), plan, (kind, faults) => {
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
    for (const { token } of KINDS) {
      const extra = added.map(([name = "", value = ""]): [string, string] => [name, value]);
      const result = filter.send([...hostileHeaders(token()), ...extra]);
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
