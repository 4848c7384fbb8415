// Writes the generated files of `assembly/core/crypto/generated`: `tsx scripts/generate_crypto.ts`.
// With `--check` it writes nothing and names each file that differs; the tests run that.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { format, resolveConfig } from "prettier";

import { GENERATED } from "./crypto/generated.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** The text of each generated file, as the formatter leaves it, by its path in the repository. */
export async function generateAll(): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const { path, make } of GENERATED) {
    const file = join(ROOT, path);
    const options = await resolveConfig(file);
    texts.set(path, await format(make(), { ...options, filepath: file }));
  }
  return texts;
}

async function main(checks: boolean): Promise<number> {
  let different = 0;
  for (const [path, text] of await generateAll()) {
    const known = await readFile(join(ROOT, path), "utf8").catch(() => "");
    if (known === text) continue;
    different++;
    console.log(`${path} ${checks ? "is not what its generator makes" : "written"}`);
    if (!checks) await writeFile(join(ROOT, path), text);
  }
  return checks && different > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.exitCode = await main(process.argv.includes("--check"));
}
