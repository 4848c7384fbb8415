// A part of what test/long/jose.test.ts compares, and whether the tables are those of the README.

import { readFile } from "node:fs/promises";

import { beforeAll, describe, expect, test } from "vitest";
import { requireModule } from "../support/envoy.ts";
import { compareWithJose } from "../support/oracle/compare.ts";
import { DIFFERENCES } from "../support/oracle/differences.ts";
import { PRECEDENCES } from "../support/oracle/refusals.ts";
import { SEED, seededRandom } from "../support/random.ts";

const TOKENS = 5000;

beforeAll(requireModule);

test(`the module has the verdict of jose on every token (seed ${SEED})`, async () => {
  const found = await compareWithJose(TOKENS, seededRandom(SEED));
  expect(found.unexplained.join("\n\n")).toBe("");
  expect(found.bothAccept).toBeGreaterThan(TOKENS / 10);
  expect(found.bothRefuse).toBeGreaterThan(TOKENS / 3);
});

describe("the README", () => {
  const tables = readFile(new URL("README.md", import.meta.url), "utf8").then((page) =>
    page
      .split("\n## ")
      .map((section) => [...section.matchAll(/^\| (.+?) +\| (.+?) +\|/gm)].slice(2))
      .map((rows) => rows.map(([, about, reason]) => [about, reason])),
  );

  test("lists each difference with its reason", async () => {
    const [, rows] = await tables;
    expect(rows).toEqual(DIFFERENCES.map(({ about, reason }) => [about, reason]));
  });

  test("lists each precedence with its refusal", async () => {
    const [, , rows] = await tables;
    const known = PRECEDENCES.map(({ about, refusal }) => [about, `\`${refusal}\``]);
    expect(rows).toEqual(known);
  });
});
