// What clients are told: with a refusal, and on the response of a request that passed. Nothing of
// limits that are only tried out.

import { NONE } from "../../../core/bytes/none";
import { text, textLen, textPtr } from "../../../core/bytes/text";
import { ErrorForm } from "../../../core/headers/error_body";
import {
  addReplyField,
  setReplyForm,
  setReplyPolicy,
  setReplyStatus,
} from "../../../core/headers/reply";
import { RETRY_AFTER_SECONDS } from "../../../core/limits";
import { secondsUntilMore } from "../../../core/ratelimit/answer";
import { costUnits, Limit, NEVER, secondsUntil, tokensOf } from "../../../core/ratelimit/bucket";
import { Reason, reasonGrpcStatus } from "../../../core/reason";
import { RateLimitConfig, Rule, ruleAt, StoreKind } from "../model";
import { Taken } from "../stores/outcome";
import { FieldTarget, tellRetry, tellState } from "./fields";

/** Envoys in front do not retry what carries it. */
const RATE_LIMITED = text("x-envoy-ratelimited");
const TRUE = text("true");

/** What a stream keeps for its response. At the start of the stream's data. */
// @ts-ignore: decorator
@unmanaged
class Shown {
  untilSeconds: u64;
  generation: u32;
  rule: u32;
  remaining: u32;
  quota: u32;
  windowSeconds: u32;
}

/** Bytes of a stream's data that the answer needs. */
export const SHOWN_BYTES: u32 = 28;
if (offsetof<Shown>() > <usize>SHOWN_BYTES) ERROR("what a stream keeps to show needs more room");

/** The rule of the request in hand that has the fewest tokens left: the one that is shown. */
let tightestRule: u32 = NONE;
let tightestTokens: u32 = NONE;
/** Its Limit and level, from which the time to the next token follows; 0 when that is known. */
let tightestLimit: usize = 0;
let tightestLevel: u64 = 0;
let tightestUntil: u64 = 0;
/** What its service says of it (stores/outcome.ts). */
let tightestQuota: u32 = NONE;
let tightestWindow: u32 = 0;

/** Begins a request; `data` is what `writeShown` left of an earlier walk of it, or 0. */
export function beginAnswer(config: RateLimitConfig, data: usize): void {
  tightestRule = NONE;
  tightestTokens = NONE;
  if (data == 0) return;
  const shown = changetype<Shown>(data);
  if (shown.generation != config.generation || shown.rule >= config.ruleCount) return;
  tightestRule = shown.rule;
  tightestTokens = shown.remaining;
  tightestLimit = 0;
  tightestUntil = shown.untilSeconds;
  tightestQuota = shown.quota;
  tightestWindow = shown.windowSeconds;
}

/**
 * The bucket that said what was taken: the limit's own or its fallback; 0 where the store alone
 * knows it.
 */
function bucketOf(rule: Rule, isFallback: bool): usize {
  if (isFallback) return rule.fallback;
  return rule.storeKind == StoreKind.RLS ? 0 : changetype<usize>(rule);
}

/** Seconds that the store told; NEVER when it told none. */
// @ts-ignore: decorator
@inline
function untilSaid(taken: Taken): u64 {
  return taken.untilSeconds == 0 ? NEVER : taken.untilSeconds;
}

/** A limit let the request pass, and has so much left. */
export function noteAdmitted(
  config: RateLimitConfig,
  index: u32,
  isFallback: bool,
  taken: Taken,
): void {
  if (config.showsAlways == 0) return;
  const rule = ruleAt(config, index);
  if (rule.isShadow != 0) return;
  const bucket = bucketOf(rule, isFallback);
  let tokens = taken.remainingTokens;
  if (bucket != 0) tokens = tokensOf(changetype<Limit>(bucket), taken.levelUnits);
  if (tokens >= tightestTokens) return;
  tightestRule = index;
  tightestTokens = tokens;
  tightestLimit = bucket;
  tightestLevel = taken.levelUnits;
  tightestUntil = untilSaid(taken);
  tightestQuota = bucket == 0 ? taken.quota : NONE;
  tightestWindow = taken.windowSeconds;
}

/** Tells the refused client which limit it was and when to come back. */
export function explain(
  config: RateLimitConfig,
  rule: Rule,
  isFallback: bool,
  cost: u32,
  taken: Taken,
): void {
  const bucket = bucketOf(rule, isFallback);
  let remaining: u32 = 0;
  let quota: u32 = NONE;
  let seconds = untilSaid(taken);
  if (bucket == 0) {
    if (taken.remainingTokens != NONE) remaining = taken.remainingTokens;
    quota = taken.quota;
  } else {
    const limit = changetype<Limit>(bucket);
    remaining = tokensOf(limit, taken.levelUnits);
    if (taken.untilSeconds == 0) {
      // What was refused is not there at once, whatever the level says that a store remembers.
      seconds = max(secondsUntil(limit, taken.levelUnits, costUnits(limit, cost)), 1);
    }
  }
  setReplyPolicy(rule.name, seconds == NEVER ? 0 : seconds);
  if (seconds != NEVER) tellRetry(seconds);
  tellState(config, rule, remaining, seconds, quota, taken.windowSeconds, FieldTarget.REPLY);
}

/** Refusals of a limit have its HTTP status; over gRPC it is always RESOURCE_EXHAUSTED. */
export function useStatus(rule: Rule): void {
  setReplyStatus(rule.status, reasonGrpcStatus(Reason.RATE_LIMITED));
}

/** What every refusal of this section tells; returns the reason. */
export function refuseFor(config: RateLimitConfig, reason: Reason): Reason {
  if (config.errors != 0) setReplyForm(<ErrorForm>(config.errors - 1));
  if (reason == Reason.RATE_LIMITED || reason == Reason.RATE_LIMIT_CAS_EXHAUSTED) {
    addReplyField(RATE_LIMITED, textPtr(TRUE), textLen(TRUE));
  }
  if (reason == Reason.RATE_LIMIT_UNAVAILABLE || reason == Reason.RATE_LIMIT_CAS_EXHAUSTED) {
    tellRetry(RETRY_AFTER_SECONDS);
  }
  return reason;
}

/** Whether the response to the request in hand is to tell what is left. */
export function showsAnswer(config: RateLimitConfig): bool {
  return config.showsAlways != 0 && tightestRule != NONE;
}

/** Keeps what the response will tell in the stream's data. */
export function writeShown(config: RateLimitConfig, data: usize): void {
  const shown = changetype<Shown>(data);
  shown.generation = config.generation;
  shown.rule = tightestRule;
  if (tightestRule == NONE) return;
  shown.remaining = tightestTokens;
  shown.quota = tightestQuota;
  shown.windowSeconds = tightestWindow;
  shown.untilSeconds = tightestUntil;
  if (tightestLimit != 0) {
    shown.untilSeconds = secondsUntilMore(changetype<Limit>(tightestLimit), tightestLevel);
  }
}

/**
 * Tells on a response, or on the answer in its place, what is left. Nothing is told when the
 * configuration has changed since the request.
 */
export function addAnswerFields(config: RateLimitConfig, data: usize, target: FieldTarget): void {
  const shown = changetype<Shown>(data);
  if (shown.generation != config.generation || shown.rule >= config.ruleCount) return;
  const rule = ruleAt(config, shown.rule);
  tellState(
    config,
    rule,
    shown.remaining,
    shown.untilSeconds,
    shown.quota,
    shown.windowSeconds,
    target,
  );
}
