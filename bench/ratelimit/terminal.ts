// The report for a terminal.

import type { Colors } from "../../host-sim/cli/terminal.ts";
import { barLines, cell } from "../harness/bars.ts";
import { title, underHead } from "../harness/table.ts";
import type { Comparison, RateLimitReport } from "./report.ts";

export function renderReport(report: RateLimitReport, colors: Colors): string {
  const { machine, rounds } = report;
  const busy = "\nEnvoy without filters spread by more than 15 %: repeat before quoting";
  return [
    `${machine.cpu}, Envoy ${machine.envoy}, ${rounds} rounds, ${machine.load}`,
    title("one limit on a hot key, us of CPU added to a request", colors),
    comparisonTable(report, colors),
    title("with more limits or keys, us of CPU added to a request", colors),
    growthTable(report, colors),
    title("without leases: a page for each request, us of CPU added to a request", colors),
    pagesTable(report, colors),
    title("bars", colors),
    barLines(report.bars, colors),
    ...(report.noisy ? [colors.yellow(busy)] : []),
  ].join("\n");
}

function comparisonTable(report: RateLimitReport, colors: Colors): string {
  const head = ["", "empty", "native", "sallyport", "sallyport / (native + empty)"];
  const rows: [name: string, row: Comparison][] = [
    ["median", report],
    ["quietest", report.minimum],
    ["with headers", report.with_headers],
  ];
  const cells = rows.map(([name, row]) => [
    name,
    ...[row.empty_us, row.native_us, row.sallyport_us, row.ratio].map(cell),
  ]);
  return underHead([head, ...cells], colors);
}

function growthTable({ growth, sallyport_us: one }: RateLimitReport, colors: Colors): string {
  const rows = Object.entries(growth).map(([name, row]) => [
    name,
    ...[row.added_us, row.factor].map(cell),
  ]);
  return underHead([["", "added", "factor"], ["1 limit, 2 keys", cell(one), ""], ...rows], colors);
}

function pagesTable(report: RateLimitReport, colors: Colors): string {
  const rows = Object.entries(report.without_leases).map(([name, row]) => [
    name,
    ...[row.added_us, row.factor, row.quietest.added_us, row.quietest.factor].map(cell),
  ]);
  const saved = ["what a lease saves on a hot key", cell(report.lease_saves_us)];
  return underHead([["", "added", "factor", "quietest", "factor"], ...rows, saved], colors);
}
