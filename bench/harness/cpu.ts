// What a process has used of the CPU, and where processes are kept apart.

import { readdir, readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { delimiter, join } from "node:path";
import { existsSync } from "node:fs";

/**
 * Nanoseconds on a CPU of all threads that are alive, by the scheduler's own account. Finer than
 * the clock ticks of /proc/PID/stat. https://docs.kernel.org/scheduler/sched-stats.html
 */
export async function cpuNanoseconds(pid: number): Promise<number> {
  let sum = 0;
  for (const task of await readdir(`/proc/${pid}/task`)) {
    const text = await readFile(`/proc/${pid}/task/${task}/schedstat`, "utf8");
    sum += Number(text.split(" ", 1)[0]);
  }
  return sum;
}

/** Command prefixes that keep the measured process and the load on different cores. */
export interface Pinning {
  measured: string[];
  load: string[];
}

/** Empty prefixes where there is no second core or no taskset. */
export function pinning(): Pinning {
  if (availableParallelism() < 2 || findOnPath("taskset") === null) {
    return { measured: [], load: [] };
  }
  return { measured: ["taskset", "-c", "0"], load: ["taskset", "-c", "1"] };
}

export function findOnPath(name: string): string | null {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}
