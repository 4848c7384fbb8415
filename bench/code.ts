// `npm run bench:code`: the machine code of one request in a real Envoy under callgrind, counted
// and not timed. Prints a table, keeps JSON. Options: harness/command.ts.

import { fileURLToPath } from "node:url";

import type { Colors } from "../host-sim/cli/terminal.ts";
import type { CodeOfCase, CodePace } from "./code/cases.ts";
import { measureCode } from "./code/cases.ts";
import type { Cost } from "./code/dump.ts";
import { runBench } from "./harness/command.ts";
import type { Machine } from "./harness/machine.ts";
import { describeMachine } from "./harness/machine.ts";
import { requireEnvoy } from "./harness/measured_envoy.ts";
import { title, underHead } from "./harness/table.ts";
import { makeStackSamples } from "./stack/samples.ts";

interface CodeReport {
  machine: Machine;
  requests: number;
  cases: Record<string, CodeOfCase>;
  /** Counts have no bar of their own: what they are worth, time tells. */
  bars: [];
}

const MODULE = fileURLToPath(new URL("../build/sallyport.wasm", import.meta.url));
const PACE: CodePace = { requests: 2000, warmUp: 10_000 };
const QUICK: CodePace = { requests: 500, warmUp: 3000 };

async function bench(pace: CodePace): Promise<CodeReport> {
  const binary = await requireEnvoy();
  const peers = { found: new Map(), missing: new Map() };
  const input = { binary, modulePath: MODULE, samples: await makeStackSamples(), peers };
  const cases = await measureCode(input, pace);
  const machine = describeMachine(binary, MODULE);
  return { machine, requests: pace.requests, cases, bars: [] };
}

function render({ machine, requests, cases }: CodeReport, colors: Colors): string {
  const head = ["", "instructions", "code lines", "data lines"];
  const row = ({ instructions, code_lines: code, data_lines: data }: Cost): string[] =>
    [instructions, code, data].map((count) => count.toLocaleString("en-US"));
  const rows = Object.entries(cases).map(([name, { envoy, module }], index) => [
    index === 0 ? name : `+ ${name}`,
    ...row(envoy),
    ...row(module),
  ]);
  const heading = "one request, and the module's part of it";
  return [
    `Envoy ${machine.envoy} under callgrind, ${String(requests)} requests a case`,
    title(heading, colors),
    underHead([[...head, ...head.slice(1)], ...rows], colors),
  ].join("\n");
}

await runBench({ name: "code", pace: PACE, quick: QUICK, bench, render });
