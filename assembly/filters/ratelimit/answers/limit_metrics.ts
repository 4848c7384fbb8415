// Counters of each limit. Rows are the VM's: a limit of the same name in another configuration
// counts on in the same row, and names beyond LIMIT_ROWS_MAX share the last one: neither pushes nor
// names make it hold more. All names are of the configuration, and none is defined later.
//
//   row    0  events u32, by LimitEvent, not yet told to the host
//         24  ids u32, by LimitEvent
//         48  events that are defined u32, a bit each │ free u32
//         56  hash of the name u64

import { incrementMetric, metricId } from "../../../abi/host";
import { defineLabelled, putAnyLabel, putLabel } from "../../../abi/metric_name";
import { MetricType, Status } from "../../../abi/types";
import { Text, text } from "../../../core/bytes/text";
import { LIMIT_ROWS_MAX } from "../../../core/limits";
import { RateLimitConfig, Rule, ruleAt, StoreKind } from "../model";

/** What is counted of a limit, in the order of the label `outcome`. */
export const enum LimitEvent {
  ALLOWED,
  LIMITED,
  /** It would have been refused. */
  SHADOW,
  STORE_ERROR,
  /** A bucket gave its place to that of another key. */
  EVICTED,
  /** Tokens were leased. */
  LEASED,
}

const EVENTS: u32 = 6;
const IDS_AT: u32 = EVENTS * 4;
const DEFINED_AT: u32 = 2 * IDS_AT;
const HASH_AT: u32 = DEFINED_AT + 8;
const ROW_BYTES: u32 = HASH_AT + 8;
const ROWS: usize = memory.data(<i32>(LIMIT_ROWS_MAX * ROW_BYTES), 8);
let rowCount: u32 = 0;

// Where the row of a hash is: its number plus one, u16, at the first place from hash modulo PLACES
// that is its own or free. At least half of the places are.
const PLACES: u32 = 2048;
const MASK: u32 = PLACES - 1;
const PLACE_TABLE: usize = memory.data(<i32>(PLACES * 2), 2);
if (LIMIT_ROWS_MAX * 2 - 2 > PLACES) ERROR("too few places for the rows");

const FILTER = text("filter");
const RATELIMIT = text("ratelimit");
const OUTCOME = text("outcome");
const LIMIT = text("limit");
const NAME = text("sallyport_ratelimit_total");
const OTHER = text("other");
const ALLOWED = text("allowed");
const LIMITED = text("limited");
const SHADOW = text("shadow");
const STORE_ERROR = text("store_error");
const EVICTED = text("evicted");
const LEASED = text("leased");

function outcomeOf(event: LimitEvent): Text {
  switch (event) {
    case LimitEvent.ALLOWED:
      return ALLOWED;
    case LimitEvent.LIMITED:
      return LIMITED;
    case LimitEvent.SHADOW:
      return SHADOW;
    case LimitEvent.STORE_ERROR:
      return STORE_ERROR;
    case LimitEvent.EVICTED:
      return EVICTED;
    default:
      return LEASED;
  }
}

/** Gives each limit its counters. Anything but OK leaves it to be tried again. */
export function defineLimitMetrics(config: RateLimitConfig): Status {
  for (let i: u32 = 0; i < config.ruleCount; i++) {
    const rule = ruleAt(config, i);
    const row = rowOf(rule.nameHash);
    const label = row == lastRow() ? OTHER : rule.name;
    for (let event: u32 = 0; event < EVENTS; event++) {
      if (!canHappen(rule, <LimitEvent>event) || isDefined(row, event)) continue;
      const status = define(row, <LimitEvent>event, label);
      if (status != Status.OK) return status;
    }
    rule.metrics = row;
  }
  return Status.OK;
}

// @ts-ignore: decorator
@inline
function lastRow(): usize {
  return ROWS + (LIMIT_ROWS_MAX - 1) * ROW_BYTES;
}

/** The row of a name: its own, a new one, or that of all others. */
function rowOf(hash: u64): usize {
  let place = (<u32>hash) & MASK;
  for (let step: u32 = 0; step < PLACES; step++) {
    const number = load<u16>(PLACE_TABLE + (place << 1));
    if (number == 0) break;
    const row = ROWS + (number - 1) * ROW_BYTES;
    if (load<u64>(row, HASH_AT) == hash) return row;
    place = (place + 1) & MASK;
  }
  if (rowCount >= LIMIT_ROWS_MAX - 1) return lastRow();
  const row = ROWS + rowCount++ * ROW_BYTES;
  store<u16>(PLACE_TABLE + (place << 1), <u16>rowCount);
  store<u64>(row, hash, HASH_AT);
  return row;
}

/** Whether a limit can count such an event: 1024 limits need not have all counters. */
function canHappen(rule: Rule, event: LimitEvent): bool {
  switch (event) {
    case LimitEvent.LIMITED:
      return rule.isShadow == 0;
    case LimitEvent.SHADOW:
      return rule.isShadow != 0;
    case LimitEvent.EVICTED:
      return rule.storeKind != StoreKind.RLS || rule.fallback != 0;
    case LimitEvent.LEASED:
      return rule.storeKind == StoreKind.SHARED || rule.storeKind == StoreKind.REDIS;
    default:
      return true;
  }
}

// @ts-ignore: decorator
@inline
function isDefined(row: usize, event: u32): bool {
  return (load<u32>(row, DEFINED_AT) & (1 << event)) != 0;
}

function define(row: usize, event: LimitEvent, label: Text): Status {
  putLabel(FILTER, RATELIMIT);
  putLabel(OUTCOME, outcomeOf(event));
  putAnyLabel(LIMIT, label);
  const status = defineLabelled(MetricType.COUNTER, NAME);
  if (status != Status.OK) return status;
  store<u32>(row + IDS_AT + ((<u32>event) << 2), metricId);
  store<u32>(row, load<u32>(row, DEFINED_AT) | (1 << (<u32>event)), DEFINED_AT);
  return Status.OK;
}

/**
 * Counts; told to the host by `flushLimitMetrics`. A host call for each would cost as much as a
 * tenth of the limit.
 */
// @ts-ignore: decorator
@inline
export function countEvent(rule: Rule, event: LimitEvent): void {
  const row = rule.metrics;
  if (row == 0) return;
  const count = row + ((<u32>event) << 2);
  store<u32>(count, load<u32>(count) + 1);
}

/** Tells the host what was counted. */
export function flushLimitMetrics(config: RateLimitConfig): void {
  for (let i: u32 = 0; i < config.ruleCount; i++) {
    const row = ruleAt(config, i).metrics;
    if (row != 0) flushRow(row);
  }
}

function flushRow(row: usize): void {
  for (let event: u32 = 0; event < EVENTS; event++) {
    const count = row + (event << 2);
    const events = load<u32>(count);
    if (events == 0 || !isDefined(row, event)) continue;
    store<u32>(count, 0);
    incrementMetric(load<u32>(count, IDS_AT), events);
  }
}
