// Taking from all limits that apply to a request, or from none. Those kept in Envoy come first:
// what they refuse costs no call and no token of a store outside. A walk that ends with waiting
// counts nothing.

import { appliedAt, appliedCount, appliedRule, TakenFrom, triedAt, triedCount } from "./applied";
import { explain, noteAdmitted, useStatus } from "./answers/answer";
import { countEvent, LimitEvent } from "./answers/limit_metrics";
import { tagRequest } from "./answers/shadow_tag";
import { setDecidedLimit } from "../../core/headers/decision";
import { Reason } from "../../core/reason";
import { beginHeld, heldSince, holdApplied, holdsApplied, isHoldable } from "./held";
import { FailureMode, RateLimitConfig, Rule, ruleAt } from "./model";
import { awaited, Awaited } from "./pending";
import { Outcome, Taken } from "./stores/outcome";
import { prepareStores } from "./stores/prepare";
import { putBackFallback, putBackStore, takeFallback, takeStore } from "./stores/take";

const TAKEN = changetype<Taken>(memory.data(24, 8));
if (offsetof<Taken>() > 24) ERROR("Taken needs more room");

/** Whether a limit that would refuse is only tried out; counts and tells that it would have. */
export function triesOut(config: RateLimitConfig, rule: Rule): bool {
  if (rule.isShadow == 0) return false;
  countEvent(rule, LimitEvent.SHADOW);
  tagRequest(config, rule);
  return true;
}

/** Counts the limits that are only tried out and had neither key nor cost. */
export function countTried(config: RateLimitConfig): void {
  for (let i: u32 = 0; i < triedCount; i++) triesOut(config, ruleAt(config, triedAt(i)));
}

/**
 * Takes from all applied limits or from none. `awaited` (pending.ts) says whether the request is to
 * be walked again. `isRepeated`: it has waited for these limits. `hereMicroseconds` is the time for
 * limits in Envoy, `nowMicroseconds` that of the callback: what came with it came at that time.
 */
export function takeApplied(
  config: RateLimitConfig,
  stream: u32,
  group: u32,
  isRepeated: bool,
  nowMicroseconds: u64,
  hereMicroseconds: u64,
): Reason {
  const isHeld = holdsApplied(config);
  const takenAt = isHeld ? heldSince : hereMicroseconds;
  let index = takeEach(config, stream, false, isHeld, hereMicroseconds);
  if (index == appliedCount && config.stores != 0) {
    prepareStores(config, stream, group, isRepeated, nowMicroseconds);
    if (awaited != Awaited.NOTHING) {
      waitWithHeld(config, takenAt, hereMicroseconds);
      return Reason.RATE_LIMIT_UNAVAILABLE;
    }
    index = takeEach(config, stream, true, isHeld, nowMicroseconds);
  }
  beginHeld();
  const isAdmitted = index == appliedCount;
  if (!isAdmitted) putBackEach(config, false, takenAt, hereMicroseconds);
  countEach(config, isAdmitted);
  return isAdmitted ? Reason.OK : refusal(config, index);
}

/** What the limit that refused last answered. */
let refusedAs: Outcome = Outcome.REFUSED;
/** Whether the bucket that was asked last stands in for a store that failed. */
let askedFallback: bool = false;

/**
 * Takes from the limits that are kept outside of Envoy, or from the others; `isHeld`: those of them
 * that can be held were taken from before. Index of the first that refuses; else `appliedCount`.
 */
function takeEach(
  config: RateLimitConfig,
  stream: u32,
  isOutside: bool,
  isHeld: bool,
  nowMicroseconds: u64,
): u32 {
  for (let i: u32 = 0; i < appliedCount; i++) {
    const rule = appliedRule(config, i);
    if ((rule.store != 0) != isOutside) continue;
    if (isHeld && isHoldable(rule)) {
      appliedAt(i).takenFrom = TakenFrom.STORE;
      continue;
    }
    const outcome = takeOne(config, stream, i, nowMicroseconds);
    if (outcome == Outcome.ADMITTED) continue;
    refusedAs = outcome;
    if (rule.isShadow == 0) return i;
    appliedAt(i).takenFrom = TakenFrom.REFUSED_SHADOW;
  }
  return appliedCount;
}

