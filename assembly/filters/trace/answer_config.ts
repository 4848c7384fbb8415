// What of a trace is told on responses.

import { Value } from "../../core/config/value";
import { TraceResponse } from "./answer";

/** TraceResponse bits; 0 when nothing is listed. */
export function readTraceResponse(response: Value | null): u32 {
  if (response === null) return 0;
  let bits: u32 = 0;
  const items = response.items(0, 2);
  for (let i = 0; i < items.length; i++) {
    const isTiming = items[i].choice(["traceresponse", "server-timing"]) != 0;
    const bit = isTiming ? TraceResponse.SERVER_TIMING : TraceResponse.TRACERESPONSE;
    if ((bits & bit) != 0) items[i].refuse("each name once");
    bits |= bit;
  }
  return bits;
}
