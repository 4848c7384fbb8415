// Tokens that were refused a moment ago for what cannot change while the configuration and the keys
// live: sent again, they make no work. They lie in a part of their own, where they push out nobody
// but each other.
//
// Only what cost a signature is kept: everything that is refused before costs less than to copy the
// token.
//
//   entry    expiresAtSeconds  when it was refused
//            notBeforeSeconds  reason u32 │ scope Text u32

import { Text } from "../../core/bytes/text";
import { REFUSED_TOKEN_SECONDS } from "../../core/limits";
import { Reason } from "../../core/reason";
import { findToken, insertToken } from "../../core/table/token_cache";
import { JwtConfig, Provider } from "./model";
import { tokenKey } from "./token_key";

/** The scope that the token lacks which `recallRefusal` found; 0 when that is not why. */
export let recalledScope: Text = 0;

/** Why the token was refused; OK when that is not known. */
export function recallRefusal(
  config: JwtConfig,
  provider: Provider,
  tokenPtr: usize,
  tokenLen: u32,
  nowSeconds: i64,
): Reason {
  const entry = findToken(config.refusedCache, tokenKey(config, provider, tokenPtr, tokenLen));
  if (entry === null) return Reason.OK;
  // Before it was remembered: a clock that went back may have made the token good.
  const age = nowSeconds - <i64>entry.expiresAtSeconds;
  if (age < 0 || age >= <i64>REFUSED_TOKEN_SECONDS) return Reason.OK;
  recalledScope = <u32>(entry.notBeforeSeconds >> 32);
  return <Reason>(<u32>entry.notBeforeSeconds);
}

/**
 * Remembers why a token was refused, when that will be so for a while. `scope` is what it lacks,
 * a text that lives as long as the configuration, or 0.
 */
export function rememberRefusal(
  config: JwtConfig,
  provider: Provider,
  tokenPtr: usize,
  tokenLen: u32,
  nowSeconds: i64,
  reason: Reason,
  scope: Text,
): void {
  if (!isLasting(reason)) return;
  const key = tokenKey(config, provider, tokenPtr, tokenLen);
  const entry = insertToken(config.refusedCache, key, 0);
  if (entry === null) return;
  entry.expiresAtSeconds = <u64>nowSeconds;
  entry.notBeforeSeconds = ((<u64>scope) << 32) | (<u64>(<u32>reason));
}

/**
 * Neither what time or the request mends, nor what a fetch does: jwt:key_unknown,
 * jwt:keys_unavailable, jwt:deny_list_unavailable. A list that lets a token pass again has another
 * generation (token_key.ts).
 */
function isLasting(reason: Reason): bool {
  switch (reason) {
    case Reason.JWT_SIGNATURE_INVALID:
    case Reason.JWT_CLAIMS_INVALID:
    case Reason.JWT_EXPIRED:
    case Reason.JWT_TOO_OLD:
    case Reason.JWT_LIFETIME_REFUSED:
    case Reason.JWT_ISSUER_REFUSED:
    case Reason.JWT_AUDIENCE_REFUSED:
    case Reason.JWT_SUBJECT_MISSING:
    case Reason.JWT_SUBJECT_REFUSED:
    case Reason.JWT_SPIFFE_ID_INVALID:
    case Reason.JWT_CLAIM_MISSING:
    case Reason.JWT_CLAIM_REFUSED:
    case Reason.JWT_REVOKED:
      return true;
    default:
      return false;
  }
}
