// One log line for each class of refusals and LOG_INTERVAL_SECONDS at most, with the number of
// those that were left out: at level info, or warn where the fault is not the client's. At level
// debug every refusal is a line. Lines are constant texts and numbers, nothing of the request.

import { arenaAllocate } from "./abi/arena";
import { monotonicNanoseconds } from "./abi/clock";
import { log, logLevel } from "./abi/host";
import { LogLevel } from "./abi/types";
import { writeUnsigned } from "./core/bytes/decimal";
import { copyText, text } from "./core/bytes/text";
import { LOG_INTERVAL_SECONDS } from "./core/limits";
import { Reason, reasonName, reasonStatus, REASONS } from "./core/reason";

const REFUSED = text("refused ");
const DRY_RUN = text("dry run, not refused ");
const LEFT_OUT = text(", and ");
const SINCE = text(" more since the last such line");
const LINE_BYTES: u32 = 128;

const INTERVAL_NANOSECONDS: u64 = <u64>LOG_INTERVAL_SECONDS * 1000000000;
const SERVER_ERRORS: u32 = 500;

// A class: last logged at u64, 0 for never │ left out since u32. Refusals by reason, then dry runs.
const CLASS_BYTES: u32 = 16;
const CLASSES: usize = memory.data(<i32>(2 * REASONS * CLASS_BYTES), 8);
let level: u32 = LogLevel.ERROR;

/** Asks the host what it logs. */
export function readLogLevel(): void {
  level = logLevel();
}

/** Logs a refusal, or what would have been one. */
export function logRefusal(reason: Reason, isDryRun: bool): void {
  const own = reasonStatus(reason) >= SERVER_ERRORS ? LogLevel.WARN : LogLevel.INFO;
  if (level > <u32>own) return;
  if (level <= <u32>LogLevel.DEBUG) return write(LogLevel.DEBUG, reason, isDryRun, 0);
  const index = <u32>reason + (isDryRun ? REASONS : 0);
  const each = CLASSES + index * CLASS_BYTES;
  const leftOut = load<u32>(each, 8);
  const last = load<u64>(each);
  // Without a clock there is one line, and no other.
  const now = monotonicNanoseconds();
  if (last != 0 && (now == 0 || now - last < INTERVAL_NANOSECONDS)) {
    store<u32>(each, leftOut + 1, 8);
    return;
  }
  store<u64>(each, max(now, 1));
  store<u32>(each, 0, 8);
  write(own, reason, isDryRun, leftOut);
}

function write(lineLevel: LogLevel, reason: Reason, isDryRun: bool, leftOut: u32): void {
  const line = arenaAllocate(LINE_BYTES);
  if (line == 0) return;
  let end = copyText(line, isDryRun ? DRY_RUN : REFUSED);
  end = copyText(end, reasonName(reason));
  if (leftOut != 0) {
    end = copyText(end, LEFT_OUT);
    end += writeUnsigned(end, leftOut);
    end = copyText(end, SINCE);
  }
  log(lineLevel, line, <u32>(end - line));
}
