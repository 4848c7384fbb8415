// Metrics whose labels travel in the name, as `filter=.=jwt;.;result=.=hit;.;NAME`: `stats_tags` of
// Envoy's bootstrap take them out again (envoy/README.md). One name is written at a time: its
// labels in order, then the metric itself.

import { UNSIGNED_DIGITS_MAX, writeUnsigned } from "../core/bytes/decimal";
import { copyMetricLabel } from "../core/bytes/metric_label";
import { copyText, Text, text, textLen, textPtr } from "../core/bytes/text";
import { METRIC_NAME_BYTES_MAX } from "../core/metric_limits";
import { defineMetric } from "./host";
import { MetricType, Status } from "./types";

const IS = text("=.=");
const AND = text(";.;");

const NAME: usize = memory.data(<i32>METRIC_NAME_BYTES_MAX, 8);
const NAME_END = NAME + <usize>METRIC_NAME_BYTES_MAX;
let end: usize = NAME;
let isTooLong = false;

/** Writes what comes before a label's value, when all of the label has room. */
function open(label: Text, valueLen: u32): bool {
  const len = textLen(label) + textLen(IS) + valueLen + textLen(AND);
  if (isTooLong || NAME_END - end < <usize>len) {
    isTooLong = true;
    return false;
  }
  end = copyText(copyText(end, label), IS);
  return true;
}

/** A label of the metric that is defined next; `value` has no character that ends it. */
export function putLabel(label: Text, value: Text): void {
  if (open(label, textLen(value))) end = copyText(copyText(end, value), AND);
}

/** The same for a value of any characters (core/bytes/metric_label.ts). */
export function putAnyLabel(label: Text, value: Text): void {
  if (!open(label, textLen(value))) return;
  end = copyText(copyMetricLabel(end, textPtr(value), textLen(value)), AND);
}

/** The same for a number. */
export function putNumberLabel(label: Text, value: u32): void {
  if (!open(label, UNSIGNED_DIGITS_MAX)) return;
  end = copyText(end + writeUnsigned(end, value), AND);
}

/**
 * Defines a metric with the labels that were put since the last one; `metricId` (host.ts) is its
 * id. BAD_ARGUMENT when its name has more than METRIC_NAME_BYTES_MAX.
 */
export function defineLabelled(type: MetricType, metric: Text): Status {
  const isWhole = !isTooLong && NAME_END - end >= <usize>textLen(metric);
  const len = isWhole ? <u32>(copyText(end, metric) - NAME) : 0;
  end = NAME;
  isTooLong = false;
  return isWhole ? defineMetric(type, NAME, len) : Status.BAD_ARGUMENT;
}
