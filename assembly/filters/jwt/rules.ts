// Which rule a request falls under.

import { Text, textLen, textPtr } from "../../core/bytes/text";
import { FixedName } from "../../core/headers/fixed_names";
import { matchesPrefix, PathResult, readPath, RulePath } from "../../core/headers/path";
import { headerCount, headerLen, headerPtr } from "../../core/headers/request";
import { PATH_BYTES_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { JwtConfig } from "./model";

// @ts-ignore: decorator
@unmanaged
export class Rule {
  prefix: Text;
  /** Address of a Provider, 0 when no token is required. */
  provider: usize;
}

export const RULE_BYTES: u32 = <u32>offsetof<Rule>();

// @ts-ignore: decorator
@inline
export function ruleAt(config: JwtConfig, index: u32): Rule {
  return changetype<Rule>(config.rules + index * RULE_BYTES);
}

const PATH: usize = heap.alloc(PATH_BYTES_MAX);
const RULE_PATH = changetype<RulePath>(heap.alloc(offsetof<RulePath>()));

/** Why `findRule` found none. */
export let noRuleReason: Reason = Reason.JWT_NO_RULE;

/** The first rule that matches the request, or null. */
export function findRule(config: JwtConfig): Rule | null {
  noRuleReason = Reason.JWT_PATH_REFUSED;
  if (headerCount(FixedName.PATH) != 1) return null;
  const ptr = headerPtr(FixedName.PATH);
  const len = headerLen(FixedName.PATH);
  if (readPath(ptr, len, config.segments, PATH, RULE_PATH) != PathResult.OK) return null;
  for (let i: u32 = 0; i < config.ruleCount; i++) {
    const rule = ruleAt(config, i);
    if (matchesPrefix(PATH, RULE_PATH.len, textPtr(rule.prefix), textLen(rule.prefix))) return rule;
  }
  noRuleReason = Reason.JWT_NO_RULE;
  return null;
}
