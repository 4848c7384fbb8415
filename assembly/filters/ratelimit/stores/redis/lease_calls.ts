// Calls about leases: when one is made, what it asks for, and what its answer brings.

import { monotonicNanoseconds } from "../../../../abi/clock";
import { Status } from "../../../../abi/types";
import { REDIS_FLIGHTS_MAX } from "../../../../core/limits";
import { NEVER } from "../../../../core/ratelimit/bucket";
import {
  grantedTokens,
  NO_WAIT_HELPS,
  RedisReply,
  tokensLeft,
  waitMilliseconds,
} from "../../../../core/ratelimit/redis_reply";
import { keepTrace } from "../../../../core/trace/in_hand";
import { countEvent, LimitEvent } from "../../answers/limit_metrics";
import { RateLimitConfig, Rule, storeOf } from "../../model";
import { mayCall, noteFailure, noteSuccess } from "../store_breaker";
import {
  addFlight,
  digitsOf,
  findFlight,
  Flight,
  flightAt,
  HANDLE_MASK,
  setDeadline,
  traceOf,
} from "./flights";
import { payOwed } from "./grace";
import { dropExpired, findLease, isRefused, Lease, leaseMax, lifeOf, wantedTokens } from "./leases";
import { KEY_DIGITS, writeKeyDigits } from "./redis_key";
import { readAnswer, sendCommand } from "./redis_request";

/** Callouts of this store (abi/callouts.ts). */
export const PURPOSE_REDIS: u32 = 2 << 24;

const NANOSECONDS_PER_MICROSECOND: u64 = 1000;
const MICROSECONDS_PER_MILLISECOND: u64 = 1000;
/** Microseconds after which Redis is asked again, however long it said to wait: it may be empty. */
const REFUSAL_MAX: u64 = 60000000;

/** Asks for more when less than half of what the key uses will be left after `cost`. */
export function askAhead(
  config: RateLimitConfig,
  rule: Rule,
  lease: Lease,
  cost: u32,
  now: u64,
): void {
  const wanted = wantedTokens(lease, rule, now);
  const left = lease.tokens - cost;
  if (wanted == 1 || left >= wanted >> 1 || isRefused(lease, 1, now)) return;
  if (findFlight(lease.flight) != 0 || lease.failedAt == now) return;
  const flight = newFlight(config, rule, lease, now);
  if (flight == 0 || !isAllowed(lease, changetype<Flight>(flight), now)) return;
  writeKeyDigits(config, rule, digitsOf(changetype<Flight>(flight)));
  depart(config, lease, changetype<Flight>(flight), 1, min(wanted, leaseMax(rule) - left), now);
}

/**
 * Address of the flight that brings `cost` tokens: the one on its way, if it asks for as many
 * beside what others wait for; the one that goes next; or a new one. 0 when there can be none.
 */
export function flightFor(
  config: RateLimitConfig,
  rule: Rule,
  lease: Lease,
  cost: u32,
  now: u64,
): usize {
  const found = findFlight(lease.flight);
  if (found == 0) return beginFlight(config, rule, lease, cost, now);
  const current = changetype<Flight>(found);
  if (current.most >= current.awaitedCost + lease.debt + cost) return found;
  let next = findFlight(lease.nextFlight);
  if (next == 0) {
    next = newFlight(config, rule, lease, now);
    if (next == 0) return 0;
    const flight = changetype<Flight>(next);
    memory.copy(digitsOf(flight), digitsOf(current), KEY_DIGITS);
    flight.leastCost = cost;
    flight.deadline = current.deadline;
    lease.nextFlight = flight.handle;
  }
  const flight = changetype<Flight>(next);
  flight.leastCost = min(flight.leastCost, cost);
  return next;
}

/** Address of the flight on its way, or of a new one that asks for `cost` tokens; else 0. */
export function flightOnCredit(
  config: RateLimitConfig,
  rule: Rule,
  lease: Lease,
  cost: u32,
  now: u64,
): usize {
  const found = findFlight(lease.flight);
  return found != 0 ? found : beginFlight(config, rule, lease, cost, now);
}

function beginFlight(
  config: RateLimitConfig,
  rule: Rule,
  lease: Lease,
  cost: u32,
  now: u64,
): usize {
  const found = newFlight(config, rule, lease, now);
  if (found == 0) return 0;
  const flight = changetype<Flight>(found);
  if (!isAllowed(lease, flight, now)) return 0;
  writeKeyDigits(config, rule, digitsOf(flight));
  const held = min(lease.tokens, leaseMax(rule));
  const wanted = min(wantedTokens(lease, rule, now), leaseMax(rule) - held);
  return depart(config, lease, flight, cost, cost == 0 ? 0 : max(wanted, cost), now) ? found : 0;
}

function newFlight(config: RateLimitConfig, rule: Rule, lease: Lease, now: u64): usize {
  endLate(now);
  const found = addFlight(lease.toldAt != 0);
  if (found == 0) return 0;
  const flight = changetype<Flight>(found);
  flight.rule = changetype<usize>(rule);
  flight.generation = config.generation;
  flight.key = lease.key;
  keepTrace(traceOf(flight));
  return found;
}

