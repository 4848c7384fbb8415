// The leases of this VM: tokens that it has taken from pages ahead (page.ts), found by key. A take
// from one is a look-up, two comparisons and a subtraction.
//
// A fixed table: sets of four entries by the low bits of the key. An entry that holds a lease keeps
// its place; a key that finds none is served by its page each time.
//
// How large a lease is wanted follows the rate of requests: twice as much as the last one when that
// lasted less than 5 ms, half as much when more than 10 ms, and a 64th of the capacity at most. So
// a limit of less than 64 tokens has none and is exact to the token, and what workers hold back
// from each other is what they use up within milliseconds.

import { LEASES_MAX, RATE_LIMIT_PAGES_MAX, RATE_LIMIT_TOKENS_MAX } from "../limits";
import { TOKEN_UNITS } from "./bucket";
import { Ask, epochStart } from "./page";

// @ts-ignore: decorator
@unmanaged
export class Lease {
  /** 0 for an entry without one. */
  keyHash: u64;
  /** Level of the shared bucket after the last take from its page. */
  levelUnits: u64;
  /** Epoch of the grant. */
  epoch: u64;
  /** Time of the last take from the page. */
  takenAtMicroseconds: u64;
  /** Of the limit's name. */
  nameHash: u64;
  /** Tokens that are left. */
  rest: u32;
  /** Tokens of the grant; 0 when there is none to return. */
  granted: u32;
  /** Tokens that were wanted last. */
  size: u32;
  /** What the limit was when it was granted (leaseTerms): it is spent under the same only. */
  terms: u32;
  /** Number of the rule in its configuration. */
  rule: u32;
  /** What was left at the last tick: as much now means that nobody uses it. */
  restAtTick: u32;
}

const LEASE_BYTES: u32 = 64;
const WAYS: u32 = 4;
const SETS: u32 = LEASES_MAX / WAYS;
const SET_SHIFT: u32 = 8;
if (offsetof<Lease>() != <usize>LEASE_BYTES) ERROR("Lease is not 64 bytes");
if (WAYS * LEASE_BYTES != 1 << SET_SHIFT) ERROR("a set is not 256 bytes");
if ((SETS & (SETS - 1)) != 0) ERROR("the number of sets is no power of two");
const TABLE: usize = memory.data(<i32>(LEASES_MAX * LEASE_BYTES), 16);

/** Bits of `leaseTerms` that hold the capacity; those above hold the number of pages. */
const CAPACITY_BITS: u32 = 27;
if (RATE_LIMIT_TOKENS_MAX >> CAPACITY_BITS != 0) ERROR("a capacity needs more bits");
if (RATE_LIMIT_PAGES_MAX >> 16 > 1) ERROR("a number of pages needs more bits");

/** A lease is at most this part of the capacity, as a shift. */
const SHARE_SHIFT: u32 = 6;
const QUICK_MICROSECONDS: u64 = 5000;
const SLOW_MICROSECONDS: u64 = 2 * QUICK_MICROSECONDS;
/** After this a lease is for another time: it begins with a single token again. */
const IDLE_MICROSECONDS: u64 = 16 * QUICK_MICROSECONDS;
/**
 * A lease ends so much before the page forgets it: a callback that the system holds up between
 * reading the clock and spending is still in time.
 */
const MARGIN_MICROSECONDS: u64 = 100000;
const USE_MICROSECONDS: u64 = 2 * epochStart(1) - MARGIN_MICROSECONDS;

/** Entries that hold a lease. */
export let leaseCount: u32 = 0;

// @ts-ignore: decorator
@inline
export function leaseAt(index: u32): Lease {
  return changetype<Lease>(TABLE + index * LEASE_BYTES);
}

/** Tokens of the largest lease of a capacity; 0: none at all. */
// @ts-ignore: decorator
@inline
export function leaseMax(capacity: u32): u32 {
  return capacity >> SHARE_SHIFT;
}

