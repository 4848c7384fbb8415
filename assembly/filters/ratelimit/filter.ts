// Token buckets that all workers of an Envoy share. Rules are applied in two groups, before and
// after the token is looked at; within a group a request takes from all buckets or from none.

import { arenaAllocate } from "../../abi/arena";
import { monotonicNanoseconds } from "../../abi/clock";
import { addHeader } from "../../abi/host";
import { MapType, Status } from "../../abi/types";
import { UNSIGNED_DIGITS_MAX, writeUnsigned } from "../../core/bytes/decimal";
import { NONE } from "../../core/bytes/none";
import { Text, text, textLen, textPtr } from "../../core/bytes/text";
import { isVerified } from "../../core/headers/identity";
import { addReplyField } from "../../core/headers/reply";
import { RATE_LIMITS_MAX } from "../../core/limits";
import { ITEM_BYTES_MAX, secondsUntilMore, writeState } from "../../core/ratelimit/answer";
import { costUnits, NEVER, secondsUntil, tokensOf } from "../../core/ratelimit/bucket";
import { Taken } from "../../core/ratelimit/page";
import { Reason } from "../../core/reason";
import { RateLimitConfig, Rule, ruleAt } from "./config";
import { Outcome, putBackShared, REQUEST_COST, takeShared } from "./pages";
import { beginKeys, keyOf } from "./request_key";
import { fetchSeed, keySeed } from "./seed";

const RETRY_AFTER = text("retry-after");
const STATE = text("ratelimit");
const POLICY = text("ratelimit-policy");

const NANOSECONDS_PER_MICROSECOND: u64 = 1000;

/** What a rule took for the request in hand, to be put back if a later one refuses. */
// @ts-ignore: decorator
@unmanaged
class Receipt {
  key: u64;
  bucket: u32;
  taken: u32;
}
const RECEIPT_SIZE: u32 = 16;
if (offsetof<Receipt>() != <usize>RECEIPT_SIZE) ERROR("Receipt is not 16 bytes");
const RECEIPTS: usize = memory.data(1024, 8);
if (RATE_LIMITS_MAX * RECEIPT_SIZE != 1024) ERROR("the table of receipts is not 1024 bytes");
const TAKEN: usize = memory.data(16, 8);

/** What a stream keeps for its response. At the start of the stream's data. */
// @ts-ignore: decorator
@unmanaged
class Shown {
  levelUnits: u64;
  generation: u32;
  rule: u32;
}

/** The rule of the request in hand that has the fewest tokens left: the one that is shown. */
let tightestRule: u32 = NONE;
let tightestTokens: u32 = NONE;
let tightestLevel: u64 = 0;

let generations: u32 = 0;

// @ts-ignore: decorator
@inline
function receiptAt(index: u32): Receipt {
  return changetype<Receipt>(RECEIPTS + index * RECEIPT_SIZE);
}

/** Makes the seed known. Where failures are to let requests pass, a failure here is one of them. */
export function activateRateLimit(config: usize): Status {
  const own = changetype<RateLimitConfig>(config);
  own.generation = ++generations;
  const status = fetchSeed();
  return own.allowsOnError != 0 ? Status.OK : status;
}

/** Applies the rules that name no claim. The first of the two for every request. */
export function limitAnonymous(config: usize): Reason {
  const own = changetype<RateLimitConfig>(config);
  beginKeys();
  tightestRule = NONE;
  tightestTokens = NONE;
  return limit(own, 0, own.anonymousCount);
}

/**
 * Goes on with a request that has taken what the rules without a claim allow, and then waited;
 * `data` is what `writeRateLimitStream` left.
 */
export function resumeLimits(config: usize, data: usize): void {
  const own = changetype<RateLimitConfig>(config);
  const shown = changetype<Shown>(data);
  beginKeys();
  tightestRule = NONE;
  tightestTokens = NONE;
  if (shown.generation != own.generation || shown.rule >= own.ruleCount) return;
  noteTightest(shown.rule, ruleAt(own, shown.rule), shown.levelUnits);
}

/** Applies the rules that name a claim, to requests whose token was verified. */
export function limitIdentified(config: usize): Reason {
  const own = changetype<RateLimitConfig>(config);
  return isVerified() ? limit(own, own.anonymousCount, own.ruleCount) : Reason.OK;
}

