// Test-only: spans that wait, and the request that exports them.

import { EXPORT_SERVICE_BYTES_MAX, SPANS_MAX } from "../core/export_limits";
import { METRIC_LABEL_BYTES_MAX } from "../core/limits";
import { Reason, reasonName } from "../core/reason";
import { idsOf, setSpanIds, setSpanName, Span, SpanKind, SpanNamed } from "../core/trace/span";
import { addSpan } from "../core/trace/span_queue";

export { spansLenMax, writeSpans } from "../core/trace/otlp";
export { countSpans, removeSpans, spanCount } from "../core/trace/span_queue";

export const spansMax: u32 = SPANS_MAX;
export const spanNameBytesMax: u32 = METRIC_LABEL_BYTES_MAX;
export const exportServiceBytesMax: u32 = EXPORT_SERVICE_BYTES_MAX;

/**
 * Adds a span; false when there is no room. `numbers` are two times u64, then what is behind them
 * in Span, up to `named`, u32 each; `digits` are those of trace-id, span-id and, where there is a
 * parent, its id.
 */
export function putInQueue(
  collector: u64,
  numbers: usize,
  digits: usize,
  hasParent: bool,
  namePtr: usize,
  nameLen: u32,
): bool {
  const added = addSpan(collector);
  if (added == 0) return false;
  const span = changetype<Span>(added);
  span.startNanoseconds = load<u64>(numbers);
  span.endNanoseconds = load<u64>(numbers, 8);
  span.kind = <SpanKind>load<u32>(numbers, 16);
  span.reason = <Reason>load<u32>(numbers, 20);
  span.httpStatus = load<u32>(numbers, 24);
  span.grpcStatus = load<u32>(numbers, 28);
  setSpanIds(idsOf(span), digits, hasParent ? digits + 48 : 0, digits + 32);
  setSpanName(span, <SpanNamed>load<u32>(numbers, 32), namePtr, nameLen);
  return true;
}

/** Text of a reason's name. */
export function reasonNameOf(reason: u32): usize {
  return reasonName(<Reason>reason);
}
