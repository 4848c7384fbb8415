// Goal: whichever host call fails and whatever stores answer, nothing passes that a limit refuses,
// and no request waits for ever. Method: each host call from a request to its end, those of ticks
// and answers included, fails in each way, alone and in seeded combinations.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { FAULTS } from "./full_filter.ts";
import { ALL_STORE_LIMITS } from "./full_limits.ts";
import type { Kind } from "./kinds.ts";
import { CLAIM_KINDS, HEALTHY_KINDS, OWN_KINDS, STORE_KINDS } from "./limit_kinds.ts";
import { Sabotaged } from "./sabotaged.ts";

const COMBINATIONS = 1500;
const SEED = 20_261_126;
const KINDS = [...OWN_KINDS, ...STORE_KINDS, ...CLAIM_KINDS];

function started(showsLimits: boolean): Sabotaged {
  const sabotaged = new Sabotaged(showsLimits, false, ALL_STORE_LIMITS);
  // The first request takes what there is.
  for (const { headers } of KINDS) sabotaged.filter.send(headers());
  sabotaged.heal(HEALTHY_KINDS);
  return sabotaged;
}

/** Stores that a request of the kind may ask. */
function healthyFor({ name }: Kind): readonly Kind[] {
  if (name.includes("chain")) return HEALTHY_KINDS;
  return HEALTHY_KINDS.filter((each) => name.startsWith(each.name.split(".", 1)[0] ?? ""));
}

test("each kind of request gets what it is due", () => {
  const sabotaged = started(true);
  for (const kind of KINDS) {
    sabotaged.expectHealthy(kind);
    for (const each of healthyFor(kind)) sabotaged.expectHealthy(each);
  }
});

describe.each(KINDS)("$name", (kind) => {
  test("survives $faultsMin single faults or more", () => {
    started(true).runSingleFaults(kind, healthyFor(kind));
  });
});

test(`${COMBINATIONS} combinations of faults let nothing pass (seed ${SEED})`, () => {
  const sabotaged = started(false);
  const plan = fc
    .array(fc.tuple(fc.nat({ max: 90 }), fc.constantFrom(...FAULTS)), { maxLength: 12 })
    .map((faults) => new Map(faults));
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), plan, (kind, faults) => {
      sabotaged.run(kind, faults);
      sabotaged.heal(HEALTHY_KINDS);
    }),
    { numRuns: COMBINATIONS, seed: SEED },
  );
  for (const kind of KINDS) {
    sabotaged.expectHealthy(kind);
    for (const each of healthyFor(kind)) sabotaged.expectHealthy(each);
  }
  expect(sabotaged.filter.host.liveContexts()).toBe(2);
});
