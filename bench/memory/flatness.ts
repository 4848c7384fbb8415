// Memory that should not grow: looked at again and again while something goes on.

import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { round } from "../harness/round.ts";
import type { ProcessMemory } from "./process_memory.ts";
import { processMemory } from "./process_memory.ts";

export interface MemoryPoint extends ProcessMemory {
  /** Requests, or reloads, so far. */
  after: number;
  /** What Envoy's allocator has given out: neither VMs nor what it keeps to give out again. */
  heap_kib: number;
}

type Part = Exclude<keyof MemoryPoint, "after">;

export interface Flatness {
  /** The first after a tenth: caches, buckets and heaps have what they need by then. */
  points: MemoryPoint[];
  /** The last resident set by the first. */
  resident_factor: number;
  /** The same of Envoy's heap. */
  heap_factor: number;
  /** The same of the resident part of the VMs. */
  vm_factor: number;
}

const LOOKS = 10;
/** "Flat": what of a memory may be there that the first look did not find. */
export const FLAT = 1.1;

/** `step` is given how many are to be done next. */
export async function watchMemory(
  envoy: EnvoyProcess,
  total: number,
  step: (count: number, done: number) => Promise<void>,
): Promise<Flatness> {
  const points: MemoryPoint[] = [];
  let done = 0;
  for (let look = 1; look <= LOOKS; look++) {
    const until = Math.round((total * look) / LOOKS);
    await step(until - done, done);
    done = until;
    points.push({
      after: done,
      ...(await processMemory(envoy.pid)),
      heap_kib: await heapKib(envoy),
    });
  }
  const factor = (part: Part): number => round(ends(points, part).last / ends(points, part).first);
  return {
    points,
    resident_factor: factor("resident_kib"),
    heap_factor: factor("heap_kib"),
    vm_factor: factor("vm_resident_kib"),
  };
}

/** KiB that each request, or reload, left behind from the first look to the last. */
export function leftByEach(points: readonly MemoryPoint[], part: Part): number {
  const { first, last } = ends(points, part);
  const counted = ends(points, "after");
  return (last - first) / (counted.last - counted.first);
}

function ends(
  points: readonly MemoryPoint[],
  part: keyof MemoryPoint,
): { first: number; last: number } {
  return { first: points[0]?.[part] ?? Number.NaN, last: points.at(-1)?.[part] ?? Number.NaN };
}

/** https://www.envoyproxy.io/docs/envoy/latest/operations/admin#get--memory */
async function heapKib(envoy: EnvoyProcess): Promise<number> {
  const memory: { allocated?: string } = JSON.parse(await envoy.admin("/memory"));
  return Math.round(Number(memory.allocated) / 1024);
}
