// Requests without end: a hundred callers in turn through the whole chain.

import type { BarReport } from "../harness/bars.ts";
import { bar } from "../harness/bars.ts";
import { LOAD_PATH, withEnvoy } from "../harness/listeners.ts";
import { openLoad } from "../harness/load.ts";
import { ourFilters } from "../harness/ours.ts";
import { CHAIN, configurationOf } from "../stack/work.ts";
import type { Flatness } from "./flatness.ts";
import { FLAT, watchMemory } from "./flatness.ts";
import type { MemoryInput } from "./result.ts";

export function measureRequestsSoFar(
  { binary, modulePath, samples }: MemoryInput,
  requests: number,
): Promise<Flatness> {
  const configuration = configurationOf(CHAIN, samples.signers.ES256.publicKey);
  const filters = { chain: ourFilters(modulePath, "chain", configuration) };
  return withEnvoy(
    binary,
    () => filters,
    async (envoy) => {
      const load = openLoad(envoy.loadPrefix);
      const target = { port: envoy.port("chain"), path: LOAD_PATH, status: 200 };
      const { turns: headers } = samples.headers;
      try {
        return await watchMemory(envoy.process, requests, async (count, done) => {
          await load.run({ ...target, headers, requests: count });
          console.error(`${done + count} of ${requests} requests`);
        });
      } finally {
        load.close();
      }
    },
  );
}

export function requestBars(flatness: Flatness): BarReport[] {
  const count = flatness.points.at(-1)?.after.toLocaleString("en-US") ?? "no";
  return [
    bar(`resident set of Envoy after ${count} requests`, flatness.resident_factor, FLAT),
    bar(`Envoy's heap after ${count} requests`, flatness.heap_factor, FLAT),
    bar(`memory of the VMs after ${count} requests`, flatness.vm_factor, FLAT),
  ];
}
