// What the samples of the stack say.

import type { BarReport } from "../harness/bars.ts";
import { bar } from "../harness/bars.ts";
import type { Samples, Summary } from "../harness/measure.ts";
import { added, NOISY_SPREAD, spread, summarise } from "../harness/measure.ts";
import { round, roundAll } from "../harness/round.ts";
import { baseOf, CALLS, EMPTY, IDLE, NONE, REFUSALS, TOKENLESS, withLoad } from "./cases.ts";
import type { Missed } from "./samples.ts";
import { MISSED } from "./samples.ts";

/** What one case adds to a request, by what another adds; null where the other is not there. */
export interface Ratios {
  chain_vs_native: number | null;
  /** A module that makes the chain's host calls and does nothing else: no module costs less. */
  calls_vs_native: number | null;
  calls_vs_rust: number | null;
  calls_vs_solo: number | null;
  chain_vs_rust: number | null;
  chain_vs_solo: number | null;
  /** Headers, trace and limit alone. */
  chain_without_token_vs_lua: number | null;
  idle_vs_empty: number | null;
}

/** CPU of the whole of Envoy for a refusal, and the other way round. */
export interface Refused {
  us: number;
  per_s: number;
}

/** Microseconds of CPU that a request costs more than without filters. */
export interface Miss {
  sallyport_us: number;
  native_us: number;
  ratio: number;
}

export interface StackFindings {
  noisy: boolean;
  /** (max - min) / median of the case without filters. */
  none_spread: number;
  ratios: Ratios;
  /** Of the quietest round of each case: less disturbed on a noisy machine. */
  minimum_ratios: Ratios;
  /** Added to the case without filters under the same load. */
  added_us: Record<string, Summary>;
  /** CPU of the whole of Envoy per request. */
  cases_us: Record<string, Summary>;
  /** A token that no cache holds in each request, by algorithm. */
  misses: Record<Missed, Miss>;
  refusals: Record<string, Record<string, Refused>>;
  bars: BarReport[];
}

const MOST = { native: 1, rust: 0.65, solo: 0.25, empty: 1.1, refusal: 1 };

export function evaluateStack(samples: Samples): StackFindings {
  const names = [...samples.keys()];
  const totalOf = (name: string): Summary => summarise(samples.get(name) ?? []);
  const addedTo = (name: string): Summary => added(samples, name, baseOf(name) ?? NONE);
  const quietest = (name: string): number => totalOf(name).min - totalOf(baseOf(name) ?? NONE).min;
  const noneSpread = spread(samples.get(NONE) ?? []);
  const ratios = ratiosOf((name) => addedTo(name).median);
  const refusals = refusalsOf(names, totalOf);
  const shown = names.filter((name) => !name.startsWith(NONE) && baseOf(name) !== null);
  return {
    noisy: noneSpread > NOISY_SPREAD,
    none_spread: round(noneSpread),
    ratios,
    minimum_ratios: ratiosOf(quietest),
    added_us: Object.fromEntries(shown.map((name) => [name, roundAll(addedTo(name))])),
    cases_us: Object.fromEntries(names.map((name) => [name, roundAll(totalOf(name))])),
    misses: missesOf((name) => addedTo(name).median),
    refusals,
    bars: barsOf(ratios, refusals),
  };
}

function ratiosOf(figure: (name: string) => number): Ratios {
  const ratio = (name: string, other: string): number | null => {
    const value = round(figure(name) / figure(other));
    return Number.isFinite(value) ? value : null;
  };
  return {
    chain_vs_native: ratio("chain", "native"),
    calls_vs_native: ratio(CALLS, "native"),
    calls_vs_rust: ratio(CALLS, "rust"),
    calls_vs_solo: ratio(CALLS, "solo"),
    chain_vs_rust: ratio("chain", "rust"),
    chain_vs_solo: ratio("chain", "solo"),
    chain_without_token_vs_lua: ratio(TOKENLESS, "lua"),
    idle_vs_empty: ratio(IDLE, EMPTY),
  };
}

function missesOf(figure: (name: string) => number): Record<Missed, Miss> {
  const miss = (algorithm: Missed): Miss => {
    const ours = figure(withLoad("jwt", algorithm));
    const native = figure(withLoad("jwt_authn", algorithm));
    return { sallyport_us: round(ours), native_us: round(native), ratio: round(ours / native) };
  };
  const [es256, rs256, eddsa] = MISSED;
  return { [es256]: miss(es256), [rs256]: miss(rs256), [eddsa]: miss(eddsa) };
}

function refusalsOf(
  names: readonly string[],
  totalOf: (name: string) => Summary,
): StackFindings["refusals"] {
  const ofKind = (refusal: (typeof REFUSALS)[number]): Record<string, Refused> => {
    const ending = `, ${refusal}`;
    const refusing = names.filter((name) => name.endsWith(ending));
    return Object.fromEntries(
      refusing.map((name) => {
        const { median } = totalOf(name);
        const figures = { us: round(median), per_s: Math.round(1e6 / median) };
        return [name.slice(0, -ending.length), figures];
      }),
    );
  };
  return Object.fromEntries(REFUSALS.map((refusal) => [refusal, ofKind(refusal)]));
}

/** Goals; those of peers that are not there are left out. */
function barsOf(ratios: Ratios, refusals: StackFindings["refusals"]): BarReport[] {
  const goals: [name: string, ratio: number | null, most: number][] = [
    ["chain by native", ratios.chain_vs_native, MOST.native],
    ["chain by rust", ratios.chain_vs_rust, MOST.rust],
    ["chain by solo", ratios.chain_vs_solo, MOST.solo],
    ["nothing configured by an empty module", ratios.idle_vs_empty, MOST.empty],
    ...REFUSALS.map((refusal): [string, number, number] => {
      const { chain, native } = refusals[refusal] ?? {};
      const ratio = round((chain?.us ?? Number.NaN) / (native?.us ?? Number.NaN));
      return [`refused, ${refusal}, by native`, ratio, MOST.refusal];
    }),
  ];
  return goals.flatMap(([name, ratio, most]) => (ratio === null ? [] : [bar(name, ratio, most)]));
}
