// Pages of buckets in shared data: read, change, compare and swap. The loser of a race reads again,
// a bounded number of times; nothing is written that was not read just before.

import { arenaMark, arenaRelease } from "../../abi/arena";
import {
  CAS_IF_ABSENT,
  answerCas,
  answerLen,
  answerPtr,
  getSharedData,
  setSharedData,
} from "../../abi/host";
import { Status } from "../../abi/types";
import { CAS_ATTEMPTS_MAX } from "../../core/limits";
import { setPageOf } from "../../core/ratelimit/key";
import {
  isPage,
  PAGE_BYTES,
  putBack,
  take,
  Taken,
  writeEmptyPage,
} from "../../core/ratelimit/page";
import { Rule } from "./config";

/** Every request costs one token. */
export const REQUEST_COST: u32 = 1;

export const enum Outcome {
  ADMITTED = 0,
  REFUSED = 1,
  /** Shared data did not do its part. */
  UNAVAILABLE = 2,
  /** Other workers wrote first, CAS_ATTEMPTS_MAX times in a row. */
  EXHAUSTED = 3,
}

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

/**
 * Takes a request's token from the bucket of a key. `out` is written unless shared data is
 * unavailable.
 */
export function takeShared(rule: Rule, key: u64, nowMicroseconds: u64, out: Taken): Outcome {
  setPageOf(rule.pageNamePtr, rule.pageNameLen, key);
  for (let i: u32 = 0; i < CAS_ATTEMPTS_MAX; i++) {
    if (readPage(rule) != Status.OK) return Outcome.UNAVAILABLE;
    take(PAGE, key, REQUEST_COST, rule, nowMicroseconds, out);
    if (!out.admitted) return Outcome.REFUSED;
    const status = writePage(rule);
    if (status == Status.OK) return Outcome.ADMITTED;
    if (status != Status.CAS_MISMATCH) return Outcome.UNAVAILABLE;
  }
  return Outcome.EXHAUSTED;
}

/** Gives the token back. When that fails it is lost: the limit is never exceeded for it. */
export function putBackShared(rule: Rule, key: u64, bucket: u32): void {
  setPageOf(rule.pageNamePtr, rule.pageNameLen, key);
  for (let i: u32 = 0; i < CAS_ATTEMPTS_MAX; i++) {
    if (readPage(rule) != Status.OK) return;
    if (!putBack(PAGE, key, bucket, REQUEST_COST, rule)) return;
    if (writePage(rule) != Status.CAS_MISMATCH) return;
  }
}
