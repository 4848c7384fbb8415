// `npm test`: every check, then every test. Stops at the first stage that fails and names it.
// The last line is `N passed, N failed, N skipped`.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath, pathToFileURL } from "node:url";

import { KEPT_LOGS, searchKeptLogs } from "./lib/kept_logs.ts";
import { runLimited } from "./lib/run_limited.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const BINARIES = join(ROOT, "node_modules/.bin");

interface Stage {
  name: string;
  command: string;
  arguments: string[];
}

/** None needs what another makes, so two run at a time; the longest come first. */
const CHECKS: Stage[] = [
  { name: "build", command: "tsx", arguments: ["scripts/build.ts"] },
  { name: "lint", command: "eslint", arguments: ["--max-warnings", "0", "."] },
  { name: "format", command: "prettier", arguments: ["--check", "--log-level", "warn", "."] },
  { name: "types", command: "tsc", arguments: ["--noEmit", "-p", "tsconfig.json"] },
  { name: "types", command: "tsc", arguments: ["--noEmit", "-p", "assembly/tsconfig.json"] },
  { name: "tidy", command: "tsx", arguments: ["scripts/tidy.ts"] },
];

/** The part of vitest's JSON report that is counted. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

async function main(): Promise<number> {
  const failed = await runChecks();
  if (failed !== undefined) {
    console.error(`test: stage "${failed}" failed, no test was run`);
    // A check is not a test, but nobody who reads only this line may see zero failures.
    console.log("0 passed, 1 failed, 0 skipped");
    return 1;
  }
  return runTests();
}

/** Name of the first check that failed; what still runs then is ended. */
async function runChecks(): Promise<string | undefined> {
  const running = new Set<ChildProcess>();
  const failed: string[] = [];
  await runLimited(CHECKS, 2, async (stage) => {
    if (failed.length > 0) return;
    const child = start(stage);
    running.add(child);
    const code = await exitCode(child);
    running.delete(child);
    if (code === 0) return;
    failed.push(stage.name);
    for (const other of running) other.kill();
  });
  return failed[0];
}

/** Starts a stage with its name in front of every line, as two write to one terminal. */
function start(stage: Stage): ChildProcess {
  const child = spawn(join(BINARIES, stage.command), stage.arguments, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  relay(child.stdout, stage.name);
  relay(child.stderr, stage.name);
  return child;
}

function relay(stream: Readable, name: string): void {
  createInterface({ input: stream }).on("line", (line) => {
    console.log(`${name.padEnd(6)} | ${line}`);
  });
}

async function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve(code ?? 1);
    });
  });
}

async function runTests(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-test-"));
  const logs = join(folder, "logs");
  try {
    await mkdir(logs);
    const output = join(folder, "report.json");
    const child = spawn(
      join(BINARIES, "vitest"),
      ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${output}`],
      {
        cwd: ROOT,
        stdio: ["ignore", "inherit", "inherit"],
        env: { ...process.env, [KEPT_LOGS]: logs },
      },
    );
    const code = await exitCode(child);
    const text = await readFile(output, "utf8").catch(() => undefined);
    if (text === undefined) {
      console.error("test: vitest wrote no report");
      console.log("0 passed, 1 failed, 0 skipped");
      return 1;
    }
    const report: Report = JSON.parse(text);
    const counts = countResults(report);
    // One more test: no log of the run has a secret.
    const secrets = await searchKeptLogs(logs);
    for (const finding of secrets) console.error(`test: ${finding}`);
    if (secrets.length === 0) counts.passed++;
    else counts.failed++;
    // vitest also fails for what no test carries: an unhandled rejection, a file that does not
    // load.
    const failed = code !== 0 && counts.failed === 0 ? 1 : counts.failed;
    console.log(`${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped`);
    return failed === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A file that failed without a failed test (it did not load) counts as one failure. */
export function countResults(report: Report): { passed: number; failed: number; skipped: number } {
  const broken = report.testResults.filter(
    (file) =>
      file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.exitCode = await main();
}
