// An exception that is none any more hides what it was for. That the module answers as an exception
// says is seen by the test of its file.

import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { EXCEPTIONS } from "./exceptions_table.ts";
import { readGroups } from "./wycheproof.ts";

test.each(EXCEPTIONS)("$file has $tcId as $result: $reason", async ({ file, ...exception }) => {
  const vectors = (await readGroups(file)).flatMap((group) => group.tests);
  const vector = vectors.find(({ tcId }) => tcId === exception.tcId);
  expect(vector?.result).toBe(exception.result);
  if (exception.result !== "acceptable") {
    expect(exception.answer).not.toBe(exception.result === "valid");
  }
});

test("each exception stands once, and in the page of the vectors", async () => {
  const page = new URL("../../vectors/wycheproof/README.md", import.meta.url);
  const rows = [
    ...(await readFile(page, "utf8")).matchAll(/^\| `(\w+\.json)` \| (\d+) \| (\w+) \|/gm),
  ];
  const listed = rows.map(
    ([, file, tcId, result]) => `${file ?? ""} ${tcId ?? ""} ${result ?? ""}`,
  );
  const known = EXCEPTIONS.map(({ file, tcId, result }) => `${file} ${tcId} ${result}`);
  expect(listed).toEqual(known);
  expect(new Set(known).size).toBe(known.length);
});
