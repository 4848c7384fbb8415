// Reports as files of the repository.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Writes a report as JSON; `path` is relative to the repository. */
export async function keepReport(path: string, report: object): Promise<void> {
  await keepText(path, JSON.stringify(report, null, 2));
}

export async function keepText(path: string, text: string): Promise<void> {
  const file = join(ROOT, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${text}\n`);
}
