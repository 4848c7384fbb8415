// What can be seen of fetched sets: gauges and counters of each source, defined when its
// configuration is set up.

import { arenaAllocate } from "../../abi/arena";
import { defineMetric, incrementMetric, metricId, recordMetric } from "../../abi/host";
import { MetricType, Status } from "../../abi/types";
import { copyText, Text, text } from "../../core/bytes/text";
import { METRIC_LABEL_BYTES_MAX } from "../../core/limits";
import { deniedCount } from "./deny_table";
import { FetchedSet } from "./fetched_set";
import { Source, SourceKind } from "./source";

const PROVIDER = text("filter=.=jwt;.;provider=.=");
const JWKS = text(";.;sallyport_jwks_");
const JWKS_OK = text(";.;outcome=.=ok;.;sallyport_jwks_");
const JWKS_FAILED = text(";.;outcome=.=failed;.;sallyport_jwks_");
const DENY_LIST = text(";.;sallyport_deny_list_");
const DENY_LIST_OK = text(";.;outcome=.=ok;.;sallyport_deny_list_");
const DENY_LIST_FAILED = text(";.;outcome=.=failed;.;sallyport_deny_list_");

const AGE = text("age_seconds");
const KEYS = text("keys");
const ENTRIES = text("entries");
const LAST_STATUS = text("last_status");
const WAITERS = text("waiters");
const FETCHES = text("fetches_total");
const DROPPED = text("dropped_keys_total");

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

/** Room for the longest name of a metric: a constant text, the provider's name, another text. */
const NAME_BYTES: u32 = 128 + METRIC_LABEL_BYTES_MAX;
const MILLISECONDS_PER_SECOND: u64 = 1000;

/** What stands between the provider and the end of the name. */
function middleOf(metric: Metric, isList: bool): Text {
  switch (metric) {
    case Metric.FETCHES_OK:
      return isList ? DENY_LIST_OK : JWKS_OK;
    case Metric.FETCHES_FAILED:
      return isList ? DENY_LIST_FAILED : JWKS_FAILED;
    default:
      return isList ? DENY_LIST : JWKS;
  }
}

function endOf(metric: Metric, isList: bool): Text {
  switch (metric) {
    case Metric.AGE:
      return AGE;
    case Metric.CONTENT:
      return isList ? ENTRIES : KEYS;
    case Metric.LAST_STATUS:
      return LAST_STATUS;
    case Metric.WAITERS:
      return WAITERS;
    case Metric.DROPPED:
      return DROPPED;
    default:
      return FETCHES;
  }
}

/** Defines the metrics of a source. Anything but OK leaves them to be tried again. */
export function defineSourceMetrics(source: Source): Status {
  if (load<u32>(source.metrics) != 0) return Status.OK;
  const name = arenaAllocate(NAME_BYTES);
  if (name == 0) return Status.INVALID_MEMORY_ACCESS;
  const isList = source.kind == SourceKind.DENY_LIST;
  for (let metric: u32 = isList ? <u32>Metric.DROPPED : METRICS; metric > 0; metric--) {
    let end = copyText(name, PROVIDER);
    end = copyText(end, source.name);
    end = copyText(end, middleOf(<Metric>(metric - 1), isList));
    end = copyText(end, endOf(<Metric>(metric - 1), isList));
    const isGauge = metric - 1 <= <u32>Metric.WAITERS;
    const kind = isGauge ? MetricType.GAUGE : MetricType.COUNTER;
    const status = defineMetric(kind, name, <u32>(end - name));
    if (status != Status.OK) return status;
    store<u32>(source.metrics + ((metric - 1) << 2), metricId);
  }
  return Status.OK;
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
