// What the STREAM_DATA_BYTES of a kept stream hold: one area for each owner.

import { STREAM_DATA_BYTES } from "./limits";

/** What limits have taken from buckets (filters/ratelimit/filter.ts). */
export const LIMITS_AT: u32 = 0;
export const LIMITS_BYTES: u32 = 48;
/** Conditions of rules about the response and the trailers (other_maps.ts). */
export const CONDITIONS_AT: u32 = LIMITS_AT + LIMITS_BYTES;
export const CONDITIONS_BYTES: u32 = 15;
/** Who asked (upstream_errors.ts). */
export const CLIENT_AT: u32 = CONDITIONS_AT + CONDITIONS_BYTES;
/** The trace of the request (core/trace/in_hand.ts). */
export const TRACE_AT: u32 = CLIENT_AT + 1;
export const TRACE_BYTES: u32 = 56;
/** What metrics of requests need when they end. */
export const METRICS_AT: u32 = TRACE_AT + TRACE_BYTES;
export const METRICS_BYTES: u32 = 40;

if (METRICS_AT + METRICS_BYTES != STREAM_DATA_BYTES) ERROR("areas do not fill a stream's data");
