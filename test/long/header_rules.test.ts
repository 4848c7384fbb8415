// Header rules against their reference, for longer than test/filters/header_rules_model.test.ts.

import { test } from "vitest";

import { compareOthers, compareRequests } from "../support/header_rules_run.ts";
import { SEED } from "../support/random.ts";

test(`requests become what the reference makes of them (SEED=${String(SEED)})`, () => {
  compareRequests(50_000, SEED);
});

test(`and so do responses and trailers (SEED=${String(SEED)})`, () => {
  compareOthers(10_000, SEED);
});
