// What is counted and logged of each decision. All counters are defined when a configuration is set
// up, none later. Requests that pass are counted here and told to the host on tick: the call would
// be a tenth of what a trace or a limit costs (docs/decisions/0027-passes-are-told-on-tick.md).

import { incrementMetric, metricId } from "./abi/host";
import { defineLabelled, putLabel } from "./abi/metric_name";
import { MetricType, Status } from "./abi/types";
import { Text, text } from "./core/bytes/text";
import { dryRunReason } from "./core/headers/decision";
import { Reason, reasonFilter, reasonName, REASONS } from "./core/reason";
import { logRefusal, readLogLevel } from "./refusal_log";

const FILTER = text("filter");
const OUTCOME = text("outcome");
const ALLOW = text("allow");
const DENY = text("deny");
const DRY_RUN = text("dry_run");
const REASON = text("reason");
const NAME = text("sallyport_decisions_total");

const IDS: usize = memory.data(<i32>(REASONS * 4), 4);
let defined = false;
let allowed: u32 = 0;
/** Of dry runs, by reason; 0 where there can be none. */
const DRY_RUN_IDS: usize = memory.data(<i32>(REASONS * 4), 4);
let dryRunDefined = false;

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
  putLabel(FILTER, reasonFilter(reason));
  putLabel(OUTCOME, outcome);
  putLabel(REASON, reasonName(reason));
  return defineLabelled(MetricType.COUNTER, NAME);
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
