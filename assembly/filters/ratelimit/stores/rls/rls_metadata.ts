// What is sent along with a question: the trace of the request that it is about.

import { acceptedNote } from "../../../../abi/callouts";
import { systemNanoseconds } from "../../../../abi/clock";
import { encodePairs } from "../../../../abi/pairs";
import { randomBytes } from "../../../../abi/random";
import { FIELD_BYTES, fieldAt } from "../../../../core/bytes/field";
import { TRACE_BYTES } from "../../../../core/stream_data";
import { hasCalloutSpan, noteCalloutSpan, setCalloutTrace } from "../../../../core/trace/callout";
import { isTraceKept, keepTrace } from "../../../../core/trace/in_hand";
import { SpanKind } from "../../../../core/trace/span";
import { SPAN_ID_BYTES } from "../../../../core/trace/span_context";
import { TRACEPARENT_LEN } from "../../../../core/trace/traceparent";

const TRACE: usize = memory.data(<i32>TRACE_BYTES, 8);
const FIELD: usize = memory.data(<i32>FIELD_BYTES, 8);
/** Bytes of the metadata: the lengths of one field, its name and its value with a zero each. */
export const METADATA_LEN: u32 = 4 + 8 + 12 + TRACEPARENT_LEN + 1;
const METADATA: usize = memory.data(<i32>METADATA_LEN, 8);

/** Address of METADATA_LEN bytes; 0 when the request in hand has no trace. */
export function writeMetadata(): usize {
  keepTrace(TRACE);
  if (!isTraceKept(TRACE)) return 0;
  setCalloutTrace(fieldAt(FIELD, 0), TRACE, randomBytes(SPAN_ID_BYTES));
  encodePairs(FIELD, 1, METADATA);
  return METADATA;
}

/** The question was asked with what `writeMetadata` wrote. */
export function noteAsked(): void {
  if (!hasCalloutSpan(TRACE)) return;
  noteCalloutSpan(acceptedNote, TRACE, SpanKind.RATE_LIMIT_SERVICE, systemNanoseconds());
}
