// The logs of a whole test run: every Envoy's and every simulated host's, in one folder, to be
// searched for what no log may hold.

import { appendFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Names the folder; where it is not set, nothing is kept. */
export const KEPT_LOGS = "SALLYPORT_KEPT_LOGS";

/** Appends to a file of the folder. */
export function keepLog(name: string, text: string): void {
  const folder = process.env[KEPT_LOGS];
  if (folder !== undefined && text !== "") appendFileSync(join(folder, name), text);
}

/** What a log may not hold, by what it is. Tests put CANARY into what is nobody's business. */
export const CANARY = "canary-9f3b";
const SECRETS: readonly [what: string, pattern: RegExp][] = [
  ["a token", /eyJ[\w-]{4,}/],
  ["a claim, a header, a query or a key of a request", new RegExp(CANARY)],
  ["a PEM", /-----BEGIN/],
  ["a private key", /"(d|k|p|q|dp|dq|qi)"\s*:\s*"[\w-]{8,}/],
  // RFC 7515, appendices A.1 and A.3.
  ["a secret of an RFC", /AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ|jpsQnnGQmL-YBIffH1136cspYG6/],
];

/** One line for each line that holds what it may not. */
export function findSecrets(name: string, text: string): string[] {
  return text
    .split("\n")
    .flatMap((line, index) =>
      SECRETS.filter(([, pattern]) => pattern.test(line)).map(
        ([what]) => `${name}:${String(index + 1)}: ${what} in a log: ${line.slice(0, 400)}`,
      ),
    );
}

/** Findings in all files of the folder. That none was kept is one too. */
export async function searchKeptLogs(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  if (texts.join("").trim() === "") return [`${folder}: no log was kept, so none was searched`];
  return texts.flatMap((text, index) => findSecrets(names[index] ?? "", text));
}
