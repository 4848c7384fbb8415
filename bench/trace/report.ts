// What the samples of bench/trace.ts say, and how a terminal shows it.

import type { Colors } from "../../host-sim/cli/terminal.ts";
import type { BarReport } from "../harness/bars.ts";
import { bar, barLines, cell } from "../harness/bars.ts";
import type { Machine } from "../harness/machine.ts";
import type { Samples, Summary } from "../harness/measure.ts";
import { added, NOISY_SPREAD, spread, summarise } from "../harness/measure.ts";
import { round, roundAll } from "../harness/round.ts";
import { title, underHead } from "../harness/table.ts";
import { B3, B3_TO_TRACECONTEXT, EVERY, NONE, REPLACE, SNAPSHOT, TRACECONTEXT } from "./cases.ts";

const OURS = [TRACECONTEXT, B3, B3_TO_TRACECONTEXT, EVERY];
const MOST = 1.3;

/** Microseconds of CPU that a request costs more than without filters, and what they make. */
export interface Findings {
  /** A module that looks at the headers, with the callbacks that Sallyport has. */
  snapshot_us: number;
  /** The same, which replaces one. */
  replace_us: number;
  tracecontext_us: number;
  /** tracecontext_us / replace_us */
  ratio: number;
  /** What a trace costs in a format, by replace_us. */
  formats: Record<string, number>;
}

export interface TraceReport extends Findings {
  machine: Machine;
  rounds: number;
  requests_per_round: number;
  /** Envoy and the load each had a core. */
  pinned: boolean;
  noisy: boolean;
  /** (max - min) / median of the case without filters. */
  none_spread: number;
  /** Of the quietest round of each case. */
  minimum: Findings;
  bars: BarReport[];
  /** Added to the case without filters. */
  added_us: Record<string, Summary>;
}

export function evaluate(
  samples: Samples,
): Omit<TraceReport, "machine" | "rounds" | "requests_per_round" | "pinned"> {
  const least = (name: string): number => summarise(samples.get(name) ?? []).min;
  const findings = findingsOf((name) => added(samples, name, NONE).median);
  const noneSpread = spread(samples.get(NONE) ?? []);
  const names = [...samples.keys()].filter((name) => name !== NONE);
  return {
    ...findings,
    noisy: noneSpread > NOISY_SPREAD,
    none_spread: round(noneSpread),
    minimum: findingsOf((name) => least(name) - least(NONE)),
    bars: [bar("tracecontext, by replace", findings.ratio, MOST)],
    added_us: Object.fromEntries(names.map((name) => [name, roundAll(added(samples, name, NONE))])),
  };
}

function findingsOf(figure: (name: string) => number): Findings {
  const replace = figure(REPLACE);
  return {
    snapshot_us: round(figure(SNAPSHOT)),
    replace_us: round(replace),
    tracecontext_us: round(figure(TRACECONTEXT)),
    ratio: round(figure(TRACECONTEXT) / replace),
    formats: Object.fromEntries(OURS.map((name) => [name, round(figure(name) / replace)])),
  };
}

export function renderReport(report: TraceReport, colors: Colors): string {
  const { machine, rounds } = report;
  const busy = "\nEnvoy without filters spread by more than 15 %: repeat before quoting";
  return [
    `${machine.cpu}, Envoy ${machine.envoy}, ${rounds} rounds, ${machine.load}`,
    title("a trace that goes on, us of CPU added to a request", colors),
    comparisonTable(report, colors),
    title("by a module that replaces one header", colors),
    formatsTable(report, colors),
    title("bars", colors),
    barLines(report.bars, colors),
    ...(report.noisy ? [colors.yellow(busy)] : []),
  ].join("\n");
}

function comparisonTable(report: TraceReport, colors: Colors): string {
  const head = ["", "snapshot", "replace", "tracecontext", "tracecontext / replace"];
  const rows: [string, Findings][] = [
    ["median", report],
    ["quietest", report.minimum],
  ];
  const cells = rows.map(([name, row]) => [
    name,
    ...[row.snapshot_us, row.replace_us, row.tracecontext_us, row.ratio].map(cell),
  ]);
  return underHead([head, ...cells], colors);
}

function formatsTable(report: TraceReport, colors: Colors): string {
  const rows = OURS.map((name) => [
    name,
    ...[report.formats[name], report.minimum.formats[name]].map((figure) =>
      cell(figure ?? Number.NaN),
    ),
  ]);
  return underHead([["", "median", "quietest"], ...rows], colors);
}
