// Pages of buckets in shared data: read, change, compare and swap. The loser of a race reads again,
// a bounded number of times; nothing is written that was not read just before.

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
import { CAS_ATTEMPTS_MAX } from "../../../core/limits";
import { setPageOf } from "../../../core/ratelimit/key";
import {
  isPage,
  PAGE_BYTES,
  putBack,
  take,
  Taken as TakenFromPage,
  writeEmptyPage,
} from "../../../core/ratelimit/page";
import { RateLimitConfig, Rule } from "../model";
import { Outcome, Taken } from "./outcome";

const PAGE: usize = memory.data(384, 16);
if (PAGE_BYTES != 384) ERROR("a page is not 384 bytes");

let cas: u32 = 0;

/** Leaves the page in PAGE; one that is absent, or is no page of this limit, is empty. */
function readPage(rule: Rule): Status {
  // The host's answer is copied, so that attempts do not add up in the arena.
  const mark = arenaMark();
  let status = getSharedData(rule.pageNamePtr, rule.pageNameLen);
  cas = status == Status.OK ? answerCas : CAS_IF_ABSENT;
  if (status == Status.OK && isPage(answerPtr, answerLen, rule)) {
    memory.copy(PAGE, answerPtr, PAGE_BYTES);
  } else if (status == Status.OK || status == Status.NOT_FOUND) {
    writeEmptyPage(PAGE, rule);
    status = Status.OK;
  }
  arenaRelease(mark);
  return status;
}

// @ts-ignore: decorator
@inline
function writePage(rule: Rule): Status {
  return setSharedData(rule.pageNamePtr, rule.pageNameLen, PAGE, PAGE_BYTES, cas);
}

const FROM_PAGE = changetype<TakenFromPage>(memory.data(16, 8));
if (offsetof<TakenFromPage>() > 16) ERROR("what a page gives needs more room");

/** Takes `cost` tokens from the bucket of a key that all workers share; `out` says what is left. */
export function takeShared(
  rule: Rule,
  key: u64,
  cost: u32,
  nowMicroseconds: u64,
  out: Taken,
): Outcome {
  setPageOf(rule.pageNamePtr, rule.pageNameLen, key);
  for (let i: u32 = 0; i < CAS_ATTEMPTS_MAX; i++) {
    if (readPage(rule) != Status.OK) return Outcome.UNAVAILABLE;
    take(PAGE, key, cost, rule, nowMicroseconds, FROM_PAGE);
    out.levelUnits = FROM_PAGE.levelUnits;
    if (!FROM_PAGE.admitted) return Outcome.REFUSED;
    const status = writePage(rule);
    if (status == Status.OK) return Outcome.ADMITTED;
    if (status != Status.CAS_MISMATCH) return Outcome.UNAVAILABLE;
  }
  return Outcome.EXHAUSTED;
}

/**
 * Gives tokens back that `takeShared` took for the request in hand. When that fails they are lost:
 * the limit is never exceeded for it.
 */
export function putBackShared(rule: Rule, key: u64, cost: u32, nowMicroseconds: u64): void {
  setPageOf(rule.pageNamePtr, rule.pageNameLen, key);
  for (let i: u32 = 0; i < CAS_ATTEMPTS_MAX; i++) {
    if (readPage(rule) != Status.OK) return;
    if (!putBack(PAGE, key, FROM_PAGE.bucket, cost, rule)) return;
    if (writePage(rule) != Status.CAS_MISMATCH) return;
  }
}

/** Gives back leases that this worker does not use; whether it still has some. */
export function returnIdleLeases(config: RateLimitConfig, nowMicroseconds: u64): bool {
  return false;
}
