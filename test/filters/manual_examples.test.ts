// The configuration that a filter's page shows is one that the module accepts.

import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";
import { parse } from "yaml";

import { loadConfigurationError } from "../support/configuration_error.ts";

const errorOf = await loadConfigurationError();

test.each(["normalise", "trace", "ratelimit"])("the page of %s", async (filter) => {
  const page = new URL(`../../assembly/filters/${filter}/README.md`, import.meta.url);
  const examples = [...(await readFile(page, "utf8")).matchAll(/^```yaml\n(.*?)^```$/gms)];
  expect(examples).toHaveLength(1);
  for (const [, example = ""] of examples) {
    const document: object = parse(example);
    expect(errorOf(document)).toBeNull();
  }
});
