// A span to be exported: numbers and bytes, and nothing that points to what may have gone by then.
//
//   0          16          24        32
//   ├ trace-id ┼ parent-id ┼ span-id ┤   SpanIds, binary; parent-id 0: there is no parent

import { readHex } from "../bytes/hex";
import { METRIC_LABEL_BYTES_MAX } from "../limits";
import { Reason } from "../reason";
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from "./span_context";

/** Address of the ids of a span; the memory belongs to the caller. */
export type SpanIds = usize;
export const SPAN_IDS_BYTES: u32 = TRACE_ID_BYTES + 2 * SPAN_ID_BYTES;
const PARENT_AT: u32 = TRACE_ID_BYTES;
const SPAN_AT: u32 = PARENT_AT + SPAN_ID_BYTES;

/** What a span is of: a refusal, or a call that the module made. */
export const enum SpanKind {
  REFUSAL,
  KEYS,
  DENY_LIST,
  REDIS,
  RATE_LIMIT_SERVICE,
}

/** Whose name a span has. */
export const enum SpanNamed {
  NOBODY,
  PROVIDER,
  LIMIT,
}

/** In the place of a gRPC status: it was not gRPC. */
export const NO_GRPC_STATUS: u32 = u32.MAX_VALUE;

const IDS_AT: u32 = 48;
const NAME_AT: u32 = IDS_AT + SPAN_IDS_BYTES;

// @ts-ignore: decorator
@unmanaged
export class Span {
  /** Where it goes: core/trace/span_queue.ts. */
  collector: u64;
  startNanoseconds: u64;
  endNanoseconds: u64;
  kind: SpanKind;
  reason: Reason;
  /** Of the answer; 0 when none came. */
  httpStatus: u32;
  grpcStatus: u32;
  named: SpanNamed;
  nameLen: u32;
}

if (offsetof<Span>() > <usize>IDS_AT) ERROR("Span has more than 48 bytes");
export const SPAN_BYTES: u32 = NAME_AT + METRIC_LABEL_BYTES_MAX;

// @ts-ignore: decorator
@inline
export function idsOf(span: Span): SpanIds {
  return changetype<usize>(span) + IDS_AT;
}

/** Address of METRIC_LABEL_BYTES_MAX bytes. */
// @ts-ignore: decorator
@inline
export function nameOf(span: Span): usize {
  return changetype<usize>(span) + NAME_AT;
}

// @ts-ignore: decorator
@inline
export function traceIdIn(ids: SpanIds): usize {
  return ids;
}

// @ts-ignore: decorator
@inline
export function parentIdIn(ids: SpanIds): usize {
  return ids + PARENT_AT;
}

// @ts-ignore: decorator
@inline
export function spanIdIn(ids: SpanIds): usize {
  return ids + SPAN_AT;
}

/** Reads ids of lower-case digits; `parentId` 0 is none. */
export function setSpanIds(ids: SpanIds, traceId: usize, parentId: usize, spanId: usize): void {
  readHex(traceIdIn(ids), traceId, TRACE_ID_BYTES);
  if (parentId == 0) store<u64>(parentIdIn(ids), 0);
  else readHex(parentIdIn(ids), parentId, SPAN_ID_BYTES);
  readHex(spanIdIn(ids), spanId, SPAN_ID_BYTES);
}

/** Copies as much of a name as there is room for. */
export function setSpanName(span: Span, named: SpanNamed, ptr: usize, len: u32): void {
  span.named = named;
  span.nameLen = min(len, METRIC_LABEL_BYTES_MAX);
  memory.copy(nameOf(span), ptr, span.nameLen);
}
