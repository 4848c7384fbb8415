// Counters of limits, as the host has them.

import type { Simulated } from "../support/simulated_filter.ts";

const METRIC = "sallyport_ratelimit_total";
const FILTER = "ratelimit";

/** What was counted so far, by outcome and limit. */
export function limitCounters(on: Simulated): Map<string, bigint> {
  const found = new Map<string, bigint>();
  for (const [name, value] of on.host.metrics()) {
    const labels = name.split(";.;");
    if (labels.pop() !== METRIC || value.type !== "counter") continue;
    const [filter, ...others] = labels.map((label) => label.split("=.=")[1]);
    if (filter !== FILTER) throw new Error(`found a limit of ${String(filter)}`);
    found.set(others.join(" "), value.value);
  }
  return found;
}

/** Those that are not 0, of what the next tick tells. */
export function countedLimits(on: Simulated): Record<string, number> {
  on.advance(1);
  on.host.runTimers();
  const entries = [...limitCounters(on)].filter(([, value]) => value !== 0n);
  return Object.fromEntries(entries.map(([name, value]) => [name, Number(value)]));
}