/** Applies rules [first, end). */
function limit(config: RateLimitConfig, first: u32, end: u32): Reason {
  if (first == end) return Reason.OK;
  const nowMicroseconds = monotonicNanoseconds() / NANOSECONDS_PER_MICROSECOND;
  if (nowMicroseconds == 0 || fetchSeed() != Status.OK) return onHostFailure(config);
  const taken = changetype<Taken>(TAKEN);
  for (let i = first; i < end; i++) {
    const rule = ruleAt(config, i);
    const receipt = receiptAt(i);
    receipt.key = keyOf(config, rule, keySeed());
    const outcome = takeShared(rule, receipt.key, nowMicroseconds, taken);
    receipt.taken = outcome == Outcome.ADMITTED ? 1 : 0;
    receipt.bucket = taken.bucket;
    if (outcome == Outcome.ADMITTED) {
      if (config.showsAlways != 0) noteTightest(i, rule, taken.levelUnits);
      continue;
    }
    if (outcome == Outcome.UNAVAILABLE && onHostFailure(config) == Reason.OK) continue;
    putAllBack(config, first, i);
    if (outcome == Outcome.UNAVAILABLE) return Reason.RATE_LIMIT_UNAVAILABLE;
    if (outcome == Outcome.EXHAUSTED) return Reason.RATE_LIMIT_CAS_EXHAUSTED;
    explain(rule, taken.levelUnits);
    return Reason.RATE_LIMITED;
  }
  return Reason.OK;
}

/** The one place that decides what a failing host means. */
function onHostFailure(config: RateLimitConfig): Reason {
  return config.allowsOnError != 0 ? Reason.OK : Reason.RATE_LIMIT_UNAVAILABLE;
}

function putAllBack(config: RateLimitConfig, first: u32, end: u32): void {
  for (let i = first; i < end; i++) {
    const receipt = receiptAt(i);
    if (receipt.taken != 0) putBackShared(ruleAt(config, i), receipt.key, receipt.bucket);
  }
}

/** Tells the refused client which limit it was and when to come back. */
function explain(rule: Rule, levelUnits: u64): void {
  const seconds = secondsUntil(rule, levelUnits, costUnits(rule, REQUEST_COST));
  const digits = arenaAllocate(UNSIGNED_DIGITS_MAX);
  if (seconds != NEVER && digits != 0) {
    addReplyField(RETRY_AFTER, digits, writeUnsigned(digits, seconds));
  }
  const state = arenaAllocate(ITEM_BYTES_MAX);
  if (state != 0) {
    addReplyField(STATE, state, writeState(state, rule.name, rule, levelUnits, seconds));
  }
  addReplyField(POLICY, textPtr(rule.policy), textLen(rule.policy));
}

function noteTightest(index: u32, rule: Rule, levelUnits: u64): void {
  const tokens = tokensOf(rule, levelUnits);
  if (tokens >= tightestTokens) return;
  tightestRule = index;
  tightestTokens = tokens;
  tightestLevel = levelUnits;
}

/** Whether the response to the request in hand is to tell what is left. */
export function showsRateLimit(config: usize): bool {
  return changetype<RateLimitConfig>(config).showsAlways != 0 && tightestRule != NONE;
}

/** Keeps what the response will tell in the stream's data. */
export function writeRateLimitStream(config: usize, data: usize): void {
  const shown = changetype<Shown>(data);
  shown.levelUnits = tightestLevel;
  shown.generation = changetype<RateLimitConfig>(config).generation;
  shown.rule = tightestRule;
}

/**
 * Tells on a response what is left. The fields are lists: what the upstream says of its own limits
 * stays. Nothing is told when the configuration has changed since the request, or when the host
 * does not take it.
 */
export function addRateLimitHeaders(config: usize, data: usize): void {
  const own = changetype<RateLimitConfig>(config);
  const shown = changetype<Shown>(data);
  if (shown.generation != own.generation || shown.rule >= own.ruleCount) return;
  const rule = ruleAt(own, shown.rule);
  const state = arenaAllocate(ITEM_BYTES_MAX);
  if (state == 0) return;
  const until = secondsUntilMore(rule, shown.levelUnits);
  const stateLen = writeState(state, rule.name, rule, shown.levelUnits, until);
  addResponseField(STATE, state, stateLen);
  addResponseField(POLICY, textPtr(rule.policy), textLen(rule.policy));
}

function addResponseField(name: Text, valuePtr: usize, valueLen: u32): void {
  addHeader(MapType.RESPONSE_HEADERS, textPtr(name), textLen(name), valuePtr, valueLen);
}
