// A provider's name as a label of metrics.

import { copyMetricLabel } from "../../core/bytes/metric_label";
import { Text, textPtr } from "../../core/bytes/text";
import { Block } from "../../core/config/block";
import { METRIC_LABEL_BYTES_MAX } from "../../core/limits";

/** What of a name can stand in a label, METRIC_LABEL_BYTES_MAX bytes of it at most. */
export function metricLabel(block: Block, name: string): Text {
  const bytes = String.UTF8.encode(name);
  const len = min(<u32>bytes.byteLength, METRIC_LABEL_BYTES_MAX);
  const label = block.text(changetype<usize>(bytes), len);
  copyMetricLabel(textPtr(label), textPtr(label), len);
  return label;
}
