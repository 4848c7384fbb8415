// Header rules of requests against a plain reading of their documentation, and what they leave
// alone.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { NormaliseRules } from "../support/header_rules.ts";
import { NAMES, requestRules, sentRequest } from "../support/header_rules_generator.ts";
import type { Outcome } from "../support/header_rules_model.ts";
import { matchesName } from "../support/header_rules_names.ts";
import {
  compareOthers,
  compareRequests,
  filterWith,
  moduleOutcome,
  shown,
} from "../support/header_rules_run.ts";
import { SEED } from "../support/random.ts";

const EVERYTHING = { hasClaims: true, hasRefusals: true, hasRequestParts: true };
const LONE = "z-lone";
const lone = (value: string): [string, string] => [LONE, value];
const anyBytes = fc
  .uint8Array({ maxLength: 40 })
  .map((each) => Buffer.from(each).toString("latin1"));

/** Names and patterns of names in a rule, and perhaps other words. */
function wordsOf(rule: unknown): string[] {
  return JSON.stringify(rule)
    .split(/[^a-z0-9*_-]/)
    .filter((word) => word.length > 1);
}

function overlap(one: string, other: string): boolean {
  if (matchesName(one, other) || matchesName(other, one)) return true;
  // A beginning and an end have names in common.
  return one.startsWith("*") ? other.endsWith("*") : other.startsWith("*") && one.endsWith("*");
}

/** The words of all rules that lead from `name` to each other. */
function connectedTo(name: string, rules: NormaliseRules): string[] {
  const groups = Object.values(rules).flat().map(wordsOf);
  const connected = [name];
  for (const word of connected) {
    for (const group of groups) {
      if (!group.some((each) => overlap(each, word))) continue;
      connected.push(...group.filter((each) => !connected.includes(each)));
    }
  }
  return connected;
}

/** The lines of an outcome beside those that the words mean. */
function without(outcome: Outcome, words: readonly string[]): string {
  if ("refused" in outcome) return shown(outcome);
  const isOther = (name: string): boolean => !words.some((word) => matchesName(word, name));
  return shown({ lines: outcome.lines.filter(([name]) => isOther(name)) });
}

const changed = (lines: HeaderList, name: string, value: string): HeaderList =>
  lines.map(([each, before]) => [each, each === name ? value : before]);

test(`header rules of other maps do what the reference does (SEED=${String(SEED)})`, () => {
  compareOthers(600, SEED);
});

describe("header rules of a request", () => {
  test(`do what the reference does (SEED=${String(SEED)})`, () => {
    compareRequests(3000, SEED);
  });

  test("see nothing of a header that none of them names", () => {
    const rules = requestRules(EVERYTHING);
    fc.assert(
      fc.property(rules, sentRequest, anyBytes, (section, request, value) => {
        const filter = filterWith(section);
        const sent = { ...request, lines: [...request.lines, lone(value)] };
        const found = moduleOutcome(filter, sent);
        expect(without(found, [LONE])).toBe(shown(moduleOutcome(filter, request)));
        if ("refused" in found) return;
        expect(found.lines.filter(([name]) => name === LONE)).toEqual([[LONE, value]]);
      }),
      { numRuns: 300 },
    );
  });

  test("keep apart what none of them connects", () => {
    const rules = requestRules({ ...EVERYTHING, hasRefusals: false });
    fc.assert(
      fc.property(
        rules,
        sentRequest,
        fc.constantFrom(...NAMES),
        anyBytes,
        (section, request, name, value) => {
          const filter = filterWith(section);
          const found = moduleOutcome(filter, request);
          const lines = changed(request.lines, name, value);
          const other = moduleOutcome(filter, { ...request, lines });
          // A value may be too long, or none that can be written.
          if ("refused" in found || "refused" in other) return;
          const words = connectedTo(name, section);
          expect(without(other, words)).toBe(without(found, words));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("never trap, whatever bytes the lines have", () => {
    const rules = requestRules(EVERYTHING);
    const name = fc.oneof(
      fc.constantFrom<string>(...NAMES),
      fc.tuple(fc.constantFrom("", "x-", "x-a", "y-"), anyBytes).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(
        rules,
        sentRequest,
        fc.array(fc.tuple(name, anyBytes), { maxLength: 8 }),
        (section, request, lines) => {
          const filter = filterWith(section);
          const named = lines.map(([each, text]): [string, string] => [each.toLowerCase(), text]);
          expect(() => moduleOutcome(filter, { ...request, lines: named })).not.toThrow();
        },
      ),
      { numRuns: 300 },
    );
  });
});
