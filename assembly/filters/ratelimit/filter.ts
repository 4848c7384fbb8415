// Token buckets. Limits are applied in two groups, before and after the token is looked at; within
// a group a request takes from all buckets or from none.

import { monotonicNanoseconds } from "../../abi/clock";
import { monotonicNanoseconds as readClock } from "../../abi/host";
import { Status } from "../../abi/types";
import { NONE } from "../../core/bytes/none";
import { setDecidedLimit } from "../../core/headers/decision";
import { isVerified } from "../../core/headers/identity";
import { Reason } from "../../core/reason";
import { LIMITS_BYTES } from "../../core/stream_data";
import { beginAnswer, refuseFor, SHOWN_BYTES, showsAnswer, writeShown } from "./answers/answer";
import { countEvent, LimitEvent } from "./answers/limit_metrics";
import { beginTag, readTag, writeTag } from "./answers/shadow_tag";
import { addApplied, addTried, appliedCount, beginApplied } from "./applied";
import { beginHeld, heldFingerprint, heldSince, resumeHeld } from "./held";
import { costOf } from "./keys/request_cost";
import { beginKeys, foundKey, KeyResult, keyOf } from "./keys/request_key";
import { findMatching, matchedAt } from "./matching/candidates";
import { FailureMode, RateLimitConfig, ruleAt } from "./model";
import { awaited, Awaited } from "./pending";
import { fetchSeed, keySeed } from "./stores/seed";
import { countTried, takeApplied, triesOut } from "./taking";

const NANOSECONDS_PER_MICROSECOND: u64 = 1000;

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

// Of a stream's data, behind what belongs to the answer: stage, tag, and what is held since when.
const STAGE_AT: u32 = SHOWN_BYTES;
const TAG_AT: u32 = STAGE_AT + 4;
const HELD_AT: u32 = TAG_AT + 4;
const SINCE_AT: u32 = HELD_AT + 4;
if (SINCE_AT + 8 > LIMITS_BYTES) ERROR("what limits keep of a stream has no room");

let stage: Stage = Stage.NOTHING;
/** Whether the request in hand has waited for the limits that its walk comes to first. */
let isRepeated: bool = false;
/** Whether it is walked again. */
let isResumed: bool = false;
let streamInHand: u32 = 0;
/** Stream of the last walk if that is to wait; 0. What cannot be kept is walked again at once. */
let waitingStream: u32 = 0;
/** What an earlier walk has left of tags (shadow_tag.ts). */
let keptTag: u32 = 0;

/** Begins a walk of a request. `data` is what `writeLimits` left of an earlier walk, or 0. */
export function beginLimits(config: usize, stream: u32, data: usize): void {
  streamInHand = stream;
  if (data != 0) {
    stage = <Stage>load<u32>(data, STAGE_AT);
    keptTag = load<u32>(data, TAG_AT);
    resumeHeld(load<u32>(data, HELD_AT), load<u64>(data, SINCE_AT));
  } else if (stream == waitingStream) {
    keptTag = writeTag();
  } else {
    stage = Stage.NOTHING;
    keptTag = 0;
    beginHeld();
  }
  waitingStream = 0;
  beginTag();
  // One that waited for keys has been through the first group, and not come to the second.
  isResumed = data != 0;
  isRepeated = isResumed && stage != Stage.ANONYMOUS;
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
  if (reason == Reason.OK && appliedCount != 0) {
    const takenAt = max(nowMicroseconds, resumedAtMicroseconds());
    const taken = takeApplied(config, streamInHand, group, isRepeated, nowMicroseconds, takenAt);
    if (awaited != Awaited.NOTHING) waitingStream = streamInHand;
    return taken;
  }
  countTried(config);
  return reason;
}

/**
 * The time now of a request that is walked again, else 0. A callback that resumes a thousand of
 * them can outlast the margin of a lease (core/ratelimit/lease.ts), so that its one reading of the
 * clock is not enough.
 */
function resumedAtMicroseconds(): u64 {
  return isResumed ? readClock() / NANOSECONDS_PER_MICROSECOND : 0;
}

/** What a host without clock or shared secret means: no bucket can be found. */
function withoutHost(config: RateLimitConfig, matched: u32): Reason {
  for (let i: u32 = 0; i < matched; i++) {
    const rule = ruleAt(config, matchedAt(i));
    countEvent(rule, LimitEvent.STORE_ERROR);
    if (rule.onStoreFailure == FailureMode.ALLOW || triesOut(config, rule)) continue;
    setDecidedLimit(rule.name);
    return Reason.RATE_LIMIT_UNAVAILABLE;
  }
  return Reason.OK;
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
      setDecidedLimit(rule.name);
      return found == KeyResult.DENY
        ? Reason.RATE_LIMIT_KEY_MISSING
        : Reason.RATE_LIMIT_COST_INVALID;
    }
    addTried(index);
  }
  return Reason.OK;
}

/** Whether responses tell what is left. */
export function tellsResponses(config: usize): bool {
  return changetype<RateLimitConfig>(config).showsAlways != 0;
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
  store<u32>(data, heldFingerprint(), HELD_AT);
  store<u64>(data, heldSince, SINCE_AT);
}
