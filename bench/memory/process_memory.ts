// What Envoy and the VMs in it hold, by the kernel's account of its mappings.
// https://docs.kernel.org/filesystems/proc.html, "smaps"

import { readFile } from "node:fs/promises";

export interface ProcessMemory {
  /** Resident set of the process. */
  resident_kib: number;
  /** What the VMs' memories may use, and what of it is resident. */
  vm_kib: number;
  vm_resident_kib: number;
}

interface Mapping {
  permissions: string;
  bytes: number;
  residentKib: number;
}

/** V8 reserves 8 GiB for a memory; what follows the part in use cannot be touched. */
const GUARD_BYTES = 4 * 1024 ** 3;

export async function processMemory(pid: number): Promise<ProcessMemory> {
  return parseMemory(await readFile(`/proc/${pid}/smaps`, "utf8"));
}

export function parseMemory(smaps: string): ProcessMemory {
  const mappings = parseMappings(smaps);
  const memories = mappings.filter(({ permissions }, index) => {
    const next = mappings[index + 1];
    const isGuarded = next?.permissions === "---p" && next.bytes > GUARD_BYTES;
    return permissions === "rw-p" && isGuarded;
  });
  return {
    resident_kib: sum(mappings.map(({ residentKib }) => residentKib)),
    vm_kib: sum(memories.map(({ bytes }) => bytes / 1024)),
    vm_resident_kib: sum(memories.map(({ residentKib }) => residentKib)),
  };
}

function parseMappings(smaps: string): Mapping[] {
  const mapping = /^([0-9a-f]+)-([0-9a-f]+) (\S+) .*$(?:\n[A-Z].*)*?\nRss: +(\d+) kB/gm;
  return [...smaps.matchAll(mapping)].map(([, from = "", to = "", permissions = "", rss]) => ({
    permissions,
    bytes: Number.parseInt(to, 16) - Number.parseInt(from, 16),
    residentKib: Number(rss),
  }));
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}
