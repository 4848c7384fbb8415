// Every case in a real Envoy. test/filters/cases.test.ts runs the same tables on the simulator.

import { afterAll, beforeAll } from "vitest";
import { CONFIGURATIONS, TABLES } from "../cases/tables.ts";
import { describeWithEnvoy, requireModule } from "../support/envoy.ts";
import { describeCases } from "../support/run_cases.ts";
import type { EnvoyCaseHost } from "../support/run_cases_envoy.ts";
import { startEnvoyForCases } from "../support/run_cases_envoy.ts";

await describeWithEnvoy("a real Envoy", (binary) => {
  let host: EnvoyCaseHost;
  beforeAll(async () => {
    requireModule();
    const all = TABLES.flatMap(({ cases }) => cases);
    host = await startEnvoyForCases(binary, all, CONFIGURATIONS);
  });
  afterAll(() => host.close());

  for (const { title, cases } of TABLES) {
    describeCases({ title, cases, host: () => host, skip: (one) => one.simulatorOnly ?? null });
  }
});
