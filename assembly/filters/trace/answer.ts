// The trace of a request in its answer: x-trace-id on what the module answers itself, and what
// `response` lists on every response.
//
//   traceresponse   00-TRACE_ID-PARENT_ID-FLAGS, of drafts of Trace Context
//   server-timing   trace;desc="…" with the same value, which browsers show to scripts
//                   (https://www.w3.org/TR/trace-context-2/, https://www.w3.org/TR/server-timing/)

import { arenaAllocateReserved } from "../../abi/arena";
import { addHeader, replaceHeader } from "../../abi/host";
import { MapType } from "../../abi/types";
import { Char } from "../../core/bytes/ascii";
import { copyText, text, textLen, textPtr } from "../../core/bytes/text";
import { addReplyField } from "../../core/headers/reply";
import { spanIdPtr, traceFlags, traceIdPtr } from "../../core/trace/in_hand";
import { TRACE_ID_LEN } from "../../core/trace/span_context";
import { TRACEPARENT_LEN, writeTraceparent } from "../../core/trace/traceparent";
import { TraceConfig } from "./formats";

/** `response` of a configuration, a bit for each. */
export const enum TraceResponse {
  TRACERESPONSE = 1,
  SERVER_TIMING = 2,
}

const TRACE_ID = text("x-trace-id");
const TRACERESPONSE = text("traceresponse");
const SERVER_TIMING = text("server-timing");
const TIMING = text('trace;desc="');

/** Whether responses to the requests of a section, 0 for none, tell their trace. */
export function tellsTrace(config: usize): bool {
  return config != 0 && changetype<TraceConfig>(config).response != 0;
}

/**
 * Adds the trace in hand to an answer of the module. `config` 0: of a request whose configuration
 * is not known, which gets x-trace-id alone.
 */
export function addTraceToReply(config: usize): void {
  if (traceIdPtr == 0) return;
  addReplyField(TRACE_ID, traceIdPtr, TRACE_ID_LEN);
  const timing = writeTiming(config);
  if (timing == 0) return;
  const asked = changetype<TraceConfig>(config).response;
  const value = timing + textLen(TIMING);
  if ((asked & TraceResponse.TRACERESPONSE) != 0) {
    addReplyField(TRACERESPONSE, value, TRACEPARENT_LEN);
  }
  if ((asked & TraceResponse.SERVER_TIMING) != 0) {
    addReplyField(SERVER_TIMING, timing, TIMING_LEN);
  }
}

/**
 * Adds it to the response in hand. What a host does not take is left out. `traceresponse` is one
 * value, so that of an upstream goes; `server-timing` is a list.
 */
export function addTraceToResponse(config: usize): void {
  if (traceIdPtr == 0) return;
  const timing = writeTiming(config);
  if (timing == 0) return;
  const asked = changetype<TraceConfig>(config).response;
  const map = MapType.RESPONSE_HEADERS;
  if ((asked & TraceResponse.TRACERESPONSE) != 0) {
    const value = timing + textLen(TIMING);
    const name = TRACERESPONSE;
    replaceHeader(map, textPtr(name), textLen(name), value, TRACEPARENT_LEN);
  }
  if ((asked & TraceResponse.SERVER_TIMING) != 0) {
    const name = SERVER_TIMING;
    addHeader(map, textPtr(name), textLen(name), timing, TIMING_LEN);
  }
}

const TIMING_LEN: u32 = textLen(TIMING) + TRACEPARENT_LEN + 1;

/** Writes the value of server-timing; 0 when nobody asked for it, or there is no room. */
function writeTiming(config: usize): usize {
  if (!tellsTrace(config)) return 0;
  const target = arenaAllocateReserved(TIMING_LEN);
  if (target == 0) return 0;
  const value = copyText(target, TIMING);
  writeTraceparent(value, traceIdPtr, spanIdPtr, traceFlags);
  store<u8>(value + TRACEPARENT_LEN, <u8>Char.QUOTE);
  return target;
}