/** Whether the breaker lets a flight depart; it must then. Else the flight is over. */
function isAllowed(lease: Lease, flight: Flight, now: u64): bool {
  const store = storeOf(changetype<Rule>(flight.rule));
  if (mayCall(store, now / MICROSECONDS_PER_MILLISECOND)) return true;
  lease.failedAt = now;
  flight.handle = 0;
  return false;
}

/**
 * Makes the call: for `least` to `most` tokens, and what the key owes. A failure ends the flight.
 */
function depart(
  config: RateLimitConfig,
  lease: Lease,
  flight: Flight,
  least: u32,
  most: u32,
  now: u64,
): bool {
  const rule = changetype<Rule>(flight.rule);
  flight.least = min(least + lease.debt, rule.capacity);
  flight.most = most == 0 ? 0 : min(most + lease.debt, rule.capacity);
  flight.isSent = 1;
  lease.flight = flight.handle;
  return send(config, flight, now);
}

/** Sends the command of a flight, which is over when that fails. */
function send(config: RateLimitConfig, flight: Flight, now: u64): bool {
  setDeadline(flight, storeOf(changetype<Rule>(flight.rule)).timeoutMilliseconds, now);
  if (sendCommand(flight, config.root, PURPOSE_REDIS | flight.handle) == Status.OK) return true;
  fail(flight, now);
  return false;
}

/** The flight is over, without an answer that makes sense, and so is the one after it. */
function fail(flight: Flight, now: u64): void {
  const rule = changetype<Rule>(flight.rule);
  flight.handle = 0;
  if (flight.isSent != 0) noteFailure(storeOf(rule), now / MICROSECONDS_PER_MILLISECOND);
  const found = findLease(rule, flight.key);
  if (found == 0) return;
  const lease = changetype<Lease>(found);
  lease.failedAt = now;
  const next = findFlight(lease.nextFlight);
  if (next != 0) changetype<Flight>(next).handle = 0;
}

/** Ends the flights that a host has forgotten to answer. */
function endLate(now: u64): void {
  for (let place: u32 = 0; place < REDIS_FLIGHTS_MAX; place++) {
    const flight = flightAt(place);
    if (flight.handle != 0 && now >= flight.deadline) fail(flight, now);
  }
}

/** Whether a flight is on its way, or will be. */
export function isFlying(handle: u32): bool {
  const found = findFlight(handle);
  if (found == 0) return false;
  const now = monotonicNanoseconds() / NANOSECONDS_PER_MICROSECOND;
  if (now < changetype<Flight>(found).deadline) return true;
  fail(changetype<Flight>(found), now);
  return false;
}

/** Takes an answer of Webdis, or that there is none. */
export function receive(
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
  if (reply != RedisReply.LEASE || !isSound(flight, granted)) return fail(flight, now);
  const rule = changetype<Rule>(flight.rule);
  noteSuccess(storeOf(rule));
  flight.handle = 0;
  const lease = findLease(rule, flight.key);
  if (lease == 0) return;
  takeGrant(rule, changetype<Lease>(lease), flight, granted, now);
  departNext(config, rule, changetype<Lease>(lease), flight.awaitedCost, now);
}

/** Whether a lease is what was asked for: the least of it, or when that can be had. */
function isSound(flight: Flight, granted: u32): bool {
  return granted == 0 ? flight.least == 0 || waitMilliseconds != 0 : granted >= flight.least;
}

/** The tokens of an answer become the worker's; what Redis cannot meet is refused for a while. */
function takeGrant(rule: Rule, lease: Lease, flight: Flight, granted: u32, now: u64): void {
  dropExpired(lease, now);
  const paid = min(lease.debt, granted);
  lease.debt -= paid;
  payOwed(lease.key, paid);
  const heldMax = leaseMax(rule) + flight.awaitedCost;
  lease.tokens = min(lease.tokens + granted - paid, heldMax);
  if (granted != 0) lease.expiresAt = now + lifeOf(rule);
  lease.level = min(tokensLeft, rule.capacity);
  lease.toldAt = now;
  lease.askAgainAt = 0;
  if (granted != 0) countEvent(rule, LimitEvent.LEASED);
  if (waitMilliseconds == 0) return;
  const isNever = waitMilliseconds == NO_WAIT_HELPS;
  const wait = isNever ? NEVER : <u64>waitMilliseconds * MICROSECONDS_PER_MILLISECOND;
  lease.refusedUntil = isNever ? NEVER : now + wait;
  lease.askAgainAt = now + min(wait, REFUSAL_MAX);
  // Debts come first, so that nothing else can be met.
  lease.refusedCost = lease.debt == 0 ? flight.least : 1;
}

/**
 * Makes the call that gathered requests while another one was on its way, unless they are refused,
 * or find tokens that `awaited` does not need.
 */
function departNext(
  config: RateLimitConfig,
  rule: Rule,
  lease: Lease,
  awaited: u32,
  now: u64,
): void {
  const found = findFlight(lease.nextFlight);
  if (found == 0) return;
  const flight = changetype<Flight>(found);
  const spare = lease.tokens > awaited ? lease.tokens - awaited : 0;
  if (isRefused(lease, flight.leastCost, now) || flight.awaitedCost <= spare) {
    flight.handle = 0;
    return;
  }
  if (!isAllowed(lease, flight, now)) return;
  const most = max(flight.awaitedCost, wantedTokens(lease, rule, now)) - spare;
  depart(config, lease, flight, flight.leastCost, max(most, flight.leastCost), now);
}
