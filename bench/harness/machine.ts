// Where and with what a result was measured; a figure without it says nothing.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release } from "node:os";
import { loadName } from "./load.ts";

export interface Machine {
  date: string;
  cpu: string;
  cores: number;
  kernel: string;
  node: string;
  envoy: string;
  load: string;
  module: { bytes: number; sha256: string };
}

export function describeMachine(binary: string, modulePath: string): Machine {
  const module = readFileSync(modulePath);
  const version = execFileSync(binary, ["--version"], { encoding: "utf8" });
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    kernel: release(),
    node: process.version,
    envoy: /\/(\d+\.\d+\.\d+)\//.exec(version)?.[1] ?? version.trim(),
    load: loadName(),
    module: {
      bytes: module.length,
      sha256: createHash("sha256").update(module).digest("hex"),
    },
  };
}
