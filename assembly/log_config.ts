// The section `log`.

import { Value } from "./core/config/value";
import { LOG_LINES_PER_SECOND, LOG_LINES_PER_SECOND_MAX } from "./core/limits";
import { LogFormat } from "./core/log/line";
import { ChainConfig } from "./document";

/** Reads the section, which may be absent. */
export function readLog(log: Value | null, config: ChainConfig): void {
  config.logLinesPerSecond = LOG_LINES_PER_SECOND;
  if (log === null) return;
  const format = log.optional("format");
  const perSecond = log.optional("perSecond");
  log.done();
  if (format !== null) config.logFormat = <LogFormat>format.choice(["text", "json"]);
  if (perSecond !== null) config.logLinesPerSecond = perSecond.integer(1, LOG_LINES_PER_SECOND_MAX);
}
