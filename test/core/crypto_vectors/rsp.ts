// Reads the response files of NIST's CAVP, and files in their form, under
// test/vectors/cryptography_vectors.

import { readFile } from "node:fs/promises";

const FOLDER = new URL("../../vectors/cryptography_vectors/", import.meta.url);

/** The members of a vector, those that stand above several vectors, and `section`. */
export type Record = { [name: string]: string | undefined };

/** The paragraphs of a file without its comments. */
export async function readParagraphs(file: string): Promise<string[][]> {
  const text = await readFile(new URL(file, FOLDER), "latin1");
  return text
    .replace(/^#.*\n/gm, "")
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.split("\n").filter((line) => line !== ""))
    .filter((lines) => lines.length > 0);
}

/** The vectors of a file: each ends with the member `last`. */
export async function readRecords(file: string, last: string): Promise<Record[]> {
  const records: Record[] = [];
  let shared: Record = {};
  for (const lines of await readParagraphs(file)) {
    const section = /^\[(.*)\]$/.exec(lines[0] ?? "")?.[1];
    if (section !== undefined) shared = { section };
    const members = Object.fromEntries(
      lines.flatMap((line) => {
        const [, name, value] = /^(\w+) ?= ?(.*)$/.exec(line) ?? [];
        return name === undefined || value === undefined ? [] : [[name, value]];
      }),
    );
    const record: Record = { ...shared, ...members };
    if (last in members) records.push(record);
    else shared = record;
  }
  return records;
}