/** Takes what the applied limit number `index` costs. UNAVAILABLE only where that is to refuse. */
function takeOne(config: RateLimitConfig, stream: u32, index: u32, nowMicroseconds: u64): Outcome {
  const applied = appliedAt(index);
  const rule = appliedRule(config, index);
  let outcome = Outcome.UNAVAILABLE;
  askedFallback = false;
  if (applied.hasFailed == 0) {
    outcome = takeStore(rule, stream, index, nowMicroseconds, TAKEN);
    if (outcome == Outcome.ADMITTED) applied.takenFrom = TakenFrom.STORE;
  }
  if (outcome == Outcome.UNAVAILABLE) {
    applied.hasFailed = 1;
    if (rule.onStoreFailure == FailureMode.ALLOW) return Outcome.ADMITTED;
    if (rule.onStoreFailure == FailureMode.LOCAL) {
      askedFallback = true;
      outcome = takeFallback(rule, index, nowMicroseconds, TAKEN);
      if (outcome == Outcome.ADMITTED) applied.takenFrom = TakenFrom.FALLBACK;
    }
  }
  if (outcome == Outcome.ADMITTED) noteAdmitted(config, applied.rule, askedFallback, TAKEN);
  return outcome;
}

/** The request waits. It holds what it can; all else is taken again in the next walk. */
function waitWithHeld(config: RateLimitConfig, takenAt: u64, nowMicroseconds: u64): void {
  const isHeld = holdApplied(config, takenAt);
  if (!isHeld) beginHeld();
  putBackEach(config, isHeld, takenAt, nowMicroseconds);
}

/** Gives back what was taken: all of it, or what is not held. `takenAt` is of what can be held. */
function putBackEach(
  config: RateLimitConfig,
  isHeld: bool,
  takenAt: u64,
  nowMicroseconds: u64,
): void {
  for (let i: u32 = 0; i < appliedCount; i++) {
    const rule = appliedRule(config, i);
    const canHold = isHoldable(rule);
    if (canHold && isHeld) continue;
    const from = appliedAt(i).takenFrom;
    const at = canHold ? takenAt : nowMicroseconds;
    if (from == TakenFrom.STORE) putBackStore(rule, i, at, nowMicroseconds);
    if (from == TakenFrom.FALLBACK) putBackFallback(rule, i, at);
  }
}

/** Counts what came of a walk that decides. */
function countEach(config: RateLimitConfig, isAdmitted: bool): void {
  countTried(config);
  for (let i: u32 = 0; i < appliedCount; i++) {
    const applied = appliedAt(i);
    const rule = appliedRule(config, i);
    if (applied.hasFailed != 0) countEvent(rule, LimitEvent.STORE_ERROR);
    if (applied.takenFrom == TakenFrom.REFUSED_SHADOW) triesOut(config, rule);
    else if (isAdmitted && applied.takenFrom != TakenFrom.NOTHING) {
      countEvent(rule, LimitEvent.ALLOWED);
    }
  }
}

/** Why the applied limit number `index` refuses, and what the client is told of it. */
function refusal(config: RateLimitConfig, index: u32): Reason {
  const rule = appliedRule(config, index);
  setDecidedLimit(rule.name);
  if (refusedAs == Outcome.UNAVAILABLE) return Reason.RATE_LIMIT_UNAVAILABLE;
  countEvent(rule, LimitEvent.LIMITED);
  useStatus(rule);
  if (refusedAs == Outcome.EXHAUSTED) return Reason.RATE_LIMIT_CAS_EXHAUSTED;
  explain(config, rule, askedFallback, appliedAt(index).cost, TAKEN);
  return Reason.RATE_LIMITED;
}
