// `npm run bench`: Sallyport's chain, each of its filters, Envoy's own filters and the same chain
// by others, side by side in one real Envoy. Prints tables, keeps JSON and a chart.
// Options: harness/command.ts.

import { fileURLToPath } from "node:url";
import { runBench } from "./harness/command.ts";
import { describeMachine } from "./harness/machine.ts";
import { requireEnvoy } from "./harness/measured_envoy.ts";
import { findPeers } from "./stack/peers.ts";
import { evaluateStack } from "./stack/report.ts";
import type { StackReport } from "./stack/result.ts";
import { makeStackSamples } from "./stack/samples.ts";
import type { StackPace } from "./stack/stack.ts";
import { measureStack } from "./stack/stack.ts";
import { renderReport } from "./stack/terminal.ts";

interface Pace {
  isQuick: boolean;
  stack: StackPace;
}

const PACE: Pace = {
  isQuick: false,
  stack: {
    rounds: 31,
    requests: { cheap: 4000, verified: 1536 },
    warmUp: { cheap: 6000, verified: 1536 },
  },
};
const QUICK: Pace = {
  isQuick: true,
  stack: {
    rounds: 3,
    requests: { cheap: 600, verified: 256 },
    warmUp: { cheap: 4000, verified: 512 },
  },
};
const MODULE = fileURLToPath(new URL("../build/sallyport.wasm", import.meta.url));

async function bench({ isQuick, stack }: Pace): Promise<StackReport> {
  const binary = await requireEnvoy();
  const peers = await findPeers();
  for (const [name, reason] of peers.missing) console.error(`${name} is left out: ${reason}`);
  console.error("making keys and tokens");
  const samples = await makeStackSamples();
  const measured = await measureStack({ binary, modulePath: MODULE, samples, peers }, stack);
  const machine = describeMachine(binary, MODULE);
  const modules = [...peers.found].flatMap(([name, { module }]) => {
    return module === null ? [] : [[name, module] as const];
  });
  return {
    machine,
    quick: isQuick,
    rounds: stack.rounds,
    requests_per_round: stack.requests.cheap,
    pinned: measured.pinned,
    missing: Object.fromEntries(peers.missing),
    modules: { chain: machine.module, ...Object.fromEntries(modules) },
    ...evaluateStack(measured.samples),
  };
}

await runBench({
  name: "latest",
  pace: PACE,
  quick: QUICK,
  keepsQuick: true,
  bench,
  render: renderReport,
});
