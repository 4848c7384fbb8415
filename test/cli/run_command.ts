// Runs the command, or another script of the repository, as a person does: in a process of its own.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  /** Resolves with what was printed so far when stdout matches; rejects when the process ends. */
  printed(pattern: RegExp): Promise<string>;
  ended: Promise<Outcome>;
}

export function sallyport(...args: string[]): Promise<Outcome> {
  return start("host-sim/cli/main.ts", ...args).ended;
}

export function start(script: string, ...args: string[]): Running {
  const environment: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: "1" };
  delete environment["FORCE_COLOR"];
  const child = spawn(process.execPath, ["--import", "tsx", script, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: environment,
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const outcome: Outcome = { code: null, stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (outcome.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (outcome.stderr += text));
  const ended = once(child, "close").then(() => ({ ...outcome, code: child.exitCode }));
  return {
    child,
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(outcome.stdout)) resolve(outcome.stdout);
        };
        child.stdout.on("data", look);
        child.once("close", () => reject(new Error(`ended early: ${outcome.stderr}`)));
        look();
      }),
  };
}

/** A file in a folder that goes when the test ends. */
export async function temporaryFile(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}
