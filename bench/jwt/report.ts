// What the samples of bench/jwt.ts say.

import type { Machine } from "../harness/machine.ts";
import type { Samples, Summary } from "../harness/measure.ts";
import { added, NOISY_SPREAD, spread, summarise } from "../harness/measure.ts";
import { round, roundAll } from "../harness/round.ts";
import type { Refusal } from "./cases.ts";
import { KEY_COUNTS, keysCase, MISS_AMONG_KEYS, PROVIDER_COUNTS, providersCase } from "./cases.ts";
import { REFUSALS } from "./cases.ts";
import type { Algorithm } from "./samples.ts";
import { ALGORITHMS } from "./samples.ts";

/** Microseconds of CPU that a request costs more than without filters. */
export interface Comparison {
  ours_us: number;
  native_us: number;
  ratio: number;
}

/** Of a token that both found in their caches. */
export interface CachedComparison extends Comparison {
  empty_us: number;
  /** A module that makes the host calls of a cached token and does nothing else. */
  calls_us: number;
  /** calls_us / native_us: what is left when a filter takes no time itself. */
  floor: number;
  /** Ours without what the module that does nothing costs. */
  ratio_without_empty: number;
  /** The same of the calls. */
  floor_without_empty: number;
}

/** Of medians; `minimum` of the quietest round of each case. */
export type WithMinimum<T> = T & { minimum: T };

export interface Growth {
  added_us: number;
  /** By the case that it has grown from. */
  factor: number;
  minimum_factor: number;
}

/** CPU of the whole of Envoy, per request and the other way round. */
export interface RefusalReport {
  ours_us: number;
  ours_per_s: number;
  native_us: number;
  native_per_s: number;
}

/** At most `most`. */
export interface Bar {
  name: string;
  of: (report: Findings) => number | undefined;
  most: number;
}

export interface BarReport {
  name: string;
  /** null: not measured. */
  ratio: number | null;
  most: number;
  met: boolean;
}

export interface Findings {
  cached: WithMinimum<CachedComparison>;
  misses: Record<Algorithm, WithMinimum<Comparison>>;
  growth: Record<string, Growth>;
  refusals: Record<Refusal, RefusalReport>;
}

export interface Evaluation extends Findings {
  noisy: boolean;
  /** (max - min) / median of the case without filters. */
  none_spread: number;
  bars: BarReport[];
  /** CPU of the whole of Envoy per request. */
  cases_us: Record<string, Summary>;
  /** Added to the case without filters under the same load. */
  added_us: Record<string, Summary>;
}

export interface JwtReport extends Evaluation {
  machine: Machine;
  /** Envoys that were measured, one after the other. */
  starts: number;
  /** Of all of them together. */
  rounds: number;
  requests_per_round: { cached: number; verified: number };
  /** Envoy and the load each had a core. */
  pinned: boolean;
  /** Why some number of providers was not measured. */
  providers_refused: string | null;
}

const NONE = "none";
/** "Flat": what a neighbour's noise and a longer list of rules may cost. */
const FLAT = 1.1;
const MOST_PROVIDERS = providersCase(PROVIDER_COUNTS[1]);
const MOST_KEYS = keysCase(KEY_COUNTS[1]);

export const BARS: readonly Bar[] = [
  { name: "cached, by native", of: ({ cached }) => cached.ratio, most: 2 },
  {
    name: "cached, without the empty filter",
    of: ({ cached }) => cached.ratio_without_empty,
    most: 1.4,
  },
  { name: "miss RS256, by native", of: ({ misses }) => misses.RS256.ratio, most: 1 },
  { name: "miss ES256, by native", of: ({ misses }) => misses.ES256.ratio, most: 0.5 },
  { name: "miss EdDSA, by native", of: ({ misses }) => misses.EdDSA.ratio, most: 0.5 },
  {
    name: `cached, ${MOST_PROVIDERS} by 1`,
    of: ({ growth }) => growth[MOST_PROVIDERS]?.factor,
    most: FLAT,
  },
  { name: `cached, ${MOST_KEYS} by 1`, of: ({ growth }) => growth[MOST_KEYS]?.factor, most: FLAT },
];

