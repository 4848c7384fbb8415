// Lets requests pass that have what their rule asks for; hands claims on as headers.

import { Status } from "../../abi/types";
import { setVerified } from "../../core/headers/identity";
import { Reason } from "../../core/reason";
import { beginTokens, tokenLen, tokenPtr } from "./credentials";
import { activateSources, closeSources, openSources } from "./source_life";
import { forward, forwardState } from "./forwarding";
import { pendingSet, setPendingSet } from "./fetched_set";
import { acquireSetTables, releaseSetTables } from "./fetched_store";
import { JwtConfig, Provider, providerAt } from "./model";
import { isPreflight } from "./preflight";
import { checkProvider, missingScope } from "./provider_check";
import { defineProviderMetrics } from "./provider_metrics";
import { checkRequirement } from "./requirement_check";
import { findRule, noRuleReason, Rule } from "./rules";
import { defineTokenCounters } from "./token_counters";
import { removeAllTokens, removeTokensOf } from "./token_removal";
import { clearOutput, pass, refuse } from "./verdict";
import { activateTokens } from "./verified_tokens";
import { chooseVerifiers } from "./verifiers";

/** For a root: empties the cache, settles who verifies each algorithm and where its keys are. */
export function activateJwt(config: usize, root: u32): Status {
  const own = changetype<JwtConfig>(config);
  chooseVerifiers(own);
  let status = defineTokenCounters();
  if (status == Status.OK) status = defineProviderMetrics(own);
  if (status == Status.OK) status = activateSources(own, root);
  return status == Status.OK ? activateTokens(own) : status;
}

/** The keys of a configuration are used from now on (core/crypto/tables.ts, fetched_store.ts). */
export function acquireKeys(config: usize): void {
  const own = changetype<JwtConfig>(config);
  for (let i: u32 = 0; i < own.providerCount; i++) {
    if (isFirstOfSet(own, i)) acquireSetTables(providerAt(own, i).keySet);
  }
  openSources(own);
}

/** Whether no provider before this one has its keys: a key counts its users by its own state. */
function isFirstOfSet(config: JwtConfig, index: u32): bool {
  const set = providerAt(config, index).keySet;
  for (let i: u32 = 0; i < index; i++) if (providerAt(config, i).keySet == set) return false;
  return true;
}

/** They are used no longer. */
export function releaseKeys(config: usize): void {
  const own = changetype<JwtConfig>(config);
  for (let i: u32 = 0; i < own.providerCount; i++) {
    if (isFirstOfSet(own, i)) releaseSetTables(providerAt(own, i).keySet);
  }
  closeSources(own);
}

/** Decides on the request in hand. Whatever comes of it, no header that it owns is a client's. */
export function authenticate(config: usize): Reason {
  const own = changetype<JwtConfig>(config);
  setPendingSet(0);
  beginTokens();
  clearOutput(own);
  const rule = findRule(own);
  if (rule === null) {
    const verdict = refuse(own, noRuleReason, 0);
    return verdict == Reason.OK ? removeAllTokens(own) : verdict;
  }
  const reason = rule.passesPreflight != 0 && isPreflight(own) ? Reason.OK : check(own, rule);
  // It may be decided otherwise when the keys have come that it waits for.
  if (pendingSet != 0 && reason != Reason.OK) return reason;
  const scope = reason == Reason.JWT_CLAIM_REFUSED ? missingScope : 0;
  const verdict = reason == Reason.OK ? pass() : refuse(own, reason, scope);
  return verdict == Reason.OK ? removeTokensOf(own, rule) : verdict;
}

/** The verdict on a request that should wait for keys where too many do. */
export function refuseToWait(config: usize): Reason {
  const own = changetype<JwtConfig>(config);
  const verdict = refuse(own, Reason.JWT_WAITING_FULL, 0);
  const rule = findRule(own);
  return verdict == Reason.OK && rule !== null ? removeTokensOf(own, rule) : verdict;
}

function check(config: JwtConfig, rule: Rule): Reason {
  if (rule.requirement != 0) return checkRequirement(config, rule.requirement - 1);
  if (rule.provider == 0) return Reason.OK;
  const provider = changetype<Provider>(rule.provider);
  let reason = checkProvider(config, provider);
  if (reason != Reason.OK) return reason;
  setVerified();
  reason = forward(provider.forwarding, tokenPtr, tokenLen);
  if (reason != Reason.OK || provider.forwarding.claimStateCount == 0) return reason;
  return forwardState(provider.forwarding);
}
