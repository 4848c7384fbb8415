// docs/reasons.md says exactly what assembly/core/reason.ts does.

import { readFile } from "node:fs/promises";

import { expect, it } from "vitest";
import type { ReasonRow } from "../support/reason_rows.ts";
import { readReasonRows } from "../support/reason_rows.ts";

function codeRows(source: string): ReasonRow[] {
  const messages = new Map<string, string>();
  for (const [, name = "", message = ""] of source.matchAll(
    /^const ([A-Z_]+) = text\("([^"]+)"\);/gm,
  )) {
    messages.set(name, message);
  }
  const compact = source.replace(/\s+/g, " ");
  const rows: ReasonRow[] = [];
  const message = /(?:text\("([^"]+)"\)|([A-Z_]+))/.source;
  const plain = new RegExp(
    `define\\( ?Reason\\.\\w+, [A-Z_]+, "([^"]+)", (\\d+), (\\d+), ${message},? ?\\)`,
    "g",
  );
  for (const [, name = "", status, grpcStatus, literal, constant] of compact.matchAll(plain)) {
    const told = literal ?? messages.get(constant ?? "") ?? "";
    rows.push({ name, status: Number(status), grpcStatus: Number(grpcStatus), message: told });
  }
  for (const [, name = ""] of compact.matchAll(/defineToken\(Reason\.\w+, "([^"]+)"\)/g)) {
    rows.push({ name, status: 401, grpcStatus: 16, message: "invalid token" });
  }
  const input = /defineInput\(Reason\.\w+, "([^"]+)", "([^"]+)"\)/g;
  for (const [, name = "", told = ""] of compact.matchAll(input)) {
    rows.push({ name, status: 400, grpcStatus: 3, message: told });
  }
  return rows;
}

function byName(a: ReasonRow, b: ReasonRow): number {
  return a.name < b.name ? -1 : 1;
}

it("lists every reason with its statuses and message, and no other", async () => {
  const source = await readFile("assembly/core/reason.ts", "utf8");
  const count = Number(/REASONS: u32 = (\d+)/.exec(source)?.[1]);
  const code = codeRows(source).sort(byName);
  expect(code).toHaveLength(count);
  expect((await readReasonRows()).sort(byName)).toEqual(code);
});
