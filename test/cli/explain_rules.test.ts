import { describe, expect, test } from "vitest";
import { CONFIGURATION, GOOD } from "./explain_fixture.ts";
import { sallyport, temporaryFile } from "./run_command.ts";

const RULES = {
  ...CONFIGURATION,
  normalise: {
    ...CONFIGURATION.normalise,
    reject: [
      "x-debug",
      { header: "x-beta", when: { claims: [{ claim: "sub", equals: "alice" }] } },
    ],
    remove: ["x-tmp-*"],
    set: [
      { header: "x-tenant", value: "{path:2}" },
      { header: "x-sub", value: "{claim:sub}" },
      { header: "x-braces", value: "\\{claim:sub\\}" },
    ],
    response: {
      remove: [{ header: "server", when: { claims: [{ claim: "sub", present: true }] } }],
    },
  },
};

async function explained(...args: string[]): Promise<{ code: number | null; lines: string[] }> {
  const file = await temporaryFile("sallyport.json", JSON.stringify(RULES));
  const at = ["--at", "2027-01-15T08:00:00Z"];
  const outcome = await sallyport("explain", file, "--path", "/api/acme/1", ...at, ...args);
  expect(outcome.stderr).toBe("");
  const lines = outcome.stdout.split("\n").map((line) => line.replace(/ +/g, " ").trim());
  return { code: outcome.code, lines };
}

const SECTIONS = /^[✓✗·] (normalise|trace|jwt|rate limit|claim rules)\b/;
const sectionsOf = (lines: string[]): string[] => lines.filter((line) => SECTIONS.test(line));

describe("explain walks through header rules", () => {
  test("in both passes", async () => {
    const forged = ["-H", "x-tmp-a: 1", "-H", "x-sub: mallory"];
    const { code, lines } = await explained("--token", GOOD, ...forged);
    expect(code).toBe(0);
    expect(sectionsOf(lines)).toEqual([
      "✓ normalise + x-tenant + x-braces - x-tmp-a - x-sub",
      "✓ trace + traceparent + x-trace-id",
      "✓ rate limit everybody (full buckets)",
      "✓ jwt rules[2], prefix /api → idp",
      "✓ rate limit per-user (full buckets)",
      "✓ claim rules + x-sub",
    ]);
    expect(lines).toContain("~ x-sub: alice (was mallory)");
    expect(lines).toContain("+ x-tenant: acme");
  });

  test("that refuse before the token is looked at", async () => {
    const { code, lines } = await explained("--token", GOOD, "-H", "x-debug: 1");
    expect(code).toBe(1);
    expect(sectionsOf(lines).map((line) => line.slice(0, 5))).toEqual([
      "✗ nor",
      "· tra",
      "· rat",
      "· jwt",
      "· rat",
      "· cla",
    ]);
    expect(lines).toContain("Refused with 400, normalise:header_refused");
  });

  test("that refuse behind it", async () => {
    const { code, lines } = await explained("--token", GOOD, "-H", "x-beta: 1");
    expect(code).toBe(1);
    expect(sectionsOf(lines).map((line) => line.slice(0, 5))).toEqual([
      "✓ nor",
      "✓ tra",
      "✓ rat",
      "✓ jwt",
      "✓ rat",
      "✗ cla",
    ]);
    expect(lines).toContain("Refused with 400, normalise:header_refused");
  });
});
