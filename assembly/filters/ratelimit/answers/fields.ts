// The fields that tell of one limit, on a refusal and on the response of a request that passed:
//
//   RateLimit, RateLimit-Policy
//       core/ratelimit/answer.ts. Lists: what others say of their limits stays beside it
//   X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset
//       single numbers, the last one seconds, as Envoy's local_ratelimit writes them
//       (DRAFT_VERSION_03)

import { arenaAllocate, arenaAllocateReserved } from "../../../abi/arena";
import { addHeader, answerLen, answerPtr, getHeaderPairs } from "../../../abi/host";
import { decodePairs, fieldsLen } from "../../../abi/pairs";
import { MapType, Status } from "../../../abi/types";
import { equalsLowerText } from "../../../core/bytes/ascii";
import { UNSIGNED_DIGITS_MAX, writeUnsigned } from "../../../core/bytes/decimal";
import { fieldAt } from "../../../core/bytes/field";
import { NONE } from "../../../core/bytes/none";
import { Text, text, textLen, textPtr } from "../../../core/bytes/text";
import { addReplyField } from "../../../core/headers/reply";
import { HEADERS_MAX } from "../../../core/limits";
import { ITEM_BYTES_MAX, writeQuota, writeState } from "../../../core/ratelimit/answer";
import { NEVER } from "../../../core/ratelimit/bucket";
import { RateLimitConfig, Rule, StoreKind } from "../model";

const STATE = text("ratelimit");
const POLICY = text("ratelimit-policy");
const LIMIT = text("x-ratelimit-limit");
const REMAINING = text("x-ratelimit-remaining");
const RESET = text("x-ratelimit-reset");

/** What the fields are added to. */
export const enum FieldTarget {
  /** The answer of the module itself: to a request that is refused, or for a response. */
  REPLY,
  /** The response in hand. */
  RESPONSE,
}

/** A host that does not take a field leaves it out. */
function add(target: FieldTarget, name: Text, valuePtr: usize, valueLen: u32): void {
  if (target == FieldTarget.REPLY) return addReplyField(name, valuePtr, valueLen);
  addHeader(MapType.RESPONSE_HEADERS, textPtr(name), textLen(name), valuePtr, valueLen);
}

function addNumber(target: FieldTarget, name: Text, value: u64): void {
  const digits = arenaAllocateReserved(UNSIGNED_DIGITS_MAX);
  if (digits != 0) add(target, name, digits, writeUnsigned(digits, value));
}

/**
 * Tells which limit it is, what is left, and in how many seconds there is more: NEVER, or 0. A
 * service has limits of its own: `quota` and `windowSeconds` are what it says of them, NONE and 0
 * when nothing.
 */
export function tellState(
  config: RateLimitConfig,
  rule: Rule,
  remaining: u32,
  untilSeconds: u64,
  quota: u32,
  windowSeconds: u32,
  target: FieldTarget,
): void {
  const isOwn = rule.storeKind != StoreKind.RLS;
  const state = arenaAllocateReserved(ITEM_BYTES_MAX);
  if (state != 0) {
    add(target, STATE, state, writeState(state, rule.name, remaining, untilSeconds));
  }
  if (isOwn) add(target, POLICY, textPtr(rule.policy), textLen(rule.policy));
  else if (quota != NONE) tellQuota(target, rule.name, quota, windowSeconds);
  if (config.showsXRateLimit == 0) return;
  if (target == FieldTarget.RESPONSE && !isFree()) return;
  const most = isOwn ? rule.capacity : quota;
  if (most != NONE) addNumber(target, LIMIT, most);
  addNumber(target, REMAINING, remaining);
  if (untilSeconds != NEVER) addNumber(target, RESET, untilSeconds);
}

function tellQuota(target: FieldTarget, name: Text, quota: u32, windowSeconds: u32): void {
  const policy = arenaAllocateReserved(ITEM_BYTES_MAX);
  if (policy == 0) return;
  add(target, POLICY, policy, writeQuota(policy, name, quota, windowSeconds));
}

/** Retry-After of the answer to a request that is refused. */
export function tellRetry(seconds: u64): void {
  addNumber(FieldTarget.REPLY, RETRY_AFTER, seconds);
}

const RETRY_AFTER = text("retry-after");

/**
 * Whether the response in hand has none of the numbers yet: they are one set and no lists, so those
 * of the upstream stay alone. A host that does not say what it has gets none.
 */
function isFree(): bool {
  if (getHeaderPairs(MapType.RESPONSE_HEADERS) != Status.OK) return false;
  const fields = arenaAllocate(fieldsLen(HEADERS_MAX));
  if (fields == 0) return false;
  const count = decodePairs(answerPtr, answerLen, fields, HEADERS_MAX);
  if (count < 0) return false;
  for (let i: u32 = 0; i < <u32>count; i++) {
    const field = fieldAt(fields, i);
    if (equalsLowerText(field.namePtr, field.nameLen, LIMIT)) return false;
    if (equalsLowerText(field.namePtr, field.nameLen, REMAINING)) return false;
    if (equalsLowerText(field.namePtr, field.nameLen, RESET)) return false;
  }
  return true;
}
