// Tokens that this worker has leased from buckets in Redis, and what it knows of those buckets: a
// table of fixed size, in sets. A lease that loses its place is lost, and its tokens with it: the
// limit is never exceeded for it.

import { REDIS_LEASE_WAYS, REDIS_LEASES_MAX } from "../../../../core/limits";
import { countEvent, LimitEvent } from "../../answers/limit_metrics";
import { Rule } from "../../model";
import { findFlight } from "./flights";

// @ts-ignore: decorator
@unmanaged
export class Lease {
  /** 0 is a free place. */
  key: u64;
  /** Times are microseconds of the monotonic clock. */
  usedAt: u64;
  /** When the tokens are dropped. */
  expiresAt: u64;
  /** When the bucket can meet what it could not; NEVER. */
  refusedUntil: u64;
  /** Until when it is not asked again for `refusedCost` or more. */
  askAgainAt: u64;
  /** When Redis last told its level; 0 before that. */
  toldAt: u64;
  /** When a call about it last failed. */
  failedAt: u64;
  windowStart: u64;
  /** Address of the rule, and the generation of its configuration. */
  rule: usize;
  generation: u32;
  tokens: u32;
  /** Whole tokens that Redis had left. */
  level: u32;
  refusedCost: u32;
  /** Tokens that passed on credit: the next ones granted pay for them. */
  debt: u32;
  /** Tokens used since `windowStart`, and in the window before. */
  windowTokens: u32;
  lastTokens: u32;
  /** Handles of the call about it that was made last, and of the one to be made then. */
  flight: u32;
  nextFlight: u32;
}

const SIZE: u32 = 104;
if (offsetof<Lease>() > <usize>SIZE) ERROR("Lease has more than 104 bytes");
const SETS: u32 = REDIS_LEASES_MAX / REDIS_LEASE_WAYS;
if ((SETS & (SETS - 1)) != 0) ERROR("the number of sets is no power of two");
const TABLE: usize = memory.data(<i32>(REDIS_LEASES_MAX * SIZE), 16);

/** Microseconds over which a key's use is measured: a lease is about what they take. */
const WINDOW: u64 = 100000;
/** Microseconds for which a lease that owes keeps its place. */
const KEPT: u64 = 1000000;
/** Microseconds after which unused tokens are dropped, at least and at most. */
const LIFE_MIN: u64 = 1000000;
const LIFE_MAX: u64 = 3600 * 1000000;

// @ts-ignore: decorator
@inline
function leaseAt(index: u32): Lease {
  return changetype<Lease>(TABLE + index * SIZE);
}

// @ts-ignore: decorator
@inline
function setOf(key: u64): u32 {
  return ((<u32>key) & (SETS - 1)) * REDIS_LEASE_WAYS;
}

/** Address of the lease of a key; 0 when there is none. */
export function findLease(rule: Rule, key: u64): usize {
  const first = setOf(key);
  for (let i: u32 = 0; i < REDIS_LEASE_WAYS; i++) {
    const lease = leaseAt(first + i);
    if (lease.key == key && lease.rule == changetype<usize>(rule)) return changetype<usize>(lease);
  }
  return 0;
}

/** Address of a place for a key that has none; 0 when all of its set are in use. */
export function addLease(rule: Rule, key: u64, generation: u32, now: u64): usize {
  const first = setOf(key);
  let oldest: usize = 0;
  let oldestUse = u64.MAX_VALUE;
  for (let i: u32 = 0; i < REDIS_LEASE_WAYS; i++) {
    const lease = leaseAt(first + i);
    if (lease.key != 0 && (lease.usedAt >= oldestUse || mustStay(lease, now))) continue;
    oldest = changetype<usize>(lease);
    oldestUse = lease.key == 0 ? 0 : lease.usedAt;
  }
  if (oldest == 0) return 0;
  const lease = changetype<Lease>(oldest);
  if (lease.key != 0) countEvent(changetype<Rule>(lease.rule), LimitEvent.EVICTED);
  memory.fill(oldest, 0, SIZE);
  lease.key = key;
  lease.rule = changetype<usize>(rule);
  lease.generation = generation;
  lease.level = rule.capacity;
  return oldest;
}

/** What the request in hand has just looked up stays, who waits, and for a while who owes. */
function mustStay(lease: Lease, now: u64): bool {
  if (lease.usedAt == now || findFlight(lease.flight) != 0) return true;
  return lease.usedAt + KEPT > now && lease.debt != 0;
}

/** Drops tokens that were not used for as long as the bucket needs to gain them. */
export function dropExpired(lease: Lease, now: u64): void {
  if (lease.tokens != 0 && now >= lease.expiresAt) lease.tokens = 0;
}

/** Whether Redis has said that it cannot meet a cost yet. */
// @ts-ignore: decorator
@inline
export function isRefused(lease: Lease, cost: u32, now: u64): bool {
  return now < lease.askAgainAt && cost >= lease.refusedCost;
}

/** Notes that a request used tokens. */
export function noteUse(lease: Lease, tokens: u32, now: u64): void {
  const elapsed = now - lease.windowStart;
  if (elapsed >= WINDOW) {
    lease.lastTokens = elapsed < 2 * WINDOW ? lease.windowTokens : 0;
    lease.windowTokens = 0;
    lease.windowStart = now;
  }
  lease.windowTokens = min<u32>(lease.windowTokens + tokens, i32.MAX_VALUE);
}

/** The most tokens of one key that a worker leases beyond what its requests wait for. */
export function leaseMax(rule: Rule): u32 {
  return max<u32>(rule.capacity >> 4, 1);
}

/** Tokens that the key's use in this worker is worth: 1 to `leaseMax`. */
export function wantedTokens(lease: Lease, rule: Rule, now: u64): u32 {
  if (now - lease.windowStart >= 2 * WINDOW) return 1;
  return max<u32>(min(max(lease.lastTokens, lease.windowTokens), leaseMax(rule)), 1);
}

/**
 * Microseconds that unused tokens are kept: as long as the bucket takes to gain the largest lease,
 * so that what is dropped would be there again anyway.
 */
export function lifeOf(rule: Rule): u64 {
  return min(max(rule.fullAfterMicroseconds >> 4, LIFE_MIN), LIFE_MAX);
}

/** A configuration goes, and its leases with it. */
export function forgetLeases(generation: u32): void {
  for (let i: u32 = 0; i < REDIS_LEASES_MAX; i++) {
    const lease = leaseAt(i);
    if (lease.key != 0 && lease.generation == generation) lease.key = 0;
  }
}
