// Where and with what a result was measured; a figure without it says nothing.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release } from "node:os";
import { loadName } from "./load.ts";

export interface Host {
  date: string;
  cpu: string;
  cores: number;
  kernel: string;
  node: string;
}

export interface ModuleFile {
  bytes: number;
  sha256: string;
}

export interface Machine extends Host {
  envoy: string;
  load: string;
  module: ModuleFile;
}

export function describeMachine(binary: string, modulePath: string): Machine {
  return {
    ...describeHost(),
    envoy: envoyVersion(binary),
    load: loadName(),
    module: describeModule(modulePath),
  };
}

export function describeHost(): Host {
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    kernel: release(),
    node: process.version,
  };
}

export function describeModule(path: string): ModuleFile {
  const module = readFileSync(path);
  return {
    bytes: module.length,
    sha256: createHash("sha256").update(module).digest("hex"),
  };
}

export function envoyVersion(binary: string): string {
  const version = execFileSync(binary, ["--version"], { encoding: "utf8" });
  return /\/(\d+\.\d+\.\d+)\//.exec(version)?.[1] ?? version.trim();
}
