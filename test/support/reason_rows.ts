// The rows of docs/reasons.md.

import { readFile } from "node:fs/promises";

export interface ReasonRow {
  name: string;
  status: number;
  grpcStatus: number;
  message: string;
}

export async function readReasonRows(): Promise<ReasonRow[]> {
  const rows: ReasonRow[] = [];
  for (const line of (await readFile("docs/reasons.md", "utf8")).split("\n")) {
    const cells = line.split("|").map((cell) => cell.trim());
    const name = /^`(.+)`$/.exec(cells[1] ?? "")?.[1];
    if (name === undefined) continue;
    rows.push({
      name,
      status: Number(cells[2]),
      grpcStatus: Number(cells[3]),
      message: cells[4] ?? "",
    });
  }
  return rows;
}
