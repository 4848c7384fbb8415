// A token bucket in exact integers. One token is as many units as a day has microseconds, so that a
// rate of any period is a whole number of units in each microsecond: none is rounded, and levels
// mean the same whatever the period.
//
// The largest level, 100,000,000 tokens, is 8.64e18 units: below 2^63, so that the sum of two
// levels cannot wrap.

import { RATE_LIMIT_TOKENS_MAX } from "../limits";

/** "For ever" among seconds and microseconds. */
// @ts-ignore: decorator
@inline
export const NEVER: u64 = u64.MAX_VALUE;

/** The unit of a rate. */
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

/** Units of one token. */
// @ts-ignore: decorator
@inline
export const TOKEN_UNITS: u64 = DAY_MICROSECONDS;

/** What a configuration says of a bucket, ready for use. */
// @ts-ignore: decorator
@unmanaged
export class Limit {
  /** Level of a full bucket. */
  capacityUnits: u64;
  /** Units that come back in a microsecond: at most 8.64e12. */
  gainUnits: u64;
  /**
   * An empty bucket is full again after this: what bounds elapsed x gain. NEVER when it gains
   * nothing.
   */
  fullAfterMicroseconds: u64;
  /** At most RATE_LIMIT_TOKENS_MAX. */
  capacity: u32;
  /** Its row in this VM's own store (pool.ts); 0 until it was used there. */
  row: u32;
}

/** Bytes of a Limit in a table of them. */
export const LIMIT_SIZE: u32 = 32;
if (offsetof<Limit>() != <usize>LIMIT_SIZE) ERROR("Limit is not 32 bytes");

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

/** The period of so many microseconds; the longest of any that is none. */
export function periodOf(microseconds: u64): Period {
  if (microseconds == SECOND_MICROSECONDS) return Period.SECOND;
  if (microseconds == MINUTE_MICROSECONDS) return Period.MINUTE;
  return microseconds == HOUR_MICROSECONDS ? Period.HOUR : Period.DAY;
}

/** Fills in a limit. false: a number is above RATE_LIMIT_TOKENS_MAX. At configure only. */
export function setLimit(limit: Limit, capacity: u32, count: u32, period: Period): bool {
  if (capacity > RATE_LIMIT_TOKENS_MAX || count > RATE_LIMIT_TOKENS_MAX) return false;
  // Whole: each period is a part of the day.
  setUnits(limit, capacity, (TOKEN_UNITS / periodMicroseconds(period)) * count);
  return true;
}

/**
 * Fills in one of `nodes` (not 0) equal parts of a limit, rounded down: the parts are no more than
 * the whole. But what holds or gains anything does so in each part: one token, one unit in a
 * microsecond (a token in a day) at least. At configure only.
 */
export function setFraction(limit: Limit, whole: Limit, nodes: u32): void {
  const capacity = max(whole.capacity / nodes, min(whole.capacity, 1));
  setUnits(limit, capacity, max(whole.gainUnits / nodes, min(whole.gainUnits, 1)));
}

function setUnits(limit: Limit, capacity: u32, gainUnits: u64): void {
  limit.capacityUnits = TOKEN_UNITS * capacity;
  limit.gainUnits = gainUnits;
  limit.fullAfterMicroseconds = gainUnits > 0 ? ceilDivide(limit.capacityUnits, gainUnits) : NEVER;
  limit.capacity = capacity;
  limit.row = 0;
}

/** Quotient rounded up. `divisor` is not 0; both are below 2^63, so that the sum cannot wrap. */
// @ts-ignore: decorator
@inline
function ceilDivide(value: u64, divisor: u64): u64 {
  return (value + divisor - 1) / divisor;
}

/**
 * Level after `elapsedMicroseconds` of a bucket that has room for `roomUnits`, at most the
 * capacity.
 */
export function grow(limit: Limit, levelUnits: u64, elapsedMicroseconds: u64, roomUnits: u64): u64 {
  if (elapsedMicroseconds >= limit.fullAfterMicroseconds) return roomUnits;
  // Below 2^64: elapsed x gain is below the capacity, and a level above the room is cut first.
  const level = min(levelUnits, roomUnits) + elapsedMicroseconds * limit.gainUnits;
  return min(level, roomUnits);
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
  const isBack = nowMicroseconds <= updatedAtMicroseconds;
  const elapsed = isBack ? 0 : nowMicroseconds - updatedAtMicroseconds;
  return grow(limit, levelUnits, elapsed, limit.capacityUnits);
}

/** Units of `cost` tokens; NEVER when no bucket of this limit can hold them. */
// @ts-ignore: decorator
@inline
export function costUnits(limit: Limit, cost: u32): u64 {
  return cost <= limit.capacity ? TOKEN_UNITS * cost : NEVER;
}

/** Whole tokens in a level, at most the capacity. */
export function tokensOf(limit: Limit, levelUnits: u64): u32 {
  // By a constant: that costs a multiplication and cannot trap.
  return <u32>(min(levelUnits, limit.capacityUnits) / TOKEN_UNITS);
}

/**
 * Seconds, rounded up, until a level has grown to `neededUnits`; NEVER when it does not grow so
 * far.
 */
export function secondsUntil(limit: Limit, levelUnits: u64, neededUnits: u64): u64 {
  if (neededUnits <= levelUnits) return 0;
  if (neededUnits > limit.capacityUnits || limit.gainUnits == 0) return NEVER;
  return ceilDivide(neededUnits - levelUnits, SECOND_MICROSECONDS * limit.gainUnits);
}
