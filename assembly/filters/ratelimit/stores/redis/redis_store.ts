// Buckets in Redis, of which this worker holds leases: tokens that Redis has given away, so that
// all Envoys together never admit more than
//
//   capacity + refill x time + workers x lease
//
// where a lease is `leaseMax` (leases.ts) or the largest cost of a request, plus what requests wait
// for. Requests on keys in use find their tokens here; a call is made when few are left, when a key
// is new, and when a refusal has lasted as long as Redis said.

import { Outcome, Readiness, Taken } from "../outcome";
import { NEVER, TOKEN_UNITS } from "../../../../core/ratelimit/bucket";
import { RateLimitConfig, Rule, storeOf } from "../../model";
import { Awaited, mayWaitForStore, setAwaited } from "../../pending";
import { findFlight, Flight, forgetFlights } from "./flights";
import { addOwed, owedTokens, payOwed } from "./grace";
import { askAhead, flightFor, flightOnCredit, isFlying, receive } from "./lease_calls";
import {
  addLease,
  dropExpired,
  findLease,
  forgetLeases,
  isRefused,
  Lease,
  leaseMax,
  noteUse,
} from "./leases";

export { PURPOSE_REDIS } from "./lease_calls";

const MICROSECONDS_PER_SECOND: u64 = 1000000;
/** Microseconds for which a level answers requests that take nothing. */
const LEVEL_LIFE: u64 = 1000000;

/** Whether no bucket holds as much: `takeRedis` refuses without asking. */
// @ts-ignore: decorator
@inline
function canNeverMeet(rule: Rule, cost: u32): bool {
  return max<u32>(cost, 1) > rule.capacity;
}

/**
 * Whether a lease is there that the request in hand can take from; asks for one when not.
 * `isRepeated`: the request has waited, so that calls on their way count its cost already.
 */
export function prepareRedis(
  config: RateLimitConfig,
  rule: Rule,
  key: u64,
  cost: u32,
  isRepeated: bool,
  now: u64,
): Readiness {
  if (canNeverMeet(rule, cost)) return Readiness.READY;
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
  if (hasCreditFor(rule, lease, cost, now)) {
    const isAsked = flightOnCredit(config, rule, lease, cost, now) != 0;
    return isAsked ? Readiness.READY : Readiness.UNAVAILABLE;
  }
  if (!mayWaitForStore) return Readiness.UNAVAILABLE;
  if (isRepeated && findFlight(lease.flight) != 0) {
    setAwaited(Awaited.LEASE, lease.flight);
    return Readiness.WAITS;
  }
  const flight = flightFor(config, rule, lease, cost, now);
  if (flight == 0) return Readiness.UNAVAILABLE;
  countAwaited(changetype<Flight>(flight), cost);
  setAwaited(Awaited.LEASE, changetype<Flight>(flight).handle);
  return Readiness.WAITS;
}

/** What costs as much as a thousand of the largest buckets counts as no more. */
function countAwaited(flight: Flight, cost: u32): void {
  flight.awaitedCost = min<u32>(flight.awaitedCost + cost, i32.MAX_VALUE);
}

/** Takes `cost` tokens from this worker's lease of a key. */
export function takeRedis(rule: Rule, key: u64, cost: u32, now: u64, out: Taken): Outcome {
  out.levelUnits = 0;
  if (canNeverMeet(rule, cost)) return Outcome.REFUSED;
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
  } else if (hasCreditFor(rule, lease, cost, now)) {
    lease.debt += cost;
    addOwed(key, cost, now);
    noteUse(lease, cost, now);
  } else {
    return Outcome.UNAVAILABLE;
  }
  out.levelUnits = <u64>min(lease.level + lease.tokens, rule.capacity) * TOKEN_UNITS;
  return outcome;
}

/** Gives tokens back that `takeRedis` took for the request in hand. */
export function putBackRedis(rule: Rule, key: u64, cost: u32): void {
  const found = findLease(rule, key);
  if (found == 0) return;
  const lease = changetype<Lease>(found);
  const paid = min(lease.debt, cost);
  lease.debt -= paid;
  payOwed(key, paid);
  lease.tokens += cost - paid;
}

/** Seconds, rounded up, until the bucket can meet a refused cost; 0 when Redis has not said. */
function secondsUntil(lease: Lease, cost: u32, now: u64): u32 {
  if (cost != lease.refusedCost || lease.refusedUntil == NEVER) return 0;
  const microseconds = lease.refusedUntil - now + MICROSECONDS_PER_SECOND - 1;
  return <u32>min<u64>(microseconds / MICROSECONDS_PER_SECOND, u32.MAX_VALUE);
}

/** Whether a request may pass before Redis has answered: at most a lease's worth of them. */
function hasCreditFor(rule: Rule, lease: Lease, cost: u32, now: u64): bool {
  if (storeOf(rule).passesColdKeys == 0 || cost == 0) return false;
  // After a place has forgotten, a lease may still owe.
  return max(lease.debt, owedTokens(lease.key, now)) + cost <= leaseMax(rule);
}

/** An answer of Webdis, or that there is none, to the root. */
export function receiveRedis(
  config: RateLimitConfig,
  purpose: u32,
  headerCount: u32,
  bodyLen: u32,
): void {
  receive(config, purpose, headerCount, bodyLen);
}

/** Whether what `setAwaited` was given is still on its way. */
export function isRedisPending(handle: usize): bool {
  return isFlying(<u32>handle);
}

/** The root's configuration goes: its answers come to nobody. */
export function abandonRedis(config: RateLimitConfig): void {
  forgetFlights(config.generation);
  forgetLeases(config.generation);
}
