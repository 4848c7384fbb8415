// Set up before every test file: lines of the wasm logger go to the logs that the run keeps.

import { afterAll } from "vitest";

import { KEPT_LOGS, keepLog } from "../../scripts/lib/kept_logs.ts";
import { Log } from "../src/log.ts";

const write: unknown = Object.getOwnPropertyDescriptor(Log.prototype, "write")?.value;

if (process.env[KEPT_LOGS] !== undefined && typeof write === "function") {
  const lines = new Set<string>();
  Log.prototype.write = function (level, message, source): void {
    lines.add(message);
    Reflect.apply(write, this, [level, message, source]);
  };
  afterAll(() => keepLog(`${String(process.pid)}.simulator.log`, `${[...lines].join("\n")}\n`));
}
