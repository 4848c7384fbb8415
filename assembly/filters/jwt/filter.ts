// Lets requests pass whose rule asks for no token, or that carry a token of the provider that it
// asks for; hands claims on as headers.

import { Status } from "../../abi/types";
import { setVerified } from "../../core/headers/identity";
import { removeHeader } from "../../core/headers/request";
import { Reason } from "../../core/reason";
import { challenge } from "./challenge";
import { clearForwarded, forward } from "./forwarding";
import { activateSources, closeSources, openSources } from "./key_life";
import { setPendingKeySet } from "./key_set";
import { acquireSetTables, releaseSetTables } from "./key_store";
import { JwtConfig, Provider, providerAt } from "./model";
import { checkProvider } from "./provider_check";
import { findRule, noRuleReason } from "./rules";
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

/** Decides on the request in hand. */
export function authenticate(config: usize): Reason {
  const own = changetype<JwtConfig>(config);
  setPendingKeySet(0);
  for (let i: u32 = 0; i < own.providerCount; i++) clearForwarded(providerAt(own, i).forwarding);
  const rule = findRule(own);
  if (rule === null) return noRuleReason;
  if (rule.provider == 0) return Reason.OK;
  const provider = changetype<Provider>(rule.provider);
  const reason = checkProvider(own, provider);
  if (reason != Reason.OK) {
    challenge(own.challenges, reason);
    return reason;
  }
  setVerified();
  forward(provider.forwarding);
  if (provider.forwarding.keepsToken == 0) removeHeader(own.authorizationId);
  return Reason.OK;
}
