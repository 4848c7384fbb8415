// Lets requests pass whose rule asks for no token, or that carry a token of the provider that it
// asks for; hands claims on as headers.

import { Status } from "../../abi/types";
import { acquireTables, releaseTables } from "../../core/crypto/tables";
import { VerifyKey } from "../../core/crypto/verify_key";
import { setVerified } from "../../core/headers/identity";
import { removeHeader } from "../../core/headers/request";
import { Reason } from "../../core/reason";
import { forward } from "./forwarding";
import { tokenLen, tokenPtr } from "./credentials";
import { keyAt } from "./key_set";
import { JwtConfig, Provider, providerAt } from "./model";
import { refusedScope } from "./claims";
import { checkProvider } from "./provider_check";
import { findRule, noRuleReason } from "./rules";
import { clearOutput, conclude } from "./verdict";
import { activateTokens } from "./verified_tokens";
import { chooseVerifiers } from "./verifiers";

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
    const set = providerAt(own, i).keySet;
    for (let j: u32 = 0; j < set.keyCount; j++) {
      acquireTables(changetype<VerifyKey>(keyAt(set, j).verifyKey));
    }
  }
}

/** They are used no longer. */
export function releaseKeys(config: usize): void {
  const own = changetype<JwtConfig>(config);
  for (let i: u32 = 0; i < own.providerCount; i++) {
    const set = providerAt(own, i).keySet;
    for (let j: u32 = 0; j < set.keyCount; j++) {
      releaseTables(changetype<VerifyKey>(keyAt(set, j).verifyKey));
    }
  }
}

/** Decides on the request in hand. */
export function authenticate(config: usize): Reason {
  const own = changetype<JwtConfig>(config);
  clearOutput(own);
  const rule = findRule(own);
  if (rule === null) return conclude(own, noRuleReason, 0);
  if (rule.provider == 0) return conclude(own, Reason.OK, 0);
  const provider = changetype<Provider>(rule.provider);
  const reason = checkProvider(own, provider);
  if (reason != Reason.OK) {
    return conclude(own, reason, reason == Reason.JWT_CLAIM_REFUSED ? refusedScope : 0);
  }
  setVerified();
  const forwarded = forward(provider.forwarding, tokenPtr, tokenLen);
  if (forwarded != Reason.OK) return forwarded;
  if (provider.forwarding.keepsToken == 0) removeHeader(own.authorizationId);
  return conclude(own, Reason.OK, 0);
}
