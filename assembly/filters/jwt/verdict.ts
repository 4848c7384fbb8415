// What becomes of a verdict on a request: its claims are handed on, or the answer says what was
// wrong.

import { Text } from "../../core/bytes/text";
import { ErrorForm } from "../../core/headers/error_body";
import { Reason } from "../../core/reason";
import { challenge } from "./challenge";
import { JwtConfig } from "./model";

/** The form of the bodies of all refusals under this configuration. */
export function errorFormOf(config: usize): ErrorForm {
  return config == 0 ? ErrorForm.JSON : changetype<JwtConfig>(config).challenges.errors;
}

/**
 * Ends `authenticate`: the verdict on the request's tokens becomes that on the request. `scope` is
 * what the token lacks when that is a scope, else 0.
 */
export function conclude(config: JwtConfig, reason: Reason, scope: Text): Reason {
  if (reason != Reason.OK) challenge(config.challenges, reason, scope);
  return reason;
}
