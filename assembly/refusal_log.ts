// One log line for each refusal, at most so many in a second of one VM: the next line tells how
// many were held back. At level info, or warn where the fault is not the client's. A line has
// words of the program, the trace-id and names of the configuration, nothing else of the request.

import { monotonicNanoseconds } from "./abi/clock";
import { log, logLevel } from "./abi/host";
import { LogLevel } from "./abi/types";
import { text, textLen, textPtr } from "./core/bytes/text";
import { replyStatus } from "./core/headers/reply";
import { LOG_LINES_PER_SECOND } from "./core/limits";
import {
  beginLine,
  endLine,
  LINE,
  putName,
  putNumber,
  putWord,
  setLogFormat,
} from "./core/log/line";
import { Reason, reasonName, reasonStatus } from "./core/reason";
import { traceIdPtr } from "./core/trace/in_hand";
import { TRACE_ID_LEN } from "./core/trace/span_context";
import { refusingLimit, refusingProvider } from "./decider";
import { ChainConfig } from "./document";

const REFUSED = text("refused");
const DRY_RUN = text("dry run, not refused");
const REASON = text("reason");
const STATUS = text("status");
const TRACE_ID = text("trace_id");
const PROVIDER = text("provider");
const LIMIT = text("limit");
const HELD_BACK = text("held_back");

const SECOND_NANOSECONDS: u64 = 1000000000;
const SERVER_ERRORS: u32 = 500;

let level: u32 = LogLevel.ERROR;
let linesPerSecond: u32 = LOG_LINES_PER_SECOND;
/** When the second of the last `lines` began; how many lines were held back since the last one. */
let begunNanoseconds: u64 = 0;
let lines: u32 = 0;
let heldBack: u32 = 0;

/** Asks the host what it logs. */
export function readLogLevel(): void {
  level = logLevel();
}

/** From now on lines are written as the configuration wants them, those of filters as well. */
export function useLog(config: ChainConfig): void {
  setLogFormat(config.logFormat);
  linesPerSecond = config.logLinesPerSecond;
}

/** Logs a refusal, or what would have been one. */
export function logRefusal(reason: Reason, isDryRun: bool): void {
  const own = reasonStatus(reason) >= SERVER_ERRORS ? LogLevel.WARN : LogLevel.INFO;
  if (level > <u32>own) return;
  if (!mayWrite()) {
    heldBack++;
    return;
  }
  beginLine(isDryRun ? DRY_RUN : REFUSED);
  const name = reasonName(reason);
  putWord(REASON, textPtr(name), textLen(name));
  if (!isDryRun) putNumber(STATUS, replyStatus(reason));
  if (traceIdPtr != 0) putWord(TRACE_ID, traceIdPtr, TRACE_ID_LEN);
  putDecider(reason);
  if (heldBack != 0) putNumber(HELD_BACK, heldBack);
  heldBack = 0;
  log(own, LINE, endLine());
}

function putDecider(reason: Reason): void {
  const provider = refusingProvider(reason);
  if (provider != 0) putName(PROVIDER, provider);
  const limit = refusingLimit(reason);
  if (limit != 0) putName(LIMIT, limit);
}

/** Takes one of the lines of this second. A host without a clock gets those of one, and no more. */
function mayWrite(): bool {
  const now = monotonicNanoseconds();
  // A clock that went back makes the difference huge.
  if (now - begunNanoseconds >= SECOND_NANOSECONDS) {
    begunNanoseconds = now;
    lines = 0;
  }
  if (lines >= linesPerSecond) return false;
  lines++;
  return true;
}
