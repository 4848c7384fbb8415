// The stack in one Envoy: cases measured in turns.

import { LOAD_PATH } from "../harness/listeners.ts";
import type { BenchEnvoy } from "../harness/listeners.ts";
import type { Measured } from "../harness/measured_envoy.ts";
import { measureCases } from "../harness/measured_envoy.ts";
import { stackCases, stackFilters } from "./cases.ts";
import type { StackInput } from "./chain_filters.ts";
import type { WorkCase } from "./check.ts";
import { checkWork } from "./check.ts";
import type { LoadName } from "./samples.ts";

/** Requests of one case, by what they cost. */
export interface Counts {
  cheap: number;
  /** With a signature to verify in each. */
  verified: number;
}

export interface StackPace {
  rounds: number;
  requests: Counts;
  warmUp: Counts;
}

const STATUSES: Partial<Record<LoadName, number>> = {
  "no token": 401,
  "bad signature": 401,
  "over the limit": 429,
};
const CHEAP: readonly LoadName[] = ["one token", "turns", "no token", "over the limit"];

export function measureStack(input: StackInput, pace: StackPace): Promise<Measured> {
  return measureCases({
    binary: input.binary,
    filters: (none) => stackFilters(input, none),
    cases: (envoy) => measuredStack(envoy, input, pace),
    check: checkWork,
    rounds: pace.rounds,
  });
}

function measuredStack(
  envoy: BenchEnvoy,
  { samples, peers }: StackInput,
  pace: StackPace,
): WorkCase[] {
  const countsOf = paced(pace);
  // What makes a key fast: bad signatures come to a key in use.
  const goodTokens = { headers: samples.headers.ES256, status: 200 };
  return stackCases(peers).map(({ name, listener, load, parts }) => ({
    name,
    parts,
    port: envoy.port(listener),
    path: LOAD_PATH,
    headers: samples.headers[load],
    status: STATUSES[load] ?? 200,
    ...countsOf(listener, CHEAP.includes(load) ? "cheap" : "verified"),
    ...(load === "bad signature" && parts.includes("token") ? { first: goodTokens } : {}),
  }));
}

/** How many requests a case gets. One on a listener that is warm already needs no more of it. */
export function paced({
  requests,
  warmUp,
}: StackPace): (
  listener: string,
  kind: keyof Counts,
) => Pick<WorkCase, "requests" | "warmUpRequests"> {
  const warm = new Set<string>();
  return (listener, kind) => {
    const warmUpRequests = (warm.has(listener) ? requests : warmUp)[kind];
    warm.add(listener);
    return { requests: requests[kind], warmUpRequests };
  };
}
