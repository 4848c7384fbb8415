// Growth in an Envoy of its own, and the chains with one worker and with two.

import type { BenchEnvoy } from "../harness/listeners.ts";
import { LOAD_PATH } from "../harness/listeners.ts";
import { measureCases } from "../harness/measured_envoy.ts";
import type { Samples, Summary } from "../harness/measure.ts";
import { added } from "../harness/measure.ts";
import { round, roundAll } from "../harness/round.ts";
import { chains, NONE } from "./cases.ts";
import type { StackInput } from "./chain_filters.ts";
import { chainFilters } from "./chain_filters.ts";
import type { WorkCase } from "./check.ts";
import { checkWork } from "./check.ts";
import type { AxisName, GrowthCase } from "./growth_cases.ts";
import {
  AXES,
  AXIS_NAMES,
  growthCases,
  growthFilters,
  growthName,
  numbersOf,
} from "./growth_cases.ts";
import type { StackPace } from "./stack.ts";
import { paced } from "./stack.ts";
import type { Part } from "./work.ts";
import { AMPLE } from "./work.ts";

export interface GrowthReport {
  unit: string;
  numbers: number[];
  /** By who does the work: added to the case without filters, at each number. */
  added_us: Record<string, Summary[]>;
  /** The last median by the first. */
  factor: Record<string, number>;
}

export type Growth = Record<string, GrowthReport>;

export interface GrowthPace extends StackPace {
  /** Only the first and the last number of each axis. */
  onlyEnds: boolean;
}

const WORKERS = [1, 2];

export async function measureGrowth(input: StackInput, pace: GrowthPace): Promise<Growth> {
  const cases = await growthCases(input, pace.onlyEnds);
  const { samples } = await measureCases({
    binary: input.binary,
    filters: () => growthFilters(cases),
    cases: (envoy) => measuredGrowth(envoy, cases, pace),
    check: checkWork,
    rounds: pace.rounds,
  });
  const axes = AXIS_NAMES.map((axis): [string, GrowthReport] => {
    return [axis, axisReport(samples, cases, axis, numbersOf(axis, pace.onlyEnds))];
  });
  return { ...Object.fromEntries(axes), workers: await measureWorkers(input, pace) };
}

function measuredGrowth(
  envoy: BenchEnvoy,
  cases: readonly GrowthCase[],
  pace: GrowthPace,
): WorkCase[] {
  const countsOf = paced(pace);
  return cases.map((one) => ({
    name: growthName(one),
    port: envoy.port(one.listener),
    path: LOAD_PATH,
    headers: one.headers,
    status: 200,
    parts: one.parts,
    ...countsOf(one.listener, one.isVerified ? "verified" : "cheap"),
    ...(one.changed && { changed: one.changed }),
  }));
}

function axisReport(
  samples: Samples,
  cases: readonly GrowthCase[],
  axis: AxisName,
  numbers: number[],
): GrowthReport {
  const kinds = new Set(cases.filter((one) => one.axis === axis).map(({ kind }) => kind));
  kinds.delete(NONE);
  const figures = [...kinds].map((kind): [string, Summary[]] => {
    const ofNumber = (at: number): Summary => {
      const base = growthName({ axis, at, kind: NONE });
      return roundAll(added(samples, growthName({ axis, at, kind }), base));
    };
    return [kind, numbers.map(ofNumber)];
  });
  return { unit: AXES[axis].unit, numbers, ...withFactors(figures) };
}

function withFactors(
  figures: readonly [string, Summary[]][],
): Pick<GrowthReport, "added_us" | "factor"> {
  const factorOf = (points: readonly Summary[]): number =>
    round((points.at(-1)?.median ?? Number.NaN) / (points[0]?.median ?? Number.NaN));
  return {
    added_us: Object.fromEntries(figures),
    factor: Object.fromEntries(figures.map(([kind, points]) => [kind, factorOf(points)])),
  };
}

/** Each number of workers in an Envoy of its own; all of them share one core. */
async function measureWorkers(input: StackInput, pace: GrowthPace): Promise<GrowthReport> {
  const kinds: [string, readonly Part[]][] = [[NONE, []], ...chains(input.peers)];
  const points: Samples[] = [];
  for (const workers of WORKERS) {
    const { samples } = await measureCases({
      binary: input.binary,
      workers,
      filters: () => ({
        [NONE]: [],
        ...Object.fromEntries(
          chains(input.peers).map(([kind]) => [kind, chainFilters(input, kind, kind, AMPLE)]),
        ),
      }),
      cases: (envoy) =>
        kinds.map(([name, parts]) => ({
          name,
          port: envoy.port(name),
          path: LOAD_PATH,
          headers: input.samples.headers["one token"],
          requests: pace.requests.cheap,
          warmUpRequests: workers * pace.warmUp.cheap,
          status: 200,
          parts,
        })),
      check: checkWork,
      rounds: pace.rounds,
    });
    points.push(samples);
  }
  const figures = chains(input.peers).map(([kind]): [string, Summary[]] => {
    return [kind, points.map((samples) => roundAll(added(samples, kind, NONE)))];
  });
  return { unit: "workers", numbers: WORKERS, ...withFactors(figures) };
}
