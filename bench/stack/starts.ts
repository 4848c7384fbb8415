// How long an Envoy with one filter takes until it serves, beside one without: reading the module,
// compiling it, and its configuration in the VM of the main thread and of the worker.

import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { cpuNanoseconds } from "../harness/cpu.ts";
import type { CaseFilters } from "../harness/listeners.ts";
import { benchBootstrap } from "../harness/listeners.ts";
import type { Samples, Summary } from "../harness/measure.ts";
import { added } from "../harness/measure.ts";
import { roundAll } from "../harness/round.ts";
import type { StackInput } from "./chain_filters.ts";
import { chainFilters } from "./chain_filters.ts";
import { AMPLE } from "./work.ts";

export interface StartReport {
  /** CPU of Envoy until it is ready, more than without filters. */
  cpu_ms: Summary;
  /** The same by the clock. */
  wall_ms: Summary;
}

const NONE = "none";

export async function measureStarts(
  input: StackInput,
  rounds: number,
): Promise<Record<string, StartReport>> {
  const kinds = ["chain", "native", ...input.peers.found.keys()];
  const listeners: CaseFilters = {
    [NONE]: [],
    ...Object.fromEntries(kinds.map((kind) => [kind, chainFilters(input, kind, kind, AMPLE)])),
  };
  const names = Object.keys(listeners);
  const cpu: Samples = new Map(names.map((name) => [name, []]));
  const wall: Samples = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, filters] of Object.entries(listeners)) {
      const started = performance.now();
      const envoy = await startEnvoy({
        binary: input.binary,
        bootstrap: benchBootstrap({ [name]: filters }, 0),
      });
      wall.get(name)?.push(performance.now() - started);
      cpu.get(name)?.push((await cpuNanoseconds(envoy.pid)) / 1e6);
      await envoy.stop();
    }
    console.error(`starts, round ${round + 1} of ${rounds}`);
  }
  return Object.fromEntries(
    kinds.map((kind) => [
      kind,
      {
        cpu_ms: roundAll(added(cpu, kind, NONE)),
        wall_ms: roundAll(added(wall, kind, NONE)),
      },
    ]),
  );
}
