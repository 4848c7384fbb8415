// The member `match` of a limit, and what finds the limits of a request quickly.

import { Value } from "../../../core/config/value";
import { RateLimitConfig, Rule } from "../model";

/** Reads `match` into the rule. `claims` is 0 where no filter verifies tokens. */
export function readMatch(
  value: Value,
  names: usize,
  claims: usize,
  config: RateLimitConfig,
  rule: Rule,
): void {
  value.refuse("no match yet");
}

/** Prepares what `findMatching` needs, once all rules are read and in their order. */
export function buildIndex(value: Value, config: RateLimitConfig): void {}
