// A minute of rotating keys at full load on a real Envoy (test/support/rotation_drill.ts).

import { expect, test } from "vitest";
import { describeWithEnvoy, requireModule } from "../support/envoy.ts";
import { SEED } from "../support/random.ts";
import { drillOnEnvoy } from "../support/rotation_envoy.ts";

const SECONDS = 60;

await describeWithEnvoy("keys that rotate under load for a minute", (binary) => {
  test(`make no wrong verdict and leave no request without an answer (seed ${SEED})`, async () => {
    requireModule();
    const { counts, wrong, hung } = await drillOnEnvoy(binary, SECONDS, SEED);
    console.log(JSON.stringify(counts));
    expect({ wrong, hung }).toEqual({ wrong: [], hung: [] });
    expect(counts["current 200"]).toBeGreaterThan(10_000);
  });
});
