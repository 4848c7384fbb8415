// What became of spans. Names and ids are the VM's: several roots count together.

import { incrementMetric, metricId } from "../../abi/host";
import { defineLabelled, putLabel } from "../../abi/metric_name";
import { MetricType, Status } from "../../abi/types";
import { Text, text } from "../../core/bytes/text";

export const enum SpanOutcome {
  EXPORTED,
  QUEUE_FULL,
  EXPORT_FAILED,
}
const OUTCOMES: u32 = 3;

const OUTCOME = text("outcome");
const EXPORTED = text("exported");
const QUEUE_FULL = text("queue_full");
const EXPORT_FAILED = text("export_failed");
const NAME = text("sallyport_trace_spans_total");

const IDS: usize = memory.data(<i32>(OUTCOMES * 4), 4);
let defined: u32 = 0;

/** Defines the counters, once in the VM. Anything but OK leaves the rest to be tried again. */
export function defineSpanOutcomes(): Status {
  for (; defined < OUTCOMES; defined++) {
    putLabel(OUTCOME, outcomeName(defined));
    const status = defineLabelled(MetricType.COUNTER, NAME);
    if (status != Status.OK) return status;
    store<u32>(IDS + (defined << 2), metricId);
  }
  return Status.OK;
}

function outcomeName(outcome: u32): Text {
  if (outcome == SpanOutcome.EXPORTED) return EXPORTED;
  return outcome == SpanOutcome.QUEUE_FULL ? QUEUE_FULL : EXPORT_FAILED;
}

/** Counts what became of some spans. */
export function countSpanOutcome(outcome: SpanOutcome, count: u32): void {
  if (count == 0 || <u32>outcome >= defined) return;
  incrementMetric(load<u32>(IDS + ((<u32>outcome) << 2)), count);
}
