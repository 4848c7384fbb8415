// Buckets in Redis, of which this worker holds leases: tokens that Redis has given away, so that
// all Envoys together never admit more than
//
//   capacity + refill x time + workers x lease
//
// where a lease is `leaseMax` (leases.ts) or the largest cost of a request, plus what requests wait
// for. Requests on keys in use find their tokens here; a call is made when few are left, when a key
// is new, and when a refusal has lasted as long as Redis said.

import { monotonicNanoseconds } from "../../../../abi/clock";
import { Status } from "../../../../abi/types";
import { NEVER } from "../../../../core/ratelimit/bucket";
import {
  grantedTokens,
  NO_WAIT_HELPS,
  RedisReply,
  tokensLeft,
  waitMilliseconds,
} from "../../../../core/ratelimit/redis_reply";
import { REDIS_FLIGHTS_MAX } from "../../../../core/limits";
import { countEvent, LimitEvent } from "../../answers/limit_metrics";
import { RateLimitConfig, Rule, storeOf } from "../../model";
import { Awaited, mayWaitForStore, setAwaited } from "../../pending";
import { Outcome, Readiness, Taken } from "../outcome";
import { mayCall, noteFailure, noteSuccess } from "../store_breaker";
import {
  addFlight,
  digitsOf,
  findFlight,
  Flight,
  flightAt,
  forgetFlights,
  HANDLE_MASK,
  setDeadline,
} from "./flights";
import {
  addLease,
  dropExpired,
  findLease,
  forgetLeases,
  Lease,
  leaseMax,
  lifeOf,
  noteUse,
  wantedTokens,
} from "./leases";
import { writeKeyDigits } from "./redis_key";
import { readAnswer, sendCommand } from "./redis_request";

/** Callouts of this store (abi/callouts.ts). */
export const PURPOSE_REDIS: u32 = 2 << 24;

const NANOSECONDS_PER_MICROSECOND: u64 = 1000;
const MICROSECONDS_PER_MILLISECOND: u64 = 1000;
const MICROSECONDS_PER_SECOND: u64 = 1000000;
/** Microseconds after which Redis is asked again, however long it said to wait: it may be empty. */
const REFUSAL_MAX: u64 = 60000000;
/** Microseconds for which a level answers requests that take nothing. */
const LEVEL_LIFE: u64 = 1000000;

/** Whether a lease is there that the request in hand can take from; asks for one when not. */
export function prepareRedis(
  config: RateLimitConfig,
  rule: Rule,
  key: u64,
  cost: u32,
  now: u64,
): Readiness {
  // No bucket holds as much: `takeRedis` refuses without asking.
  if (cost > rule.capacity) return Readiness.READY;
  let found = findLease(rule, key);
  if (found == 0) found = addLease(rule, key, config.generation, now);
  if (found == 0) return Readiness.UNAVAILABLE;
  const lease = changetype<Lease>(found);
  lease.usedAt = now;
  dropExpired(lease, now);
  if (cost == 0 && lease.toldAt != 0 && lease.toldAt + LEVEL_LIFE > now) return Readiness.READY;
  if (cost != 0 && lease.tokens >= cost) {
    askAhead(config, rule, lease, cost, now);
    return Readiness.READY;
  }
  if (isRefused(lease, cost, now)) return Readiness.READY;
  // The answer of this very moment brought nothing.
  if (lease.failedAt == now) return Readiness.UNAVAILABLE;
  const hasCredit = hasCreditFor(rule, lease, cost);
  if (!hasCredit && !mayWaitForStore) return Readiness.UNAVAILABLE;
  const flight = join(config, rule, lease, cost, now);
  if (flight == 0) return Readiness.UNAVAILABLE;
  if (hasCredit) return Readiness.READY;
  changetype<Flight>(flight).awaitedCost += cost;
  setAwaited(Awaited.LEASE, changetype<Flight>(flight).handle);
  return Readiness.WAITS;
}

