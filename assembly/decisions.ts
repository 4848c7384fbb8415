// What is counted and logged of each decision. All counters are defined when a configuration is set
// up, none later. Requests that pass are counted here and told to the host once a second: the call
// would cost 0.4 us of each in a real Envoy, as it is the only one of its kind.

import { arenaAllocate } from "./abi/arena";
import { defineMetric, incrementMetric, metricId } from "./abi/host";
import { MetricType, Status } from "./abi/types";
import { copyText, Text, text } from "./core/bytes/text";
import { dryRunReason } from "./core/headers/decision";
import { Reason, reasonFilter, reasonName, REASONS } from "./core/reason";
import { logRefusal, readLogLevel } from "./refusal_log";

// Labels travel in the name: `stats_tags` of Envoy's bootstrap take them out again
// (envoy/README.md).
const FILTER = text("filter=.=");
const OUTCOME = text(";.;outcome=.=");
const ALLOW = text("allow");
const DENY = text("deny");
const DRY_RUN = text("dry_run");
const REASON = text(";.;reason=.=");
const NAME = text(";.;sallyport_decisions_total");

const IDS: usize = memory.data(<i32>(REASONS * 4), 4);
let defined = false;
let allowed: u32 = 0;
/** Of dry runs, by reason; 0 where there can be none. */
const DRY_RUN_IDS: usize = memory.data(<i32>(REASONS * 4), 4);
let dryRunDefined = false;

let lineEnd: usize = 0;

function put(part: Text): void {
  lineEnd = copyText(lineEnd, part);
}

/** Room for the longest name of a metric: six constant texts and the two of the reason. */
const LINE_BYTES: u32 = 256;

/** Defines the counters of this VM, once. Anything but OK leaves them to be tried again. */
export function defineDecisions(): Status {
  readLogLevel();
  if (defined) return Status.OK;
  for (let reason: Reason = Reason.OK; <u32>reason < REASONS; reason++) {
    const status = define(reason, reason == Reason.OK ? ALLOW : DENY);
    if (status != Status.OK) return status;
    store<u32>(IDS + ((<u32>reason) << 2), metricId);
  }
  defined = true;
  return Status.OK;
}

/** The same for refusals that are only tried out: those of the filter `jwt`. */
export function defineDryRuns(): Status {
  if (dryRunDefined) return Status.OK;
  for (let reason: Reason = Reason.OK; <u32>reason < REASONS; reason++) {
    if (reasonFilter(reason) != reasonFilter(Reason.JWT_MISSING)) continue;
    const status = define(reason, DRY_RUN);
    if (status != Status.OK) return status;
    store<u32>(DRY_RUN_IDS + ((<u32>reason) << 2), metricId);
  }
  dryRunDefined = true;
  return Status.OK;
}

function define(reason: Reason, outcome: Text): Status {
  const line = arenaAllocate(LINE_BYTES);
  if (line == 0) return Status.INVALID_MEMORY_ACCESS;
  lineEnd = line;
  put(FILTER);
  put(reasonFilter(reason));
  put(OUTCOME);
  put(outcome);
  put(REASON);
  put(reasonName(reason));
  put(NAME);
  return defineMetric(MetricType.COUNTER, line, <u32>(lineEnd - line));
}

/** Counts a request that passes: as allowed, or as what a dry run would have refused. */
export function noteAllowed(): void {
  if (dryRunReason == Reason.OK) allowed++;
  else noteDryRun();
}

/** Counts a refusal, and logs it. One that had passed a dry run is counted as both. */
export function noteDenied(reason: Reason): void {
  if (dryRunReason != Reason.OK) noteDryRun();
  tell(reason, 1);
  logRefusal(reason, false);
}

function noteDryRun(): void {
  if (dryRunDefined) incrementMetric(load<u32>(DRY_RUN_IDS + ((<u32>dryRunReason) << 2)), 1);
  logRefusal(dryRunReason, true);
}

/** Tells the host what was only counted here. */
export function flushDecisions(): void {
  if (allowed != 0) tell(Reason.OK, allowed);
  allowed = 0;
}

function tell(reason: Reason, count: u32): void {
  if (defined) incrementMetric(load<u32>(IDS + ((<u32>reason) << 2)), count);
}
