// Limits of a service that speaks envoy.service.ratelimit.v3.

import { RateLimitConfig, Store } from "../../model";
import { Outcome, Readiness, Taken } from "../outcome";

/** Callouts of this store (abi/callouts.ts). */
export const PURPOSE_RLS: u32 = 3 << 24;

/**
 * Asks the service about all limits of this store that the walk wants to apply (applied.ts), unless
 * it has answered about them for this stream. `stage` tells the two groups of a request apart.
 */
export function prepareRls(
  config: RateLimitConfig,
  service: Store,
  stream: u32,
  stage: u32,
): Readiness {
  return Readiness.UNAVAILABLE;
}

/** What the service said about the applied limit number `index`. */
export function takeRls(service: Store, stream: u32, index: u32, out: Taken): Outcome {
  return Outcome.UNAVAILABLE;
}

/** An answer of the service, or that there is none, to the root. */
export function receiveRls(
  config: RateLimitConfig,
  purpose: u32,
  grpcStatus: u32,
  messagePtr: usize,
  messageLen: u32,
): void {}

/** Whether what `setPending` was given is still on its way. */
export function isRlsPending(handle: usize): bool {
  return false;
}

/** The stream has gone, or has been decided: what was asked for it is forgotten. */
export function forgetRls(stream: u32): void {}

/** The root's configuration goes: its answers come to nobody. */
export function abandonRls(config: RateLimitConfig): void {}
