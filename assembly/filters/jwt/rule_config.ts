// The rules of the section: what a request must look like, and what it then needs.

import { Char } from "../../core/bytes/ascii";
import { text, textLen, textPtr } from "../../core/bytes/text";
import { fixedNameId } from "../../core/config/scalars";
import { readTemplate } from "../../core/config/path";
import { Value } from "../../core/config/value";
import { segmentsOf } from "../../core/headers/path";
import { RULES_MAX } from "../../core/limits";
import { methodNameId, readConditions } from "./rule_condition_config";
import { JwtConfig } from "./model";
import { ANY_REST_END, covers, readExact, readPrefix, readSuffix } from "./path_config";
import { RequirementReader } from "./requirement_config";
import { PathMatch, Rule, RULE_BYTES, ruleAt } from "./rules";

/** Bytes of Rule.head. */
const HEAD_BYTES: u32 = 8;

const ORIGIN = text("origin");
const REQUEST_METHOD = text("access-control-request-method");

const OPTIONS = "OPTIONS";
const EVERY_MEMBER = "one of prefix, path, template, suffix, methods, hosts, headers";
const ONE_PATH = "at most one of prefix, path, template, suffix";

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
  const path = readPath(match, rule);
  rule.conditions = readConditions(match, names, config);
  match.done();
  writeHead(rule);
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

/** The member about the path, null when there is none. */
function readPath(match: Value, rule: Rule): Value | null {
  const prefix = match.optional("prefix");
  const exact = match.optional("path");
  const template = match.optional("template");
  const suffix = match.optional("suffix");
  let count = prefix === null ? 0 : 1;
  if (exact !== null) count++;
  if (template !== null) count++;
  if (suffix !== null) count++;
  if (count > 1) match.refuseFound(count.toString() + " of them", ONE_PATH);
  if (prefix !== null) {
    rule.pathMatch = PathMatch.PREFIX;
    rule.path = readPrefix(prefix);
    return prefix;
  }
  if (exact !== null) {
    rule.pathMatch = PathMatch.EXACT;
    rule.path = readExact(exact);
    return exact;
  }
  if (template !== null) {
    rule.pathMatch = PathMatch.TEMPLATE;
    rule.path = readTemplate(template);
    return template;
  }
  if (suffix !== null) {
    rule.pathMatch = PathMatch.SUFFIX;
    rule.path = readSuffix(suffix);
  }
  return suffix;
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

/** What a prefix or a path begins with; a slash at its end says nothing (matchesPrefix). */
function writeHead(rule: Rule): void {
  if (rule.pathMatch != PathMatch.PREFIX && rule.pathMatch != PathMatch.EXACT) return;
  const ptr = textPtr(rule.path);
  let len = textLen(rule.path);
  if (len > 0 && load<u8>(ptr + len - 1) == Char.SLASH) len--;
  for (let i: u32 = 0; i < min(len, HEAD_BYTES); i++) {
    rule.head |= (<u64>load<u8>(ptr + i)) << (i << 3);
    rule.headMask |= (<u64>0xff) << (i << 3);
  }
}
