// The report for a terminal.

import type { Colors } from "../../host-sim/cli/terminal.ts";
import { barLines, cell } from "../harness/bars.ts";
import { title, underHead } from "../harness/table.ts";
import type { Comparison, Growth, RateLimitReport } from "./report.ts";

export function renderReport(report: RateLimitReport, colors: Colors): string {
  const { machine, rounds } = report;
  const busy = "\nEnvoy without filters spread by more than 15 %: repeat before quoting";
  return [
    `${machine.cpu}, Envoy ${machine.envoy}, ${rounds} rounds, ${machine.load}`,
    title("one limit on a hot key, us of CPU added to a request", colors),
    comparisonTable(report, colors),
    title("with more limits or keys, us of CPU added to a request", colors),
    growthTable(report, colors),
    title("a limit without leases, us of CPU added to a request", colors),
    pageTable(report, colors),
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
  const first = ["1 limit, 2 keys", cell(one), ""];
  return underHead([["", "added", "factor"], first, ...growthRows(growth)], colors);
}

function pageTable({ growth_without_leases: growth }: RateLimitReport, colors: Colors): string {
  return underHead([["", "added", "factor"], ...growthRows(growth)], colors);
}

function growthRows(growth: Record<string, Growth>): string[][] {
  return Object.entries(growth).map(([name, row]) => [
    name,
    ...[row.added_us, row.factor].map(cell),
  ]);
}
