// Any requirement against any request: what a plain recursive reading says is what the filter does.

import fc from "fast-check";
import { expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";
import { ecKey, mint } from "../support/tokens.ts";
import type { Name, Requirement } from "./requirement_trees.ts";
import { headersOf, NAMES, providersWith, requirement } from "./requirement_trees.ts";

const module = await loadShippedModule();
const KEY = ecKey("k");
const NOW = 1_700_000_000;

const STATES = ["missing", "good", "expired", "malformed"] as const;
type State = (typeof STATES)[number];
type Request = Record<Name, State>;

interface Verdict {
  reason: string | null;
  verified: Set<Name>;
  statuses: Map<Name, string>;
}

const passing = (): Verdict => ({ reason: null, verified: new Set(), statuses: new Map() });
const failing = (reason: string): Verdict => ({ ...passing(), reason });

function judge(requirement: Requirement, request: Request): Verdict {
  if (typeof requirement === "string") {
    const state = request[requirement];
    if (state !== "good") return failing(`jwt:${state}`);
    return { ...passing(), verified: new Set([requirement]) };
  }
  if ("extractOnly" in requirement) {
    const state = request[requirement.extractOnly];
    const isRead = state === "good" || state === "expired";
    const status = isRead ? "unverified" : state;
    return { ...passing(), statuses: new Map([[requirement.extractOnly, status]]) };
  }
  if ("any" in requirement) {
    const verdicts = requirement.any.map((each) => judge(each, request));
    const good = verdicts.find(({ reason }) => reason === null);
    const told = verdicts.find(({ reason }) => reason !== "jwt:missing");
    return good ?? told ?? failing("jwt:missing");
  }
  if ("all" in requirement) {
    const verdicts = requirement.all.map((each) => judge(each, request));
    const bad = verdicts.find(({ reason }) => reason !== null);
    if (bad !== undefined) return bad;
    return {
      reason: null,
      verified: new Set(verdicts.flatMap(({ verified }) => [...verified])),
      statuses: new Map(verdicts.flatMap(({ statuses }) => [...statuses])),
    };
  }
  if ("optional" in requirement) {
    const verdict = judge(requirement.optional, request);
    return verdict.reason === "jwt:missing" ? passing() : verdict;
  }
  const verdict = judge(requirement.optionalOrFailed, request);
  return verdict.reason === null ? verdict : passing();
}

const state = fc.constantFrom(...STATES);
const request = fc.record({ a: state, b: state, c: state });

const tokens: Record<State, string | null> = {
  missing: null,
  good: await mint(KEY, { sub: "good", aud: "orders", exp: NOW + 1000 }),
  expired: await mint(KEY, { sub: "expired", aud: "orders", exp: NOW - 1000 }),
  malformed: "x.y",
};

const headers = ({ a, b, c }: Request): HeaderList =>
  headersOf({ a: tokens[a], b: tokens[b], c: tokens[c] });

const providers = providersWith(() => ({ inline: { keys: [KEY.jwk] } }));

test("a requirement means what it says, whatever it is made of", () => {
  let passed = 0;
  let refused = 0;
  fc.assert(
    fc.property(
      requirement,
      fc.array(request, { minLength: 8, maxLength: 8 }),
      (rule, requests) => {
        const text = JSON.stringify(rule);
        const rules = [{ match: { prefix: "/" }, require: rule }];
        const filter = new Simulated(module, { configuration: { jwt: { providers, rules } } });
        filter.advance(NOW - 1);
        for (const states of requests) {
          const expected = judge(rule, states);
          const sent = filter.send(headers(states));
          expect(sent.reason).toBe(expected.reason);
          if (sent.reason !== null) {
            refused++;
            continue;
          }
          passed++;
          for (const each of NAMES) {
            const status = expected.statuses.get(each);
            if (text.includes(`x-status-${each}`)) {
              expect(sent.headers.get(`x-status-${each}`)).toBe(status);
            }
            const isRead = status === "unverified";
            const isKnown = expected.verified.has(each) || isRead;
            expect(sent.headers.get(`x-sub-${each}`)).toBe(isKnown ? states[each] : undefined);
            if (text.includes(`"${each}"`)) {
              expect(sent.headers.get(`x-token-${each}`)).toBeUndefined();
            }
          }
        }
      },
    ),
    { numRuns: 80 },
  );
  expect(Math.min(passed, refused)).toBeGreaterThan(50);
});
