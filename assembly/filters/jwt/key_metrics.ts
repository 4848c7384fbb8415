// What can be seen of fetched keys: gauges and counters of each source, defined when its
// configuration is set up.

import { arenaAllocate } from "../../abi/arena";
import { defineMetric, incrementMetric, metricId, recordMetric } from "../../abi/host";
import { MetricType, Status } from "../../abi/types";
import { copyText, Text, text } from "../../core/bytes/text";
import { METRIC_LABEL_BYTES_MAX } from "../../core/limits";
import { FetchedSet } from "./fetched_set";
import { KeySource } from "./key_source";

const PROVIDER = text("filter=.=jwt;.;provider=.=");
const AGE = text(";.;sallyport_jwks_age_seconds");
const KEYS = text(";.;sallyport_jwks_keys");
const LAST_STATUS = text(";.;sallyport_jwks_last_status");
const WAITERS = text(";.;sallyport_jwks_waiters");
const FETCHES_OK = text(";.;outcome=.=ok;.;sallyport_jwks_fetches_total");
const FETCHES_FAILED = text(";.;outcome=.=failed;.;sallyport_jwks_fetches_total");
const DROPPED = text(";.;sallyport_jwks_dropped_keys_total");

const enum Metric {
  AGE,
  KEYS,
  LAST_STATUS,
  WAITERS,
  FETCHES_OK,
  FETCHES_FAILED,
  DROPPED,
}
const METRICS: u32 = 7;

/** Bytes of the ids of a source's metrics. */
export const KEY_METRICS_BYTES: u32 = METRICS * 4;

/** Room for the longest name of a metric: a constant text, the provider's name, another text. */
const NAME_BYTES: u32 = 128 + METRIC_LABEL_BYTES_MAX;
const MILLISECONDS_PER_SECOND: u64 = 1000;

function endOf(metric: Metric): Text {
  switch (metric) {
    case Metric.AGE:
      return AGE;
    case Metric.KEYS:
      return KEYS;
    case Metric.LAST_STATUS:
      return LAST_STATUS;
    case Metric.WAITERS:
      return WAITERS;
    case Metric.FETCHES_OK:
      return FETCHES_OK;
    case Metric.FETCHES_FAILED:
      return FETCHES_FAILED;
    default:
      return DROPPED;
  }
}

/** Defines the metrics of a source. Anything but OK leaves them to be tried again. */
export function defineKeyMetrics(source: KeySource): Status {
  if (load<u32>(source.metrics) != 0) return Status.OK;
  const name = arenaAllocate(NAME_BYTES);
  if (name == 0) return Status.INVALID_MEMORY_ACCESS;
  for (let metric: u32 = METRICS; metric > 0; metric--) {
    let end = copyText(name, PROVIDER);
    end = copyText(end, source.name);
    end = copyText(end, endOf(<Metric>(metric - 1)));
    const isGauge = metric - 1 <= <u32>Metric.WAITERS;
    const kind = isGauge ? MetricType.GAUGE : MetricType.COUNTER;
    const status = defineMetric(kind, name, <u32>(end - name));
    if (status != Status.OK) return status;
    store<u32>(source.metrics + ((metric - 1) << 2), metricId);
  }
  return Status.OK;
}

function idOf(source: KeySource, metric: Metric): u32 {
  return load<u32>(source.metrics + ((<u32>metric) << 2));
}

/** Shows what is known of a set now. */
export function showSet(source: KeySource, set: FetchedSet, now: u64): void {
  const age = set.goodAt == 0 || now < set.goodAt ? 0 : now - set.goodAt;
  recordMetric(idOf(source, Metric.AGE), age / MILLISECONDS_PER_SECOND);
  recordMetric(idOf(source, Metric.KEYS), set.keyCount);
  recordMetric(idOf(source, Metric.LAST_STATUS), set.status);
}

/** Counts a fetch that this worker made, and the keys that its document lost. */
export function countFetch(source: KeySource, isGood: bool, dropped: u32): void {
  incrementMetric(idOf(source, isGood ? Metric.FETCHES_OK : Metric.FETCHES_FAILED), 1);
  if (dropped != 0) incrementMetric(idOf(source, Metric.DROPPED), dropped);
}

/** Adds to the number of requests that wait: all workers add to one gauge. */
export function countWaiters(source: KeySource, delta: i64): void {
  if (delta != 0) incrementMetric(idOf(source, Metric.WAITERS), delta);
}
