// Goal: nothing grows under limits of every store. 10,000 pushes with old and new roots
// overlapping, and 1,000,000 requests whose stores answer, fail, time out and are left waiting.

import { beforeAll, expect, it } from "vitest";

import type { CountedModule } from "../support/live_bytes.ts";
import { loadCountedModule } from "../support/live_bytes.ts";
import { START_SECONDS } from "../support/soak_host.ts";
import { keyFor, mint } from "../support/tokens.ts";
import { AUDIENCE, sharedKeys } from "./limits_configuration.ts";
import { LimitsRun } from "./limits_run.ts";
import { TELLINGS } from "./limits_stores.ts";

const PUSHES = 10_000;
const REQUESTS = 1_000_000;
/** Of one configuration; the last one gets all that are left. */
const REQUESTS_OF_PUSH = 90;
/** Requests for which the stores are as they are. */
const REQUESTS_OF_MOOD = 500;
const SEED = 20_261_126;
const SUBJECTS = 40;
/** Requests that can wait for a verdict at a time (assembly/core/limits.ts). */
const VERDICTS_MAX = 848;
/** How requests end, each many times. */
const OUTCOMES = [
  "gone",
  "passed",
  "ratelimit:cost_invalid",
  "ratelimit:key_missing",
  "ratelimit:limited",
  "ratelimit:unavailable",
];

const key = keyFor("HS256", "soak");
let counted: CountedModule;
let tokens: string[];

beforeAll(async () => {
  counted = await loadCountedModule();
  const exp = Number(START_SECONDS) + 86_400;
  tokens = await Promise.all(
    Array.from({ length: SUBJECTS }, (_, i) => mint(key, { sub: `s${i}`, aud: AUDIENCE, exp })),
  );
});

it(`${REQUESTS} requests over ${PUSHES} pushes leave what was held after push 100`, () => {
  const run = new LimitsRun(counted, key, tokens, SEED);
  let after100 = run.held();
  for (let push = 1; push <= PUSHES; push++) {
    run.push();
    for (let i = 0; i < REQUESTS_OF_PUSH; i++) run.step();
    if (push !== 100) continue;
    run.settle();
    after100 = run.held();
  }
  for (let left = REQUESTS - run.requests; left > 0; left--) {
    if (left % REQUESTS_OF_MOOD === 0) run.changeMood();
    run.step();
  }
  run.settle();
  expect(run.requests).toBe(REQUESTS);
  expect(run.held()).toEqual(after100);
  expect(after100.liveBytes).toBeGreaterThan(0);
  expect(after100.calls).toBe(0);
  expect(after100.sharedKeys).toBe(sharedKeys());

  // The module has a place for each request that may wait: none was lost.
  const waiting = Array.from({ length: VERDICTS_MAX }, () => run.request("/rls"));
  expect(waiting.every((waits) => waits)).toBe(true);
  expect(run.settle()).toBe(VERDICTS_MAX);
  expect(run.held()).toEqual(after100);

  expect(run.ended()).toBe(run.requests);
  expect([...run.outcomes.keys()].toSorted()).toEqual(OUTCOMES);
  for (const count of [...run.outcomes.values(), ...run.stores.told.values()]) {
    expect(count).toBeGreaterThan(1000);
  }
  expect(run.stores.told.size).toBe(TELLINGS);
  expect(run.waited).toBeGreaterThan(100_000);
  expect(run.answeredByOldRoots).toBeGreaterThan(1000);
  run.plugin.remove();
  expect(run.host.liveContexts()).toBe(0);
}, 600_000);
