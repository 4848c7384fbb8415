// Whether the request carries a good token of one provider: from the cache of verified tokens, or
// verified now. A good one's claims become those of the request.

import { Text } from "../../core/bytes/text";
import { setDecidedProvider } from "../../core/headers/decision";
import { clearClaims } from "../../core/headers/identity";
import { endsOtherwise } from "../../core/jwt/token_times";
import { TOKEN_BYTES_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { expiresAtSeconds, refusedScope, validFromSeconds } from "./claims";
import { checkConfirmation } from "./confirmation";
import {
  confirmUnread,
  selectToken,
  takeTokens,
  takeUnread,
  tokenCount,
  tokenLen,
  tokenPtr,
} from "./credentials";
import { hasUsableSets } from "./source_life";
import { pendingSet } from "./fetched_set";
import { JwtConfig, Provider } from "./model";
import { noteProvider } from "./provider_metrics";
import { recalledScope, recallRefusal, rememberRefusal } from "./refused_tokens";
import { nowSeconds } from "./token_clock";
import { noteRefusedAgain } from "./token_counters";
import { recalled, recallGood, recallToken, rememberToken } from "./verified_tokens";
import { verifyToken } from "./verify";

/** The scope that the token lacked which was checked last, when it was refused for that; else 0. */
export let missingScope: Text = 0;

/**
 * OK, JWT_MISSING when there is no token, or what is wrong with it. Of several tokens that must all
 * be good the first is checked last, so that the claims are its.
 */
export function checkProvider(config: JwtConfig, provider: Provider): Reason {
  const reason = judge(config, provider);
  if (pendingSet == 0) noteProvider(config, provider, reason);
  if (reason != Reason.OK) setDecidedProvider(provider.label);
  return reason;
}

function judge(config: JwtConfig, provider: Provider): Reason {
  if (isKnownAsItStands(config, provider)) return checkConfirmation(provider.claimRules);
  let reason = takeTokens(config, provider);
  if (reason == Reason.OK && tokenCount > 1) reason = checkOthers(config, provider);
  return reason == Reason.OK ? checkToken(config, provider) : reason;
}

/**
 * Whether the header holds one token, which is known and still holds. What equals a token is one:
 * to look for several first takes longer than to find it.
 */
function isKnownAsItStands(config: JwtConfig, provider: Provider): bool {
  if (!takeUnread(provider) || !hasUsableSets(provider)) return false;
  if (!recallGood(config, provider, tokenPtr, tokenLen)) return false;
  confirmUnread(provider);
  missingScope = 0;
  return true;
}

/** All tokens but the first, which is then in hand. */
function checkOthers(config: JwtConfig, provider: Provider): Reason {
  for (let i = tokenCount - 1; i > 0; i--) {
    selectToken(i);
    const reason = checkToken(config, provider);
    if (reason != Reason.OK) return reason;
    clearClaims();
  }
  selectToken(0);
  return Reason.OK;
}

function checkToken(config: JwtConfig, provider: Provider): Reason {
  if (tokenLen > TOKEN_BYTES_MAX) return Reason.JWT_TOO_LARGE;
  missingScope = 0;
  let reason = Reason.OK;
  let isKnown: bool = false;
  // What stale keys said counts no longer.
  const areUsable = hasUsableSets(provider);
  if (areUsable) {
    reason = recallToken(config, provider, tokenPtr, tokenLen);
    isKnown = recalled;
  }
  const rules = provider.claimRules;
  // Of a token that is at its end for another reason than its `exp`, only its claims tell which.
  const isAtItsEnd = reason == Reason.JWT_EXPIRED && endsOtherwise(rules.times);
  if (!isKnown || isAtItsEnd) reason = verify(config, provider, areUsable);
  // The proof is the request's, so it is never remembered.
  return reason == Reason.OK ? checkConfirmation(rules) : reason;
}

/** The token in hand is not known as a good one. */
function verify(config: JwtConfig, provider: Provider, areUsable: bool): Reason {
  // A host without a clock must not make tokens eternal.
  const now = nowSeconds();
  if (now == 0) return Reason.HOST_FAILURE;
  let reason = Reason.OK;
  if (areUsable) reason = recallRefusal(config, provider, tokenPtr, tokenLen, now);
  if (reason != Reason.OK) {
    missingScope = recalledScope;
    noteRefusedAgain();
    return reason;
  }
  reason = verifyToken(config, provider, tokenPtr, tokenLen, now);
  if (reason == Reason.OK) {
    rememberToken(config, provider, tokenPtr, tokenLen, expiresAtSeconds, validFromSeconds);
    return reason;
  }
  if (reason == Reason.JWT_CLAIM_REFUSED) missingScope = refusedScope;
  rememberRefusal(config, provider, tokenPtr, tokenLen, now, reason, missingScope);
  return reason;
}
