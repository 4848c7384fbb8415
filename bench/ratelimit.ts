// `npm run bench:ratelimit`: what a limit costs in a real Envoy, Sallyport's rateLimit section
// beside Envoy's own local_ratelimit. Prints tables, keeps JSON.
// Options: harness/command.ts.

import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { envoyBinary } from "../scripts/envoy_bin.ts";
import { runBench } from "./harness/command.ts";
import type { BenchEnvoy } from "./harness/listeners.ts";
import { requireAnswer, withEnvoy } from "./harness/listeners.ts";
import { describeMachine } from "./harness/machine.ts";
import type { MeasuredCase, Samples } from "./harness/measure.ts";
import { measure } from "./harness/measure.ts";
import type { RateLimitCase } from "./ratelimit/cases.ts";
import { caseFilters, checkCase, measuredCase, rateLimitCases } from "./ratelimit/cases.ts";
import type { RateLimitReport } from "./ratelimit/report.ts";
import { evaluate } from "./ratelimit/report.ts";
import { renderReport } from "./ratelimit/terminal.ts";

interface Pace {
  rounds: number;
  requests: number;
}

const PACE: Pace = { rounds: 41, requests: 2500 };
const QUICK: Pace = { rounds: 3, requests: 1000 };
const WARM_UP_REQUESTS = 6000;
/** The module tells its counters to Envoy once a second. */
const COUNTED_AFTER_MILLISECONDS = 2500;
const MODULE = fileURLToPath(new URL("../build/sallyport.wasm", import.meta.url));

async function benchRateLimit(pace: Pace): Promise<RateLimitReport> {
  const binary = await envoyBinary();
  if (binary.path === null) throw new Error(binary.reason);
  const { samples, pinned } = await withEnvoy(
    binary.path,
    (none) => caseFilters(MODULE, none),
    (envoy) => measureRateLimit(envoy, pace),
  );
  return {
    machine: describeMachine(binary.path, MODULE),
    rounds: pace.rounds,
    requests_per_round: pace.requests,
    pinned,
    ...evaluate(samples),
  };
}

async function measureRateLimit(
  envoy: BenchEnvoy,
  { rounds, requests }: Pace,
): Promise<{ samples: Samples; pinned: boolean }> {
  const cases = rateLimitCases().map((one) => ({
    one,
    measured: measuredCase(one, envoy, requests, WARM_UP_REQUESTS),
  }));
  for (const { one, measured } of cases) await checkCase(one, measured);
  console.error("warming up");
  const samples = await measure({
    pid: envoy.process.pid,
    cases: cases.map(({ measured }) => measured),
    rounds,
    prefix: envoy.loadPrefix,
    onRound: (round) => console.error(`round ${round} of ${rounds}`),
  });
  await requireCounted(envoy, cases, rounds);
  return { samples, pinned: envoy.loadPrefix.length > 0 };
}

/** Every request of every case with a limit was counted by one. */
async function requireCounted(
  envoy: BenchEnvoy,
  cases: readonly { one: RateLimitCase; measured: MeasuredCase }[],
  rounds: number,
): Promise<void> {
  await sleep(COUNTED_AFTER_MILLISECONDS);
  const stats = await envoy.process.stats("outcome=.=allowed");
  const counted = sum([...stats.values()]);
  const sent = cases
    .filter(({ one }) => one.isLimited)
    .map(({ one, measured }) => {
      const checks = one.matchesCheck === false ? 0 : 1;
      return checks + measured.warmUpRequests + measured.requests * rounds;
    });
  requireAnswer("all limits", "requests counted as allowed", counted, sum(sent));
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}

await runBench({
  name: "ratelimit",
  pace: PACE,
  quick: QUICK,
  bench: benchRateLimit,
  render: renderReport,
});
