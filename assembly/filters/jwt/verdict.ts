// What becomes of a verdict on a request: its claims are handed on, the answer says what was wrong,
// or, where verdicts are only tried out, the request passes with a mark.

import { NONE } from "../../core/bytes/none";
import { Text, textLen, textPtr } from "../../core/bytes/text";
import { setDryRun } from "../../core/headers/decision";
import { beginIdentity } from "../../core/headers/identity";
import { setHeader } from "../../core/headers/request";
import { Reason, reasonFilter, reasonName } from "../../core/reason";
import { challenge } from "./challenge";
import { dropFilterState, filterStateCount, issueFilterState } from "../../abi/filter_state";
import { clearContestedHeaders } from "./contested_headers";
import { JwtConfig } from "./model";

/** What the section says of the form of bodies, plus one; 0 when it says nothing. */
export function statedErrorForm(config: usize): u32 {
  return changetype<JwtConfig>(config).challenges.errors;
}

/** Whether the section has the route chosen again. */
export function clearsRoute(config: usize): bool {
  return changetype<JwtConfig>(config).clearsRouteCache != 0;
}

/** Whether refusals for what tokens are become marks on requests that pass. */
export function isDryRun(config: usize): bool {
  return changetype<JwtConfig>(config).dryRunId != NONE;
}

/** Values of filter state that are not of this section. */
let othersStates: u32 = 0;

/** Begins `authenticate`: whatever this section writes has no other source. */
export function clearOutput(config: JwtConfig): void {
  othersStates = filterStateCount();
  clearContestedHeaders(config);
}

/** Ends `authenticate` for a request that passes. */
// @ts-ignore: decorator
@inline
export function pass(): Reason {
  return issueFilterState() ? Reason.OK : Reason.HOST_FAILURE;
}

/**
 * Ends it for any other: the verdict on the request's tokens becomes that on the request. `scope`
 * is what the token lacks when that is a scope, else 0.
 */
export function refuse(config: JwtConfig, reason: Reason, scope: Text): Reason {
  dropFilterState(othersStates);
  if (config.dryRunId != NONE && isOfJwt(reason)) return passMarked(config, reason);
  challenge(config.challenges, reason, scope);
  return reason;
}

/** Failures of the chain or of the host are no verdicts, and refuse in a dry run as well. */
function isOfJwt(reason: Reason): bool {
  return reasonFilter(reason) == reasonFilter(Reason.JWT_MISSING);
}

/** Nobody is known, nothing of the token goes on but what the providers keep of every token. */
function passMarked(config: JwtConfig, reason: Reason): Reason {
  clearOutput(config);
  beginIdentity();
  const name = reasonName(reason);
  setHeader(config.dryRunId, textPtr(name), textLen(name));
  setDryRun(reason);
  return Reason.OK;
}
