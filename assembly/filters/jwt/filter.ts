// Lets requests pass whose path's rule asks for no token, or that carry a token of the provider
// that it asks for; hands claims on as headers.

import { systemNanoseconds } from "../../abi/clock";
import { Status } from "../../abi/types";
import { Char, isVisibleAscii } from "../../core/bytes/ascii";
import { text, Text, textLen, textPtr } from "../../core/bytes/text";
import { acquireTables, releaseTables } from "../../core/crypto/tables";
import { VerifyKey } from "../../core/crypto/verify_key";
import { FixedName } from "../../core/headers/fixed_names";
import { claimLen, claimPtr, setVerified } from "../../core/headers/identity";
import { matchesPrefix, PathResult, readPath, RulePath } from "../../core/headers/path";
import { addReplyField } from "../../core/headers/reply";
import {
  headerCount,
  headerLen,
  headerPtr,
  removeHeader,
  setHeader,
} from "../../core/headers/request";
import { HEADER_VALUE_BYTES_MAX, PATH_BYTES_MAX, TOKEN_BYTES_MAX } from "../../core/limits";
import { Reason, reasonStatus } from "../../core/reason";
import { takeToken, tokenLen, tokenPtr } from "./credentials";
import { forwardAt, JwtConfig, keyAt, Provider, providerAt, Rule, ruleAt } from "./model";
import { chooseVerifiers } from "./verifiers";
import { activateTokens, recalled, recallToken, rememberToken } from "./verified_tokens";
import { expiresAtSeconds, validFromSeconds, verifyToken } from "./verify";

const WWW_AUTHENTICATE = text("www-authenticate");
const NANOSECONDS_PER_SECOND: u64 = 1000000000;
const UNAUTHORIZED: u32 = 401;

const PATH: usize = heap.alloc(PATH_BYTES_MAX);
const RULE_PATH = changetype<RulePath>(heap.alloc(offsetof<RulePath>()));

/** Empties the cache and settles who verifies each algorithm. */
export function activateJwt(config: usize): Status {
  const own = changetype<JwtConfig>(config);
  chooseVerifiers(own);
  return activateTokens(own);
}

/** The keys of a configuration are used from now on (core/crypto/tables.ts). */
export function acquireKeys(config: usize): void {
  const own = changetype<JwtConfig>(config);
  for (let i: u32 = 0; i < own.providerCount; i++) {
    const provider = providerAt(own, i);
    for (let j: u32 = 0; j < provider.keyCount; j++) {
      acquireTables(changetype<VerifyKey>(keyAt(provider, j).verifyKey));
    }
  }
}

/** They are used no longer. */
export function releaseKeys(config: usize): void {
  const own = changetype<JwtConfig>(config);
  for (let i: u32 = 0; i < own.providerCount; i++) {
    const provider = providerAt(own, i);
    for (let j: u32 = 0; j < provider.keyCount; j++) {
      releaseTables(changetype<VerifyKey>(keyAt(provider, j).verifyKey));
    }
  }
}

/** Decides on the request in hand. */
export function authenticate(config: usize): Reason {
  const own = changetype<JwtConfig>(config);
  clearForwarded(own);
  const rule = findRule(own);
  if (rule === null) return refusedRule;
  if (rule.provider == 0) return Reason.OK;
  const provider = changetype<Provider>(rule.provider);
  const reason = checkToken(own, provider);
  if (reason != Reason.OK) {
    challenge(own, reason);
    return reason;
  }
  setVerified();
  forward(own, provider);
  return Reason.OK;
}

/**
 * What this filter writes has no other source: not the client, not the mapping table, whatever the
 * rule.
 */
function clearForwarded(config: JwtConfig): void {
  for (let i: u32 = 0; i < config.providerCount; i++) {
    const provider = providerAt(config, i);
    for (let j: u32 = 0; j < provider.forwardCount; j++) {
      removeHeader(forwardAt(provider, j).headerId);
    }
  }
}

/** Why `findRule` found none. */
let refusedRule: Reason = Reason.JWT_NO_RULE;

/** The first rule whose prefix the path has. */
function findRule(config: JwtConfig): Rule | null {
  refusedRule = Reason.JWT_PATH_REFUSED;
  if (headerCount(FixedName.PATH) != 1) return null;
  const ptr = headerPtr(FixedName.PATH);
  const len = headerLen(FixedName.PATH);
  if (readPath(ptr, len, config.segments, PATH, RULE_PATH) != PathResult.OK) return null;
  for (let i: u32 = 0; i < config.ruleCount; i++) {
    const rule = ruleAt(config, i);
    if (matchesPrefix(PATH, RULE_PATH.len, textPtr(rule.prefix), textLen(rule.prefix))) return rule;
  }
  refusedRule = Reason.JWT_NO_RULE;
  return null;
}

function checkToken(config: JwtConfig, provider: Provider): Reason {
  let reason = takeToken(config.authorizationId);
  if (reason != Reason.OK) return reason;
  if (tokenLen > TOKEN_BYTES_MAX) return Reason.JWT_TOO_LARGE;
  // A host without a clock must not make tokens eternal.
  const nowSeconds = <i64>(systemNanoseconds() / NANOSECONDS_PER_SECOND);
  if (nowSeconds == 0) return Reason.HOST_FAILURE;
  reason = recallToken(config, provider, tokenPtr, tokenLen, nowSeconds);
  if (recalled) return reason;
  reason = verifyToken(config, provider, tokenPtr, tokenLen, nowSeconds);
  if (reason == Reason.OK) rememberToken(config, expiresAtSeconds, validFromSeconds);
  return reason;
}

function forward(config: JwtConfig, provider: Provider): void {
  for (let i: u32 = 0; i < provider.forwardCount; i++) {
    const each = forwardAt(provider, i);
    const ptr = claimPtr(each.claimId);
    const len = claimLen(each.claimId);
    if (isSafeValue(ptr, len)) setHeader(each.headerId, ptr, len);
  }
  if (provider.keepsToken == 0) removeHeader(config.authorizationId);
}

/**
 * Whether every reader of a field takes the same value from it: printable ASCII, not to be trimmed
 * at its ends.
 */
function isSafeValue(ptr: usize, len: u32): bool {
  if (len == 0 || len > HEADER_VALUE_BYTES_MAX || !isVisibleAscii(ptr, len)) return false;
  return load<u8>(ptr) != Char.SPACE && load<u8>(ptr + len - 1) != Char.SPACE;
}

/**
 * WWW-Authenticate: no error code for who presented nothing (RFC 6750 §3.1); nothing for failures
 * that are not theirs.
 */
function challenge(config: JwtConfig, reason: Reason): void {
  let value: Text = 0;
  if (reason == Reason.JWT_MISSING) value = config.challenge;
  else if (reason == Reason.JWT_MULTIPLE) value = config.invalidRequest;
  else if (reason == Reason.JWT_SPIFFE_ID_INVALID) value = config.insufficientScope;
  else if (reason == Reason.JWT_SUBJECT_REFUSED) value = config.insufficientScope;
  else if (reasonStatus(reason) == UNAUTHORIZED) value = config.invalidToken;
  if (value != 0) addReplyField(WWW_AUTHENTICATE, textPtr(value), textLen(value));
}
