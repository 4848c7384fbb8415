// Trace context on the way in and out: a trace goes on under a new span-id, starts anew when what
// came is invalid, and never refuses a request.

import { randomBytes } from "../../abi/random";
import { headerCount, headerPtr, removeHeader, setHeader } from "../../core/headers/request";
import { isTraceKept, setParentId, setTrace } from "../../core/trace/in_hand";
import {
  copyTraceId,
  Extracted,
  flagsOfTrace,
  isRestart,
  isZeroOf,
  setTraceFlags,
  SPAN_CONTEXT_BYTES,
  SPAN_ID_BYTES,
  SPAN_ID_LEN,
  SpanContext,
  spanIdOf,
  TRACE_ID_BYTES,
  TRACE_ID_LEN,
  TraceFlags,
  traceIdOf,
  writeSpanId,
  writeTraceId,
} from "../../core/trace/span_context";
import { applyBaggage, BaggageConfig } from "./baggage";
import { extractedFormat, extractFirst, hasTraceId } from "./extract";
import {
  fieldId,
  hasFormat,
  TRACE_FIELDS,
  TraceConfig,
  TraceField,
  TraceFormat,
  TraceMode,
} from "./formats";
import { beginInject, inject, injectTraceparent } from "./inject";
import { countRestart } from "./restarts";
import { sample, Sampling, SamplingConfig, writeOwnState } from "./sampling";
import { sanitise } from "./sanitise";
import { cleanTracestate } from "./state";

/** What came, and what goes on. */
const INCOMING: SpanContext = memory.data(<i32>SPAN_CONTEXT_BYTES, 16);
const OUTGOING: SpanContext = memory.data(<i32>SPAN_CONTEXT_BYTES, 16);

/**
 * Applies the section to the request in hand. `kept` is 0, or what `keepTrace` kept of a request
 * that has waited: it goes on under the same ids.
 */
export function trace(config: usize, kept: usize): void {
  const own = changetype<TraceConfig>(config);
  applyBaggage(changetype<BaggageConfig>(own.baggage), kept != 0);
  if (own.mode == TraceMode.YIELD) return sanitise(own, INCOMING, kept != 0);
  beginInject();
  let found = extractFirst(own, INCOMING);
  if (own.mode == TraceMode.EDGE) found = distrust(own, found);
  const isKept = kept != 0 && isTraceKept(kept);
  if (isRestart(found) && !isKept) countRestart(extractedFormat, found);
  const goesOn = found == Extracted.VALID;
  const writesState = hasFormat(own.inject, own.injectCount, TraceFormat.TRACECONTEXT);
  const keepsState = goesOn && extractedFormat == TraceFormat.TRACECONTEXT && writesState;
  removeFields(own, keepsState);
  if (isKept) {
    memory.copy(OUTGOING, kept, SPAN_CONTEXT_BYTES);
  } else if (!makeContext(own, found)) {
    if (!goesOn || !hasSpan(INCOMING)) return;
    // A host without random bytes: a valid trace goes on as it came, under the sender's span.
    memory.copy(OUTGOING, INCOMING, SPAN_CONTEXT_BYTES);
    return send(own);
  }
  const saysMore = own.sampling != 0 && decide(own, found, isKept);
  const stateId = fieldId(own, TraceField.TRACESTATE);
  if (saysMore && writesState) writeOwnState(stateId);
  else if (keepsState && headerCount(stateId) != 0) {
    cleanTracestate(stateId, own.sampling == 0 ? 0 : OUTGOING);
  }
  send(own);
  setParentId(goesOn && hasSpan(INCOMING) ? spanIdOf(INCOMING) : 0);
}

/** A client's trace does not go on; the next hop is told of it in a header of ours. */
function distrust(config: TraceConfig, found: Extracted): Extracted {
  if (found == Extracted.VALID && hasSpan(INCOMING)) injectTraceparent(config.linkId, INCOMING);
  return found == Extracted.ABSENT || isRestart(found) ? found : Extracted.UNTRUSTED;
}

// @ts-ignore: decorator
@inline
function hasSpan(context: SpanContext): bool {
  return !isZeroOf(spanIdOf(context), SPAN_ID_LEN);
}

/** Samples OUTGOING where nobody has decided; whether tracestate has something to say of that. */
function decide(config: TraceConfig, found: Extracted, isKept: bool): bool {
  const isFollowed = found == Extracted.VALID || found == Extracted.DECISION;
  let known = Sampling.UNDECIDED;
  if (isFollowed && (flagsOfTrace(INCOMING) & TraceFlags.DEFERRED) == 0) known = Sampling.DECIDED;
  else if (!isFollowed && (flagsOfTrace(OUTGOING) & TraceFlags.RANDOM_TRACE_ID) == 0) {
    known = Sampling.UNDECIDED_ID;
  }
  return sample(changetype<SamplingConfig>(config.sampling), OUTGOING, known, isKept);
}

/** Removes every field of every format: no stale one stays beside those that are written. */
function removeFields(config: TraceConfig, keepsState: bool): void {
  removeHeader(fieldId(config, TraceField.TRACEPARENT));
  if (!keepsState) removeHeader(fieldId(config, TraceField.TRACESTATE));
  for (let field: u32 = TraceField.B3; field < TRACE_FIELDS; field++) {
    removeHeader(fieldId(config, field));
  }
}

/**
 * Makes OUTGOING of what was found; false when the host has no random bytes. Where there is no
 * format at all, a mapping may have put a trace-id into x-trace-id: what clients send there is
 * stripped.
 */
function makeContext(config: TraceConfig, found: Extracted): bool {
  const id = config.traceIdId;
  const isOwn = config.mode == TraceMode.OWN;
  const adopts = isOwn && found == Extracted.ABSENT && hasTraceId(id);
  if (found != Extracted.VALID && !adopts) return start(config, found);
  const random = randomBytes(SPAN_ID_BYTES);
  if (random == 0) return false;
  copyTraceId(traceIdOf(OUTGOING), adopts ? headerPtr(id) : traceIdOf(INCOMING));
  writeSpanId(spanIdOf(OUTGOING), random);
  // Nobody says that an adopted id is random (W3C Trace Context Level 2 §3.2.2.5.2).
  setTraceFlags(OUTGOING, adopts ? <u32>TraceFlags.DEFERRED : flagsOfTrace(INCOMING));
  return true;
}

/** Starts a trace. Whether it is sampled is left to the next hop, unless B3 has decided. */
function start(config: TraceConfig, found: Extracted): bool {
  removeHeader(config.traceIdId);
  const random = randomBytes(TRACE_ID_BYTES + SPAN_ID_BYTES);
  if (random == 0) return false;
  writeTraceId(traceIdOf(OUTGOING), random);
  writeSpanId(spanIdOf(OUTGOING), random + TRACE_ID_BYTES);
  const decided = found == Extracted.DECISION ? flagsOfTrace(INCOMING) : TraceFlags.DEFERRED;
  setTraceFlags(OUTGOING, TraceFlags.RANDOM_TRACE_ID | decided);
  return true;
}

/** Makes the fields of the formats, and x-trace-id, those of the next hop. */
function send(config: TraceConfig): void {
  setTrace(traceIdOf(OUTGOING), spanIdOf(OUTGOING), flagsOfTrace(OUTGOING));
  inject(config, OUTGOING);
  setHeader(config.traceIdId, traceIdOf(OUTGOING), TRACE_ID_LEN);
}
