// The life of fetched keys as the chain sees it: sources get their sets when a configuration is set
// up, are looked after on tick, and are asked for when a token needs a key that is not there.

import { NONE } from "../../core/bytes/none";
import { Status } from "../../abi/types";
import { Algorithm } from "../../core/crypto/algorithm";
import {
  BACKOFF_MILLISECONDS_MIN,
  KEYS_TICK_MILLISECONDS,
  KEYS_WAIT_TICK_MILLISECONDS,
  RETRY_AFTER_MILLISECONDS_MAX,
} from "../../core/limits";
import { Reason } from "../../core/reason";
import { FetchedSet, isInFlight, isUsable, nowMilliseconds } from "./fetched_set";
import { abandonFlight, beginFlight, observe, receive } from "./key_fetch";
import { countWaiters, defineKeyMetrics, showSet } from "./key_metrics";
import { expectKeys, findKey, setPendingKeySet } from "./key_set";
import { KeySource } from "./key_source";
import { closeSet, openSet } from "./key_store";
import { JwtConfig, keySetOf, Provider } from "./model";

const MILLISECONDS_PER_SECOND: u64 = 1000;

// @ts-ignore: decorator
@inline
function sourceAt(address: usize): KeySource {
  return changetype<KeySource>(address);
}

// @ts-ignore: decorator
@inline
function setOf(source: KeySource): FetchedSet {
  return changetype<FetchedSet>(source.set);
}

// Set-up ---------------------------------------------------------------------------------------

/** Takes the sets of a configuration's sources as far as there is room. */
export function openSources(config: JwtConfig): void {
  for (let at = config.sources; at != 0; at = sourceAt(at).next) openSet(sourceAt(at));
}

/** Gives the sets back, and with them what the root began and who waits for it. */
export function closeSources(config: JwtConfig): void {
  for (let at = config.sources; at != 0; at = sourceAt(at).next) {
    const source = sourceAt(at);
    countWaiters(source, -(<i64>source.waiters));
    source.waiters = 0;
    if (source.set != 0) abandonFlight(setOf(source), config.root, nowMilliseconds());
    closeSet(source);
  }
}

/** Sets the sources up for a root; anything but OK leaves them to be tried again. */
export function activateSources(config: JwtConfig, root: u32): Status {
  config.root = root;
  openSources(config);
  for (let at = config.sources; at != 0; at = sourceAt(at).next) {
    const source = sourceAt(at);
    if (source.set == 0) return Status.INTERNAL_FAILURE;
    const status = defineKeyMetrics(source);
    if (status != Status.OK) return status;
    const now = nowMilliseconds();
    if (now != 0) observe(setOf(source), source, now);
  }
  return Status.OK;
}

// On tick --------------------------------------------------------------------------------------

/** Looks after the keys of a root: takes what other workers fetched, fetches what is due. */
export function tickKeys(root: u32, config: usize): void {
  const now = nowMilliseconds();
  if (now == 0) return;
  let at = changetype<JwtConfig>(config).sources;
  while (at != 0) {
    const source = sourceAt(at);
    const set = setOf(source);
    observe(set, source, now);
    if (!isInFlight(set, now) && isDue(set, now)) beginFlight(root, source, now);
    showSet(source, set, now);
    at = source.next;
  }
}

function isDue(set: FetchedSet, now: u64): bool {
  if (now >= set.refreshAt) return true;
  // The newest document is not where it should be: another worker could not write it.
  return set.sharedHash != set.documentHash && now >= set.attemptedAt + BACKOFF_MILLISECONDS_MIN;
}

/** Milliseconds between ticks that the keys of a root want now; 0 when none are fetched. */
export function nextTickMilliseconds(config: usize): u32 {
  let at = changetype<JwtConfig>(config).sources;
  if (at == 0) return 0;
  for (; at != 0; at = sourceAt(at).next) {
    const source = sourceAt(at);
    const isFirst = setOf(source).fetchedAt == 0 && setOf(source).failures == 0;
    if (source.waiters != 0 || isFirst) return KEYS_WAIT_TICK_MILLISECONDS;
  }
  return KEYS_TICK_MILLISECONDS;
}

