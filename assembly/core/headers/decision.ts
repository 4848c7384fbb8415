// What is to be counted of the request in hand beyond the reason of its verdict.

import { Text } from "../bytes/text";
import { Reason } from "../reason";

/** Why the request would have been refused, were its refusals not only tried out; else OK. */
export let dryRunReason: Reason = Reason.OK;

/**
 * Label of the provider whose check of the request's tokens failed last, and name of the limit that
 * did; 0 when none did. They say who refuses only where the reason is of their filter.
 */
export let decidedProvider: Text = 0;
export let decidedLimit: Text = 0;

export function beginDecision(): void {
  dryRunReason = Reason.OK;
  decidedProvider = 0;
  decidedLimit = 0;
}

export function setDryRun(reason: Reason): void {
  dryRunReason = reason;
}

// @ts-ignore: decorator
@inline
export function setDecidedProvider(label: Text): void {
  decidedProvider = label;
}

// @ts-ignore: decorator
@inline
export function setDecidedLimit(name: Text): void {
  decidedLimit = name;
}
