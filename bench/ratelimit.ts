// `npm run bench:ratelimit`: what a limit costs in a real Envoy, Sallyport's rateLimit section
// beside Envoy's own local_ratelimit. Prints tables, keeps JSON.
//   --quick  fewer and shorter rounds, kept in build/bench instead of results/
//   --check  a bar that is not met is a failure

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { colorsFor } from "../host-sim/cli/terminal.ts";
import { envoyBinary } from "../scripts/envoy_bin.ts";
import type { BenchEnvoy } from "./harness/listeners.ts";
import { withEnvoy } from "./harness/listeners.ts";
import { describeMachine } from "./harness/machine.ts";
import type { Samples } from "./harness/measure.ts";
import { measure } from "./harness/measure.ts";
import { keepReport } from "./harness/report_file.ts";
import { caseFilters, checkCase, measuredCase, rateLimitCases } from "./ratelimit/cases.ts";
import type { RateLimitReport } from "./ratelimit/report.ts";
import { evaluate } from "./ratelimit/report.ts";
import { renderReport } from "./ratelimit/terminal.ts";

interface Pace {
  rounds: number;
  requests: number;
}

const PACE: Pace = { rounds: 21, requests: 5000 };
const QUICK: Pace = { rounds: 3, requests: 1000 };
const WARM_UP_REQUESTS = 6000;
const MODULE = fileURLToPath(new URL("../build/sallyport.wasm", import.meta.url));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
    },
  });
  const report = await benchRateLimit(values.quick ? QUICK : PACE);
  const path = `${values.quick ? "build/bench" : "bench/results"}/ratelimit.json`;
  await keepReport(path, report);
  console.log(renderReport(report, colorsFor(process.stdout)));
  console.log(`\nkept in ${path}`);
  if (values.check && report.bars.some(({ met }) => !met)) process.exitCode = 1;
}

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
  return { samples, pinned: envoy.loadPrefix.length > 0 };
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