/** What a lease depends on: the capacity, and the pages among which keys are spread (2^n). */
export function leaseTerms(capacity: u32, pages: u32): u32 {
  return capacity | (ctz(pages) << CAPACITY_BITS);
}

/** Whether two limits put a key on the same page. */
export function sharePages(terms: u32, otherTerms: u32): bool {
  return terms >> CAPACITY_BITS == otherTerms >> CAPACITY_BITS;
}

// @ts-ignore: decorator
@inline
function setOf(keyHash: u64): usize {
  return TABLE + (((<usize>keyHash) & (SETS - 1)) << SET_SHIFT);
}

/** Address of the key's Lease; 0 when it has no entry. */
// @ts-ignore: decorator
@inline
export function findLease(keyHash: u64): usize {
  const set = setOf(keyHash);
  for (let at = set, end = set + WAYS * LEASE_BYTES; at < end; at += LEASE_BYTES) {
    if (changetype<Lease>(at).keyHash == keyHash) return at;
  }
  return 0;
}

/** Whether a lease may be spent now. A clock that went back in front of its epoch ends it too. */
// @ts-ignore: decorator
@inline
export function isUsable(lease: Lease, nowMicroseconds: u64): bool {
  return nowMicroseconds - epochStart(lease.epoch) < USE_MICROSECONDS;
}

/** Level of the bucket as far as this worker knows. */
// @ts-ignore: decorator
@inline
export function knownUnits(lease: Lease): u64 {
  return lease.levelUnits + TOKEN_UNITS * lease.rest;
}

/** Tokens to ask for with the next take from the page. `lease` is an address or 0. */
export function wantedSize(lease: usize, nowMicroseconds: u64, most: u32): u32 {
  if (lease == 0 || most == 0) return 0;
  const known = changetype<Lease>(lease);
  const taken = known.takenAtMicroseconds;
  const lasted = nowMicroseconds > taken ? nowMicroseconds - taken : 0;
  if (lasted >= IDLE_MICROSECONDS) return 0;
  if (lasted < QUICK_MICROSECONDS) return min(most, max(1, known.size << 1));
  return min(most, lasted > SLOW_MICROSECONDS ? known.size >> 1 : known.size);
}

/**
 * Address of the entry that a key may have: its own, or the one of its set without a lease that was
 * used least recently; 0 when all hold leases.
 */
export function claimLease(keyHash: u64, nowMicroseconds: u64): usize {
  const own = findLease(keyHash);
  if (own != 0) return own;
  const set = setOf(keyHash);
  let found: usize = 0;
  for (let at = set, end = set + WAYS * LEASE_BYTES; at < end; at += LEASE_BYTES) {
    const lease = changetype<Lease>(at);
    if (lease.granted != 0 && isUsable(lease, nowMicroseconds)) continue;
    const isOlder =
      found == 0 || lease.takenAtMicroseconds < changetype<Lease>(found).takenAtMicroseconds;
    if (isOlder) found = at;
  }
  if (found == 0) return 0;
  const lease = changetype<Lease>(found);
  endLease(lease);
  lease.keyHash = keyHash;
  lease.size = 0;
  return found;
}

/** Notes what came of a take from the page: its grant is the lease now. */
export function beginLease(lease: Lease, ask: Ask, terms: u32, nowMicroseconds: u64): void {
  endLease(lease);
  lease.levelUnits = ask.levelUnits - TOKEN_UNITS * ask.granted;
  lease.epoch = ask.grantedEpoch;
  lease.takenAtMicroseconds = nowMicroseconds;
  lease.rest = ask.granted;
  lease.granted = ask.granted;
  lease.size = ask.wanted;
  lease.terms = terms;
  lease.restAtTick = u32.MAX_VALUE;
  if (ask.granted != 0) leaseCount++;
}

/** The lease has been returned, or is lost. */
export function endLease(lease: Lease): void {
  if (lease.granted != 0) leaseCount--;
  lease.granted = 0;
  lease.rest = 0;
}
