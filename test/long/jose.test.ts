// jose and the module give the same verdict on every token, but where a table says why not. Here
// every row of the tables must apply, and every change to tokens must be made.

import { expect, test } from "vitest";

import { compareWithJose } from "../support/oracle/compare.ts";
import { DIFFERENCES } from "../support/oracle/differences.ts";
import { MUTATION_NAMES } from "../support/oracle/generate.ts";
import { PRECEDENCES, SAME_REFUSALS } from "../support/oracle/refusals.ts";
import { SEED, seededRandom } from "../support/random.ts";

const TOKENS = 100_000;
const EACH_MUTATION_MIN = 100;

test(`the module has the verdict of jose on every token (seed ${SEED})`, async () => {
  const found = await compareWithJose(TOKENS, seededRandom(SEED));
  const { bothAccept, bothRefuse, explained, refusals, mutations } = found;
  console.log(`jose: ${TOKENS} tokens, ${bothAccept} accepted, ${bothRefuse} refused by both`);
  for (const [about, count] of explained) console.log(`only jose accepts: ${count} × ${about}`);
  for (const [pair, count] of refusals) console.log(`both refuse: ${count} × ${pair}`);
  expect(found.unexplained.join("\n\n")).toBe("");

  const rows = DIFFERENCES.map(({ about }) => about);
  expect([...explained.keys()].sort()).toEqual([...rows].sort());
  const pairs = [
    ...Object.entries(SAME_REFUSALS).flatMap(([error, reasons]) =>
      reasons.map((reason) => `${error} | ${reason}`),
    ),
    ...PRECEDENCES.map(({ about }) => about),
  ];
  expect([...refusals.keys()].sort()).toEqual(pairs.sort());
  const rare = MUTATION_NAMES.filter((name) => (mutations.get(name) ?? 0) < EACH_MUTATION_MIN);
  expect(rare).toEqual([]);
});
