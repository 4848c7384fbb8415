// What becomes of a verdict on a request: its claims are handed on, or the answer says what was
// wrong.

import { Text } from "../../core/bytes/text";
import { ErrorForm } from "../../core/headers/error_body";
import { Reason } from "../../core/reason";
import { challenge } from "./challenge";
import { clearFilterState, issueFilterState } from "./filter_state";
import { clearForwarded } from "./forwarding";
import { JwtConfig, providerAt } from "./model";

/** The form of the bodies of all refusals under this configuration. */
export function errorFormOf(config: usize): ErrorForm {
  return config == 0 ? ErrorForm.JSON : changetype<JwtConfig>(config).challenges.errors;
}

/** Begins `authenticate`: whatever this section writes has no other source. */
export function clearOutput(config: JwtConfig): void {
  clearFilterState();
  for (let i: u32 = 0; i < config.providerCount; i++) {
    clearForwarded(providerAt(config, i).forwarding);
  }
}

/**
 * Ends `authenticate`: the verdict on the request's tokens becomes that on the request. `scope` is
 * what the token lacks when that is a scope, else 0.
 */
export function conclude(config: JwtConfig, reason: Reason, scope: Text): Reason {
  if (reason == Reason.OK) return issueFilterState() ? Reason.OK : Reason.HOST_FAILURE;
  challenge(config.challenges, reason, scope);
  return reason;
}

/** The verdict on a request that should wait for keys where too many do. */
export function refuseToWait(config: usize): Reason {
  challenge(changetype<JwtConfig>(config).challenges, Reason.JWT_WAITING_FULL, 0);
  return Reason.JWT_WAITING_FULL;
}
