// Which rule a request falls under.

import { FixedName } from "../../core/headers/fixed_names";
import { PathResult, readPath, RulePath } from "../../core/headers/path";
import { plainPathLen } from "../../core/headers/plain_path";
import { headerCount, headerLen, headerPtr } from "../../core/headers/request";
import { PATH_BYTES_MAX } from "../../core/limits";
import { meetsConditions, Met, RequestConditions } from "../../core/match/conditions";
import {
  hasHead,
  matchesPath,
  PathCondition,
  takesEveryPath,
} from "../../core/match/path_condition";
import { Reason } from "../../core/reason";
import { JwtConfig } from "./model";

// @ts-ignore: decorator
@unmanaged
export class Rule extends PathCondition {
  /** Address of RequestConditions, 0 when there are none. */
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
  let path = headerPtr(FixedName.PATH);
  const len = headerLen(FixedName.PATH);
  // A plain path is compared where the host has put it.
  let pathLen = plainPathLen(path, len);
  if (pathLen == 0 || pathLen > PATH_BYTES_MAX) {
    if (readPath(path, len, config.segments, PATH, RULE_PATH) != PathResult.OK) return null;
    path = PATH;
    pathLen = RULE_PATH.len;
  }
  for (let i: u32 = 0; i < config.ruleCount; i++) {
    const rule = ruleAt(config, i);
    // Most rules are none of the request's: one comparison says so.
    if (!hasHead(rule, path)) continue;
    if (!takesEveryPath(rule) && !matchesPath(rule, path, pathLen)) continue;
    if (rule.conditions == 0) return rule;
    const met = meetsConditions(changetype<RequestConditions>(rule.conditions), false);
    if (met == Met.YES) return rule;
    if (met == Met.DISPUTED) return null;
  }
  noRuleReason = Reason.JWT_NO_RULE;
  return null;
}
