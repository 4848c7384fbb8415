// Buckets in shared data, which all workers share: pages, read, changed, compared and swapped, and
// this worker's leases from them, which requests are served from while they last. The loser of a
// race reads again, a bounded number of times; nothing is written that was not read just before.

import { arenaMark, arenaRelease } from "../../../abi/arena";
import {
  CAS_IF_ABSENT,
  answerCas,
  answerLen,
  answerPtr,
  getSharedData,
  setSharedData,
} from "../../../abi/host";
import { Status } from "../../../abi/types";
import { CAS_ATTEMPTS_MAX, LEASES_MAX, LEASES_RETURNED_MAX } from "../../../core/limits";
import { setPageOf } from "../../../core/ratelimit/key";
import {
  beginLease,
  claimLease,
  endLease,
  findLease,
  isUsable,
  knownUnits,
  Lease,
  leaseAt,
  leaseCount,
  leaseMax,
  sharePages,
  wantedSize,
} from "../../../core/ratelimit/lease";
import {
  Ask,
  ASK_BYTES,
  isPage,
  PAGE_BYTES,
  putBack,
  putLeaseBack,
  take,
  writeEmptyPage,
} from "../../../core/ratelimit/page";
import { countEvent, LimitEvent } from "../answers/limit_metrics";
import { RateLimitConfig, Rule, ruleAt, StoreKind } from "../model";
import { Outcome, Taken } from "./outcome";

/** A page that is not there yet. */
const EMPTY_PAGE: usize = memory.data(1024, 16);
if (PAGE_BYTES != 1024) ERROR("a page is not 1024 bytes");
const ASK = changetype<Ask>(memory.data(64, 8));
if (ASK_BYTES != 64) ERROR("an Ask has not 64 bytes");

/** Whether this VM has begun to hold leases since `hasBegunLeases` was called last. */
let hasBegun: bool = false;

/** The number that the page read last is written with. */
let cas: u32 = 0;

/**
 * Address of the page in the rule's page name, until the callback returns; one that is absent, or
 * is no page, is empty. 0: the host failed.
 */
function readPage(rule: Rule): usize {
  const status = getSharedData(rule.pageNamePtr, rule.pageNameLen);
  if (status != Status.OK && status != Status.NOT_FOUND) return 0;
  cas = status == Status.OK ? answerCas : CAS_IF_ABSENT;
  if (status == Status.OK && isPage(answerPtr, answerLen)) return answerPtr;
  writeEmptyPage(EMPTY_PAGE);
  return EMPTY_PAGE;
}

// @ts-ignore: decorator
@inline
function writePage(rule: Rule, page: usize): Status {
  return setSharedData(rule.pageNamePtr, rule.pageNameLen, page, PAGE_BYTES, cas);
}

/** Takes `cost` tokens from the bucket of a key that all workers share; `out` says what is left. */
export function takeShared(
  rule: Rule,
  key: u64,
  cost: u32,
  nowMicroseconds: u64,
  out: Taken,
): Outcome {
  const found = findLease(key);
  if (found != 0) {
    const lease = changetype<Lease>(found);
    // A look at no cost needs a lease to look at.
    const isEnough = lease.rest >= max(cost, 1) && lease.terms == rule.leaseTerms;
    if (isEnough && isUsable(lease, nowMicroseconds)) {
      lease.rest -= cost;
      out.levelUnits = knownUnits(lease);
      return Outcome.ADMITTED;
    }
  }
  return takeFromPages(rule, key, cost, nowMicroseconds, found, out);
}

/** Takes from the key's page, with what is left of the lease `found` (an address or 0). */
function takeFromPages(
  rule: Rule,
  key: u64,
  cost: u32,
  nowMicroseconds: u64,
  found: usize,
  out: Taken,
): Outcome {
  ASK.keyHash = key;
  ASK.cost = cost;
  askToReturn(rule, found);
  ASK.wanted = wantedSize(found, nowMicroseconds, leaseMax(rule.capacity));
  setPageOf(rule.pageNamePtr, rule.pageNameLen, key, rule.pages);
  for (let i: u32 = 0; i < CAS_ATTEMPTS_MAX; i++) {
    // The host's answers must not add up in the arena.
    const mark = arenaMark();
    const page = readPage(rule);
    if (page == 0) return Outcome.UNAVAILABLE;
    take(page, rule, nowMicroseconds, ASK);
    const status = ASK.changed ? writePage(rule, page) : Status.OK;
    arenaRelease(mark);
    if (status == Status.CAS_MISMATCH) continue;
    if (status != Status.OK) return Outcome.UNAVAILABLE;
    out.levelUnits = ASK.levelUnits;
    if (!ASK.admitted) return Outcome.REFUSED;
    if (ASK.changed) noteTaken(rule, key, nowMicroseconds);
    return Outcome.ADMITTED;
  }
  return Outcome.EXHAUSTED;
}

