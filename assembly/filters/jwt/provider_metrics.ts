// One counter for each provider and each verdict on its tokens. Rows are the VM's: a provider of
// the same name in another configuration counts on in the same row, and names beyond
// PROVIDER_ROWS_MAX share the last one: neither pushes nor names make it hold more.
//
//   row    0  passes u32, not yet told to the host │ outcomes that are defined u32, a bit each
//          8  label: length u32 and bytes
//         80  ids u32 of outcome deny, by reason │ of outcome dry_run, by reason

import { incrementMetric, metricId } from "../../abi/host";
import { defineLabelled, putLabel } from "../../abi/metric_name";
import { MetricType, Status } from "../../abi/types";
import { equalsText } from "../../core/bytes/ascii";
import { NONE } from "../../core/bytes/none";
import { copyText, Text, text, textLen, textPtr } from "../../core/bytes/text";
import { METRIC_LABEL_BYTES_MAX, PROVIDER_ROWS_MAX } from "../../core/limits";
import { Reason, reasonFilter, reasonName, REASONS } from "../../core/reason";
import { JwtConfig, Provider, providerAt } from "./model";
import { countsVerdicts, flushTokenCounters } from "./token_counters";

const LABEL_AT: u32 = 8;
const IDS_AT: u32 = LABEL_AT + 4 + ((METRIC_LABEL_BYTES_MAX + 3) & ~3) + 4;
const OUTCOME_BYTES: u32 = REASONS * 4;
const ROW_BYTES: u32 = IDS_AT + 2 * OUTCOME_BYTES;
const ROWS: usize = memory.data(<i32>(PROVIDER_ROWS_MAX * ROW_BYTES), 8);
let rowCount: u32 = 0;

const enum Outcome {
  DENY,
  DRY_RUN,
}

const FILTER = text("filter");
const JWT = text("jwt");
const OUTCOME = text("outcome");
const ALLOW = text("allow");
const DENY = text("deny");
const DRY_RUN = text("dry_run");
const REASON = text("reason");
const PROVIDER = text("provider");
const NAME = text("sallyport_jwt_total");
const OTHER = text("other");

/** Gives each provider its row. Anything but OK leaves it to be tried again. */
export function defineProviderMetrics(config: JwtConfig): Status {
  const outcome = config.dryRunId == NONE ? Outcome.DENY : Outcome.DRY_RUN;
  for (let i: u32 = 0; i < config.providerCount; i++) {
    const provider = providerAt(config, i);
    const row = rowOf(provider.label);
    const status = defineRow(row, outcome);
    if (status != Status.OK) return status;
    provider.metrics = row;
  }
  return Status.OK;
}

/** The row of a label: its own, a new one, or that of all others. */
function rowOf(label: Text): usize {
  for (let i: u32 = 0; i < rowCount; i++) {
    const row = ROWS + i * ROW_BYTES;
    if (equalsText(textPtr(label), textLen(label), row + LABEL_AT)) return row;
  }
  const isLast = rowCount >= PROVIDER_ROWS_MAX - 1;
  const row = ROWS + (isLast ? PROVIDER_ROWS_MAX - 1 : rowCount++) * ROW_BYTES;
  const own = isLast ? OTHER : label;
  store<u32>(row, textLen(own), LABEL_AT);
  copyText(textPtr(row + LABEL_AT), own);
  return row;
}

function defineRow(row: usize, outcome: Outcome): Status {
  const bit: u32 = 1 << (<u32>outcome);
  if ((load<u32>(row, 4) & bit) != 0) return Status.OK;
  const refused = outcome == Outcome.DENY ? DENY : DRY_RUN;
  for (let reason: Reason = Reason.OK; <u32>reason < REASONS; reason++) {
    if (!isOfToken(reason)) continue;
    putLabel(FILTER, JWT);
    putLabel(OUTCOME, reason == Reason.OK ? ALLOW : refused);
    putLabel(REASON, reasonName(reason));
    putLabel(PROVIDER, row + LABEL_AT);
    const status = defineLabelled(MetricType.COUNTER, NAME);
    if (status != Status.OK) return status;
    store<u32>(idOf(row, outcome, reason), metricId);
  }
  store<u32>(row, load<u32>(row, 4) | bit, 4);
  return Status.OK;
}

/** Whether a provider can say this of a request; what rules refuse is nobody's token. */
function isOfToken(reason: Reason): bool {
  if (reason == Reason.OK) return true;
  if (reason == Reason.JWT_NO_RULE || reason == Reason.JWT_PATH_REFUSED) return false;
  return reasonFilter(reason) == reasonFilter(Reason.JWT_MISSING);
}

// @ts-ignore: decorator
@inline
function idOf(row: usize, outcome: Outcome, reason: Reason): usize {
  return row + IDS_AT + <u32>outcome * OUTCOME_BYTES + ((<u32>reason) << 2);
}

/** Counts the verdict of a provider on a request's token. */
export function noteProvider(config: JwtConfig, provider: Provider, reason: Reason): void {
  if (!countsVerdicts) return;
  const original = provider.original;
  const row = original == 0 ? provider.metrics : changetype<Provider>(original).metrics;
  if (row == 0) return;
  if (reason == Reason.OK) {
    store<u32>(row, load<u32>(row) + 1);
    return;
  }
  if (!isOfToken(reason)) return;
  const outcome = config.dryRunId == NONE ? Outcome.DENY : Outcome.DRY_RUN;
  incrementMetric(load<u32>(idOf(row, outcome, reason)), 1);
}

/** Tells the host what was only counted here. */
export function flushTokens(): void {
  flushTokenCounters();
  for (let i: u32 = 0; i < PROVIDER_ROWS_MAX; i++) {
    const row = ROWS + i * ROW_BYTES;
    const passes = load<u32>(row);
    if (passes == 0) continue;
    store<u32>(row, 0);
    const isDeny = (load<u32>(row, 4) & (1 << (<u32>Outcome.DENY))) != 0;
    const outcome = isDeny ? Outcome.DENY : Outcome.DRY_RUN;
    incrementMetric(load<u32>(idOf(row, outcome, Reason.OK)), passes);
  }
}
