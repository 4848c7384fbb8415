// What is to be counted of the request in hand beyond the reason of its verdict.

import { Reason } from "../reason";

/** Why the request would have been refused, were its refusals not only tried out; else OK. */
export let dryRunReason: Reason = Reason.OK;

export function beginDecision(): void {
  dryRunReason = Reason.OK;
}

export function setDryRun(reason: Reason): void {
  dryRunReason = reason;
}
