// The machine code of one request, case by case: each has an Envoy of its own.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { LOAD_PATH, withEnvoy } from "../harness/listeners.ts";
import { openLoad } from "../harness/load.ts";
import { NONE, stackFilters } from "../stack/cases.ts";
import type { StackInput } from "../stack/chain_filters.ts";
import { callgrind, countWhile } from "./callgrind.ts";
import type { Cost } from "./dump.ts";
import { insideMadeCode, sumCosts } from "./dump.ts";

/** Costs of one request. */
export interface CodeOfCase {
  /** Of the whole of Envoy; of all but the first case what it adds to that. */
  envoy: Cost;
  /** Of that, the code that V8 made of the module. */
  module: Cost;
}

export interface CodePace {
  requests: number;
  /** V8 compiles what runs often a second time, and better. */
  warmUp: number;
}

export const CODE_CASES = [
  NONE,
  "empty",
  "calls",
  "headers",
  "trace",
  "jwt",
  "rateLimit",
  "chain",
  "native",
] as const;

export async function measureCode(
  input: StackInput,
  pace: CodePace,
): Promise<Record<string, CodeOfCase>> {
  const found: Record<string, CodeOfCase> = {};
  for (const name of CODE_CASES) {
    console.error(`counting ${name}`);
    const code = await codeOf(input, name, pace);
    const base = found[NONE]?.envoy;
    found[name] = { ...code, envoy: base === undefined ? code.envoy : less(code.envoy, base) };
  }
  return found;
}

async function codeOf(input: StackInput, name: string, pace: CodePace): Promise<CodeOfCase> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-code-"));
  const path = join(folder, "dump");
  const load = openLoad([]);
  try {
    return await withEnvoy(
      input.binary,
      async (none) => ({ [name]: (await stackFilters(input, none))[name] ?? [] }),
      async (envoy) => {
        const { pid } = envoy.process;
        const target = { port: envoy.port(name), path: LOAD_PATH, status: 200 };
        const headers = input.samples.headers["one token"];
        await load.run({ ...target, headers, requests: pace.warmUp });
        const run = (): Promise<void> => load.run({ ...target, headers, requests: pace.requests });
        const dump = await countWhile(pid, path, run);
        const maps = await readFile(`/proc/${String(pid)}/maps`, "utf8");
        const { all, inside } = sumCosts(dump, insideMadeCode(maps));
        return { envoy: each(all, pace.requests), module: each(inside, pace.requests) };
      },
      { wrapper: callgrind(path) },
    );
  } finally {
    load.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function each(cost: Cost, requests: number): Cost {
  return mapCost(cost, (count) => Math.round(count / requests));
}

function less(cost: Cost, base: Cost): Cost {
  return mapCost(cost, (count, part) => count - base[part]);
}

function mapCost(cost: Cost, change: (count: number, part: keyof Cost) => number): Cost {
  return {
    instructions: change(cost.instructions, "instructions"),
    code_lines: change(cost.code_lines, "code_lines"),
    data_lines: change(cost.data_lines, "data_lines"),
  };
}
