// The module's own spans, for traces that are sampled: one for each refusal, one for each call that
// a request made necessary. Where none is exported they cost a comparison, and no clock is read.

import { httpCallStatus } from "./abi/call_status";
import { takenNote } from "./abi/callouts";
import { systemNanoseconds } from "./abi/clock";
import { randomBytes } from "./abi/random";
import { Text, textLen, textPtr } from "./core/bytes/text";
import { Reason } from "./core/reason";
import { calloutIds, calloutKind, calloutStart } from "./core/trace/callout";
import { parentIdPtr, spanIdPtr, traceFlags, traceIdPtr } from "./core/trace/in_hand";
import {
  idsOf,
  NO_GRPC_STATUS,
  setSpanIds,
  setSpanName,
  Span,
  SPAN_IDS_BYTES,
  SpanKind,
  SpanNamed,
} from "./core/trace/span";
import { SPAN_ID_BYTES, SPAN_ID_LEN, TraceFlags, writeSpanId } from "./core/trace/span_context";
import { addSpan } from "./core/trace/span_queue";
import { refusingLimit, refusingProvider } from "./decider";
import { countSpanOutcome, SpanOutcome } from "./filters/trace/export_metrics";
import { collectorOf } from "./filters/trace/export_model";
import { answeredGrpcStatus, answeredStatus } from "./refusal";

/** gRPC is answered so: the host puts the gRPC status into trailers. */
const GRPC_HTTP_STATUS: u32 = 200;

const OWN_SPAN_ID: usize = memory.data(<i32>SPAN_ID_LEN, 16);

/**
 * Records that the request in hand was answered just now, after it had waited for so long. `trace`
 * is the section, which may be 0.
 */
export function recordRefusal(
  trace: usize,
  reason: Reason,
  isGrpc: bool,
  waitedNanoseconds: u64,
): void {
  const collector = collectorOf(trace);
  if (collector == 0) return;
  if (traceIdPtr == 0 || (traceFlags & TraceFlags.SAMPLED) == 0) return;
  const spanId = spanIdOfRefusal();
  const now = systemNanoseconds();
  if (spanId == 0 || now == 0) return;
  const added = addSpan(collector);
  if (added == 0) return countSpanOutcome(SpanOutcome.QUEUE_FULL, 1);
  const span = changetype<Span>(added);
  setSpanIds(idsOf(span), traceIdPtr, parentIdPtr, spanId);
  span.kind = SpanKind.REFUSAL;
  span.reason = reason;
  span.startNanoseconds = now - min(waitedNanoseconds, now);
  span.endNanoseconds = now;
  span.httpStatus = isGrpc ? GRPC_HTTP_STATUS : answeredStatus;
  span.grpcStatus = isGrpc ? answeredGrpcStatus : NO_GRPC_STATUS;
  nameBy(span, refusingProvider(reason), SpanNamed.PROVIDER);
  nameBy(span, refusingLimit(reason), SpanNamed.LIMIT);
}

/** Digits; 0 when the span in hand is somebody else's, and there are no random bytes for one. */
function spanIdOfRefusal(): usize {
  if (parentIdPtr != spanIdPtr) return spanIdPtr;
  const random = randomBytes(SPAN_ID_BYTES);
  if (random == 0) return 0;
  writeSpanId(OWN_SPAN_ID, random);
  return OWN_SPAN_ID;
}

function nameBy(span: Span, name: Text, named: SpanNamed): void {
  if (name != 0) setSpanName(span, named, textPtr(name), textLen(name));
}

/** Records the end of an HTTP call; `headerCount` 0: nobody answered. */
export function recordHttpCall(trace: usize, headerCount: u32): void {
  if (calloutStart(takenNote) == 0) return;
  recordCall(trace, headerCount == 0 ? 0 : httpCallStatus(), NO_GRPC_STATUS);
}

/** Records the end of a gRPC call. */
export function recordGrpcCall(trace: usize, grpcStatus: u32): void {
  if (calloutStart(takenNote) == 0) return;
  recordCall(trace, 0, grpcStatus);
}

function recordCall(trace: usize, httpStatus: u32, grpcStatus: u32): void {
  const collector = collectorOf(trace);
  const now = systemNanoseconds();
  // The root was configured anew, without an export.
  if (collector == 0 || now == 0) return;
  const added = addSpan(collector);
  if (added == 0) return countSpanOutcome(SpanOutcome.QUEUE_FULL, 1);
  const span = changetype<Span>(added);
  memory.copy(idsOf(span), calloutIds(takenNote), SPAN_IDS_BYTES);
  span.kind = calloutKind(takenNote);
  span.startNanoseconds = calloutStart(takenNote);
  // The system's clock may have been set back meanwhile.
  span.endNanoseconds = max(now, span.startNanoseconds);
  span.httpStatus = httpStatus;
  span.grpcStatus = grpcStatus;
}
