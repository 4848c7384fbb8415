// Keys rotate five times under load while their server fails, hangs, answers HTML and comes back.

import { expect, test } from "vitest";
import { describeWithEnvoy, requireModule } from "../support/envoy.ts";
import { SEED } from "../support/random.ts";
import { drillOnEnvoy } from "../support/rotation_envoy.ts";

const SECONDS = 20;

await describeWithEnvoy("keys that rotate under load", (binary) => {
  test(`make no wrong verdict and leave no request without an answer (seed ${SEED})`, async () => {
    requireModule();
    const { counts, wrong, hung } = await drillOnEnvoy(binary, SECONDS, SEED);
    expect({ wrong: wrong.slice(0, 10), hung: hung.slice(0, 10) }).toEqual({ wrong: [], hung: [] });
    for (const kind of ["current 200", "previous 200", "withdrawn 401", "never published 401"]) {
      expect(counts[kind], JSON.stringify(counts)).toBeGreaterThan(0);
    }
  });
});