/** Takes `cost` tokens from this worker's lease of a key. */
export function takeRedis(rule: Rule, key: u64, cost: u32, now: u64, out: Taken): Outcome {
  out.levelUnits = 0;
  if (cost > rule.capacity) return Outcome.REFUSED;
  const found = findLease(rule, key);
  if (found == 0) return Outcome.UNAVAILABLE;
  const lease = changetype<Lease>(found);
  let outcome = Outcome.ADMITTED;
  if (lease.tokens >= cost) {
    lease.tokens -= cost;
    noteUse(lease, cost, now);
  } else if (isRefused(lease, cost, now)) {
    outcome = Outcome.REFUSED;
    out.untilSeconds = secondsUntil(lease, cost, now);
  } else if (hasCreditFor(rule, lease, cost)) {
    lease.debt += cost;
    noteUse(lease, cost, now);
  } else {
    return Outcome.UNAVAILABLE;
  }
  out.levelUnits = <u64>min(lease.level + lease.tokens, rule.capacity) * rule.unitsPerToken;
  return outcome;
}

/** Gives tokens back that `takeRedis` took for the request in hand. */
export function putBackRedis(rule: Rule, key: u64, cost: u32): void {
  const found = findLease(rule, key);
  if (found == 0) return;
  const lease = changetype<Lease>(found);
  const paid = min(lease.debt, cost);
  lease.debt -= paid;
  lease.tokens += cost - paid;
}

// @ts-ignore: decorator
@inline
function isRefused(lease: Lease, cost: u32, now: u64): bool {
  return now < lease.askAgainAt && cost >= lease.refusedCost;
}

/** Seconds, rounded up, until the bucket can meet a refused cost; 0 when Redis has not said. */
function secondsUntil(lease: Lease, cost: u32, now: u64): u32 {
  if (cost != lease.refusedCost || lease.refusedUntil == NEVER) return 0;
  const microseconds = lease.refusedUntil - now + MICROSECONDS_PER_SECOND - 1;
  return <u32>min<u64>(microseconds / MICROSECONDS_PER_SECOND, u32.MAX_VALUE);
}

/** Whether a request may pass before Redis has answered: at most a lease's worth of them. */
function hasCreditFor(rule: Rule, lease: Lease, cost: u32): bool {
  if (storeOf(rule).passesColdKeys == 0) return false;
  return cost != 0 && lease.debt + cost <= leaseMax(rule);
}

/** Asks for more when less than half of what the key uses is left. */
function askAhead(config: RateLimitConfig, rule: Rule, lease: Lease, cost: u32, now: u64): void {
  const wanted = wantedTokens(lease, rule, now);
  const left = lease.tokens - cost;
  if (wanted == 1 || left >= wanted >> 1 || isRefused(lease, 1, now)) return;
  if (findFlight(lease.flight) != 0 || lease.failedAt == now) return;
  begin(config, rule, lease, 1, min(wanted, leaseMax(rule) - left), now);
}

/**
 * Address of a flight that brings `cost` tokens: the last one of the key, if it asks for as many
 * beside what requests wait for already, or a new one. 0 when none can be made.
 */
function join(config: RateLimitConfig, rule: Rule, lease: Lease, cost: u32, now: u64): usize {
  let wanted = wantedTokens(lease, rule, now);
  const found = findFlight(lease.flight);
  if (found != 0) {
    const flight = changetype<Flight>(found);
    if (flight.most >= flight.awaitedCost + lease.debt + cost) return found;
    // Many requests at once on a key that is new.
    wanted = min(flight.most << 1, leaseMax(rule));
  }
  const held = min(lease.tokens, leaseMax(rule));
  return begin(config, rule, lease, cost, min(wanted, leaseMax(rule) - held), now);
}

/** Address of a new flight for `least` tokens and debts at least; 0 when it cannot be made. */
function begin(
  config: RateLimitConfig,
  rule: Rule,
  lease: Lease,
  least: u32,
  wanted: u32,
  now: u64,
): usize {
  const store = storeOf(rule);
  endLate(now);
  const place = addFlight();
  if (place == 0) return 0;
  const flight = changetype<Flight>(place);
  if (!mayCall(store, now / MICROSECONDS_PER_MILLISECOND)) {
    flight.handle = 0;
    return 0;
  }
  flight.rule = changetype<usize>(rule);
  flight.generation = config.generation;
  flight.key = lease.key;
  flight.least = min(least + lease.debt, rule.capacity);
  flight.most = least == 0 ? 0 : max(flight.least, min(wanted + lease.debt, rule.capacity));
  writeKeyDigits(config, rule, digitsOf(flight));
  if (!send(config, flight, now)) return 0;
  lease.flight = flight.handle;
  return place;
}

