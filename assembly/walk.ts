// The fixed order of the filters, over one snapshot of the request headers, one list of edits and
// one verdict: normalise → trace → limits that name no claim → jwt → limits on verified claims. The
// first refusal ends the walk.

import { dropFilterState, issueFilterState } from "./abi/filter_state";
import { MapType } from "./abi/types";
import { text, textPtr } from "./core/bytes/text";
import { beginDecision } from "./core/headers/decision";
import { beginIdentity } from "./core/headers/identity";
import { beginReply } from "./core/headers/reply";
import { setHeader } from "./core/headers/request";
import { Reason } from "./core/reason";
import { TRACE_AT } from "./core/stream_data";
import { useCollector } from "./core/trace/callout";
import { beginTrace } from "./core/trace/in_hand";
import { ChainConfig } from "./document";
import { issueEdits } from "./edits";
import { setMayWait, setPendingSet } from "./filters/jwt/fetched_set";
import { authenticate } from "./filters/jwt/filter";
import { setCountsVerdicts } from "./filters/jwt/token_counters";
import { finishNormalise, normalise } from "./filters/normalise/filter";
import {
  beginLimits,
  limitAnonymous,
  limitIdentified,
  wasAuthenticated,
} from "./filters/ratelimit/filter";
import { beginWaiting } from "./filters/ratelimit/pending";
import { collectorOf } from "./filters/trace/export_model";
import { trace } from "./filters/trace/filter";
import { useLog } from "./refusal_log";
import { clearRouteCache } from "./route_cache";
import { beginSnapshot, isGrpc, takeSnapshot } from "./snapshot";

const CHECKED_VALUE = text("1");

/**
 * Walks the filters. `data` is 0 for a request that has just come; for one that has waited it is
 * the stream's memory: what an earlier walk took from buckets is not taken again, and its
 * trace goes on.
 */
export function walk(config: ChainConfig, stream: u32, data: usize, mayWait: bool): Reason {
  useLog(config);
  useCollector(collectorOf(config.trace));
  beginReply(config.errorForm);
  beginDecision();
  beginTrace();
  beginSnapshot();
  dropFilterState(0);
  beginIdentity();
  setPendingSet(0);
  setMayWait(mayWait);
  beginWaiting(mayWait);
  if (config.rateLimit != 0) beginLimits(config.rateLimit, stream, data);
  let reason = takeSnapshot(config.names, config.policy);
  if (reason == Reason.OK && config.normalise != 0) reason = normalise(config.normalise, isGrpc);
  // What is refused already has a trace to be found by as well.
  if (config.trace != 0) trace(config.trace, data == 0 ? 0 : data + TRACE_AT);
  if (reason != Reason.OK) return reason;
  if (config.rateLimit != 0) {
    reason = limitAnonymous(config.rateLimit);
    if (reason != Reason.OK) return reason;
  }
  if (config.jwt != 0) {
    setCountsVerdicts(config.rateLimit == 0 || !wasAuthenticated());
    reason = authenticate(config.jwt);
    if (reason != Reason.OK) return reason;
    setPendingSet(0);
  }
  return passOn(config);
}

/** The end of the walk of a request that the jwt filter lets pass. */
// @ts-ignore: decorator
@inline
export function passOn(config: ChainConfig): Reason {
  if (config.rateLimit != 0) {
    const reason = limitIdentified(config.rateLimit);
    if (reason != Reason.OK) return reason;
  }
  if (config.normalise != 0) {
    const reason = finishNormalise(config.normalise, isGrpc);
    if (reason != Reason.OK) return reason;
  }
  if (config.marksChecked != 0) setHeader(config.checkedId, textPtr(CHECKED_VALUE), 1);
  if (!issueEdits(MapType.REQUEST_HEADERS)) return Reason.HOST_FAILURE;
  if (!issueFilterState()) return Reason.HOST_FAILURE;
  if (config.clearsRoute && !clearRouteCache()) return Reason.HOST_FAILURE;
  return Reason.OK;
}
