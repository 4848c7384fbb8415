// What can be seen of fetched sets: gauges and counters of each source, defined when its
// configuration is set up.

import { incrementMetric, metricId, recordMetric } from "../../abi/host";
import { defineLabelled, putLabel } from "../../abi/metric_name";
import { MetricType, Status } from "../../abi/types";
import { Text, text } from "../../core/bytes/text";
import { deniedCount } from "./deny_table";
import { FetchedSet } from "./fetched_set";
import { Source, SourceKind } from "./source";

const FILTER = text("filter");
const JWT = text("jwt");
const PROVIDER = text("provider");
const OUTCOME = text("outcome");
const OK = text("ok");
const FAILED = text("failed");

const JWKS_AGE = text("sallyport_jwks_age_seconds");
const JWKS_KEYS = text("sallyport_jwks_keys");
const JWKS_LAST_STATUS = text("sallyport_jwks_last_status");
const JWKS_WAITERS = text("sallyport_jwks_waiters");
const JWKS_FETCHES = text("sallyport_jwks_fetches_total");
const JWKS_DROPPED = text("sallyport_jwks_dropped_keys_total");
const LIST_AGE = text("sallyport_deny_list_age_seconds");
const LIST_ENTRIES = text("sallyport_deny_list_entries");
const LIST_LAST_STATUS = text("sallyport_deny_list_last_status");
const LIST_WAITERS = text("sallyport_deny_list_waiters");
const LIST_FETCHES = text("sallyport_deny_list_fetches_total");

const enum Metric {
  AGE,
  /** Keys, or values on the list. */
  CONTENT,
  LAST_STATUS,
  WAITERS,
  FETCHES_OK,
  FETCHES_FAILED,
  /** Of keys alone. */
  DROPPED,
}
const METRICS: u32 = 7;

/** Bytes of the ids of a source's metrics. */
export const SOURCE_METRICS_BYTES: u32 = METRICS * 4;

const MILLISECONDS_PER_SECOND: u64 = 1000;

function nameOf(metric: Metric, isList: bool): Text {
  switch (metric) {
    case Metric.AGE:
      return isList ? LIST_AGE : JWKS_AGE;
    case Metric.CONTENT:
      return isList ? LIST_ENTRIES : JWKS_KEYS;
    case Metric.LAST_STATUS:
      return isList ? LIST_LAST_STATUS : JWKS_LAST_STATUS;
    case Metric.WAITERS:
      return isList ? LIST_WAITERS : JWKS_WAITERS;
    case Metric.DROPPED:
      return JWKS_DROPPED;
    default:
      return isList ? LIST_FETCHES : JWKS_FETCHES;
  }
}

/** Defines the metrics of a source. Anything but OK leaves them to be tried again. */
export function defineSourceMetrics(source: Source): Status {
  if (load<u32>(source.metrics) != 0) return Status.OK;
  const isList = source.kind == SourceKind.DENY_LIST;
  for (let metric: u32 = isList ? <u32>Metric.DROPPED : METRICS; metric > 0; metric--) {
    const status = define(source, <Metric>(metric - 1), isList);
    if (status != Status.OK) return status;
    store<u32>(source.metrics + ((metric - 1) << 2), metricId);
  }
  return Status.OK;
}

function define(source: Source, metric: Metric, isList: bool): Status {
  putLabel(FILTER, JWT);
  putLabel(PROVIDER, source.name);
  if (metric == Metric.FETCHES_OK) putLabel(OUTCOME, OK);
  if (metric == Metric.FETCHES_FAILED) putLabel(OUTCOME, FAILED);
  const type = metric <= Metric.WAITERS ? MetricType.GAUGE : MetricType.COUNTER;
  return defineLabelled(type, nameOf(metric, isList));
}

function idOf(source: Source, metric: Metric): u32 {
  return load<u32>(source.metrics + ((<u32>metric) << 2));
}

/** Shows what is known of a set now. */
export function showSet(source: Source, set: FetchedSet, now: u64): void {
  const age = set.goodAt == 0 || now < set.goodAt ? 0 : now - set.goodAt;
  recordMetric(idOf(source, Metric.AGE), age / MILLISECONDS_PER_SECOND);
  recordMetric(idOf(source, Metric.CONTENT), contentOf(source, set));
  recordMetric(idOf(source, Metric.LAST_STATUS), set.status);
}

function contentOf(source: Source, set: FetchedSet): u32 {
  if (source.kind != SourceKind.DENY_LIST) return set.keyCount;
  return set.documentHash == 0 ? 0 : deniedCount(set.area);
}

/** Counts a fetch that this worker made, and the keys that its document lost. */
export function countFetch(source: Source, isGood: bool, dropped: u32): void {
  incrementMetric(idOf(source, isGood ? Metric.FETCHES_OK : Metric.FETCHES_FAILED), 1);
  if (dropped != 0) incrementMetric(idOf(source, Metric.DROPPED), dropped);
}

/** Adds to the number of requests that wait: all workers add to one gauge. */
export function countWaiters(source: Source, delta: i64): void {
  if (delta != 0) incrementMetric(idOf(source, Metric.WAITERS), delta);
}
