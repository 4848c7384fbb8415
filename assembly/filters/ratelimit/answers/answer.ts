// What clients are told: with a refusal, and on the response of a request that passed.

import { arenaAllocate } from "../../../abi/arena";
import { addHeader } from "../../../abi/host";
import { MapType } from "../../../abi/types";
import { UNSIGNED_DIGITS_MAX, writeUnsigned } from "../../../core/bytes/decimal";
import { NONE } from "../../../core/bytes/none";
import { Text, text, textLen, textPtr } from "../../../core/bytes/text";
import { addReplyField } from "../../../core/headers/reply";
import { ITEM_BYTES_MAX, secondsUntilMore, writeState } from "../../../core/ratelimit/answer";
import { costUnits, NEVER, secondsUntil, tokensOf } from "../../../core/ratelimit/bucket";
import { RateLimitConfig, Rule, ruleAt } from "../model";
import { Taken } from "../stores/outcome";

const RETRY_AFTER = text("retry-after");
const STATE = text("ratelimit");
const POLICY = text("ratelimit-policy");

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

/** Begins a request; `data` is what `writeShown` left of an earlier walk of it, or 0. */
export function beginAnswer(config: RateLimitConfig, data: usize): void {
  tightestRule = NONE;
  tightestTokens = NONE;
  if (data == 0) return;
  const shown = changetype<Shown>(data);
  if (shown.generation != config.generation || shown.rule >= config.ruleCount) return;
  noteAdmitted(config, shown.rule, shown.levelUnits);
}

/** A limit let the request pass, and has so much left. */
export function noteAdmitted(config: RateLimitConfig, index: u32, levelUnits: u64): void {
  if (config.showsAlways == 0) return;
  const tokens = tokensOf(ruleAt(config, index), levelUnits);
  if (tokens >= tightestTokens) return;
  tightestRule = index;
  tightestTokens = tokens;
  tightestLevel = levelUnits;
}

/** Tells the refused client which limit it was and when to come back. */
export function explain(config: RateLimitConfig, rule: Rule, cost: u32, taken: Taken): void {
  const seconds = secondsUntil(rule, taken.levelUnits, costUnits(rule, cost));
  const digits = arenaAllocate(UNSIGNED_DIGITS_MAX);
  if (seconds != NEVER && digits != 0) {
    addReplyField(RETRY_AFTER, digits, writeUnsigned(digits, seconds));
  }
  const state = arenaAllocate(ITEM_BYTES_MAX);
  if (state != 0) {
    const len = writeState(state, rule.name, rule, taken.levelUnits, seconds);
    addReplyField(STATE, state, len);
  }
  addReplyField(POLICY, textPtr(rule.policy), textLen(rule.policy));
}

/** Whether the response to the request in hand is to tell what is left. */
export function showsAnswer(config: RateLimitConfig): bool {
  return config.showsAlways != 0 && tightestRule != NONE;
}

/** Keeps what the response will tell in the stream's data. */
export function writeShown(config: RateLimitConfig, data: usize): void {
  const shown = changetype<Shown>(data);
  shown.levelUnits = tightestLevel;
  shown.generation = config.generation;
  shown.rule = tightestRule;
}

/**
 * Tells on a response what is left. The fields are lists: what the upstream says of its own limits
 * stays. Nothing is told when the configuration has changed since the request, or when the host
 * does not take it.
 */
export function addAnswerFields(config: RateLimitConfig, data: usize): void {
  const shown = changetype<Shown>(data);
  if (shown.generation != config.generation || shown.rule >= config.ruleCount) return;
  const rule = ruleAt(config, shown.rule);
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
