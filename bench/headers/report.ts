// What the samples of bench/headers.ts say, and how a terminal shows it.

import type { Colors } from "../../host-sim/cli/terminal.ts";
import type { BarReport } from "../harness/bars.ts";
import { bar, barLines, cell } from "../harness/bars.ts";
import type { Machine } from "../harness/machine.ts";
import type { Samples, Summary } from "../harness/measure.ts";
import { added, NOISY_SPREAD, spread, summarise } from "../harness/measure.ts";
import { round, roundAll } from "../harness/round.ts";
import { title, underHead } from "../harness/table.ts";
import {
  BY_HEADER,
  BY_NAME,
  BY_PATH,
  BY_PREFIX,
  EMPTY,
  FOUR,
  NATIVE,
  NONE,
  SNAPSHOT,
} from "./cases.ts";

const MANY_CASES = [BY_NAME, BY_PREFIX, BY_PATH, BY_HEADER];
const MOST = { native: 1.8, many: 1.2 };

/** Microseconds of CPU that a request costs more than without filters, and what they make. */
export interface Findings {
  sallyport_us: number;
  native_us: number;
  /** A module that does nothing. */
  empty_us: number;
  /** One that looks at the headers, with the callbacks that Sallyport has. */
  snapshot_us: number;
  /** sallyport_us / (native_us + empty_us) */
  ratio: number;
  /** What a thousand rules cost, by what four do. */
  many: Record<string, number>;
}

export interface HeadersReport extends Findings {
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
): Omit<HeadersReport, "machine" | "rounds" | "requests_per_round" | "pinned"> {
  const least = (name: string): number => summarise(samples.get(name) ?? []).min;
  const findings = findingsOf((name) => added(samples, name, NONE).median);
  const noneSpread = spread(samples.get(NONE) ?? []);
  const names = [...samples.keys()].filter((name) => name !== NONE);
  return {
    ...findings,
    noisy: noneSpread > NOISY_SPREAD,
    none_spread: round(noneSpread),
    minimum: findingsOf((name) => least(name) - least(NONE)),
    bars: [
      bar("four rules, by native + empty", findings.ratio, MOST.native),
      ...MANY_CASES.map((name) =>
        bar(`${name}, by four`, findings.many[name] ?? Number.NaN, MOST.many),
      ),
    ],
    added_us: Object.fromEntries(names.map((name) => [name, roundAll(added(samples, name, NONE))])),
  };
}

function findingsOf(figure: (name: string) => number): Findings {
  const [ours, native, empty] = [figure(FOUR), figure(NATIVE), figure(EMPTY)];
  return {
    sallyport_us: round(ours),
    native_us: round(native),
    empty_us: round(empty),
    snapshot_us: round(figure(SNAPSHOT)),
    ratio: round(ours / (native + empty)),
    many: Object.fromEntries(MANY_CASES.map((name) => [name, round(figure(name) / ours)])),
  };
}

export function renderReport(report: HeadersReport, colors: Colors): string {
  const { machine, rounds } = report;
  const busy = "\nEnvoy without filters spread by more than 15 %: repeat before quoting";
  return [
    `${machine.cpu}, Envoy ${machine.envoy}, ${rounds} rounds, ${machine.load}`,
    title("four edits of a request's headers, us of CPU added to it", colors),
    comparisonTable(report, colors),
    title("a thousand rules of which four do something, by four rules", colors),
    manyTable(report, colors),
    title("bars", colors),
    barLines(report.bars, colors),
    ...(report.noisy ? [colors.yellow(busy)] : []),
  ].join("\n");
}

function comparisonTable(report: HeadersReport, colors: Colors): string {
  const head = ["", "empty", "snapshot", "native", "sallyport", "sallyport / (native + empty)"];
  const rows: [string, Findings][] = [
    ["median", report],
    ["quietest", report.minimum],
  ];
  const cells = rows.map(([name, row]) => [
    name,
    ...[row.empty_us, row.snapshot_us, row.native_us, row.sallyport_us, row.ratio].map(cell),
  ]);
  return underHead([head, ...cells], colors);
}

function manyTable(report: HeadersReport, colors: Colors): string {
  const rows = MANY_CASES.map((name) => [
    name,
    ...[report.many[name], report.minimum.many[name]].map((figure) => cell(figure ?? Number.NaN)),
  ]);
  return underHead([["", "median", "quietest"], ...rows], colors);
}
