// A benchmark of cases that differ in their filters alone: each is asked whether it does its work,
// then they take turns, and what each adds to Envoy without filters is compared.

import { fileURLToPath } from "node:url";

import type { Colors } from "../../host-sim/cli/terminal.ts";
import type { BarReport } from "./bars.ts";
import { barLines } from "./bars.ts";
import { runBench } from "./command.ts";
import type { BenchEnvoy, CaseFilters, EmptyFilters } from "./listeners.ts";
import { measureCases, requireEnvoy } from "./measured_envoy.ts";
import type { Machine } from "./machine.ts";
import { describeMachine } from "./machine.ts";
import type { MeasuredCase, Samples, Summary } from "./measure.ts";
import { added, NOISY_SPREAD, spread, summarise } from "./measure.ts";
import { round, roundAll } from "./round.ts";
import { title } from "./table.ts";

/** `Findings` are microseconds of CPU that a request costs more than without filters. */
export type Evaluation<Findings> = Findings & {
  noisy: boolean;
  /** (max - min) / median of the case without filters. */
  none_spread: number;
  /** Of the quietest round of each case. */
  minimum: Findings;
  bars: BarReport[];
  /** Added to the case without filters. */
  added_us: Record<string, Summary>;
};

export type ComparisonReport<Findings> = Evaluation<Findings> & {
  machine: Machine;
  rounds: number;
  requests_per_round: number;
  /** Envoy and the load each had a core. */
  pinned: boolean;
};

export interface Comparison<Findings> {
  /** Of the report's file, without its ending. */
  name: string;
  filters: (modulePath: string, none: EmptyFilters) => CaseFilters | Promise<CaseFilters>;
  cases: (envoy: BenchEnvoy, requests: number, warmUpRequests: number) => MeasuredCase[];
  /** Throws when a case does not do its work. */
  check: (one: MeasuredCase) => Promise<void>;
  evaluate: (samples: Samples) => Evaluation<Findings>;
  render: (report: ComparisonReport<Findings>, colors: Colors) => string;
}

interface Pace {
  rounds: number;
  requests: number;
}

const PACE: Pace = { rounds: 31, requests: 5000 };
const QUICK: Pace = { rounds: 3, requests: 1000 };
const WARM_UP_REQUESTS = 6000;
const MODULE = fileURLToPath(new URL("../../build/sallyport.wasm", import.meta.url));

export async function runComparison<Findings>(comparison: Comparison<Findings>): Promise<void> {
  await runBench({
    name: comparison.name,
    pace: PACE,
    quick: QUICK,
    bench: (pace) => compare(comparison, pace),
    render: comparison.render,
  });
}

async function compare<Findings>(
  { filters, cases, check, evaluate }: Comparison<Findings>,
  { rounds, requests }: Pace,
): Promise<ComparisonReport<Findings>> {
  const binary = await requireEnvoy();
  const { samples, pinned } = await measureCases({
    binary,
    filters: (none) => filters(MODULE, none),
    cases: (envoy) => cases(envoy, requests, WARM_UP_REQUESTS),
    check,
    rounds,
  });
  return {
    machine: describeMachine(binary, MODULE),
    rounds,
    requests_per_round: requests,
    pinned,
    ...evaluate(samples),
  };
}

/** What samples say: `findingsOf` is given what a case adds, once by medians, once by minima. */
export function evaluateBy<Findings>(
  samples: Samples,
  none: string,
  findingsOf: (figure: (name: string) => number) => Findings,
  barsOf: (findings: Findings) => BarReport[],
): Evaluation<Findings> {
  const least = (name: string): number => summarise(samples.get(name) ?? []).min;
  const findings = findingsOf((name) => added(samples, name, none).median);
  const noneSpread = spread(samples.get(none) ?? []);
  const names = [...samples.keys()].filter((name) => name !== none);
  return {
    ...findings,
    noisy: noneSpread > NOISY_SPREAD,
    none_spread: round(noneSpread),
    minimum: findingsOf((name) => least(name) - least(none)),
    bars: barsOf(findings),
    added_us: Object.fromEntries(names.map((name) => [name, roundAll(added(samples, name, none))])),
  };
}

/** A report for a terminal: its tables, each with a title, then the bars. */
export function comparisonText(
  report: ComparisonReport<object>,
  tables: readonly [heading: string, table: string][],
  colors: Colors,
): string {
  const { machine, rounds, bars, noisy } = report;
  const busy = "\nEnvoy without filters spread by more than 15 %: repeat before quoting";
  return [
    `${machine.cpu}, Envoy ${machine.envoy}, ${rounds} rounds, ${machine.load}`,
    ...tables.flatMap(([heading, table]) => [title(heading, colors), table]),
    title("bars", colors),
    barLines(bars, colors),
    ...(noisy ? [colors.yellow(busy)] : []),
  ].join("\n");
}
