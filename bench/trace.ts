// `npm run bench:trace`: what a trace costs that goes on, in a real Envoy, beside a module that
// looks at all headers and replaces one. Prints tables, keeps JSON. Options: harness/command.ts.

import { fileURLToPath } from "node:url";
import { envoyBinary } from "../scripts/envoy_bin.ts";
import { runBench } from "./harness/command.ts";
import { withEnvoy } from "./harness/listeners.ts";
import { describeMachine } from "./harness/machine.ts";
import { measure } from "./harness/measure.ts";
import { caseFilters, checkCase, measuredCases } from "./trace/cases.ts";
import type { TraceReport } from "./trace/report.ts";
import { evaluate, renderReport } from "./trace/report.ts";

interface Pace {
  rounds: number;
  requests: number;
}

const PACE: Pace = { rounds: 31, requests: 5000 };
const QUICK: Pace = { rounds: 3, requests: 1000 };
const WARM_UP_REQUESTS = 6000;
const MODULE = fileURLToPath(new URL("../build/sallyport.wasm", import.meta.url));

async function benchTrace({ rounds, requests }: Pace): Promise<TraceReport> {
  const binary = await envoyBinary();
  if (binary.path === null) throw new Error(binary.reason);
  const { samples, pinned } = await withEnvoy(
    binary.path,
    (none) => caseFilters(MODULE, none),
    async (envoy) => {
      const cases = measuredCases(envoy, requests, WARM_UP_REQUESTS);
      for (const one of cases) await checkCase(one);
      console.error("warming up");
      const samples = await measure({
        pid: envoy.process.pid,
        cases,
        rounds,
        prefix: envoy.loadPrefix,
        onRound: (round) => console.error(`round ${round} of ${rounds}`),
      });
      return { samples, pinned: envoy.loadPrefix.length > 0 };
    },
  );
  return {
    machine: describeMachine(binary.path, MODULE),
    rounds,
    requests_per_round: requests,
    pinned,
    ...evaluate(samples),
  };
}

await runBench({
  name: "trace",
  pace: PACE,
  quick: QUICK,
  bench: benchTrace,
  render: renderReport,
});
