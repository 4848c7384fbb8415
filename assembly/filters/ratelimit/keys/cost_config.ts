// The member `cost` of a limit.

import { Value } from "../../../core/config/value";
import { RATE_LIMIT_TOKENS_MAX } from "../../../core/limits";
import { Rule } from "../model";

/** Reads `cost`, which may be absent. `claims` is 0 where no filter verifies tokens. */
export function readCost(value: Value | null, names: usize, claims: usize, rule: Rule): void {
  rule.cost = value === null ? 1 : value.integer(0, RATE_LIMIT_TOKENS_MAX);
}
