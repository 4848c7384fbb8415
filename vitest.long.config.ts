import { defineConfig } from "vitest/config";

// `npm run test:long`: what takes minutes, and is no part of `npm test`.
export default defineConfig({
  test: {
    pool: "forks",
    include: ["test/long/**/*.test.ts"],
    maxWorkers: 2,
    testTimeout: 1_500_000,
    hookTimeout: 300_000,
    disableConsoleIntercept: true,
  },
});
