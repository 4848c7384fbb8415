// Generated code is what its generator makes.

import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";

import { generateAll } from "../../scripts/generate_crypto.ts";
import { GENERATED, generateRedisScript } from "../../scripts/generate_redis_script.ts";

describe("generated code", async () => {
  for (const [path, text] of await generateAll()) {
    test(`${path} is what its generator makes`, async () => {
      expect(await readFile(new URL(`../../${path}`, import.meta.url), "utf8")).toBe(text);
    });
  }

  test("the script for Redis is bucket.lua, and its SHA-1 that of the script", async () => {
    expect(await readFile(GENERATED, "utf8")).toBe(await generateRedisScript());
  });
});
