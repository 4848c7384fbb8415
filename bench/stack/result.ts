// What a run of `npm run bench` leaves in bench/results/latest.json.

import type { Machine, ModuleFile } from "../harness/machine.ts";
import type { Growth } from "./growth.ts";
import type { StackFindings } from "./report.ts";
import type { StartReport } from "./starts.ts";

export interface StackReport extends StackFindings {
  machine: Machine;
  /** Few and short rounds: not for quoting. */
  quick: boolean;
  rounds: number;
  requests_per_round: number;
  /** Envoy and the load each had a core. */
  pinned: boolean;
  /** Why a peer has no figures. */
  missing: Record<string, string>;
  modules: Record<string, ModuleFile>;
  /** Until Envoy serves, more than without filters. */
  starts: Record<string, StartReport>;
  growth: Growth;
}
