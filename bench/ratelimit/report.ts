// What the samples of bench/ratelimit.ts say.

import type { BarReport } from "../harness/bars.ts";
import { bar } from "../harness/bars.ts";
import type { Machine } from "../harness/machine.ts";
import type { Samples, Summary } from "../harness/measure.ts";
import { added, NOISY_SPREAD, spread, summarise } from "../harness/measure.ts";
import { round, roundAll } from "../harness/round.ts";
import {
  hotCase,
  hostsCase,
  KEY_COUNTS,
  KEYS_OF_ONE,
  LIMIT_COUNTS,
  noneCase,
  pageCase,
  pathsCase,
  turnsCase,
} from "./cases.ts";

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
  /** By the case with one limit and one key, which leases serve unless the case has none. */
  factor: number;
}

export interface Findings extends Comparison {
  /** Of the quietest round of each case. */
  minimum: Comparison;
  /** Both tell what is left on every response. */
  with_headers: Comparison;
  growth: Record<string, Growth>;
  /** Of a limit whose buckets are read and written for each request. */
  growth_without_leases: Record<string, Growth>;
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

const NONE = noneCase(KEYS_OF_ONE);
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
  const names = [...samples.keys()].filter((name) => !name.startsWith(NONE));
  return {
    ...findings,
    noisy: noneSpread > NOISY_SPREAD,
    none_spread: round(noneSpread),
    bars: barsOf(findings),
    added_us: Object.fromEntries(
      names.map((name) => [name, roundAll(added(samples, name, baseOf(name)))]),
    ),
  };
}

/**
 * The case without filters under the same load: a value that differs from request to request costs
 * Envoy's HTTP/2 codec more than one that its tables have (RFC 7541 §2.3.2).
 */
function baseOf(name: string): string {
  const isLoadOf = (count: number): boolean => name.endsWith(turnsCase(count));
  return noneCase(KEY_COUNTS.find(isLoadOf) ?? KEYS_OF_ONE);
}

function findingsOf(samples: Samples): Findings {
  const median = (name: string): number => added(samples, name, baseOf(name)).median;
  const least = (name: string): number => summarise(samples.get(name) ?? []).min;
  const quietest = (name: string): number => least(name) - least(NONE);
  const names = [
    ...LIMIT_COUNTS.flatMap((count) => [pathsCase(count), hostsCase(count)]),
    ...KEY_COUNTS.flatMap((count) => [hotCase(count), turnsCase(count)]),
  ];
  const paged = [KEYS_OF_ONE, ...KEY_COUNTS].map(pageCase);
  const grow = (name: string, one: string): [string, Growth] => {
    const figure = median(name);
    return [name, { added_us: round(figure), factor: round(figure / median(one)) }];
  };
  return {
    ...compare(median, ""),
    minimum: compare(quietest, ""),
    with_headers: compare(median, " headers"),
    growth: Object.fromEntries(names.map((name) => grow(name, "ours"))),
    growth_without_leases: Object.fromEntries(
      paged.map((name) => grow(name, pageCase(KEYS_OF_ONE))),
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

function barsOf({ ratio, growth, growth_without_leases: paged }: Findings): BarReport[] {
  const most = pageCase(MOST_KEYS);
  const grown = [pathsCase(MOST_LIMITS), hostsCase(MOST_LIMITS), hotCase(MOST_KEYS)];
  return [
    bar("one limit on a hot key, by native + empty", ratio, MOST.ratio),
    ...grown.map((name) => bar(`${name}, by one`, growth[name]?.factor ?? Number.NaN, MOST.flat)),
    bar(`${most}, by one key`, paged[most]?.factor ?? Number.NaN, MOST.flat),
  ];
}
