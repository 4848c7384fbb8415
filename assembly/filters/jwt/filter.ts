// Lets requests pass that have what their rule asks for; hands claims on as headers.

import { Status } from "../../abi/types";
import { setVerified } from "../../core/headers/identity";
import { removeHeader } from "../../core/headers/request";
import { Reason } from "../../core/reason";
import { refusedScope } from "./claims";
import { tokenLen, tokenPtr } from "./credentials";
import { forward } from "./forwarding";
import { activateSources, closeSources, openSources } from "./key_life";
import { setPendingKeySet } from "./key_set";
import { acquireSetTables, releaseSetTables } from "./key_store";
import { JwtConfig, Provider, providerAt } from "./model";
import { isPreflight } from "./preflight";
import { checkProvider } from "./provider_check";
import { statusHeaderAt } from "./requirement";
import { checkRequirement } from "./requirement_check";
import { findRule, noRuleReason, Rule } from "./rules";
import { removeTokensOf } from "./token_removal";
import { clearOutput, conclude } from "./verdict";
import { activateTokens } from "./verified_tokens";
import { chooseVerifiers } from "./verifiers";

/** For a root: empties the cache, settles who verifies each algorithm and where its keys are. */
export function activateJwt(config: usize, root: u32): Status {
  const own = changetype<JwtConfig>(config);
  chooseVerifiers(own);
  const status = activateSources(own, root);
  return status == Status.OK ? activateTokens(own) : status;
}

/** The keys of a configuration are used from now on (core/crypto/tables.ts, key_store.ts). */
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
  setPendingKeySet(0);
  clearOutput(own);
  for (let i: u32 = 0; i < own.statusHeaderCount; i++) removeHeader(statusHeaderAt(own, i));
  const rule = findRule(own);
  if (rule === null) return conclude(own, noRuleReason, 0);
  let reason = Reason.OK;
  if (rule.passesPreflight == 0 || !isPreflight(own)) reason = check(own, rule);
  if (reason == Reason.OK) reason = removeTokensOf(own, rule);
  return conclude(own, reason, reason == Reason.JWT_CLAIM_REFUSED ? refusedScope : 0);
}

function check(config: JwtConfig, rule: Rule): Reason {
  if (rule.requirement != 0) return checkRequirement(config, rule.requirement - 1);
  if (rule.provider == 0) return Reason.OK;
  const provider = changetype<Provider>(rule.provider);
  const reason = checkProvider(config, provider);
  if (reason != Reason.OK) return reason;
  setVerified();
  return forward(provider.forwarding, tokenPtr, tokenLen, true);
}
