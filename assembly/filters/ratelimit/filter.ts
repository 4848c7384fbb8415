// Token buckets. Limits are applied in two groups, before and after the token is looked at; within
// a group a request takes from all buckets or from none.

import { monotonicNanoseconds } from "../../abi/clock";
import { Status } from "../../abi/types";
import { NONE } from "../../core/bytes/none";
import { isVerified } from "../../core/headers/identity";
import { Reason } from "../../core/reason";
import {
  beginAnswer,
  explain,
  noteAdmitted,
  refuseFor,
  SHOWN_BYTES,
  showsAnswer,
  useStatus,
  writeShown,
} from "./answers/answer";
import { countEvent, LimitEvent } from "./answers/limit_metrics";
import { beginTag, readTag, tagRequest, writeTag } from "./answers/shadow_tag";
import {
  addApplied,
  addTried,
  appliedAt,
  appliedCount,
  appliedRule,
  beginApplied,
  TakenFrom,
  triedAt,
  triedCount,
} from "./applied";
import { costOf } from "./keys/request_cost";
import { beginKeys, foundKey, KeyResult, keyOf } from "./keys/request_key";
import { findMatching, matchedAt } from "./matching/candidates";
import { FailureMode, RateLimitConfig, Rule, ruleAt } from "./model";
import { awaited, Awaited } from "./pending";
import { Outcome, Taken } from "./stores/outcome";
import { prepareStores } from "./stores/prepare";
import { fetchSeed, keySeed } from "./stores/seed";
import { putBackFallback, putBackStore, takeFallback, takeStore } from "./stores/take";

const NANOSECONDS_PER_MICROSECOND: u64 = 1000;
const TAKEN = changetype<Taken>(memory.data(24, 8));
if (offsetof<Taken>() > 24) ERROR("Taken needs more room");

/** How far the walk of a request has come: what was taken is not taken again. */
export const enum Stage {
  NOTHING,
  ANONYMOUS,
  /** Its token was accepted, and it waits for a limit behind. */
  AUTHENTICATED,
}

/** The two groups of limits that a request takes from. */
const enum Group {
  ANONYMOUS,
  IDENTIFIED,
}

/** Bytes of a stream's data that belong to the answer; behind them are the stage and the tag. */
const STAGE_AT: u32 = SHOWN_BYTES;
const TAG_AT: u32 = STAGE_AT + 4;
/** Bytes of a stream's data that are the limits'. */
export const LIMIT_DATA_BYTES: u32 = TAG_AT + 4;

let stage: Stage = Stage.NOTHING;
/** Whether the request in hand has waited for the limits that its walk comes to first. */
let isRepeated: bool = false;
let streamInHand: u32 = 0;
/** What an earlier walk has left of tags (shadow_tag.ts). */
let keptTag: u32 = 0;

/** Begins a walk of a request. `data` is what `writeLimits` left of an earlier walk, or 0. */
export function beginLimits(config: usize, stream: u32, data: usize): void {
  streamInHand = stream;
  stage = data == 0 ? Stage.NOTHING : <Stage>load<u32>(data, STAGE_AT);
  keptTag = data == 0 ? 0 : load<u32>(data, TAG_AT);
  beginTag();
  // One that waited for keys has been through the first group, and not come to the second.
  isRepeated = data != 0 && stage != Stage.ANONYMOUS;
  beginKeys();
  beginAnswer(changetype<RateLimitConfig>(config), data);
}

/** Applies the limits that need no token, unless an earlier walk did. */
export function limitAnonymous(config: usize): Reason {
  const own = changetype<RateLimitConfig>(config);
  if (stage != Stage.NOTHING) {
    readTag(own, keptTag);
    return Reason.OK;
  }
  const reason = limit(own, 0, own.anonymousCount, Group.ANONYMOUS);
  if (reason != Reason.OK) return refuseFor(own, reason);
  stage = Stage.ANONYMOUS;
  isRepeated = false;
  return Reason.OK;
}

/** Applies the limits that need one, to requests whose token was verified. */
export function limitIdentified(config: usize): Reason {
  const own = changetype<RateLimitConfig>(config);
  if (!isVerified()) return Reason.OK;
  const reason = limit(own, own.anonymousCount, own.ruleCount, Group.IDENTIFIED);
  if (awaited != Awaited.NOTHING) stage = Stage.AUTHENTICATED;
  return reason == Reason.OK ? Reason.OK : refuseFor(own, reason);
}

/** Whether the token of the request in hand was accepted in an earlier walk. */
export function wasAuthenticated(): bool {
  return stage == Stage.AUTHENTICATED;
}

