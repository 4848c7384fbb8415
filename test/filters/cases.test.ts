// Every case on the simulator. test/e2e/cases.test.ts runs the same tables in a real Envoy.

import { beforeAll } from "vitest";
import { CONFIGURATIONS, TABLES } from "../cases/tables.ts";
import { requireModule } from "../support/envoy.ts";
import type { CaseHost } from "../support/run_cases.ts";
import { describeCases } from "../support/run_cases.ts";
import { simulatorForCases } from "../support/run_cases_simulator.ts";

let host: CaseHost;
beforeAll(async () => {
  requireModule();
  host = await simulatorForCases(CONFIGURATIONS);
});

for (const { title, cases } of TABLES) {
  describeCases({ title, cases, host: () => host, skip: () => null });
}
