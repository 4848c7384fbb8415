// Requests without end: a hundred callers in turn through the whole chain.

import { LOAD_PATH, withEnvoy } from "../harness/listeners.ts";
import { openLoad } from "../harness/load.ts";
import type { StackInput } from "./chain_filters.ts";
import { chainFilters } from "./chain_filters.ts";
import type { Flatness } from "./flatness.ts";
import { watchMemory } from "./flatness.ts";
import { AMPLE } from "./work.ts";

export function measureRequestsSoFar(input: StackInput, requests: number): Promise<Flatness> {
  const filters = { chain: chainFilters(input, "chain", "chain", AMPLE) };
  return withEnvoy(
    input.binary,
    () => filters,
    async (envoy) => {
      const load = openLoad(envoy.loadPrefix);
      const target = { port: envoy.port("chain"), path: LOAD_PATH, status: 200 };
      const { turns: headers } = input.samples.headers;
      try {
        return await watchMemory(envoy.process.pid, requests, async (count, done) => {
          await load.run({ ...target, headers, requests: count });
          console.error(`${done + count} of ${requests} requests`);
        });
      } finally {
        load.close();
      }
    },
  );
}
