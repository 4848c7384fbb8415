// The report for a terminal.

import type { Colors } from "../../host-sim/cli/terminal.ts";
import { formatTable, title, underHead } from "../harness/table.ts";
import type { BarReport, Comparison, JwtReport } from "./report.ts";

type Cells = readonly string[];

export function renderReport(report: JwtReport, colors: Colors): string {
  const { machine, starts, rounds } = report;
  return [
    `${machine.cpu}, Envoy ${machine.envoy}, ${rounds} rounds in ${starts} starts, ${machine.load}`,
    title("token in the cache, us of CPU added to a request", colors),
    cachedTable(report, colors),
    title("token verified, us of CPU added to a request", colors),
    missTable(report, colors),
    title("ours, with more to choose from, us of CPU added to a request", colors),
    growthTable(report, colors),
    title("refused with 401, per second of Envoy's CPU", colors),
    refusalTable(report, colors),
    title("bars", colors),
    barLines(report.bars, colors),
    ...notes(report, colors),
  ].join("\n");
}

function cachedTable({ cached }: JwtReport, colors: Colors): string {
  const ratios = ["calls / native", "ours / native", "the same without empty", ""];
  const head = ["", "empty", "calls", "ours", "native", ...ratios];
  const rows = [
    { name: "median", ...cached },
    { name: "quietest", ...cached.minimum },
  ].map((row) => [
    row.name,
    ...[row.empty_us, row.calls_us, row.ours_us, row.native_us].map(cell),
    ...[row.floor, row.ratio, row.floor_without_empty, row.ratio_without_empty].map(cell),
  ]);
  return underHead([head, ...rows], colors);
}

function missTable({ misses }: JwtReport, colors: Colors): string {
  const figures = (row: Comparison): Cells => [row.ours_us, row.native_us, row.ratio].map(cell);
  const head = ["", "ours", "native", "ours / native", "quietest", "", ""];
  const rows = Object.entries(misses).map(([name, row]) => {
    return [name, ...figures(row), ...figures(row.minimum)];
  });
  return underHead([head, ...rows], colors);
}

function growthTable({ cached, growth }: JwtReport, colors: Colors): string {
  const head = ["", "added", "factor", "quietest"];
  const one = ["1 provider, 1 key", cell(cached.ours_us), "", ""];
  const rows = Object.entries(growth).map(([name, row]) => [
    name,
    ...[row.added_us, row.factor, row.minimum_factor].map(cell),
  ]);
  return underHead([head, one, ...rows], colors);
}

function refusalTable({ refusals }: JwtReport, colors: Colors): string {
  const head = ["", "ours", "native"];
  const rows = Object.entries(refusals).map(
    ([name, { ours_per_s: ours, native_per_s: native }]) => [
      name,
      ...[ours, native].map((figure) => figure.toLocaleString("en-US")),
    ],
  );
  return underHead([head, ...rows], colors);
}

function barLines(bars: readonly BarReport[], colors: Colors): string {
  const lines = formatTable(
    bars.map(({ name, ratio, most, met }) => [
      name,
      ratio === null ? "-" : cell(ratio),
      `at most ${cell(most)}`,
      met ? "met" : "not met",
    ]),
  ).split("\n");
  return lines
    .map((line, index) => (bars[index]?.met === true ? colors.green(line) : colors.red(line)))
    .join("\n");
}

function notes({ noisy, providers_refused: refused }: JwtReport, colors: Colors): Cells {
  const busy = "\nEnvoy without filters spread by more than 15 %: repeat before quoting";
  return [
    ...(noisy ? [colors.yellow(busy)] : []),
    ...(refused === null ? [] : [colors.yellow(`\nnot measured: ${refused}`)]),
  ];
}

function cell(figure: number): string {
  return figure.toFixed(2);
}
