// A token bucket in exact integers. One token is as many units as its period has microseconds, so a
// bucket gains `count` units each microsecond and no rate is rounded.
//
// The largest level, 1,000,000 tokens of a day, is 8.64e16 units: below 2^63.

import { RATE_LIMIT_TOKENS_MAX } from "../limits";

/** "For ever" among seconds and microseconds. */
// @ts-ignore: decorator
@inline
export const NEVER: u64 = u64.MAX_VALUE;

/** The unit of a rate. The numbers are part of the page's format (page.ts). */
export const enum Period {
  SECOND = 0,
  MINUTE = 1,
  HOUR = 2,
  DAY = 3,
}

const SECOND_MICROSECONDS: u64 = 1000000;
const MINUTE_MICROSECONDS: u64 = 60 * SECOND_MICROSECONDS;
const HOUR_MICROSECONDS: u64 = 60 * MINUTE_MICROSECONDS;
const DAY_MICROSECONDS: u64 = 24 * HOUR_MICROSECONDS;

/** What a configuration says of a bucket, ready for use. */
// @ts-ignore: decorator
@unmanaged
export class Limit {
  /** Level of a full bucket. */
  capacityUnits: u64;
  unitsPerToken: u64;
  /**
   * An empty bucket is full again after this: what bounds elapsed x count. NEVER when it gains
   * nothing.
   */
  fullAfterMicroseconds: u64;
  /** At most RATE_LIMIT_TOKENS_MAX. */
  capacity: u32;
  /** Tokens per period, at most RATE_LIMIT_TOKENS_MAX; also units per microsecond. */
  count: u32;
  period: u32;
}

/** Bytes of a Limit in a table of them. */
export const LIMIT_SIZE: u32 = 40;
if (offsetof<Limit>() > <usize>LIMIT_SIZE) ERROR("Limit has more than 40 bytes");

/** Microseconds of a period. */
export function periodMicroseconds(period: Period): u64 {
  switch (period) {
    case Period.SECOND:
      return SECOND_MICROSECONDS;
    case Period.MINUTE:
      return MINUTE_MICROSECONDS;
    case Period.HOUR:
      return HOUR_MICROSECONDS;
    default:
      return DAY_MICROSECONDS;
  }
}

/** Fills in a limit. false: a number is above RATE_LIMIT_TOKENS_MAX. At configure only. */
export function setLimit(limit: Limit, capacity: u32, count: u32, period: Period): bool {
  if (capacity > RATE_LIMIT_TOKENS_MAX || count > RATE_LIMIT_TOKENS_MAX) return false;
  limit.unitsPerToken = periodMicroseconds(period);
  limit.capacityUnits = limit.unitsPerToken * capacity;
  limit.fullAfterMicroseconds = count > 0 ? ceilDivide(limit.capacityUnits, count) : NEVER;
  limit.capacity = capacity;
  limit.count = count;
  limit.period = period;
  return true;
}

/** Fills in one of `nodes` equal parts of a limit. At configure only. */
export function setFraction(limit: Limit, whole: Limit, nodes: u32): bool {
  return setLimit(limit, whole.capacity / nodes, whole.count / nodes, <Period>whole.period);
}

/** Quotient rounded up. `divisor` is not 0; a level is below 2^63, so that the sum cannot wrap. */
// @ts-ignore: decorator
@inline
function ceilDivide(value: u64, divisor: u64): u64 {
  return (value + divisor - 1) / divisor;
}

/**
 * Level now of a bucket that held `levelUnits` at `updatedAt`. A clock that went back adds nothing.
 */
export function levelAt(
  limit: Limit,
  levelUnits: u64,
  updatedAtMicroseconds: u64,
  nowMicroseconds: u64,
): u64 {
  if (nowMicroseconds <= updatedAtMicroseconds) return min(levelUnits, limit.capacityUnits);
  const elapsed = nowMicroseconds - updatedAtMicroseconds;
  if (elapsed >= limit.fullAfterMicroseconds) return limit.capacityUnits;
  // Below 2^58: elapsed x count is below capacityUnits, and a level above it is cut first.
  const level = min(levelUnits, limit.capacityUnits) + elapsed * limit.count;
  return min(level, limit.capacityUnits);
}

/** Units of `cost` tokens; NEVER when no bucket of this limit can hold them. */
// @ts-ignore: decorator
@inline
export function costUnits(limit: Limit, cost: u32): u64 {
  return cost <= limit.capacity ? limit.unitsPerToken * cost : NEVER;
}

/** Whole tokens in a level. */
export function tokensOf(limit: Limit, levelUnits: u64): u32 {
  // By constants: that costs a multiplication and cannot trap.
  switch (limit.period) {
    case Period.SECOND:
      return <u32>(levelUnits / SECOND_MICROSECONDS);
    case Period.MINUTE:
      return <u32>(levelUnits / MINUTE_MICROSECONDS);
    case Period.HOUR:
      return <u32>(levelUnits / HOUR_MICROSECONDS);
    default:
      return <u32>(levelUnits / DAY_MICROSECONDS);
  }
}

/**
 * Seconds, rounded up, until a level has grown to `neededUnits`; NEVER when it does not grow so
 * far.
 */
export function secondsUntil(limit: Limit, levelUnits: u64, neededUnits: u64): u64 {
  if (neededUnits <= levelUnits) return 0;
  if (neededUnits > limit.capacityUnits || limit.count == 0) return NEVER;
  return ceilDivide(neededUnits - levelUnits, SECOND_MICROSECONDS * limit.count);
}
