// What is counted and logged of each decision. All counters are defined when a configuration is set
// up, none later.

import { arenaAllocate } from "./abi/arena";
import { defineMetric, incrementMetric, log, logLevel, metricId } from "./abi/host";
import { LogLevel, MetricType, Status } from "./abi/types";
import { copyText, Text, text } from "./core/bytes/text";
import { Reason, reasonFilter, reasonName, REASONS } from "./core/reason";

// Labels travel in the name: `stats_tags` of Envoy's bootstrap take them out again
// (envoy/README.md).
const FILTER = text("filter=.=");
const OUTCOME = text(";.;outcome=.=");
const ALLOW = text("allow");
const DENY = text("deny");
const REASON = text(";.;reason=.=");
const NAME = text(";.;sallyport_decisions_total");
const REFUSED = text("refused ");

const IDS: usize = memory.data(<i32>(REASONS * 4), 4);
let defined = false;
let level: u32 = LogLevel.ERROR;

let lineEnd: usize = 0;

function put(part: Text): void {
  lineEnd = copyText(lineEnd, part);
}

/** Room for the longest name of a metric: six constant texts and the two of the reason. */
const LINE_BYTES: u32 = 256;

/** Defines the counters of this VM, once. Anything but OK leaves them to be tried again. */
export function defineDecisions(): Status {
  level = logLevel();
  if (defined) return Status.OK;
  const line = arenaAllocate(LINE_BYTES);
  if (line == 0) return Status.INVALID_MEMORY_ACCESS;
  for (let reason: u32 = 0; reason < REASONS; reason++) {
    lineEnd = line;
    put(FILTER);
    put(reasonFilter(<Reason>reason));
    put(OUTCOME);
    put(reason == Reason.OK ? ALLOW : DENY);
    put(REASON);
    put(reasonName(<Reason>reason));
    put(NAME);
    const status = defineMetric(MetricType.COUNTER, line, <u32>(lineEnd - line));
    if (status != Status.OK) return status;
    store<u32>(IDS + (reason << 2), metricId);
  }
  defined = true;
  return Status.OK;
}

/** Counts a decision, and logs it at level debug when it is a refusal. */
export function noteDecision(reason: Reason): void {
  if (defined) incrementMetric(load<u32>(IDS + ((<u32>reason) << 2)), 1);
  if (reason == Reason.OK || level > <u32>LogLevel.DEBUG) return;
  const line = arenaAllocate(LINE_BYTES);
  if (line == 0) return;
  lineEnd = line;
  put(REFUSED);
  put(reasonName(reason));
  log(LogLevel.DEBUG, line, <u32>(lineEnd - line));
}
