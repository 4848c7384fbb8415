// Builds what is shipped and what the tests look into: `tsx scripts/build.ts [target…]`.
// A target whose inputs are unchanged since its last build is skipped.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { build as bundle } from "esbuild";

import { addBranchHints } from "./branch_hints/branch_hints.ts";
import { listFiles } from "./lib/list_files.ts";
import { runLimited } from "./lib/run_limited.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const STAMPS = "build/.stamps";
const ASC = "node_modules/assemblyscript/bin/asc.js";

interface Target {
  name: string;
  entry: string;
  output: string;
  /** Matches every file whose bytes decide the output. */
  inputs: RegExp;
  /** Built only when it is named. */
  onDemand?: boolean;
  make: (target: Target, temporary: string) => Promise<void>;
}

/** asc says so when a last pass of its optimizer made no difference. */
const CONVERGE_NOTE = "Last converge was suboptimal.\n";

class BuildError extends Error {}

const SHARED_INPUTS = /^(asconfig\.json|package-lock\.json|scripts\/build\.ts)$/;
const SHIPPED_INPUTS = /^assembly\/(?!probe\/).*\.ts$/;
const PROBE_INPUTS = /^assembly\/.*\.ts$/;
/** What decides the branch hints beside the module's own code. */
const TRAINING_INPUTS =
  /^(host-sim\/(src\/.*|gateway\/platform)|scripts\/(branch_hints|lib)\/\w+)\.ts$/;
const HINTED_INPUTS = new RegExp(`${SHIPPED_INPUTS.source}|${TRAINING_INPUTS.source}`);

function wasmTarget(name: string, entry: string, inputs: RegExp, options: string): Target {
  const output = `build/${name}.wasm`;
  return { name, entry, output, inputs, make: (target, file) => compile(target, options, file) };
}

/** What is shipped, without its hints: compiled anew only when its own sources change. */
const PLAIN = wasmTarget("sallyport.plain", "assembly/index.ts", SHIPPED_INPUTS, "release");

const TARGETS: Target[] = [
  {
    ...wasmTarget("sallyport", "assembly/index.ts", HINTED_INPUTS, "release"),
    make: addHints,
  },
  wasmTarget("sallyport.debug", "assembly/index.ts", SHIPPED_INPUTS, "debug"),
  wasmTarget("core_probe", "assembly/probe/core_probe.ts", PROBE_INPUTS, "core_probe"),
  wasmTarget("crypto_probe", "assembly/probe/crypto_probe.ts", PROBE_INPUTS, "core_probe"),
  wasmTarget("abi_probe", "assembly/probe/abi_probe.ts", PROBE_INPUTS, "probe"),
  wasmTarget("host_probe", "assembly/probe/host_probe.ts", PROBE_INPUTS, "probe"),
  wasmTarget("refusal_probe", "assembly/probe/refusal_probe.ts", PROBE_INPUTS, "probe"),
  wasmTarget("live_bytes", "assembly/probe/live_bytes.ts", PROBE_INPUTS, "release"),
  {
    ...wasmTarget("crypto_bench", "assembly/probe/crypto_bench.ts", PROBE_INPUTS, "release"),
    onDemand: true,
  },
  {
    name: "cli",
    entry: "host-sim/cli/main.ts",
    output: "build/cli/sallyport.js",
    inputs: /^(docs\/schema|envoy|host-sim|scripts)\/|^package\.json$/,
    make: bundleCommand,
  },
];

async function main(names: string[]): Promise<number> {
  const unknown = names.find((name) => !TARGETS.some((target) => target.name === name));
  if (unknown !== undefined) {
    const known = TARGETS.map((target) => target.name).join(", ");
    console.error(`build: unknown target "${unknown}", use one of: ${known}`);
    return 2;
  }
  const targets = TARGETS.filter((target) =>
    names.length === 0 ? target.onDemand !== true : names.includes(target.name),
  );
  const failures = await runLimited(
    targets,
    Math.min(2, availableParallelism()),
    async (target) => {
      try {
        console.log(`build: ${target.output} ${await makeIfStale(target)}`);
        return 0;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        const detail = error instanceof BuildError ? error.message : (error.stack ?? error.message);
        console.error(`build: ${target.output} failed: ${detail}`);
        return 1;
      }
    },
  );
  return failures.includes(1) ? 1 : 0;
}

async function makeIfStale(target: Target): Promise<string> {
  if (!(await exists(target.entry))) throw new BuildError(`${target.entry} does not exist`);
  const stamp = join(ROOT, STAMPS, target.name);
  const hash = await hashInputs(target.inputs);
  const known = await readFile(stamp, "utf8").catch(() => "");
  if (known === hash && (await exists(target.output))) return "is current";

  const started = performance.now();
  const output = join(ROOT, target.output);
  const temporary = `${output}.${process.pid}.tmp`;
  await mkdir(dirname(stamp), { recursive: true });
  await mkdir(dirname(output), { recursive: true });
  try {
    await target.make(target, temporary);
    await rename(temporary, output);
  } finally {
    await rm(temporary, { force: true });
  }
  await writeFile(stamp, hash);
  return `built in ${((performance.now() - started) / 1000).toFixed(1)} s`;
}

async function exists(path: string): Promise<boolean> {
  return stat(join(ROOT, path)).then(
    () => true,
    () => false,
  );
}

async function hashInputs(inputs: RegExp): Promise<string> {
  const hash = createHash("sha256");
  for (const path of await listFiles(ROOT)) {
    if (!inputs.test(path) && !SHARED_INPUTS.test(path)) continue;
    hash.update(`${path}\0`).update(await readFile(join(ROOT, path)));
  }
  return hash.digest("hex");
}

/** Runs asc in a process of its own, so that two targets use two cores. Its warnings are errors. */
async function compile(target: Target, options: string, temporary: string): Promise<void> {
  const flags = ["--config", "asconfig.json", "--target", options, "--outFile", temporary];
  const child = spawn(process.execPath, [ASC, target.entry, ...flags], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "pipe"],
  });
  let messages = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    messages += text;
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      resolve(status ?? 1);
    });
  });
  process.stderr.write(messages.replace(CONVERGE_NOTE, ""));
  if (code !== 0) throw new BuildError(`asc found errors in ${target.entry}`);
  if (/^WARNING\b/m.test(messages)) {
    throw new BuildError(`asc warnings in ${target.entry} are errors`);
  }
}

async function addHints(_target: Target, temporary: string): Promise<void> {
  await makeIfStale(PLAIN);
  const plain = await readFile(join(ROOT, PLAIN.output));
  await writeFile(temporary, await addBranchHints(plain));
}

/** One file without our sources; packages stay in node_modules, where npm has put them. */
async function bundleCommand(target: Target, temporary: string): Promise<void> {
  const result = await bundle({
    absWorkingDir: ROOT,
    entryPoints: [target.entry],
    outfile: temporary,
    bundle: true,
    platform: "node",
    target: "node20.20",
    format: "esm",
    packages: "external",
    banner: { js: "#!/usr/bin/env node" },
    logLevel: "warning",
  }).catch(() => undefined);
  if (result === undefined) throw new BuildError(`esbuild found errors in ${target.entry}`);
  if (result.warnings.length > 0) {
    throw new BuildError(`esbuild warnings in ${target.entry} are errors`);
  }
  await chmod(temporary, 0o755);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.exitCode = await main(process.argv.slice(2));
}
