// Cases in an Envoy of their own: asked whether they do their work, then measured in turns.

import { envoyBinary } from "../../scripts/envoy_bin.ts";
import type { BenchEnvoy, CaseFilters, EmptyFilters } from "./listeners.ts";
import { withEnvoy } from "./listeners.ts";
import type { MeasuredCase, Samples } from "./measure.ts";
import { measure } from "./measure.ts";

export interface MeasuredEnvoy<Case extends MeasuredCase> {
  /** Path of Envoy. */
  binary: string;
  /** Worker threads; default 1. */
  workers?: number;
  filters: (none: EmptyFilters) => CaseFilters | Promise<CaseFilters>;
  cases: (envoy: BenchEnvoy) => Case[];
  /** Throws when a case does not do its work. */
  check: (one: Case) => Promise<void>;
  rounds: number;
}

export interface Measured {
  samples: Samples;
  /** Envoy and the load each had a core. */
  pinned: boolean;
}

export async function requireEnvoy(): Promise<string> {
  const binary = await envoyBinary();
  if (binary.path === null) throw new Error(binary.reason);
  return binary.path;
}

export async function measureCases<Case extends MeasuredCase>({
  binary,
  workers = 1,
  filters,
  cases: casesOf,
  check,
  rounds,
}: MeasuredEnvoy<Case>): Promise<Measured> {
  const work = async (envoy: BenchEnvoy): Promise<Measured> => {
    const cases = casesOf(envoy);
    for (const one of cases) await check(one);
    console.error("warming up");
    const samples = await measure({
      pid: envoy.process.pid,
      cases,
      rounds,
      prefix: envoy.loadPrefix,
      onRound: (round) => console.error(`round ${round} of ${rounds}`),
    });
    return { samples, pinned: envoy.loadPrefix.length > 0 };
  };
  return withEnvoy(binary, filters, work, { workers });
}
