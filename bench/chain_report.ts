// What the samples of bench/chain.ts say.

import type { Machine } from "./harness/machine.ts";
import type { Samples, Summary } from "./harness/measure.ts";
import { added, NOISY_SPREAD, spread, summarise } from "./harness/measure.ts";
import { round, roundAll } from "./harness/round.ts";
import { formatTable } from "./harness/table.ts";

/** Microseconds of CPU that a request costs more than without filters. */
export interface Comparison {
  chain_us: number;
  native_us: number;
  ratio: number;
}

/** Of medians: what the cases add, round by round. */
export interface Evaluation extends Comparison {
  noisy: boolean;
  /** (max - min) / median of the case without filters. */
  empty_spread: number;
  /** Of the quietest round of each case: less disturbed on a noisy machine. */
  minimum: Comparison;
  /** Of medians, with rate limit headers on every response. */
  with_ratelimit_headers: Comparison;
  /** CPU of the whole of Envoy per request. */
  cases_us: Record<string, Summary>;
  /** Added to the case without filters. */
  added_us: Record<string, Summary>;
}

export interface ChainReport extends Evaluation {
  machine: Machine;
  rounds: number;
  requests_per_round: number;
  /** Envoy and the load each had a core. */
  pinned: boolean;
}

const BASE = "none";

export function evaluate(samples: Samples): Evaluation {
  const names = [...samples.keys()];
  const totalOf = (name: string): Summary => summarise(samples.get(name) ?? []);
  const addedTo = (name: string): Summary => added(samples, name, BASE);
  const quietest = (name: string): number => totalOf(name).min - totalOf(BASE).min;
  const emptySpread = spread(samples.get(BASE) ?? []);
  return {
    ...compare(addedTo("chain").median, addedTo("native").median),
    noisy: emptySpread > NOISY_SPREAD,
    empty_spread: round(emptySpread),
    minimum: compare(quietest("chain"), quietest("native")),
    with_ratelimit_headers: compare(
      addedTo("chain+headers").median,
      addedTo("native+headers").median,
    ),
    cases_us: tabulate(names, totalOf),
    added_us: tabulate(
      names.filter((name) => name !== BASE),
      addedTo,
    ),
  };
}

export function reportTable(report: ChainReport): string {
  const cells = ({ median, min, max }: Summary): string[] =>
    [median, min, max].map((figure) => figure.toFixed(2));
  const rows = Object.entries(report.added_us).map(([name, summary]) => [name, ...cells(summary)]);
  const base = report.cases_us[BASE];
  const head = ["added CPU, us/request", "median", "min", "max"];
  const foot = base === undefined ? [] : [["(Envoy without filters)", ...cells(base)]];
  const noisy = report.noisy ? "; noisy machine, repeat" : "";
  const ratios = `${report.ratio}, of the quietest rounds ${report.minimum.ratio}`;
  return `${formatTable([head, ...rows, ...foot])}\nchain / native: ${ratios}${noisy}`;
}

function compare(chain: number, native: number): Comparison {
  return { chain_us: round(chain), native_us: round(native), ratio: round(chain / native) };
}

function tabulate(
  names: readonly string[],
  of: (name: string) => Summary,
): Record<string, Summary> {
  return Object.fromEntries(names.map((name) => [name, roundAll(of(name))]));
}