export function evaluate(samples: Samples): Evaluation {
  const names = [...samples.keys()];
  const totalOf = (name: string): Summary => summarise(samples.get(name) ?? []);
  const findings = findingsOf(samples);
  const noneSpread = spread(samples.get(NONE) ?? []);
  return {
    noisy: noneSpread > NOISY_SPREAD,
    none_spread: round(noneSpread),
    bars: evaluateBars(findings),
    ...findings,
    cases_us: Object.fromEntries(names.map((name) => [name, roundAll(totalOf(name))])),
    added_us: Object.fromEntries(
      names
        .filter((name) => !name.startsWith(NONE) && baseOf(name) !== null)
        .map((name) => [name, roundAll(added(samples, name, baseOf(name) ?? NONE))]),
    ),
  };
}

/** A bar whose ratio is not known is not met. */
export function evaluateBars(findings: Findings): BarReport[] {
  return BARS.map(({ name, of, most }) => {
    const ratio = of(findings);
    const isKnown = ratio !== undefined && Number.isFinite(ratio);
    return { name, ratio: isKnown ? ratio : null, most, met: isKnown && ratio <= most };
  });
}

/** What a case is compared with; null for refusals, which Envoy without filters does not give. */
function baseOf(name: string): string | null {
  if (REFUSALS.some((refusal) => name.endsWith(refusal))) return null;
  const algorithm = ALGORITHMS.find((each) => name.endsWith(` ${each}`));
  return algorithm === undefined ? NONE : `${NONE} ${algorithm}`;
}

function findingsOf(samples: Samples): Findings {
  const median = (name: string): number => added(samples, name, baseOf(name) ?? NONE).median;
  const total = (name: string): Summary => summarise(samples.get(name) ?? []);
  const quietest = (name: string): number => total(name).min - total(baseOf(name) ?? NONE).min;
  const miss = (algorithm: Algorithm): WithMinimum<Comparison> => {
    const [mine, theirs] = [`ours ${algorithm}`, `native ${algorithm}`];
    const minimum = compare(quietest(mine), quietest(theirs));
    return { ...compare(median(mine), median(theirs)), minimum };
  };
  const growthOf = (name: string, base: string): Growth => ({
    added_us: round(median(name)),
    factor: round(median(name) / median(base)),
    minimum_factor: round(quietest(name) / quietest(base)),
  });
  const grown = [...PROVIDER_COUNTS.map(providersCase), ...KEY_COUNTS.map(keysCase)]
    .filter((name) => samples.has(name))
    .map((name) => [name, growthOf(name, "ours")] as const);
  return {
    cached: { ...compareCached(median), minimum: compareCached(quietest) },
    misses: {
      RS256: miss("RS256"),
      PS256: miss("PS256"),
      ES256: miss("ES256"),
      ES384: miss("ES384"),
      EdDSA: miss("EdDSA"),
    },
    growth: {
      ...Object.fromEntries(grown),
      [MISS_AMONG_KEYS]: growthOf(MISS_AMONG_KEYS, "ours ES256"),
    },
    refusals: {
      "bad signature": refusal("bad signature", total),
      expired: refusal("expired", total),
    },
  };
}

function compareCached(figure: (name: string) => number): CachedComparison {
  const [mine, theirs, empty] = [figure("ours"), figure("native"), figure("empty")];
  const calls = figure("calls");
  return {
    ...compare(mine, theirs),
    empty_us: round(empty),
    calls_us: round(calls),
    floor: round(calls / theirs),
    ratio_without_empty: round((mine - empty) / theirs),
    floor_without_empty: round((calls - empty) / theirs),
  };
}

function compare(ours: number, native: number): Comparison {
  return { ours_us: round(ours), native_us: round(native), ratio: round(ours / native) };
}

function refusal(name: Refusal, total: (name: string) => Summary): RefusalReport {
  const [mine, theirs] = [total(`ours ${name}`).median, total(`native ${name}`).median];
  return {
    ours_us: round(mine),
    ours_per_s: Math.round(1e6 / mine),
    native_us: round(theirs),
    native_per_s: Math.round(1e6 / theirs),
  };
}
