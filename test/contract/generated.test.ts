// Generated code is what its generator makes.

import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";

import { generateAll } from "../../scripts/generate_crypto.ts";

describe("generated code", async () => {
  for (const [path, text] of await generateAll()) {
    test(`${path} is what its generator makes`, async () => {
      expect(await readFile(new URL(`../../${path}`, import.meta.url), "utf8")).toBe(text);
    });
  }
});
