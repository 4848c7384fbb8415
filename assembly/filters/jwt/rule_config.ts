// The rules of the section: what a request must look like, and what it then needs.

import { text, textLen, textPtr } from "../../core/bytes/text";
import { fixedNameId } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { segmentsOf } from "../../core/headers/path";
import { RULES_MAX } from "../../core/limits";
import { methodNameId, readConditions } from "../../core/match/condition_config";
import { ANY_REST_END, readPathCondition } from "../../core/match/path_config";
import { PathMatch } from "../../core/match/path_condition";
import { JwtConfig } from "./model";
import { RequirementReader } from "./requirement_config";
import { covers } from "./rule_cover_config";
import { Rule, RULE_BYTES, ruleAt } from "./rules";

const ORIGIN = text("origin");
const REQUEST_METHOD = text("access-control-request-method");

const OPTIONS = "OPTIONS";
const EVERY_MEMBER = "one of prefix, path, template, suffix, methods, hosts, headers";

/** Reads the rules. */
export function readRules(
  value: Value,
  requirements: RequirementReader,
  names: usize,
  config: JwtConfig,
): void {
  const rules = value.items(1, RULES_MAX);
  config.rules = value.block.allocate(<u32>rules.length * RULE_BYTES);
  for (let i = 0; i < rules.length; i++) {
    if (value.error.failed) return;
    readRule(rules[i], requirements, names, config, ruleAt(config, config.ruleCount));
    config.ruleCount++;
  }
}

function readRule(
  value: Value,
  requirements: RequirementReader,
  names: usize,
  config: JwtConfig,
  rule: Rule,
): void {
  const match = value.required("match");
  const path = readPathCondition(match, rule);
  rule.conditions = readConditions(match, names);
  match.done();
  if (path === null && rule.conditions == 0) match.refuse(EVERY_MEMBER);
  const preflight = value.optional("preflight");
  if (preflight !== null) readPreflight(preflight, match, names, config, rule);
  const require = value.required("require");
  if (!value.error.failed) requirements.readRequire(require, rule);
  value.done();
  if (value.error.failed) return;
  config.segments = max(config.segments, segmentsThatCount(rule));
  // The first rule that matches is the one that counts.
  for (let i: u32 = 0; i < config.ruleCount; i++) {
    if (!covers(ruleAt(config, i), rule)) continue;
    const place = path === null ? match : path;
    const kind = path === null ? "match" : pathKind(rule.pathMatch);
    place.refuse("a " + kind + " that no rule before it covers: this rule would never apply");
  }
}

function pathKind(match: PathMatch): string {
  if (match == PathMatch.EXACT) return "path";
  if (match == PathMatch.TEMPLATE) return "template";
  return match == PathMatch.SUFFIX ? "suffix" : "prefix";
}

/** Number of segments that the rule looks at: in none of them may readers see different things. */
function segmentsThatCount(rule: Rule): u32 {
  if (rule.pathMatch == PathMatch.ANY) return 0;
  const ptr = textPtr(rule.path);
  const len = textLen(rule.path);
  if (rule.pathMatch == PathMatch.SUFFIX) return u32.MAX_VALUE;
  const isOpen = rule.pathMatch == PathMatch.TEMPLATE && load<u8>(ptr + len - 1) == ANY_REST_END;
  return isOpen ? u32.MAX_VALUE : segmentsOf(ptr, len);
}

function readPreflight(
  value: Value,
  match: Value,
  names: usize,
  config: JwtConfig,
  rule: Rule,
): void {
  rule.passesPreflight = value.choice(["check", "bypass"]);
  if (rule.passesPreflight == 0) return;
  config.methodId = methodNameId(value, names);
  config.originId = fixedNameId(names, value, ORIGIN);
  config.requestMethodId = fixedNameId(names, value, REQUEST_METHOD);
  const methods = match.optional("methods");
  if (methods === null || value.error.failed) return;
  for (let i = 0; i < methods.json.items.length; i++) {
    if (methods.json.items[i].characters() == OPTIONS) return;
  }
  value.refuse("check: OPTIONS is not among the methods of this rule");
}
