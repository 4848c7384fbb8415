// The limits that apply to the request in hand, in one of its two groups: found first, then taken
// from all or from none.

import { RATE_LIMITS_MAX } from "../../core/limits";
import { Rule, ruleAt, RateLimitConfig } from "./model";

/** Where tokens of an applied limit were taken from. */
export const enum TakenFrom {
  NOTHING,
  STORE,
  /** The bucket that stands in for a store that failed. */
  FALLBACK,
  /** Nothing: the limit would refuse, and is only tried out. */
  REFUSED_SHADOW,
}

// @ts-ignore: decorator
@unmanaged
export class Applied {
  key: u64;
  /** Number of the rule. */
  rule: u32;
  cost: u32;
  takenFrom: TakenFrom;
  /** Whether the store cannot be asked, or did not do its part. */
  hasFailed: u32;
}

const SIZE: u32 = 24;
if (offsetof<Applied>() != <usize>SIZE) ERROR("Applied is not 24 bytes");
const TABLE: usize = memory.data(<i32>(RATE_LIMITS_MAX * SIZE), 8);

export let appliedCount: u32 = 0;

/** Numbers of rules that are only tried out, and would refuse before anything is taken. */
const TRIED: usize = memory.data(<i32>(RATE_LIMITS_MAX * 4), 4);
export let triedCount: u32 = 0;

export function beginApplied(): void {
  appliedCount = 0;
  triedCount = 0;
}

/** Number of the rule at a place of those that would refuse. */
// @ts-ignore: decorator
@inline
export function triedAt(index: u32): u32 {
  return load<u32>(TRIED + (index << 2));
}

/** Adds a rule that would refuse; there are no more than RATE_LIMITS_MAX of them. */
export function addTried(rule: u32): void {
  if (triedCount < RATE_LIMITS_MAX) store<u32>(TRIED + (triedCount++ << 2), rule);
}

// @ts-ignore: decorator
@inline
export function appliedAt(index: u32): Applied {
  return changetype<Applied>(TABLE + index * SIZE);
}

// @ts-ignore: decorator
@inline
export function appliedRule(config: RateLimitConfig, index: u32): Rule {
  return ruleAt(config, appliedAt(index).rule);
}

/** Adds a limit; there are no more than RATE_LIMITS_MAX of them. */
export function addApplied(rule: u32, key: u64, cost: u32): void {
  if (appliedCount >= RATE_LIMITS_MAX) return;
  const applied = appliedAt(appliedCount++);
  applied.key = key;
  applied.rule = rule;
  applied.cost = cost;
  applied.takenFrom = TakenFrom.NOTHING;
  applied.hasFailed = 0;
}
