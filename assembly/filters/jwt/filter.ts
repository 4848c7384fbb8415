// Lets requests pass whose rule asks for no token, or that carry a token of the provider that it
// asks for; hands claims on as headers.

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
import { checkProvider } from "./provider_check";
import { findRule, noRuleReason } from "./rules";
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
  for (let i: u32 = 0; i < own.providerCount; i++) acquireSetTables(providerAt(own, i).keySet);
  openSources(own);
}

/** They are used no longer. */
export function releaseKeys(config: usize): void {
  const own = changetype<JwtConfig>(config);
  for (let i: u32 = 0; i < own.providerCount; i++) releaseSetTables(providerAt(own, i).keySet);
  closeSources(own);
}

/** Decides on the request in hand. */
export function authenticate(config: usize): Reason {
  const own = changetype<JwtConfig>(config);
  setPendingKeySet(0);
  clearOutput(own);
  const rule = findRule(own);
  if (rule === null) return conclude(own, noRuleReason, 0);
  if (rule.provider == 0) return conclude(own, Reason.OK, 0);
  const provider = changetype<Provider>(rule.provider);
  const reason = checkProvider(own, provider);
  if (reason != Reason.OK) return conclude(own, reason, refusedScope);
  setVerified();
  const forwarded = forward(provider.forwarding, tokenPtr, tokenLen);
  if (forwarded != Reason.OK) return forwarded;
  if (provider.forwarding.keepsToken == 0) removeHeader(own.authorizationId);
  return conclude(own, Reason.OK, 0);
}
