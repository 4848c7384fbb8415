// `npm run bench`: Sallyport's chain, each of its filters, Envoy's own filters and the same chain
// by others, side by side in one real Envoy. Prints tables, keeps JSON and a chart.
// Options: harness/command.ts.

import { fileURLToPath } from "node:url";
import { runBench } from "./harness/command.ts";
import { describeMachine, describeModule } from "./harness/machine.ts";
import { requireEnvoy } from "./harness/measured_envoy.ts";
import type { GrowthPace } from "./stack/growth.ts";
import { measureGrowth } from "./stack/growth.ts";
import { drawChart } from "./stack/chart.ts";
import type { Peers } from "./stack/peers.ts";
import { findPeers } from "./stack/peers.ts";
import { evaluateStack } from "./stack/report.ts";
import type { StackReport } from "./stack/result.ts";
import { makeStackSamples } from "./stack/samples.ts";
import type { StackPace } from "./stack/stack.ts";
import { measureStack } from "./stack/stack.ts";
import { measureStarts } from "./stack/starts.ts";
import { renderReport } from "./stack/terminal.ts";

interface Pace {
  isQuick: boolean;
  stack: StackPace;
  growth: GrowthPace;
  starts: number;
}

const PACE: Pace = {
  isQuick: false,
  stack: {
    rounds: 31,
    requests: { cheap: 4000, verified: 1536 },
    warmUp: { cheap: 6000, verified: 1536 },
  },
  growth: {
    rounds: 15,
    requests: { cheap: 2500, verified: 1536 },
    warmUp: { cheap: 6000, verified: 1536 },
    onlyEnds: false,
  },
  starts: 7,
};
const QUICK: Pace = {
  isQuick: true,
  stack: {
    rounds: 3,
    requests: { cheap: 600, verified: 256 },
    warmUp: { cheap: 2000, verified: 384 },
  },
  growth: {
    rounds: 3,
    requests: { cheap: 400, verified: 128 },
    warmUp: { cheap: 800, verified: 192 },
    onlyEnds: true,
  },
  starts: 1,
};
const MODULE = fileURLToPath(new URL("../build/sallyport.wasm", import.meta.url));

async function bench(pace: Pace): Promise<StackReport> {
  const binary = await requireEnvoy();
  const peers = await findPeers();
  for (const [name, reason] of peers.missing) console.error(`${name} is left out: ${reason}`);
  console.error("making keys and tokens");
  const input = { binary, modulePath: MODULE, samples: await makeStackSamples(), peers };
  const starts = await measureStarts(input, pace.starts);
  const { samples, pinned } = await measureStack(input, pace.stack);
  const growth = await measureGrowth(input, pace.growth);
  const findings = evaluateStack(samples);
  return {
    machine: describeMachine(binary, MODULE),
    quick: pace.isQuick,
    rounds: pace.stack.rounds,
    requests_per_round: pace.stack.requests.cheap,
    pinned,
    missing: Object.fromEntries(peers.missing),
    modules: modulesOf(peers),
    ...findings,
    starts,
    growth,
  };
}

function modulesOf({ found }: Peers): StackReport["modules"] {
  const modules = [...found].flatMap(([name, { module }]) => {
    return module === null ? [] : [[name, module] as const];
  });
  return { chain: describeModule(MODULE), ...Object.fromEntries(modules) };
}

await runBench({
  name: "latest",
  pace: PACE,
  quick: QUICK,
  keepsQuick: true,
  bench,
  render: renderReport,
  draw: drawChart,
});
