// Tokens that were verified before. What is kept of one are its times and the values of the table's
// claims; whatever depends on the time is judged again on each hit, everything else cannot change
// while the configuration lives.
//
//   value of an entry:  length u32, kind and mark u32 of each claim │ their bytes in order

import { randomBytes } from "../../abi/random";
import { Status } from "../../abi/types";
import { BLOCK_SECRET_BYTES } from "../../core/bytes/hash";
import {
  claimCount,
  ClaimKind,
  claimKindAndMark,
  claimLen,
  claimPtr,
  setClaim,
} from "../../core/headers/identity";
import { judgeTimes } from "../../core/jwt/token_times";
import {
  REFUSED_CACHE_BYTES,
  REFUSED_CACHE_ENTRIES,
  TOKEN_CACHE_BYTES,
  TOKEN_CACHE_ENTRIES,
} from "../../core/limits";
import { Reason } from "../../core/reason";
import {
  CachedToken,
  displaced,
  findToken,
  formatTokens,
  insertToken,
  removeToken,
  valueOf,
} from "../../core/table/token_cache";
import { JwtConfig, Provider } from "./model";
import { nowSeconds, recentSeconds } from "./token_clock";
import { noteEviction, noteHit, noteMiss } from "./token_counters";
import { tokenKey, tokenKeyInPlace } from "./token_key";

/** Draws a secret for the hash and empties the caches. */
export function activateTokens(config: JwtConfig): Status {
  const secret = randomBytes(BLOCK_SECRET_BYTES);
  if (secret == 0) return Status.INTERNAL_FAILURE;
  memory.copy(config.hashSecret, secret, BLOCK_SECRET_BYTES);
  formatTokens(config.cache, TOKEN_CACHE_BYTES, TOKEN_CACHE_ENTRIES);
  formatTokens(config.refusedCache, REFUSED_CACHE_BYTES, REFUSED_CACHE_ENTRIES);
  return Status.OK;
}

/** Whether `recallToken` found the token. */
export let recalled: bool = false;

/**
 * Looks a token up and, when it is there and still holds, sets the claims of the request: views of
 * the cache, good until something is remembered. The answer counts only when it was `recalled`.
 */
export function recallToken(
  config: JwtConfig,
  provider: Provider,
  tokenPtr: usize,
  tokenLen: u32,
): Reason {
  const key = tokenKey(config, provider, tokenPtr, tokenLen);
  const entry = findToken(config.cache, key);
  recalled = entry !== null;
  if (entry === null) {
    noteMiss();
    return Reason.OK;
  }
  noteHit();
  const reason = judgeEntry(entry, provider.claimRules.times.skewSeconds);
  if (reason == Reason.JWT_EXPIRED) removeToken(config.cache, key);
  if (reason == Reason.OK) takeClaims(config, entry);
  return reason;
}

/**
 * The same of what may be no token: false, and nothing is noted of it, unless it is one that was
 * verified before and still holds.
 */
// @ts-ignore: decorator
@inline
export function recallGood(
  config: JwtConfig,
  provider: Provider,
  tokenPtr: usize,
  tokenLen: u32,
): bool {
  const entry = findToken(config.cache, tokenKeyInPlace(config, provider, tokenPtr, tokenLen));
  if (entry === null) return false;
  if (judgeEntry(entry, provider.claimRules.times.skewSeconds) != Reason.OK) return false;
  noteHit();
  takeClaims(config, entry);
  return true;
}

// @ts-ignore: decorator
@inline
function takeClaims(config: JwtConfig, entry: CachedToken): void {
  const heads = valueOf(entry);
  const count = claimCount(config.claims);
  let at = heads + (count << 3);
  for (let id: u32 = 0; id < count; id++) {
    const kindAndMark = load<u32>(heads + (id << 3), 4);
    if (kindAndMark == ClaimKind.ABSENT) continue;
    const len = load<u32>(heads + (id << 3));
    setClaim(id, at, len, kindAndMark);
    at += len;
  }
}

/** A recent time is near enough for a token that holds so long before and after it. */
const RECENT_WITHIN_SECONDS: i64 = 60;

/** Judges a token's dates, by the clock itself where a minute may make a difference. */
// @ts-ignore: decorator
@inline
function judgeEntry(entry: CachedToken, skewSeconds: i64): Reason {
  return holdsRecently(entry, skewSeconds) ? Reason.OK : judgeNow(entry, skewSeconds);
}

// @ts-ignore: decorator
@inline
function holdsRecently(entry: CachedToken, skewSeconds: i64): bool {
  const recent = recentSeconds();
  const late = <i64>entry.expiresAtSeconds - RECENT_WITHIN_SECONDS;
  const early = <i64>entry.notBeforeSeconds + RECENT_WITHIN_SECONDS;
  return recent != 0 && judgeTimes(late, early, recent, skewSeconds) == Reason.OK;
}

function judgeNow(entry: CachedToken, skewSeconds: i64): Reason {
  const now = nowSeconds();
  // A host without a clock must not make tokens eternal.
  if (now == 0) return Reason.HOST_FAILURE;
  const start = <i64>entry.notBeforeSeconds;
  return judgeTimes(<i64>entry.expiresAtSeconds, start, now, skewSeconds);
}

/** Keeps a token that was verified, with the claims of the request, which are its. */
export function rememberToken(
  config: JwtConfig,
  provider: Provider,
  tokenPtr: usize,
  tokenLen: u32,
  expiresAtSeconds: i64,
  validFromSeconds: i64,
): void {
  const count = claimCount(config.claims);
  let valueLen = count << 3;
  for (let id: u32 = 0; id < count; id++) valueLen += claimLen(id);
  const key = tokenKey(config, provider, tokenPtr, tokenLen);
  const entry = insertToken(config.cache, key, valueLen);
  if (entry === null) return;
  if (displaced) noteEviction();
  entry.expiresAtSeconds = <u64>expiresAtSeconds;
  entry.notBeforeSeconds = <u64>validFromSeconds;
  const heads = valueOf(entry);
  let at = heads + (count << 3);
  for (let id: u32 = 0; id < count; id++) {
    const len = claimLen(id);
    store<u32>(heads + (id << 3), len);
    store<u32>(heads + (id << 3), claimKindAndMark(id), 4);
    memory.copy(at, claimPtr(id), len);
    at += len;
  }
}
