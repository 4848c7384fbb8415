// Bars that a benchmark is held to, and how a terminal shows them.

import type { Colors } from "../../host-sim/cli/terminal.ts";
import { formatTable } from "./table.ts";

export interface BarReport {
  name: string;
  ratio: number;
  most: number;
  met: boolean;
}

export function bar(name: string, ratio: number, most: number): BarReport {
  return { name, ratio, most, met: Number.isFinite(ratio) && ratio <= most };
}

export function barLines(bars: readonly BarReport[], colors: Colors): string {
  const lines = formatTable(
    bars.map(({ name, ratio, most, met }) => [
      name,
      cell(ratio),
      `at most ${cell(most)}`,
      met ? "met" : "not met",
    ]),
  ).split("\n");
  return lines
    .map((line, index) => (bars[index]?.met === true ? colors.green(line) : colors.red(line)))
    .join("\n");
}

/** A figure in a table. */
export function cell(figure: number): string {
  return figure.toFixed(2);
}
