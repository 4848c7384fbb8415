// Load over HTTP/2 from a process of its own: h2load where it is installed, else a small generator
// over node:http2. Both keep CONNECTIONS x STREAMS requests in flight until the count is reached.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findOnPath } from "./cpu.ts";

export interface LoadOptions {
  port: number;
  path: string;
  headers: Record<string, string>;
  requests: number;
  /** Command prefix that pins the load to a core. */
  prefix: readonly string[];
}

export interface LoadResult {
  /** Requests answered with 200. */
  answered: number;
  seconds: number;
}

const CONNECTIONS = 4;
const STREAMS = 16;
const GENERATOR = fileURLToPath(new URL("./load_generator.ts", import.meta.url));

export function loadName(): string {
  const tool = findOnPath("h2load") === null ? "node:http2" : "h2load";
  return `${tool}, ${CONNECTIONS} connections x ${STREAMS} streams`;
}

/** Throws when a request was not answered with 200. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const result =
    findOnPath("h2load") === null ? await runGenerator(options) : await runH2load(options);
  if (result.answered !== options.requests) {
    throw new Error(`${result.answered} of ${options.requests} requests were answered with 200`);
  }
  return result;
}

/** What the generator's process is told, as JSON in its only argument. */
export interface GeneratorOptions {
  url: string;
  headers: Record<string, string>;
  requests: number;
  connections: number;
  streams: number;
}

async function runGenerator(options: LoadOptions): Promise<LoadResult> {
  const told: GeneratorOptions = {
    url: `http://127.0.0.1:${options.port}${options.path}`,
    headers: options.headers,
    requests: options.requests,
    connections: CONNECTIONS,
    streams: STREAMS,
  };
  const command = [process.execPath, "--import", "tsx", GENERATOR, JSON.stringify(told)];
  const result: LoadResult = JSON.parse(await run([...options.prefix, ...command]));
  return result;
}

async function runH2load(options: LoadOptions): Promise<LoadResult> {
  const command = ["h2load", "-n", String(options.requests), "-c", String(CONNECTIONS)];
  command.push("-m", String(STREAMS));
  for (const [name, value] of Object.entries(options.headers)) {
    command.push("-H", `${name}: ${value}`);
  }
  const url = `http://127.0.0.1:${options.port}${options.path}`;
  const output = await run([...options.prefix, ...command, url]);
  const answered = Number(/status codes: (\d+) 2xx/.exec(output)?.[1] ?? 0);
  const [, amount = "0", unit = "s"] = /finished in ([\d.]+)(ms|us|s)/.exec(output) ?? [];
  const perSecond = { s: 1, ms: 1e3, us: 1e6 }[unit] ?? 1;
  return { answered, seconds: Number(amount) / perSecond };
}

function run(command: readonly string[]): Promise<string> {
  const [file = "", ...args] = command;
  return new Promise((done, fail) => {
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.on("error", fail);
    child.on("close", (code) => {
      if (code === 0) done(output);
      else fail(new Error(`the load generator ended with ${code ?? "a signal"}: ${errors}`));
    });
  });
}
