// The load generator's process as its parent sees it: started once, told by messages. Header sets
// are sent once and kept there.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { HeaderSet, LoadOptions } from "./load.ts";
import { CONNECTIONS, STREAMS } from "./load.ts";

export type GeneratorMessage =
  | { kind: "headers"; id: number; headers: readonly HeaderSet[] }
  | { kind: "run"; id: number; run: GeneratorRun };

export interface GeneratorRun {
  url: string;
  requests: number;
  status: number;
  connections: number;
  streams: number;
}

export interface Generator {
  /** Resolves with the number of requests that were answered with the status. */
  run(options: LoadOptions): Promise<number>;
  close(): void;
}

const SCRIPT = fileURLToPath(new URL("./load_generator.ts", import.meta.url));

export function startGenerator(prefix: readonly string[]): Generator {
  const command: string[] = [...prefix, process.execPath, "--import", "tsx", SCRIPT];
  const [file = "", ...args] = command;
  const child = spawn(file, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the load generator ended with ${String(code ?? "a signal")}`);
  });
  ended.catch(() => undefined);
  const ids = new Map<readonly HeaderSet[], number>();
  const tell = (message: GeneratorMessage): boolean => child.send(message);
  return {
    async run({ headers, port, path, requests, status }) {
      const id = ids.get(headers) ?? ids.size;
      if (!ids.has(headers)) tell({ kind: "headers", id, headers });
      ids.set(headers, id);
      const url = `http://127.0.0.1:${port}${path}`;
      const answer = once(child, "message");
      const run = { url, requests, status, connections: CONNECTIONS, streams: STREAMS };
      tell({ kind: "run", id, run });
      const [answered] = await Promise.race([answer, ended]);
      return Number(answered);
    },
    close() {
      child.kill();
    },
  };
}
