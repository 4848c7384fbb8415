// Envoy's wasm logger: one level for the process; each line says who spoke.

import { LOG_LEVELS } from "./types.ts";
import type { LogLevel } from "./types.ts";
import type { LogLine } from "./api.ts";

const KEPT_LINES = 10_000;

export class Log {
  /** The newest lines, oldest first. */
  readonly lines: LogLine[] = [];
  readonly level: number;
  readonly #onLog: ((level: LogLevel, message: string) => void) | undefined;

  constructor(level: LogLevel, onLog: ((level: LogLevel, message: string) => void) | undefined) {
    this.level = LOG_LEVELS.indexOf(level);
    this.#onLog = onLog;
  }

  /** `level` is a number of the ABI; lines below the level of the logger are dropped. */
  write(level: number, message: string, source: string): void {
    if (level < this.level) return;
    const name = LOG_LEVELS[level];
    if (name === undefined) return;
    if (this.lines.length >= 2 * KEPT_LINES) this.lines.splice(0, KEPT_LINES);
    this.lines.push({ level: name, message, source });
    this.#onLog?.(name, message);
  }
}