/** A lease comes back with the next call, if it is from the page that the rule has the key on. */
function askToReturn(rule: Rule, found: usize): void {
  ASK.returnedGrant = 0;
  ASK.returnedRest = 0;
  if (found == 0) return;
  const lease = changetype<Lease>(found);
  if (!sharePages(lease.terms, rule.leaseTerms)) return;
  ASK.returnedEpoch = lease.epoch;
  ASK.returnedGrant = lease.granted;
  ASK.returnedRest = lease.rest;
}

function noteTaken(rule: Rule, key: u64, nowMicroseconds: u64): void {
  if (ASK.evicted) countEvent(rule, LimitEvent.EVICTED);
  if (leaseMax(rule.capacity) == 0) {
    // The capacity was larger, and a lease from then has just been returned.
    const old = findLease(key);
    if (old != 0) endLease(changetype<Lease>(old));
    return;
  }
  const claimed = claimLease(key, nowMicroseconds);
  if (claimed == 0) return;
  const lease = changetype<Lease>(claimed);
  lease.nameHash = rule.nameHash;
  lease.rule = rule.index;
  const heldNone = leaseCount == 0;
  beginLease(lease, ASK, rule.leaseTerms, nowMicroseconds);
  if (ASK.granted == 0) return;
  if (heldNone) hasBegun = true;
  countEvent(rule, LimitEvent.LEASED);
}

/**
 * Gives tokens back that `takeShared` took for the request in hand. When that fails they are lost:
 * the limit is never exceeded for it.
 */
export function putBackShared(
  rule: Rule,
  key: u64,
  cost: u32,
  takenAtMicroseconds: u64,
  nowMicroseconds: u64,
): void {
  if (cost == 0) return;
  const found = findLease(key);
  if (found != 0) {
    const lease = changetype<Lease>(found);
    // A lease never holds more than its page says it does, and takes back only what was its own:
    // in the room of other tokens the bucket has grown since.
    const isOwn =
      takenAtMicroseconds == nowMicroseconds || lease.takenAtMicroseconds < takenAtMicroseconds;
    const fits = <u64>lease.rest + cost <= lease.granted && lease.terms == rule.leaseTerms;
    if (isOwn && fits && isUsable(lease, nowMicroseconds)) {
      lease.rest += cost;
      return;
    }
  }
  setPageOf(rule.pageNamePtr, rule.pageNameLen, key, rule.pages);
  for (let i: u32 = 0; i < CAS_ATTEMPTS_MAX; i++) {
    const mark = arenaMark();
    const page = readPage(rule);
    const isChanged = page != 0 && putBack(page, key, cost, rule, takenAtMicroseconds);
    const status = isChanged ? writePage(rule, page) : Status.OK;
    arenaRelease(mark);
    if (status != Status.CAS_MISMATCH) return;
  }
}

/** Whether this VM holds leases, so that ticks are to come sooner. */
export function holdsLeases(): bool {
  return leaseCount != 0;
}

/** Whether it has begun to since the last call. */
export function hasBegunLeases(): bool {
  const began = hasBegun;
  hasBegun = false;
  return began;
}

/**
 * Gives back leases of the configuration's rules that were not used since the last tick, and
 * forgets those that have ended, whoever's they are.
 */
export function returnIdleLeases(config: RateLimitConfig, nowMicroseconds: u64): void {
  let returned: u32 = 0;
  for (let i: u32 = 0; i < LEASES_MAX && leaseCount != 0; i++) {
    const lease = leaseAt(i);
    if (lease.granted == 0) continue;
    if (!isUsable(lease, nowMicroseconds)) {
      endLease(lease);
      continue;
    }
    // Another root of this VM ticks for its own.
    if (!isRuleOf(config, lease)) continue;
    const isIdle = lease.rest == lease.restAtTick;
    lease.restAtTick = lease.rest;
    if (!isIdle || returned == LEASES_RETURNED_MAX) continue;
    returned++;
    returnLease(ruleAt(config, lease.rule), lease, nowMicroseconds);
  }
}

/** Whether a lease is of this configuration: others have rules of other names, or other numbers. */
function isRuleOf(config: RateLimitConfig, lease: Lease): bool {
  if (lease.rule >= config.ruleCount) return false;
  const rule = ruleAt(config, lease.rule);
  return rule.nameHash == lease.nameHash && rule.storeKind == StoreKind.SHARED;
}

/** Gives a lease back; when that fails it is lost. */
function returnLease(rule: Rule, lease: Lease, nowMicroseconds: u64): void {
  ASK.keyHash = lease.keyHash;
  askToReturn(rule, changetype<usize>(lease));
  endLease(lease);
  setPageOf(rule.pageNamePtr, rule.pageNameLen, ASK.keyHash, rule.pages);
  for (let i: u32 = 0; i < CAS_ATTEMPTS_MAX; i++) {
    const mark = arenaMark();
    const page = readPage(rule);
    const isChanged = page != 0 && putLeaseBack(page, rule, nowMicroseconds, ASK);
    const status = isChanged ? writePage(rule, page) : Status.OK;
    arenaRelease(mark);
    if (status != Status.CAS_MISMATCH) return;
  }
}
