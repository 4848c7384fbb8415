// Load over HTTP/2 from a process of its own: h2load where it is installed and all requests are the
// same, else a small generator over node:http2. (To a request without a user-agent h2load adds its
// own, a header more than was asked for.) Both keep CONNECTIONS x STREAMS requests in flight until
// the count is reached.

import { spawn } from "node:child_process";
import { findOnPath } from "./cpu.ts";
import type { Generator } from "./generator.ts";
import { startGenerator } from "./generator.ts";

export interface LoadOptions {
  port: number;
  path: string;
  /** The headers of a request, and of the next, and from the front again. */
  headers: readonly HeaderSet[];
  requests: number;
  /** What every request must be answered with. */
  status: number;
}

export type HeaderSet = Readonly<Record<string, string>>;

export interface Load {
  /** Throws when a request was not answered with the status. */
  run(options: LoadOptions): Promise<void>;
  close(): void;
}

export const CONNECTIONS = 4;
export const STREAMS = 16;
const SUCCESS = 200;

export function loadName(): string {
  const tool = hasH2load() ? "h2load" : "node:http2";
  return `${tool}, ${CONNECTIONS} connections x ${STREAMS} streams`;
}

/** `prefix` is a command that pins the load to a core. */
export function openLoad(prefix: readonly string[]): Load {
  let generator: Generator | null = null;
  return {
    async run(options) {
      const { headers, requests, status } = options;
      const [first] = headers;
      const isUniform = headers.length === 1 && status === SUCCESS;
      const answered =
        isUniform && first?.["user-agent"] !== undefined && hasH2load()
          ? await runH2load(options, prefix)
          : await (generator ??= startGenerator(prefix)).run(options);
      if (answered === requests) return;
      throw new Error(`${answered} of ${requests} requests were answered with ${status}`);
    },
    close() {
      generator?.close();
    },
  };
}

function hasH2load(): boolean {
  return findOnPath("h2load") !== null;
}

async function runH2load(options: LoadOptions, prefix: readonly string[]): Promise<number> {
  const command = ["h2load", "-n", String(options.requests), "-c", String(CONNECTIONS)];
  command.push("-m", String(STREAMS));
  for (const [name, value] of Object.entries(options.headers[0] ?? {})) {
    command.push("-H", `${name}: ${value}`);
  }
  const url = `http://127.0.0.1:${options.port}${options.path}`;
  const output = await run([...prefix, ...command, url]);
  return Number(/status codes: (\d+) 2xx/.exec(output)?.[1] ?? 0);
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
      else fail(new Error(`h2load ended with ${code ?? "a signal"}: ${errors}`));
    });
  });
}
