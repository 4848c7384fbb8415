// What the samples of bench/ratelimit.ts say.

import type { BarReport } from "../harness/bars.ts";
import { bar } from "../harness/bars.ts";
import type { Machine } from "../harness/machine.ts";
import type { Samples, Summary } from "../harness/measure.ts";
import { added, NOISY_SPREAD, spread, summarise } from "../harness/measure.ts";
import { round, roundAll } from "../harness/round.ts";
import {
  baseOf,
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
  /** By the case with one limit and one hot key: of the same limit under `without_leases`. */
  factor: number;
}

/** One limit that takes no leases: each request reads and writes a page. */
export interface PageGrowth extends Growth {
  /** Of the quietest round of each case. */
  quietest: Growth;
}

export interface Findings extends Comparison {
  /** Of the quietest round of each case. */
  minimum: Comparison;
  /** Both tell what is left on every response. */
  with_headers: Comparison;
  growth: Record<string, Growth>;
  /** What a lease saves a request on a hot key. */
  lease_saves_us: number;
  without_leases: Record<string, PageGrowth>;
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
  /** Added to the case without filters under the same load. */
  added_us: Record<string, Summary>;
}

const NONE = noneCase(KEYS_OF_ONE);
const ONE = "ours";
/** "Flat": what a neighbour's noise may cost. */
const FLAT = 1.1;
const MOST = { ratio: 1.3, flat: FLAT };
const [ONE_LIMIT, , MOST_LIMITS] = LIMIT_COUNTS;
const [, MOST_KEYS] = KEY_COUNTS;
const HOT_PAGE = pageCase(KEYS_OF_ONE);

export type Evaluation = Omit<
  RateLimitReport,
  "machine" | "rounds" | "requests_per_round" | "pinned"
>;

export function evaluate(samples: Samples): Evaluation {
  const findings = findingsOf(samples);
  const noneSpread = spread(samples.get(NONE) ?? []);
  const bases = new Set([...samples.keys()].map(baseOf));
  const names = [...samples.keys()].filter((name) => !bases.has(name));
  const addedTo = (name: string): Summary => roundAll(added(samples, name, baseOf(name)));
  return {
    ...findings,
    noisy: noneSpread > NOISY_SPREAD,
    none_spread: round(noneSpread),
    bars: barsOf(findings),
    added_us: Object.fromEntries(names.map((name) => [name, addedTo(name)])),
  };
}

function findingsOf(samples: Samples): Findings {
  const median = (name: string): number => added(samples, name, baseOf(name)).median;
  const least = (name: string): number => summarise(samples.get(name) ?? []).min;
  const quietest = (name: string): number => least(name) - least(baseOf(name));
  const growth: [name: string, one: string][] = [
    ...LIMIT_COUNTS.flatMap((count): [string, string][] => [
      [pathsCase(count), pathsCase(ONE_LIMIT)],
      [hostsCase(count), hostsCase(ONE_LIMIT)],
    ]),
    ...KEY_COUNTS.flatMap((count) => [hotCase(count), turnsCase(count)]).map(
      (name): [string, string] => [name, ONE],
    ),
  ];
  return {
    ...compare(median, ""),
    minimum: compare(quietest, ""),
    with_headers: compare(median, " headers"),
    growth: Object.fromEntries(growth.map(([name, one]) => [name, grown(median, name, one)])),
    lease_saves_us: round(median(HOT_PAGE) - median(ONE)),
    without_leases: Object.fromEntries(
      [HOT_PAGE, ...KEY_COUNTS.map(pageCase)].map((name) => [
        name,
        { ...grown(median, name, HOT_PAGE), quietest: grown(quietest, name, HOT_PAGE) },
      ]),
    ),
  };
}

function grown(figure: (name: string) => number, name: string, one: string): Growth {
  return { added_us: round(figure(name)), factor: round(figure(name) / figure(one)) };
}

function compare(figure: (name: string) => number, suffix: string): Comparison {
  const [ours, native] = [figure(`${ONE}${suffix}`), figure(`native${suffix}`)];
  const empty = figure("empty");
  return {
    sallyport_us: round(ours),
    native_us: round(native),
    empty_us: round(empty),
    ratio: round(ours / (native + empty)),
  };
}

function barsOf({ ratio, growth, without_leases: paged }: Findings): BarReport[] {
  const flat: [name: string, one: string][] = [
    [pathsCase(MOST_LIMITS), pathsCase(ONE_LIMIT)],
    [hostsCase(MOST_LIMITS), hostsCase(ONE_LIMIT)],
    [hotCase(MOST_KEYS), "one"],
  ];
  const most = pageCase(MOST_KEYS);
  return [
    bar("one limit on a hot key, by native + empty", ratio, MOST.ratio),
    ...flat.map(([name, one]) =>
      bar(`${name}, by ${one}`, growth[name]?.factor ?? Number.NaN, MOST.flat),
    ),
    bar(`${most}, by ${HOT_PAGE}`, paged[most]?.factor ?? Number.NaN, MOST.flat),
  ];
}
