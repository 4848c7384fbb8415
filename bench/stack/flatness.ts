// Memory that should not grow: looked at again and again while something goes on.

import type { BarReport } from "../harness/bars.ts";
import { bar } from "../harness/bars.ts";
import { round } from "../harness/round.ts";
import type { ProcessMemory } from "./process_memory.ts";
import { processMemory } from "./process_memory.ts";

export interface MemoryPoint extends ProcessMemory {
  /** Requests, or reloads, so far. */
  after: number;
}

export interface Flatness {
  /** The first after a tenth: caches, buckets and heaps have what they need by then. */
  points: MemoryPoint[];
  /** The last resident set by the first. */
  resident_factor: number;
  /** The same of the resident part of the VMs. */
  vm_factor: number;
}

const LOOKS = 10;
/** "Flat": what Envoy's own heap may still take. */
const FLAT = 1.1;

/** `step` is given how many are to be done next. */
export async function watchMemory(
  pid: number,
  total: number,
  step: (count: number, done: number) => Promise<void>,
): Promise<Flatness> {
  const points: MemoryPoint[] = [];
  let done = 0;
  for (let look = 1; look <= LOOKS; look++) {
    const until = Math.round((total * look) / LOOKS);
    await step(until - done, done);
    done = until;
    points.push({ after: done, ...(await processMemory(pid)) });
  }
  const [first, last] = [points[0], points.at(-1)];
  const factor = (name: "resident_kib" | "vm_resident_kib"): number =>
    round((last?.[name] ?? Number.NaN) / (first?.[name] ?? Number.NaN));
  return {
    points,
    resident_factor: factor("resident_kib"),
    vm_factor: factor("vm_resident_kib"),
  };
}

export function flatnessBars(what: string, { points, ...factors }: Flatness): BarReport[] {
  const count = points.at(-1)?.after.toLocaleString("en-US") ?? "no";
  return [
    bar(`resident set of Envoy after ${count} ${what}`, factors.resident_factor, FLAT),
    bar(`memory of the VMs after ${count} ${what}`, factors.vm_factor, FLAT),
  ];
}
