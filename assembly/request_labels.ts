// Labels of metrics of requests, and the histograms of each. Rows are the VM's: a name in another
// configuration has the same row, so that pushes define nothing anew. 0 is `other`, which names
// beyond METRIC_LABELS_MAX share.
//
//   row   0  label: len u32, bytes
//       164  ids of histograms u32, by protocol
//       172  those that are defined u32, a bit each

import { equals } from "./core/bytes/ascii";
import { copyText, Text, text, textLen, textPtr } from "./core/bytes/text";
import { METRIC_LABELS_MAX, SERVICE_BYTES_MAX } from "./core/metric_limits";
import { labelRowAt, RequestMetrics } from "./request_metrics_model";

/** Number of the label `other`. */
export const OTHER: u32 = 0;

const IDS_AT: u32 = 4 + SERVICE_BYTES_MAX;
const DEFINED_AT: u32 = IDS_AT + 8;
const ROW_BYTES: u32 = DEFINED_AT + 4;
const ROWS: usize = memory.data(<i32>(METRIC_LABELS_MAX * ROW_BYTES), 8);
let rowCount: u32 = 0;

addRow(text("other"));

/** Gives each host and method of a configuration the number of its label. */
export function numberLabels(config: RequestMetrics): void {
  number(config.hosts, config.hostCount);
  number(config.methods, config.methodCount);
}

function number(rows: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const row = labelRowAt(rows, i);
    row.number = numberOf(row.label);
  }
}

function numberOf(label: Text): u32 {
  for (let i: u32 = 0; i < rowCount; i++) {
    const known = labelText(i);
    if (textLen(known) != textLen(label)) continue;
    if (equals(textPtr(known), textPtr(label), textLen(label))) return i;
  }
  return rowCount < METRIC_LABELS_MAX ? addRow(label) : OTHER;
}

function addRow(label: Text): u32 {
  const row = labelText(rowCount);
  store<u32>(row, textLen(label));
  copyText(textPtr(row), label);
  return rowCount++;
}

// @ts-ignore: decorator
@inline
export function labelText(index: u32): Text {
  return ROWS + index * ROW_BYTES;
}

/** Whether the label has the histogram of a protocol. */
export function hasHistogram(index: u32, protocol: u32): bool {
  return (load<u32>(labelText(index), DEFINED_AT) & (1 << protocol)) != 0;
}

export function histogramId(index: u32, protocol: u32): u32 {
  return load<u32>(labelText(index) + IDS_AT + (protocol << 2));
}

export function setHistogram(index: u32, protocol: u32, id: u32): void {
  const row = labelText(index);
  store<u32>(row + IDS_AT + (protocol << 2), id);
  store<u32>(row, load<u32>(row, DEFINED_AT) | (1 << protocol), DEFINED_AT);
}
