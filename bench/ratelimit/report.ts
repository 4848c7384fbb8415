// What the samples of bench/ratelimit.ts say.

import type { Machine } from "../harness/machine.ts";
import type { Samples, Summary } from "../harness/measure.ts";
import { added, NOISY_SPREAD, spread, summarise } from "../harness/measure.ts";
import { round, roundAll } from "../harness/round.ts";
import { hotCase, hostsCase, KEY_COUNTS, LIMIT_COUNTS, pathsCase, turnsCase } from "./cases.ts";

/** Microseconds of CPU that a request costs more than without filters. */
export interface Comparison {
  sallyport_us: number;
  native_us: number;
  /** A module that looks at the headers and decides nothing. */
  empty_us: number;
  /** sallyport_us / (native_us + empty_us) */
  ratio: number;
}

export interface Growth {
  added_us: number;
  /** By the case with one limit and one key. */
  factor: number;
}

export interface Findings extends Comparison {
  /** Of the quietest round of each case. */
  minimum: Comparison;
  /** Both tell what is left on every response. */
  with_headers: Comparison;
  growth: Record<string, Growth>;
}

export interface BarReport {
  name: string;
  ratio: number;
  most: number;
  met: boolean;
}

export interface RateLimitReport extends Findings {
  machine: Machine;
  rounds: number;
  requests_per_round: number;
  /** Envoy and the load each had a core. */
  pinned: boolean;
  noisy: boolean;
  /** (max - min) / median of the case without filters. */
  none_spread: number;
  bars: BarReport[];
  /** Added to the case without filters. */
  added_us: Record<string, Summary>;
}

const NONE = "none";
/** "Flat": what a neighbour's noise may cost. */
const FLAT = 1.1;
const MOST = { ratio: 1.3, flat: FLAT };
const [, , MOST_LIMITS] = LIMIT_COUNTS;
const [, MOST_KEYS] = KEY_COUNTS;

export type Evaluation = Omit<
  RateLimitReport,
  "machine" | "rounds" | "requests_per_round" | "pinned"
>;

export function evaluate(samples: Samples): Evaluation {
  const findings = findingsOf(samples);
  const noneSpread = spread(samples.get(NONE) ?? []);
  const names = [...samples.keys()].filter((name) => name !== NONE);
  return {
    ...findings,
    noisy: noneSpread > NOISY_SPREAD,
    none_spread: round(noneSpread),
    bars: barsOf(findings),
    added_us: Object.fromEntries(names.map((name) => [name, roundAll(added(samples, name, NONE))])),
  };
}

function findingsOf(samples: Samples): Findings {
  const median = (name: string): number => added(samples, name, NONE).median;
  const least = (name: string): number => summarise(samples.get(name) ?? []).min;
  const quietest = (name: string): number => least(name) - least(NONE);
  const names = [
    ...LIMIT_COUNTS.flatMap((count) => [pathsCase(count), hostsCase(count)]),
    ...KEY_COUNTS.flatMap((count) => [hotCase(count), turnsCase(count)]),
  ];
  return {
    ...compare(median, ""),
    minimum: compare(quietest, ""),
    with_headers: compare(median, " headers"),
    growth: Object.fromEntries(
      names.map((name) => {
        const figure = median(name);
        return [name, { added_us: round(figure), factor: round(figure / median("ours")) }];
      }),
    ),
  };
}

function compare(figure: (name: string) => number, suffix: string): Comparison {
  const [ours, native] = [figure(`ours${suffix}`), figure(`native${suffix}`)];
  const empty = figure("empty");
  return {
    sallyport_us: round(ours),
    native_us: round(native),
    empty_us: round(empty),
    ratio: round(ours / (native + empty)),
  };
}

function barsOf({ ratio, growth }: Findings): BarReport[] {
  const bar = (name: string, found: number, most: number): BarReport => {
    return { name, ratio: found, most, met: Number.isFinite(found) && found <= most };
  };
  const grown = [pathsCase(MOST_LIMITS), hostsCase(MOST_LIMITS), hotCase(MOST_KEYS)];
  return [
    bar("one limit on a hot key, by native + empty", ratio, MOST.ratio),
    ...grown.map((name) => bar(`${name}, by one`, growth[name]?.factor ?? Number.NaN, MOST.flat)),
  ];
}
