// jose and the module judge the same tokens.

import { setImmediate } from "node:timers/promises";

import type { Random } from "../random.ts";
import { loadShippedModule, Simulated } from "../simulated_filter.ts";
import { DIFFERENCES } from "./differences.ts";
import { readTokenFacts } from "./facts.ts";
import type { Generated } from "./generate.ts";
import { tokenGenerator } from "./generate.ts";
import { judgeByJose, judgeByModule } from "./judge.ts";
import { PRECEDENCES, SAME_REFUSALS } from "./refusals.ts";
import { configurationOf, makeProviders, NOW } from "./world.ts";

const REPORTED_MAX = 5;
/** Where the clock of a simulated filter begins. */
const FIRST_SECOND = 1;
/** Between tokens, so that the runner of the tests hears from this process. */
const BREATH_EVERY = 500;

export interface Comparison {
  tokens: number;
  bothAccept: number;
  bothRefuse: number;
  /** Only jose accepts: tokens explained by each row of the table. */
  explained: Map<string, number>;
  /** Refusals of jose, each with the module's. */
  refusals: Map<string, number>;
  mutations: Map<string, number>;
  /** The first few that nothing explains, with all that repeats them. */
  unexplained: string[];
}

/** Judges so many tokens by new keys; by turns the module may verify by the host, and not. */
export async function compareWithJose(tokens: number, random: Random): Promise<Comparison> {
  const module = await loadShippedModule();
  const providers = makeProviders();
  const filters = (["auto", "wasm"] as const).map((crypto) => {
    const filter = new Simulated(module, { configuration: configurationOf(providers, crypto) });
    filter.advance(NOW - FIRST_SECOND);
    return filter;
  });
  const next = tokenGenerator(providers, random);
  const total: Comparison = {
    tokens,
    bothAccept: 0,
    bothRefuse: 0,
    explained: new Map(),
    refusals: new Map(),
    mutations: new Map(),
    unexplained: [],
  };
  for (let count = 1; count <= tokens; count++) {
    const one = next();
    for (const name of one.mutations) tally(total.mutations, name);
    const byJose = await judgeByJose(one);
    const filter = random.pick(filters);
    const byModule = judgeByModule(filter, one);
    const again = judgeByModule(filter, one);
    const complaint =
      again === byModule
        ? weigh(one, byJose, byModule, total)
        : `the second time: ${again ?? "accepted"}`;
    if (complaint !== null && total.unexplained.length < REPORTED_MAX) {
      total.unexplained.push(report(one, byJose, byModule, complaint));
    }
    if (count % BREATH_EVERY === 0) await setImmediate();
  }
  return total;
}

function tally(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** Counts a pair of verdicts; what is wrong with it, or null. */
function weigh(
  one: Generated,
  byJose: string | null,
  byModule: string | null,
  total: Comparison,
): string | null {
  const facts = readTokenFacts(one.token);
  const rows = DIFFERENCES.map((row) => ({ row, refusals: row.refusals(facts, one.provider) }));
  if (byModule === null) {
    if (byJose !== null) return "only the module accepts";
    const row = rows.find(({ refusals }) => refusals.length > 0)?.row;
    if (row !== undefined) return `both accept ${row.about}`;
    total.bothAccept++;
    return null;
  }
  const row = rows.find(({ refusals }) => refusals.includes(byModule))?.row;
  if (byJose === null) {
    if (row === undefined) return "only jose accepts";
    tally(total.explained, row.about);
    return null;
  }
  total.bothRefuse++;
  const same = SAME_REFUSALS[byJose] ?? [];
  // With several changes, either may name another one first.
  if (one.mutations.length > 1 || row !== undefined) return null;
  const earlier = PRECEDENCES.find((each) => each.refusal === byModule && each.applies(facts));
  if (same.includes(byModule)) tally(total.refusals, `${byJose} | ${byModule}`);
  else if (earlier !== undefined) tally(total.refusals, earlier.about);
  else return "refused for different reasons";
  return null;
}

function report(
  one: Generated,
  byJose: string | null,
  byModule: string | null,
  complaint: string,
): string {
  const parts = one.token.split(".").map((part) => Buffer.from(part, "base64url").toString());
  return [
    `${complaint}: jose ${byJose ?? "accepts"}, the module ${byModule ?? "accepts"}`,
    `changed: ${one.mutations.join("; ")}`,
    `provider ${one.provider.name}, keys ${JSON.stringify(one.provider.jwks)}`,
    `token ${JSON.stringify(one.token)}`,
    `header ${parts[0] ?? ""}`,
    `payload ${parts[1] ?? ""}`,
  ].join("\n");
}
