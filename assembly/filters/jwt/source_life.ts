// The life of fetched sets as the chain sees it: sources get their sets when a configuration is set
// up, are looked after on tick, and are asked for when a token needs a key that is not there.

import { NONE } from "../../core/bytes/none";
import { Status } from "../../abi/types";
import { Algorithm } from "../../core/crypto/algorithm";
import { BACKOFF_MILLISECONDS_MIN } from "../../core/limits";
import { Reason } from "../../core/reason";
import { drawDenySecrets } from "./deny_table";
import {
  FetchedSet,
  isInFlight,
  isUsable,
  mayWait,
  nowMilliseconds,
  setPendingSet,
} from "./fetched_set";
import { abandonFlight, beginFlight, observe, receive } from "./source_fetch";
import { countWaiters, defineSourceMetrics, showSet } from "./source_metrics";
import { findKey } from "./key_set";
import { Source, SourceKind } from "./source";
import { closeSet, openSet } from "./fetched_store";
import { JwtConfig, keySetOf, Provider } from "./model";

// @ts-ignore: decorator
@inline
function sourceAt(address: usize): Source {
  return changetype<Source>(address);
}

// @ts-ignore: decorator
@inline
function setOf(source: Source): FetchedSet {
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
    let status = defineSourceMetrics(source);
    if (status == Status.OK && source.kind == SourceKind.DENY_LIST) status = drawDenySecrets();
    if (status != Status.OK) return status;
    const now = nowMilliseconds();
    if (now != 0) observe(setOf(source), source, now);
  }
  return Status.OK;
}

// On tick --------------------------------------------------------------------------------------

/** Looks after the sets of a root: takes what other workers fetched, fetches what is due. */
export function tickSources(root: u32, config: usize): void {
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

/** Whether a configuration has keys or lists that are fetched. */
export function fetchesKeys(config: usize): bool {
  return changetype<JwtConfig>(config).sources != 0;
}

/** Whether somebody waits for a set of a root, or will: nobody has fetched it yet. */
export function isSetWanted(config: usize): bool {
  for (let at = changetype<JwtConfig>(config).sources; at != 0; at = sourceAt(at).next) {
    const source = sourceAt(at);
    const isFirst = setOf(source).fetchedAt == 0 && setOf(source).failures == 0;
    if (source.waiters != 0 || isFirst) return true;
  }
  return false;
}

/** An answer to a callout whose purpose isSourcePurpose. */
export function receiveAnswer(
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
 * their way `pendingSet` is the set.
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
  if (askSource(config.root, source) && mayWait) setPendingSet(source.set);
  // Another worker may have fetched them since the last tick.
  if (!isUsable(setOf(source), source, nowMilliseconds())) return Reason.JWT_KEYS_UNAVAILABLE;
  foundKey = findKey(keySetOf(provider), algorithm, kidPtr, kidLen);
  if (foundKey == NONE) {
    // Whether the server has such a key cannot be said while it does not answer.
    return setOf(source).failures == 0 ? Reason.JWT_KEY_UNKNOWN : Reason.JWT_KEYS_UNAVAILABLE;
  }
  setPendingSet(0);
  return Reason.OK;
}

/**
 * OK where the deny-list that a provider has fetched may be used, or it has none;
 * JWT_DENY_LIST_UNAVAILABLE otherwise, and while one is on its way `pendingSet` is its set.
 */
export function checkDenyList(config: JwtConfig, provider: Provider): Reason {
  const address = provider.claimRules.denySource;
  if (isUsableNow(address)) return Reason.OK;
  const source = sourceAt(address);
  if (askSource(config.root, source) && mayWait) setPendingSet(source.set);
  // Another worker may have fetched it since the last tick.
  if (!isUsableNow(address)) return Reason.JWT_DENY_LIST_UNAVAILABLE;
  setPendingSet(0);
  return Reason.OK;
}

/** Whether what is known of a provider's tokens counts still: no set of it is stale. */
export function hasUsableSets(provider: Provider): bool {
  return isUsableNow(provider.source) && isUsableNow(provider.claimRules.denySource);
}

/** Whether the set of a source may be used; true where there is no source. */
function isUsableNow(address: usize): bool {
  if (address == 0) return true;
  return isUsable(setOf(sourceAt(address)), sourceAt(address), nowMilliseconds());
}

/** Asks for another document; whether it is on its way. */
function askSource(root: u32, source: Source): bool {
  const set = setOf(source);
  const now = nowMilliseconds();
  if (now == 0) return false;
  if (isInFlight(set, now)) return true;
  if (now < askableAt(source, set, now)) return false;
  observe(set, source, now);
  if (isInFlight(set, now)) return true;
  return now >= askableAt(source, set, now) && beginFlight(root, source, now);
}

/**
 * The end of the cooldown after a success; after a failure the next attempt, or the cooldown where
 * that is shorter: a token may be by a key that the server has had for a while.
 */
function askableAt(source: Source, set: FetchedSet, now: u64): u64 {
  if (set.failures != 0) {
    return min(set.refreshAt, set.attemptedAt + source.cooldownMilliseconds);
  }
  if (set.goodAt == 0 && set.fetchedAt != 0) {
    // They were fetched, but are not here: see isDue.
    return set.attemptedAt + BACKOFF_MILLISECONDS_MIN;
  }
  return set.fetchedAt == 0 ? 0 : set.fetchedAt + source.cooldownMilliseconds;
}

/** Whether a document for a set (`pendingSet`) is on its way, as this worker last saw it. */
export function isAwaited(set: usize): bool {
  return isInFlight(changetype<FetchedSet>(set), nowMilliseconds());
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
