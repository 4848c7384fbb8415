import { describe, expect, test } from "vitest";

import {
  borders,
  leftovers,
  limitsAreUsed,
  reasonCodes,
  sizes,
} from "../../scripts/tidy/sources.ts";
import { findingsOf } from "./findings_of.ts";

describe("sizes", () => {
  test("accepts 350 lines of 100 columns", () => {
    const files = { "scripts/a.ts": `${"x".repeat(100)}\n`.repeat(350) };
    expect(findingsOf(sizes, files)).toEqual([]);
  });

  test("refuses a line more and a column more", () => {
    const files = { "scripts/a.ts": `${"x\n".repeat(350)}${"x".repeat(101)}\n` };
    expect(findingsOf(sizes, files)).toEqual([
      "scripts/a.ts:351: is longer than 100 columns",
      "scripts/a.ts:351: has 351 lines, the limit is 350",
    ]);
  });

  test("lets tables be long, and lines that carry a link", () => {
    const link = `// https://${"x".repeat(100)}`;
    expect(findingsOf(sizes, { "scripts/a_table.ts": "x\n".repeat(400), "b.ts": link })).toEqual(
      [],
    );
  });
});

describe("leftovers", () => {
  test.each(["FIX" + "ME", "TO" + "DO", "XX" + "X"])("%s is a finding in any file", (word) => {
    expect(findingsOf(leftovers, { ".ci/run": `\n# ${word}: later\n` })).toEqual([
      `.ci/run:2: ${word} left behind`,
    ]);
  });

  test("words that only contain one are not", () => {
    expect(findingsOf(leftovers, { "a.md": "MASTODON XXXL" })).toEqual([]);
  });
});

describe("borders", () => {
  const external = '// @ts-ignore: decorator\n@external("env", "proxy_log")\n';
  const exported = "export function proxy_on_tick(root: u32): void {}\n";

  test("the host is declared and answered at the door", () => {
    const files = {
      "assembly/abi/imports.ts": external,
      "assembly/abi/exports.ts": exported,
      "assembly/abi/arena.ts": exported,
      "assembly/probe/host_probe.ts": external + exported,
    };
    expect(findingsOf(borders, files)).toEqual([]);
  });

  test("and nowhere else", () => {
    expect(findingsOf(borders, { "assembly/chain.ts": external + exported })).toEqual([
      "assembly/chain.ts:2: @external belongs in abi/imports.ts",
      "assembly/chain.ts:3: proxy_on_tick belongs in abi/exports.ts",
    ]);
  });
});

describe("reason codes", () => {
  const path = "assembly/core/reason.ts";
  const page = { "docs/operating.md": "| `jwt:missing` | `jwt:expired` |" };

  test("accepts one number and one documented name each", () => {
    const text = [
      "export const enum Reason {",
      "  OK = 0,",
      "  JWT_MISSING = 1,",
      "}",
      'define(Reason.OK, CHAIN, "ok", 200);',
      'define(\n  Reason.JWT_MISSING,\n  "jwt:missing",\n);',
    ].join("\n");
    expect(findingsOf(reasonCodes, { [path]: text, ...page })).toEqual([]);
  });

  test("refuses a number twice, a name twice and a name that no page explains", () => {
    const text = [
      "export const enum Reason {",
      "  A = 1,",
      "  B = 1,",
      "}",
      'define(Reason.A, "jwt:missing");',
      'define(Reason.B, "jwt:missing");',
      'define(Reason.C, "jwt:secret");',
    ].join("\n");
    expect(findingsOf(reasonCodes, { [path]: text, ...page })).toEqual([
      `${path}:3: reason number 1 is used twice`,
      `${path}:6: reason name jwt:missing is used twice`,
      `${path}:7: reason jwt:secret stands in no Markdown page`,
    ]);
  });
});

describe("limits", () => {
  const limits = "export const BYTES_MAX: u32 = 4;\nexport const WORDS_MAX: u32 = BYTES_MAX / 4;\n";

  test("a limit that nothing reads is a finding", () => {
    const files = { "assembly/core/limits.ts": limits, "assembly/chain.ts": "WORDS_MAXIMUM" };
    expect(findingsOf(limitsAreUsed, files)).toEqual([
      "assembly/core/limits.ts:2: limit WORDS_MAX is used nowhere",
    ]);
  });

  test("a limit that the module reads is not", () => {
    const files = { "assembly/core/limits.ts": limits, "assembly/chain.ts": "n < WORDS_MAX" };
    expect(findingsOf(limitsAreUsed, files)).toEqual([]);
  });
});
