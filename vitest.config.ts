import { defineConfig } from "vitest/config";

// Tests that start an Envoy or measure it run one file at a time, after the others: they want the
// cores for themselves.
const ONE_AT_A_TIME = "test/e2e/**/*.test.ts";
// These take minutes: vitest.long.config.ts runs them.
const LONG = "test/long/**/*.test.ts";

export default defineConfig({
  test: {
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 120_000,
    setupFiles: ["host-sim/test/keep_logs.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts", "host-sim/test/**/*.test.ts"],
          exclude: [ONE_AT_A_TIME, LONG],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: [ONE_AT_A_TIME],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
