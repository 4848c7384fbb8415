// CPU per request of several cases in one Envoy. The cases take turns, so that a slow minute of the
// machine hits all of them; what a case adds is taken round by round against the case it is
// compared with.

import { cpuNanoseconds } from "./cpu.ts";
import type { Load, LoadOptions } from "./load.ts";
import { openLoad } from "./load.ts";

/** `requests` are those of one round. */
export interface MeasuredCase extends LoadOptions {
  name: string;
  /** Requests before the first round: V8 compiles what runs often a second time, and better. */
  warmUpRequests: number;
  /** Requests that come before these, each once. */
  first?: Pick<LoadOptions, "headers" | "status">;
}

export interface MeasureOptions {
  pid: number;
  cases: readonly MeasuredCase[];
  rounds: number;
  /** Command prefix that pins the load to a core. */
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

/** Warms up, then measures round by round; each begins with another case. */
export async function measure(options: MeasureOptions): Promise<Samples> {
  const { pid, cases, rounds } = options;
  const samples: Samples = new Map(cases.map(({ name }) => [name, []]));
  const load = openLoad(options.prefix);
  try {
    for (const one of cases) {
      if (one.first !== undefined) {
        await loadCase(load, { ...one, ...one.first }, one.first.headers.length);
      }
      await loadCase(load, one, one.warmUpRequests);
    }
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < cases.length; turn++) {
        const one = cases[(round + turn) % cases.length];
        if (one === undefined) continue;
        samples.get(one.name)?.push(await measureOnce(pid, load, one));
      }
      options.onRound(round + 1);
    }
  } finally {
    load.close();
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

/** Above this spread of a case that should not change, the machine was too busy to believe. */
export const NOISY_SPREAD = 0.15;

async function measureOnce(pid: number, load: Load, one: MeasuredCase): Promise<number> {
  const before = await cpuNanoseconds(pid);
  await loadCase(load, one, one.requests);
  return ((await cpuNanoseconds(pid)) - before) / 1000 / one.requests;
}

async function loadCase(load: Load, one: MeasuredCase, requests: number): Promise<void> {
  try {
    await load.run({ ...one, requests });
  } catch (error) {
    throw new Error(`case ${one.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
