// The report for a terminal.

import type { Colors } from "../../host-sim/cli/terminal.ts";
import { barLines, cell } from "../harness/bars.ts";
import { title, underHead } from "../harness/table.ts";
import type { Flatness } from "./flatness.ts";
import type { Reloads, ReloadsOf } from "./reloads.ts";
import type { MemoryReport } from "./result.ts";

type Rows = readonly (readonly string[])[];

export function renderReport(report: MemoryReport, colors: Colors): string {
  const { machine, requests, reloads, bars } = report;
  const tables: [heading: string, rows: Rows][] = [
    ["memory, MiB", memoryRows(requests, reloads)],
    ["what a reload leaves, KiB", reloadRows(reloads)],
  ];
  return [
    `${machine.cpu}, Envoy ${machine.envoy}, ${machine.load}`,
    ...tables.flatMap(([heading, rows]) => [title(heading, colors), underHead(rows, colors)]),
    title("goals", colors),
    barLines(bars, colors),
  ].join("\n");
}

function memoryRows(requests: Flatness, reloads: Reloads): Rows {
  const rowsOf = (what: string, { points }: Flatness): string[][] =>
    [points[0], points.at(-1)].flatMap((point) => {
      if (point === undefined) return [];
      const figures = [point.resident_kib, point.heap_kib, point.vm_resident_kib];
      const cells = figures.map((kib) => (kib / 1024).toFixed(1));
      return [[`after ${point.after.toLocaleString("en-US")} ${what}`, ...cells]];
    });
  return [
    ["", "resident set of Envoy", "its heap", "the VMs"],
    ...rowsOf("requests", requests),
    ...rowsOf("reloads", reloads.chain),
    ...rowsOf("reloads of an empty module", reloads.empty),
  ];
}

function reloadRows({ chain, empty }: Reloads): Rows {
  const row = (name: string, one: ReloadsOf): string[] => [
    name,
    ...[one.resident_kib_each, one.heap_kib_each, one.milliseconds_each].map(cell),
  ];
  return [
    ["", "in the resident set", "in Envoy's heap", "ms"],
    row("chain", chain),
    row("an empty module", empty),
  ];
}