/** An answer to a callout whose purpose isKeysPurpose. */
export function receiveKeys(
  root: u32,
  config: usize,
  purpose: u32,
  headerCount: u32,
  bodyLen: u32,
): void {
  receive(root, changetype<JwtConfig>(config).sources, purpose, headerCount, bodyLen);
}

// For requests ---------------------------------------------------------------------------------

/** Number of the key that findKeyFor found. */
export let foundKey: u32 = NONE;

/**
 * Finds the key that a token's header means. JWT_KEY_UNKNOWN without one, JWT_KEYS_UNAVAILABLE when
 * none may be used at all; either asks for new keys, once in a cooldown, and while those are on
 * their way `pendingKeySet` is the set, if the request may wait.
 */
export function findKeyFor(
  config: JwtConfig,
  provider: Provider,
  algorithm: Algorithm,
  kidPtr: usize,
  kidLen: u32,
): Reason {
  const isInline = provider.source == 0;
  const source = sourceAt(provider.source);
  if (isInline || isUsable(setOf(source), source, nowMilliseconds())) {
    foundKey = findKey(keySetOf(provider), algorithm, kidPtr, kidLen);
    if (foundKey != NONE) return Reason.OK;
    if (isInline) return Reason.JWT_KEY_UNKNOWN;
  }
  if (askForKeys(config.root, source)) expectKeys(source.set);
  // Another worker may have fetched them since the last tick.
  if (!isUsable(setOf(source), source, nowMilliseconds())) return Reason.JWT_KEYS_UNAVAILABLE;
  foundKey = findKey(keySetOf(provider), algorithm, kidPtr, kidLen);
  if (foundKey == NONE) return Reason.JWT_KEY_UNKNOWN;
  setPendingKeySet(0);
  return Reason.OK;
}

/** Whether what was verified by a provider's keys counts still: they are not stale. */
export function hasUsableKeys(provider: Provider): bool {
  if (provider.source == 0) return true;
  const source = sourceAt(provider.source);
  return isUsable(setOf(source), source, nowMilliseconds());
}

/** Asks for new keys; whether they are on their way. */
function askForKeys(root: u32, source: KeySource): bool {
  const set = setOf(source);
  const now = nowMilliseconds();
  if (now == 0) return false;
  if (isInFlight(set, now)) return true;
  if (now < askableAt(source, set, now)) return false;
  observe(set, source, now);
  if (isInFlight(set, now)) return true;
  return now >= askableAt(source, set, now) && beginFlight(root, source, now);
}

/** After a failure the next attempt, after a success the end of the cooldown. */
function askableAt(source: KeySource, set: FetchedSet, now: u64): u64 {
  if (set.failures != 0) return set.refreshAt;
  if (set.goodAt == 0 && set.fetchedAt != 0) {
    // They were fetched, but are not here: see isDue.
    return set.attemptedAt + BACKOFF_MILLISECONDS_MIN;
  }
  return set.fetchedAt == 0 ? 0 : set.fetchedAt + source.cooldownMilliseconds;
}

/** Whether keys for a set (`pendingKeySet`) are on their way, as this worker last saw it. */
export function isAwaited(set: usize): bool {
  return isInFlight(changetype<FetchedSet>(set), nowMilliseconds());
}

/** Seconds until it makes sense to ask again for what a set cannot decide now. */
export function retryAfterSeconds(set: usize): u32 {
  const fetched = changetype<FetchedSet>(set);
  const now = nowMilliseconds();
  const until = max(fetched.refreshAt, fetched.flightUntil);
  if (until <= now) return 1;
  const milliseconds = min<u64>(until - now, RETRY_AFTER_MILLISECONDS_MAX);
  return <u32>((milliseconds + MILLISECONDS_PER_SECOND - 1) / MILLISECONDS_PER_SECOND);
}

/** Notes that a request of a root waits for a set, or waits no longer. */
export function countWaiter(config: usize, set: usize, isMore: bool): void {
  for (let at = changetype<JwtConfig>(config).sources; at != 0; at = sourceAt(at).next) {
    const source = sourceAt(at);
    if (source.set != set) continue;
    // Requests that waited under another configuration of the root are not in this count.
    if (!isMore && source.waiters == 0) return;
    source.waiters += isMore ? 1 : -1;
    countWaiters(source, isMore ? 1 : -1);
    return;
  }
}