/** Sends the command of a flight, which is over when that fails. */
function send(config: RateLimitConfig, flight: Flight, now: u64): bool {
  const rule = changetype<Rule>(flight.rule);
  setDeadline(flight, storeOf(rule).timeoutMilliseconds, now);
  if (sendCommand(flight, config.root, PURPOSE_REDIS | flight.handle) == Status.OK) return true;
  fail(flight, now);
  return false;
}

/** The flight is over, without an answer that makes sense. */
function fail(flight: Flight, now: u64): void {
  const rule = changetype<Rule>(flight.rule);
  noteFailure(storeOf(rule), now / MICROSECONDS_PER_MILLISECOND);
  const found = findLease(rule, flight.key);
  if (found != 0) changetype<Lease>(found).failedAt = now;
  flight.handle = 0;
}

/** Ends what a host has forgotten to answer. */
function endLate(now: u64): void {
  for (let place: u32 = 0; place < REDIS_FLIGHTS_MAX; place++) {
    const flight = flightAt(place);
    if (flight.handle != 0 && now >= flight.deadline) fail(flight, now);
  }
}

/** An answer of Webdis, or that there is none, to the root. */
export function receiveRedis(
  config: RateLimitConfig,
  purpose: u32,
  headerCount: u32,
  bodyLen: u32,
): void {
  const found = findFlight(purpose & HANDLE_MASK);
  if (found == 0) return;
  const flight = changetype<Flight>(found);
  if (flight.generation != config.generation) return;
  const now = monotonicNanoseconds() / NANOSECONDS_PER_MICROSECOND;
  const reply = readAnswer(headerCount, bodyLen);
  if (reply == RedisReply.NO_SCRIPT && flight.hasScript == 0) {
    flight.hasScript = 1;
    send(config, flight, now);
    return;
  }
  const granted = min(grantedTokens, flight.most);
  const isLease = reply == RedisReply.LEASE && (granted == 0 || granted >= flight.least);
  if (!isLease) return fail(flight, now);
  const rule = changetype<Rule>(flight.rule);
  noteSuccess(storeOf(rule));
  const lease = findLease(rule, flight.key);
  if (lease != 0) takeGrant(rule, changetype<Lease>(lease), flight, granted, now);
  flight.handle = 0;
}

/** The tokens of an answer become the worker's; of what it does not say more, nobody asks. */
function takeGrant(rule: Rule, lease: Lease, flight: Flight, granted: u32, now: u64): void {
  dropExpired(lease, now);
  const paid = min(lease.debt, granted);
  lease.debt -= paid;
  const held = leaseMax(rule) + flight.awaitedCost;
  lease.tokens = min(lease.tokens + granted - paid, held);
  lease.expiresAt = now + lifeOf(rule);
  lease.level = min(tokensLeft, rule.capacity);
  lease.toldAt = now;
  lease.askAgainAt = 0;
  if (granted != 0) countEvent(rule, LimitEvent.LEASED);
  if (granted == flight.most || waitMilliseconds == 0) return;
  const isNever = waitMilliseconds == NO_WAIT_HELPS;
  const wait = isNever ? NEVER : <u64>waitMilliseconds * MICROSECONDS_PER_MILLISECOND;
  lease.refusedUntil = isNever ? NEVER : now + wait;
  lease.askAgainAt = now + min(wait, REFUSAL_MAX);
  // Debts come first, so that nothing else can be met.
  lease.refusedCost = lease.debt == 0 ? flight.least : 1;
}

/** Whether what `setPending` was given is still on its way. */
export function isRedisPending(handle: usize): bool {
  const found = findFlight(<u32>handle);
  if (found == 0) return false;
  const now = monotonicNanoseconds() / NANOSECONDS_PER_MICROSECOND;
  if (now < changetype<Flight>(found).deadline) return true;
  fail(changetype<Flight>(found), now);
  return false;
}

/** The root's configuration goes: its answers come to nobody. */
export function abandonRedis(config: RateLimitConfig): void {
  forgetFlights(config.generation);
  forgetLeases(config.generation);
}
