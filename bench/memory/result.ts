// What a run of `npm run bench:memory` is given, and what it leaves in bench/results/memory.json.

import type { BarReport } from "../harness/bars.ts";
import type { Machine } from "../harness/machine.ts";
import type { StackSamples } from "../stack/samples.ts";
import type { Flatness } from "./flatness.ts";
import type { Reloads } from "./reloads.ts";

export interface MemoryInput {
  /** Path of Envoy. */
  binary: string;
  /** Of Sallyport. */
  modulePath: string;
  samples: StackSamples;
}

export interface MemoryReport {
  machine: Machine;
  requests: Flatness;
  reloads: Reloads;
  bars: BarReport[];
}
