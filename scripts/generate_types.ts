// Writes host-sim/cli/configuration.ts from the published JSON Schema: `tsx
// scripts/generate_types.ts`.

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compile } from "json-schema-to-typescript";
import { format, resolveConfig } from "prettier";

export const SCHEMA = fileURLToPath(
  new URL("../docs/schema/sallyport.schema.json", import.meta.url),
);
export const TYPES = fileURLToPath(new URL("../host-sim/cli/configuration.ts", import.meta.url));

const BANNER = "// Generated from docs/schema/sallyport.schema.json by scripts/generate_types.ts.";

/** The source text of the types, formatted as the repository is. */
export async function generateTypes(): Promise<string> {
  const schema: unknown = JSON.parse(await readFile(SCHEMA, "utf8"));
  if (typeof schema !== "object" || schema === null)
    throw new TypeError(`${SCHEMA}: not an object`);
  const source = await compile(schema, "Configuration", {
    bannerComment: BANNER,
    format: false,
    ignoreMinAndMaxItems: true,
  });
  const options = await resolveConfig(TYPES);
  return format(source, { ...options, filepath: TYPES });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await writeFile(TYPES, await generateTypes());
}
