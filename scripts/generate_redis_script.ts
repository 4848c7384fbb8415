// Writes the module's form of bucket.lua, and its SHA-1, by which Redis knows it: `tsx
// scripts/generate_redis_script.ts`.

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { format, resolveConfig } from "prettier";

const FOLDER = new URL("../assembly/filters/ratelimit/stores/redis/", import.meta.url);
const SOURCE = new URL("bucket.lua", FOLDER);
/** The generated file. */
export const GENERATED = fileURLToPath(new URL("generated/bucket_script.ts", FOLDER));

const ROW = 19;

/** What Redis is given: the source without comments and indentation. */
export async function redisScript(): Promise<string> {
  const lines = (await readFile(SOURCE, "utf8")).split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("--")).join("\n");
}

/** The digest by which EVALSHA names a script. */
export const sha1 = (script: string): string => createHash("sha1").update(script).digest("hex");

/** The source text of the generated file, formatted as the repository is. */
export async function generateRedisScript(): Promise<string> {
  const script = await redisScript();
  const length = Buffer.alloc(4);
  length.writeUInt32LE(script.length);
  const bytes = [...length, ...Buffer.from(script, "latin1")];
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW) {
    rows.push(`  ${bytes.slice(at, at + ROW).join(", ")},\n`);
  }
  const source = `// Generated from bucket.lua by scripts/generate_redis_script.ts.

import { Text, text } from "../../../../../core/bytes/text";

/** The script that Redis runs. */
// prettier-ignore
export const BUCKET_SCRIPT: Text = memory.data<u8>([
${rows.join("")}]);

/** SHA-1 of the script, in hexadecimal. */
export const BUCKET_SCRIPT_SHA1 = text("${sha1(script)}");
`;
  const options = await resolveConfig(GENERATED);
  return format(source, { ...options, filepath: GENERATED });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await writeFile(GENERATED, await generateRedisScript());
}
