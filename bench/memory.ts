// `npm run bench:memory`: whether Envoy's memory and that of the VMs stay flat over requests and
// over configurations. Prints a table, keeps JSON.
// Options: harness/command.ts, and
//   --requests N  through one VM
//   --reloads N   of its configuration

import { fileURLToPath } from "node:url";
import { runBench } from "./harness/command.ts";
import { describeMachine } from "./harness/machine.ts";
import { requireEnvoy } from "./harness/measured_envoy.ts";
import { measureReloads, reloadBars } from "./memory/reloads.ts";
import { measureRequestsSoFar, requestBars } from "./memory/requests_so_far.ts";
import type { MemoryReport } from "./memory/result.ts";
import { renderReport } from "./memory/terminal.ts";
import { makeStackSamples } from "./stack/samples.ts";

interface Pace {
  requests: number;
  reloads: number;
}

const PACE: Pace = { requests: 10_000_000, reloads: 10_000 };
const QUICK: Pace = { requests: 10_000, reloads: 50 };
const MODULE = fileURLToPath(new URL("../build/sallyport.wasm", import.meta.url));

async function bench(pace: Pace): Promise<MemoryReport> {
  const binary = await requireEnvoy();
  const machine = describeMachine(binary, MODULE);
  const input = { binary, modulePath: MODULE, samples: await makeStackSamples() };
  const reloads = await measureReloads(input, pace.reloads);
  const requests = await measureRequestsSoFar(input, pace.requests);
  const bars = [...requestBars(requests), ...reloadBars(reloads)];
  return { machine, requests, reloads, bars };
}

await runBench({
  name: "memory",
  pace: PACE,
  quick: QUICK,
  numbers: {
    requests: (pace, requests) => ({ ...pace, requests }),
    reloads: (pace, reloads) => ({ ...pace, reloads }),
  },
  bench,
  render: renderReport,
});
