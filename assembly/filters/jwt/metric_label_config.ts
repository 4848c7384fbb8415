// A provider's name as a label of metrics.

import { isDigit, isLowerLetter, lower, Char } from "../../core/bytes/ascii";
import { Text, textLen, textPtr } from "../../core/bytes/text";
import { Block } from "../../core/config/block";
import { METRIC_LABEL_BYTES_MAX } from "../../core/limits";

/**
 * Letters, digits and - _ . of a name, with _ in the place of all others: a label must neither end
 * the part of the metric's name that it stands in, nor be longer than METRIC_LABEL_BYTES_MAX.
 */
export function metricLabel(block: Block, name: string): Text {
  const bytes = String.UTF8.encode(name);
  const len = min(<u32>bytes.byteLength, METRIC_LABEL_BYTES_MAX);
  const label = block.text(changetype<usize>(bytes), len);
  const end = textPtr(label) + textLen(label);
  for (let at = textPtr(label); at < end; at++) {
    const c = <u32>load<u8>(at);
    if (isDigit(c) || isLowerLetter(lower(c)) || c == Char.MINUS || c == Char.DOT) continue;
    store<u8>(at, Char.UNDERSCORE);
  }
  return label;
}
