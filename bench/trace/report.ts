// What the samples of bench/trace.ts say, and how a terminal shows it.

import type { Colors } from "../../host-sim/cli/terminal.ts";
import { bar, cell } from "../harness/bars.ts";
import type { ComparisonReport, Evaluation } from "../harness/comparison.ts";
import { comparisonText, evaluateBy } from "../harness/comparison.ts";
import type { Samples } from "../harness/measure.ts";
import { round } from "../harness/round.ts";
import { underHead } from "../harness/table.ts";
import { B3, B3_TO_TRACECONTEXT, EVERY, NONE, REPLACE, SNAPSHOT, TRACECONTEXT } from "./cases.ts";

const OURS = [TRACECONTEXT, B3, B3_TO_TRACECONTEXT, EVERY];
const MOST = 1.3;

type TraceReport = ComparisonReport<Findings>;

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

export function evaluate(samples: Samples): Evaluation<Findings> {
  return evaluateBy(samples, NONE, findingsOf, ({ ratio }) => [
    bar("tracecontext, by replace", ratio, MOST),
  ]);
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
  return comparisonText(
    report,
    [
      ["a trace that goes on, us of CPU added to a request", comparisonTable(report, colors)],
      ["by a module that replaces one header", formatsTable(report, colors)],
    ],
    colors,
  );
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
