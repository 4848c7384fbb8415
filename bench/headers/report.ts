// What the samples of bench/headers.ts say, and how a terminal shows it.

import type { Colors } from "../../host-sim/cli/terminal.ts";
import { bar, cell } from "../harness/bars.ts";
import type { ComparisonReport, Evaluation } from "../harness/comparison.ts";
import { comparisonText, evaluateBy } from "../harness/comparison.ts";
import type { Samples } from "../harness/measure.ts";
import { round } from "../harness/round.ts";
import { underHead } from "../harness/table.ts";
import {
  BY_HEADER,
  BY_NAME,
  BY_PATH,
  BY_PREFIX,
  CALLS,
  EMPTY,
  FOUR,
  NATIVE,
  NONE,
  SNAPSHOT,
} from "./cases.ts";

const MANY_CASES = [BY_NAME, BY_PREFIX, BY_PATH, BY_HEADER];
const MOST = { native: 1.8, many: 1.2 };

type HeadersReport = ComparisonReport<Findings>;

/** Microseconds of CPU that a request costs more than without filters, and what they make. */
export interface Findings {
  sallyport_us: number;
  native_us: number;
  /** A module that does nothing. */
  empty_us: number;
  /** One that looks at the headers, with the callbacks that Sallyport has. */
  snapshot_us: number;
  /** One that makes the host calls of the four rules and does nothing else. */
  calls_us: number;
  /** sallyport_us / (native_us + empty_us) */
  ratio: number;
  /** calls_us / (native_us + empty_us): what is left when a filter takes no time itself. */
  floor: number;
  /** What a thousand rules cost, by what four do. */
  many: Record<string, number>;
}

export function evaluate(samples: Samples): Evaluation<Findings> {
  return evaluateBy(samples, NONE, findingsOf, ({ ratio, many }) => [
    bar("four rules, by native + empty", ratio, MOST.native),
    ...MANY_CASES.map((name) => bar(`${name}, by four`, many[name] ?? Number.NaN, MOST.many)),
  ]);
}

function findingsOf(figure: (name: string) => number): Findings {
  const [ours, native, empty] = [figure(FOUR), figure(NATIVE), figure(EMPTY)];
  return {
    sallyport_us: round(ours),
    native_us: round(native),
    empty_us: round(empty),
    snapshot_us: round(figure(SNAPSHOT)),
    calls_us: round(figure(CALLS)),
    ratio: round(ours / (native + empty)),
    floor: round(figure(CALLS) / (native + empty)),
    many: Object.fromEntries(MANY_CASES.map((name) => [name, round(figure(name) / ours)])),
  };
}

export function renderReport(report: HeadersReport, colors: Colors): string {
  return comparisonText(
    report,
    [
      ["four edits of a request's headers, us of CPU added to it", comparisonTable(report, colors)],
      ["a thousand rules of which four do something, by four rules", manyTable(report, colors)],
    ],
    colors,
  );
}

function comparisonTable(report: HeadersReport, colors: Colors): string {
  const by = "/ (native + empty)";
  const head = ["", "empty", "snapshot", "native", "calls", "sallyport", `calls ${by}`, by];
  const rows: [string, Findings][] = [
    ["median", report],
    ["quietest", report.minimum],
  ];
  const cells = rows.map(([name, row]) => [
    name,
    ...[row.empty_us, row.snapshot_us, row.native_us, row.calls_us, row.sallyport_us].map(cell),
    ...[row.floor, row.ratio].map(cell),
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
