// What the request in hand costs.

import { Rule } from "../model";

/** Tokens of the request in hand; NONE when it says something that is to be refused. */
export function costOf(rule: Rule): u32 {
  return rule.cost;
}
