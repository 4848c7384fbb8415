// Which rule a request falls under.

import { equalsText } from "../../core/bytes/ascii";
import { Text, textLen, textPtr } from "../../core/bytes/text";
import { FixedName } from "../../core/headers/fixed_names";
import { matchesPrefix, PathResult, readPath, RulePath } from "../../core/headers/path";
import { matchesSuffix, matchesTemplate } from "../../core/headers/path_template";
import { headerCount, headerLen, headerPtr } from "../../core/headers/request";
import { PATH_BYTES_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { JwtConfig } from "./model";
import { meetsConditions, Met, RuleConditions } from "./rule_conditions";

/** How a rule's `path` and the request's are compared. */
export const enum PathMatch {
  /** Not at all. */
  ANY,
  PREFIX,
  EXACT,
  /** `path` is compiled (path_template.ts). */
  TEMPLATE,
  /** `path` begins with the slash that is before the first segment. */
  SUFFIX,
}

// @ts-ignore: decorator
@unmanaged
export class Rule {
  /** How the path must begin, and which bits of its first eight bytes that says. */
  head: u64;
  headMask: u64;
  pathMatch: PathMatch;
  path: Text;
  /** Address of RuleConditions, 0 when there are none. */
  conditions: usize;
  /** Address of the one Provider whose token is required, else 0. */
  provider: usize;
  /** Number of the first node of any other requirement (requirement.ts) plus one, else 0. */
  requirement: u32;
  /** Whether a CORS preflight passes without a token. */
  passesPreflight: u32;
}

export const RULE_BYTES: u32 = (<u32>offsetof<Rule>() + 7) & ~7;

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
    // Most rules are none of the request's: one comparison says so.
    if ((load<u64>(PATH) & rule.headMask) != rule.head) continue;
    if (!matchesPath(rule, PATH, RULE_PATH.len)) continue;
    if (rule.conditions == 0) return rule;
    const met = meetsConditions(config, changetype<RuleConditions>(rule.conditions));
    if (met == Met.YES) return rule;
    if (met == Met.DISPUTED) return null;
  }
  noRuleReason = Reason.JWT_NO_RULE;
  return null;
}

/** Whether a path, as rules see it, is one of the rule's. */
export function matchesPath(rule: Rule, ptr: usize, len: u32): bool {
  const path = rule.path;
  switch (rule.pathMatch) {
    case PathMatch.PREFIX:
      return matchesPrefix(ptr, len, textPtr(path), textLen(path));
    case PathMatch.EXACT:
      return equalsText(ptr, len, path);
    case PathMatch.TEMPLATE:
      return matchesTemplate(ptr, len, textPtr(path), textLen(path));
    case PathMatch.SUFFIX:
      return matchesSuffix(ptr, len, textPtr(path), textLen(path));
    default:
      return true;
  }
}
