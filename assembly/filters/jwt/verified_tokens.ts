// Tokens that were verified before. What is kept of one are its times and the values of the table's
// claims; whatever depends on the time is judged again on each hit, everything else cannot change
// while the configuration lives.
//
//   value of an entry:  length u32, kind u32 of each claim │ their bytes in order

import { randomBytes } from "../../abi/random";
import { Status } from "../../abi/types";
import { siphash } from "../../core/bytes/hash";
import {
  claimCount,
  ClaimKind,
  claimKind,
  claimLen,
  claimPtr,
  setClaim,
} from "../../core/headers/identity";
import { judgeTimes } from "../../core/jwt/token_times";
import { Reason } from "../../core/reason";
import {
  findToken,
  flushTokens,
  insertToken,
  removeToken,
  TokenKey,
  valueOf,
} from "../../core/table/token_cache";
import { JwtConfig, keySetOf, Provider } from "./model";

const KEY = changetype<TokenKey>(heap.alloc(offsetof<TokenKey>()));
const SECRET_BYTES: u32 = 16;
/**
 * Bytes at the end of a token that are hashed: of the signature, so they differ from token to
 * token.
 */
const HASHED_BYTES: u32 = 32;

/** Draws a secret for the hash and empties the cache. */
export function activateTokens(config: JwtConfig): Status {
  const secret = randomBytes(SECRET_BYTES);
  if (secret == 0) return Status.INTERNAL_FAILURE;
  config.hashKey0 = load<u64>(secret);
  config.hashKey1 = load<u64>(secret, 8);
  flushTokens(config.cache);
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
  nowSeconds: i64,
): Reason {
  KEY.hash = hashOf(config, tokenPtr, tokenLen);
  KEY.generation = (keySetOf(provider).generation << 8) | provider.number;
  KEY.tokenPtr = tokenPtr;
  KEY.tokenLen = tokenLen;
  const entry = findToken(config.cache, KEY);
  recalled = entry !== null;
  if (entry === null) return Reason.OK;
  const reason = judgeTimes(
    <i64>entry.expiresAtSeconds,
    <i64>entry.notBeforeSeconds,
    nowSeconds,
    provider.claimRules.times.skewSeconds,
  );
  if (reason == Reason.JWT_EXPIRED) removeToken(config.cache, KEY);
  if (reason != Reason.OK) return reason;
  const heads = valueOf(entry);
  const count = claimCount(config.claims);
  let at = heads + (count << 3);
  for (let id: u32 = 0; id < count; id++) {
    const kind = <ClaimKind>load<u32>(heads + (id << 3), 4);
    if (kind == ClaimKind.ABSENT) continue;
    const len = load<u32>(heads + (id << 3));
    setClaim(id, at, len, kind);
    at += len;
  }
  return Reason.OK;
}

/**
 * Keeps the token that was last looked up, with the claims of the request as they were set for it.
 */
export function rememberToken(
  config: JwtConfig,
  expiresAtSeconds: i64,
  validFromSeconds: i64,
): void {
  const count = claimCount(config.claims);
  let valueLen = count << 3;
  for (let id: u32 = 0; id < count; id++) valueLen += claimLen(id);
  const entry = insertToken(config.cache, KEY, valueLen);
  if (entry === null) return;
  entry.expiresAtSeconds = <u64>expiresAtSeconds;
  entry.notBeforeSeconds = <u64>validFromSeconds;
  const heads = valueOf(entry);
  let at = heads + (count << 3);
  for (let id: u32 = 0; id < count; id++) {
    const len = claimLen(id);
    store<u32>(heads + (id << 3), len);
    store<u32>(heads + (id << 3), claimKind(id), 4);
    memory.copy(at, claimPtr(id), len);
    at += len;
  }
}

function hashOf(config: JwtConfig, tokenPtr: usize, tokenLen: u32): u64 {
  const len = min(tokenLen, HASHED_BYTES);
  return siphash(tokenPtr + (tokenLen - len), len, config.hashKey0, config.hashKey1);
}
