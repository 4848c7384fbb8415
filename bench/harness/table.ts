// Columns for a terminal.

import type { Colors } from "../../host-sim/cli/terminal.ts";

/** The first column to the left, the others to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const formatted = rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  "),
  );
  return formatted.join("\n");
}

export function title(text: string, colors: Colors): string {
  return `\n${colors.bold(text)}`;
}

/** A table whose first row names the columns. */
export function underHead(rows: readonly (readonly string[])[], colors: Colors): string {
  const [head = "", ...body] = formatTable(rows).split("\n");
  return [colors.dim(head), ...body].join("\n");
}
