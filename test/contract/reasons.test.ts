// docs/reasons.md says exactly what assembly/core/reason.ts does.

import { readFile } from "node:fs/promises";

import { expect, it } from "vitest";

interface Row {
  name: string;
  status: number;
  grpcStatus: number;
  message: string;
}

function codeRows(source: string): Row[] {
  const messages = new Map<string, string>();
  for (const [, name = "", message = ""] of source.matchAll(
    /^const ([A-Z_]+) = text\("([^"]+)"\);/gm,
  )) {
    messages.set(name, message);
  }
  const compact = source.replace(/\s+/g, " ");
  const rows: Row[] = [];
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

function documentRows(markdown: string): Row[] {
  const rows: Row[] = [];
  for (const line of markdown.split("\n")) {
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

function byName(a: Row, b: Row): number {
  return a.name < b.name ? -1 : 1;
}

it("lists every reason with its statuses and message, and no other", async () => {
  const source = await readFile("assembly/core/reason.ts", "utf8");
  const markdown = await readFile("docs/reasons.md", "utf8");
  const count = Number(/REASONS: u32 = (\d+)/.exec(source)?.[1]);
  const code = codeRows(source).sort(byName);
  expect(code).toHaveLength(count);
  expect(documentRows(markdown).sort(byName)).toEqual(code);
});