/** Applies rules [first, end). */
function limit(config: RateLimitConfig, first: u32, end: u32, group: Group): Reason {
  if (first == end) return Reason.OK;
  const matched = findMatching(config, first, end);
  if (matched == 0) return Reason.OK;
  if (matched == NONE) return Reason.RATE_LIMIT_TARGET_REFUSED;
  const nowMicroseconds = monotonicNanoseconds() / NANOSECONDS_PER_MICROSECOND;
  if (nowMicroseconds == 0 || fetchSeed() != Status.OK) return withoutHost(config, matched);
  const reason = collect(config, matched);
  const takes = reason == Reason.OK && appliedCount != 0;
  if (takes && config.stores != 0) {
    prepareStores(config, streamInHand, group, isRepeated, nowMicroseconds);
    // Nothing is counted of a walk that will be done again.
    if (awaited != Awaited.NOTHING) return Reason.RATE_LIMIT_UNAVAILABLE;
  }
  for (let i: u32 = 0; i < triedCount; i++) triesOut(config, ruleAt(config, triedAt(i)));
  return takes ? takeAll(config, nowMicroseconds) : reason;
}

/** What a host without clock or shared secret means: no bucket can be found. */
function withoutHost(config: RateLimitConfig, matched: u32): Reason {
  for (let i: u32 = 0; i < matched; i++) {
    const rule = ruleAt(config, matchedAt(i));
    countEvent(rule, LimitEvent.STORE_ERROR);
    if (rule.onStoreFailure == FailureMode.ALLOW || triesOut(config, rule)) continue;
    return Reason.RATE_LIMIT_UNAVAILABLE;
  }
  return Reason.OK;
}

/** Whether a limit that would refuse is only tried out; counts and tells that it would have. */
function triesOut(config: RateLimitConfig, rule: Rule): bool {
  if (rule.isShadow == 0) return false;
  countEvent(rule, LimitEvent.SHADOW);
  tagRequest(config, rule);
  return true;
}

/** Finds key and cost of each limit that matches. */
function collect(config: RateLimitConfig, matched: u32): Reason {
  beginApplied();
  for (let i: u32 = 0; i < matched; i++) {
    const index = matchedAt(i);
    const rule = ruleAt(config, index);
    const found = keyOf(config, rule, keySeed());
    if (found == KeyResult.SKIP) continue;
    const cost = found == KeyResult.DENY ? NONE : costOf(rule);
    if (cost != NONE) {
      addApplied(index, foundKey, cost);
      continue;
    }
    if (rule.isShadow == 0) {
      return found == KeyResult.DENY
        ? Reason.RATE_LIMIT_KEY_MISSING
        : Reason.RATE_LIMIT_COST_INVALID;
    }
    addTried(index);
  }
  return Reason.OK;
}

function takeAll(config: RateLimitConfig, nowMicroseconds: u64): Reason {
  for (let i: u32 = 0; i < appliedCount; i++) {
    const outcome = takeOne(config, i, nowMicroseconds);
    const rule = appliedRule(config, i);
    if (outcome == Outcome.ADMITTED) continue;
    if (triesOut(config, rule)) continue;
    putAllBack(config, i, nowMicroseconds);
    if (outcome == Outcome.UNAVAILABLE) return Reason.RATE_LIMIT_UNAVAILABLE;
    countEvent(rule, LimitEvent.LIMITED);
    useStatus(rule);
    if (outcome == Outcome.EXHAUSTED) return Reason.RATE_LIMIT_CAS_EXHAUSTED;
    explain(config, rule, askedFallback, appliedAt(i).cost, TAKEN);
    return Reason.RATE_LIMITED;
  }
  for (let i: u32 = 0; i < appliedCount; i++) {
    if (appliedAt(i).takenFrom == TakenFrom.NOTHING) continue;
    countEvent(appliedRule(config, i), LimitEvent.ALLOWED);
  }
  return Reason.OK;
}

/** Whether the bucket that `takeOne` asked last stands in for a store that failed. */
let askedFallback: bool = false;

/** Takes what the applied limit number `index` costs. UNAVAILABLE only where that is to refuse. */
function takeOne(config: RateLimitConfig, index: u32, nowMicroseconds: u64): Outcome {
  const applied = appliedAt(index);
  const rule = appliedRule(config, index);
  let outcome = Outcome.UNAVAILABLE;
  askedFallback = false;
  if (applied.hasFailed == 0) {
    outcome = takeStore(rule, streamInHand, index, nowMicroseconds, TAKEN);
    if (outcome == Outcome.ADMITTED) applied.takenFrom = TakenFrom.STORE;
  }
  if (outcome == Outcome.UNAVAILABLE) {
    countEvent(rule, LimitEvent.STORE_ERROR);
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

/** Gives back what the first `end` applied limits gave. */
function putAllBack(config: RateLimitConfig, end: u32, nowMicroseconds: u64): void {
  for (let i: u32 = 0; i < end; i++) {
    const rule = appliedRule(config, i);
    const from = appliedAt(i).takenFrom;
    if (from == TakenFrom.STORE) putBackStore(rule, i, nowMicroseconds);
    if (from == TakenFrom.FALLBACK) putBackFallback(rule, i, nowMicroseconds);
  }
}

/** Whether the response to the request in hand is to tell what is left. */
export function showsLimits(config: usize): bool {
  return showsAnswer(changetype<RateLimitConfig>(config));
}

/** Keeps what a later walk or the response needs in the stream's data. */
export function writeLimits(config: usize, data: usize): void {
  writeShown(changetype<RateLimitConfig>(config), data);
  store<u32>(data, stage, STAGE_AT);
  store<u32>(data, writeTag(), TAG_AT);
}
