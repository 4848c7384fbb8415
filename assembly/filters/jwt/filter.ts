// Lets requests pass that have what their rule asks for; hands claims on as headers.

import { Status } from "../../abi/types";
import { acquireTables, releaseTables } from "../../core/crypto/tables";
import { VerifyKey } from "../../core/crypto/verify_key";
import { setVerified } from "../../core/headers/identity";
import { removeHeader } from "../../core/headers/request";
import { Reason } from "../../core/reason";
import { challenge } from "./challenge";
import { clearForwarded, forward } from "./forwarding";
import { keyAt, setPendingKeySet } from "./key_set";
import { JwtConfig, Provider, providerAt } from "./model";
import { isPreflight } from "./preflight";
import { checkProvider } from "./provider_check";
import { statusHeaderAt } from "./requirement";
import { checkRequirement } from "./requirement_check";
import { findRule, noRuleReason, Rule } from "./rules";
import { removeTokensOf } from "./token_removal";
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

/** Decides on the request in hand. Whatever comes of it, no header that it owns is a client's. */
export function authenticate(config: usize): Reason {
  const own = changetype<JwtConfig>(config);
  setPendingKeySet(0);
  clearOwned(own);
  const rule = findRule(own);
  if (rule === null) return noRuleReason;
  if (rule.passesPreflight != 0 && isPreflight(own)) return removeTokensOf(own, rule);
  const reason = check(own, rule);
  if (reason == Reason.OK) return removeTokensOf(own, rule);
  challenge(own.challenges, reason);
  return reason;
}

function clearOwned(config: JwtConfig): void {
  for (let i: u32 = 0; i < config.providerCount; i++) {
    clearForwarded(providerAt(config, i).forwarding);
  }
  for (let i: u32 = 0; i < config.statusHeaderCount; i++) removeHeader(statusHeaderAt(config, i));
}

function check(config: JwtConfig, rule: Rule): Reason {
  if (rule.requirement != 0) return checkRequirement(config, rule.requirement - 1);
  if (rule.provider == 0) return Reason.OK;
  const provider = changetype<Provider>(rule.provider);
  const reason = checkProvider(config, provider);
  if (reason != Reason.OK) return reason;
  setVerified();
  forward(provider.forwarding);
  return Reason.OK;
}
