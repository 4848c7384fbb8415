// Spans that wait to be exported, in the order in which they came. Roots of one VM share the queue:
// a span belongs to a collector, and whoever exports to that one takes it, also for a root that has
// gone. What finds no room is left out.

import { SPANS_MAX } from "../export_limits";
import { Span, SPAN_BYTES } from "./span";

const QUEUE: usize = memory.data(<i32>(SPANS_MAX * SPAN_BYTES), 8);
let count: u32 = 0;

/** Spans that wait, for all collectors. */
export function spanCount(): u32 {
  return count;
}

// @ts-ignore: decorator
@inline
export function spanAt(index: u32): Span {
  return changetype<Span>(QUEUE + index * SPAN_BYTES);
}

/** Address of a new Span, zeroed but for its collector; 0 when SPANS_MAX wait. */
export function addSpan(collector: u64): usize {
  if (count >= SPANS_MAX) return 0;
  const span = spanAt(count++);
  memory.fill(changetype<usize>(span), 0, SPAN_BYTES);
  span.collector = collector;
  return changetype<usize>(span);
}

/** How many spans of a collector wait, counted up to `most`. */
export function countSpans(collector: u64, most: u32): u32 {
  let found: u32 = 0;
  for (let i: u32 = 0; i < count && found < most; i++) {
    if (spanAt(i).collector == collector) found++;
  }
  return found;
}

/** Removes the first spans of a collector, `most` at most; returns how many they were. */
export function removeSpans(collector: u64, most: u32): u32 {
  let removed: u32 = 0;
  let kept: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (removed < most && spanAt(i).collector == collector) {
      removed++;
      continue;
    }
    if (kept != i) {
      memory.copy(changetype<usize>(spanAt(kept)), changetype<usize>(spanAt(i)), SPAN_BYTES);
    }
    kept++;
  }
  count = kept;
  return removed;
}
