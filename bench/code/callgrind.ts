// An Envoy under valgrind's callgrind, which counts what the processor would execute, and misses of
// a modelled first-level cache. https://valgrind.org/docs/manual/cl-manual.html

import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";

import { findOnPath } from "../harness/cpu.ts";

/** The modelled caches: those of most processors, 32 KiB in eight ways for each. */
const CACHE = "32768,8,64";
const CONTROL = "callgrind_control";

/** A command that starts Envoy so that nothing is counted yet; `path` is that of what is dumped. */
export function callgrind(path: string): string[] {
  if (findOnPath("valgrind") === null) {
    throw new Error("valgrind is not installed: apt-get install valgrind");
  }
  const options = ["--tool=callgrind", "--smc-check=all-non-file", "--instr-atstart=no"];
  options.push("--cache-sim=yes", `--I1=${CACHE}`, `--D1=${CACHE}`, "--dump-instr=yes");
  return ["valgrind", ...options, `--callgrind-out-file=${path}`];
}

/** Counts, once, what the process executes while `work` runs; returns the text of the dump. */
export async function countWhile(
  pid: number,
  path: string,
  work: () => Promise<void>,
): Promise<string> {
  control(pid, "--instr=on");
  await work();
  control(pid, "--instr=off");
  control(pid, "--dump");
  // Dumps are numbered behind the path: it is the first.
  return readFile(`${path}.1`, "utf8");
}

function control(pid: number, command: string): void {
  execFileSync(CONTROL, [command, String(pid)], { stdio: "ignore" });
}
