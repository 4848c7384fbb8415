// CPU per request of several cases in one Envoy. The cases take turns, so that a slow minute of the
// machine hits all of them; what a case adds is taken round by round against the case it is
// compared with.

import { cpuNanoseconds } from "./cpu.ts";
import type { LoadOptions } from "./load.ts";
import { runLoad } from "./load.ts";

export interface MeasuredCase {
  name: string;
  port: number;
  path: string;
  headers: Record<string, string>;
}

export interface MeasureOptions {
  pid: number;
  cases: readonly MeasuredCase[];
  rounds: number;
  /** Requests of one case in one round. */
  requests: number;
  prefix: readonly string[];
  onRound: (round: number) => void;
}

/** Microseconds of CPU per request, one figure a round. */
export type Samples = Map<string, number[]>;

export interface Summary {
  median: number;
  min: number;
  max: number;
}

/** One warm-up round, then the measured ones; each begins with another case. */
export async function measure(options: MeasureOptions): Promise<Samples> {
  const { cases, rounds } = options;
  const samples: Samples = new Map(cases.map(({ name }) => [name, []]));
  for (const one of cases) await measureOnce(options, one);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < cases.length; turn++) {
      const one = cases[(round + turn) % cases.length];
      if (one === undefined) continue;
      samples.get(one.name)?.push(await measureOnce(options, one));
    }
    options.onRound(round + 1);
  }
  return samples;
}

export function summarise(figures: readonly number[]): Summary {
  const sorted = figures.toSorted((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  const high = sorted[Math.ceil((sorted.length - 1) / 2)] ?? Number.NaN;
  return {
    median: (low + high) / 2,
    min: sorted[0] ?? Number.NaN,
    max: sorted[sorted.length - 1] ?? Number.NaN,
  };
}

/** What `name` adds to `base`, summarised over the differences of each round. */
export function added(samples: Samples, name: string, base: string): Summary {
  const bases = samples.get(base) ?? [];
  const figures = samples.get(name) ?? [];
  return summarise(figures.map((figure, round) => figure - (bases[round] ?? Number.NaN)));
}

/** (max - min) / median. */
export function spread(figures: readonly number[]): number {
  const { median, min, max } = summarise(figures);
  return (max - min) / median;
}

async function measureOnce(options: MeasureOptions, one: MeasuredCase): Promise<number> {
  const { pid, requests, prefix } = options;
  const load: LoadOptions = {
    port: one.port,
    path: one.path,
    headers: one.headers,
    requests,
    prefix,
  };
  const before = await cpuNanoseconds(pid);
  await runLoad(load);
  return ((await cpuNanoseconds(pid)) - before) / 1000 / requests;
}
