// The report for a terminal.

import type { Colors } from "../../host-sim/cli/terminal.ts";
import { barLines, cell } from "../harness/bars.ts";
import type { Summary } from "../harness/measure.ts";
import { title, underHead } from "../harness/table.ts";
import type { StackReport } from "./result.ts";

type Rows = readonly (readonly string[])[];

const BUSY = "\nnoisy: Envoy without filters spread by more than 15 %; repeat before quoting";

export function renderReport(report: StackReport, colors: Colors): string {
  const { machine, rounds, bars, noisy, missing } = report;
  const tables: [heading: string, rows: Rows][] = [
    ["us of CPU added to a request", addedRows(report)],
    ["a signature verified in each request, us of CPU added", missRows(report)],
    ["refusals per second of Envoy's CPU", refusalRows(report)],
    ["what one adds by what the other adds", ratioRows(report)],
    ["growth: us of CPU added to a request", growthRows(report)],
    ["until Envoy serves, more than without filters, ms", startRows(report)],
  ];
  return [
    `${machine.cpu}, Envoy ${machine.envoy}, ${rounds} rounds, ${machine.load}`,
    ...tables.flatMap(([heading, rows]) => [title(heading, colors), underHead(rows, colors)]),
    title("goals", colors),
    barLines(bars, colors),
    ...Object.entries(missing).map(([name, reason]) => {
      return colors.yellow(`\n${name} was not measured: ${reason}`);
    }),
    ...(noisy ? [colors.yellow(BUSY)] : []),
  ].join("\n");
}

function addedRows({ added_us: figures, cases_us: totals, modules }: StackReport): Rows {
  const cells = ({ median, min, max }: Summary): string[] => [median, min, max].map(cell);
  const kilobytes = (name: string): string => {
    const bytes = modules[name]?.bytes;
    return bytes === undefined ? "" : String(Math.round(bytes / 1024));
  };
  const isMiss = (name: string): boolean => /, [A-Z]/.test(name);
  const rows = Object.entries(figures).filter(([name]) => !isMiss(name));
  const none = totals["none"];
  return [
    ["", "median", "min", "max", "module KiB"],
    ...rows.map(([name, summary]) => [name, ...cells(summary), kilobytes(name)]),
    ...(none === undefined ? [] : [["(Envoy without filters)", ...cells(none), ""]]),
  ];
}

function missRows({ misses }: StackReport): Rows {
  return [
    ["", "sallyport", "jwt_authn", "ratio"],
    ...Object.entries(misses).map(([algorithm, figures]) => [
      algorithm,
      ...[figures.sallyport_us, figures.native_us, figures.ratio].map(cell),
    ]),
  ];
}

function refusalRows({ refusals }: StackReport): Rows {
  const names = Object.keys(Object.values(refusals)[0] ?? {});
  return [
    ["", ...names],
    ...Object.entries(refusals).map(([refusal, figures]) => [
      refusal,
      ...names.map((name) => figures[name]?.per_s.toLocaleString("en-US") ?? "-"),
    ]),
  ];
}

function ratioRows({ ratios, minimum_ratios: minimum }: StackReport): Rows {
  const shown = (ratio: number | null | undefined): string =>
    ratio === null || ratio === undefined ? "-" : cell(ratio);
  const quietest = new Map<string, number | null>(Object.entries(minimum));
  return [
    ["", "median", "quietest"],
    ...Object.entries(ratios).map(([name, ratio]: [string, number | null]) => [
      name.replaceAll("_", " "),
      shown(ratio),
      shown(quietest.get(name)),
    ]),
  ];
}

function growthRows({ growth }: StackReport): Rows {
  const rows = Object.values(growth).flatMap(({ unit, numbers, added_us: kinds, factor }) =>
    Object.entries(kinds).map(([kind, points]) => {
      const figures = points.map(
        ({ median }, index) => `${cell(median)} at ${numbers[index] ?? 0}`,
      );
      return [`${kind}: ${unit}`, figures.join(", "), `x ${cell(factor[kind] ?? Number.NaN)}`];
    }),
  );
  return [["", "", "growth"], ...rows];
}

function startRows({ starts }: StackReport): Rows {
  return [
    ["", "CPU", "wall"],
    ...Object.entries(starts).map(([name, { cpu_ms: cpu, wall_ms: wall }]) => [
      name,
      cell(cpu.median),
      cell(wall.median),
    ]),
  ];
}
