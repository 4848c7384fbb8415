// Programs that tests and commands look for: named by a variable, found, or made once into a cache.

import { rename } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { isExecutable } from "./run_program.ts";

/** An absolute path, or one line that says why there is none. */
export type FoundBinary = { path: string } | { path: null; reason: string };

/** What the variable names; null when it names nothing. */
export async function namedBinary(variable: string): Promise<FoundBinary | null> {
  const named = process.env[variable];
  if (named === undefined || named === "") return null;
  const path = resolve(named);
  if (await isExecutable(path)) return { path };
  return { path: null, reason: `${variable} names ${path}, which is not an executable file` };
}

/** Makes a folder with a finished program the one that `target` lies in. */
export async function moveInto(folder: string, target: string): Promise<void> {
  await rename(folder, dirname(target)).catch(async (error: unknown) => {
    // Another process was faster: its folder came from the same checked source.
    if (!(await isExecutable(target))) throw error;
  });
}

/** Prints the path, or the reason with a failing exit code. */
export function printBinary(binary: FoundBinary): void {
  if (binary.path !== null) {
    console.log(binary.path);
    return;
  }
  console.error(binary.reason);
  process.exitCode = 1;
}
