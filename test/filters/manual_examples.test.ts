// The configuration that a page shows is one that the module accepts.

import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";
import { parse } from "yaml";

import { loadConfigurationError } from "../support/configuration_error.ts";

const errorOf = await loadConfigurationError();

const PAGES = [
  ...["normalise", "trace", "jwt", "ratelimit"].map((name) => `assembly/filters/${name}/README.md`),
  "docs/configuration.md",
  "docs/jwt.md",
  "docs/metrics.md",
  "docs/ratelimit.md",
];

test.each(PAGES)("%s", async (page) => {
  const examples = [...(await readFile(page, "utf8")).matchAll(/^```yaml\n(.*?)^```$/gms)];
  expect(examples).toHaveLength(1);
  for (const [, example = ""] of examples) {
    const document: object = parse(example);
    expect(errorOf(document)).toBeNull();
  }
});
