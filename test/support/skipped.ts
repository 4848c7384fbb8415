// Tests of what a machine may lack: they are skipped loudly there; REQUIRE_E2E=1 makes that a
// failure.

import { spawnSync } from "node:child_process";

import { describe, expect, test } from "vitest";

/** A `describe` for tests that start these programs. */
export function describeWithPrograms(
  programs: readonly string[],
  name: string,
  body: () => void,
): void {
  const reason = missingPrograms(programs);
  if (reason === null) describe(name, body);
  else skipLoudly(reason, name, body);
}

/** Which programs are not on the PATH, in words; null when all are. */
export function missingPrograms(programs: readonly string[]): string | null {
  const missing = programs.filter(
    (program) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0,
  );
  return missing.length === 0 ? null : `not installed: ${missing.join(", ")}`;
}

/** In place of a `describe` whose tests cannot run here. */
export function skipLoudly(reason: string, name: string, body: () => void): void {
  if (process.env["REQUIRE_E2E"] === "1") {
    test(name, () => expect.fail(`REQUIRE_E2E=1, but ${reason}`));
    return;
  }
  console.warn(`SKIPPED "${name}": ${reason}`);
  describe.skip(`${name} (${reason})`, body);
}
