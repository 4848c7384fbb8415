// Carrying out the rules about the header map in hand, in the order of their numbers. Each sees
// what those before it have left.

import { NONE } from "../../../core/bytes/none";
import { headerCount, touchedId, touchedNames } from "../../../core/headers/request";
import { isMet, Match } from "../../../core/match/match";
import { PathMatch } from "../../../core/match/path_condition";
import { requestPath } from "../../../core/match/request_path";
import { Reason } from "../../../core/reason";
import { map } from "./map";
import { append, dedupe, noteValue, reject, remove, rewrite, set } from "./apply";
import { beginCandidates, nextCandidate, noteName, noteNames, noteRequest } from "./candidates";
import { GrpcCondition, NameMatch, Rule, ruleAt, RuleSet, Verb } from "./model";
import { isMeant } from "./names";
import { moved, rename, renameAll } from "./rename";

/** Conditions that held for the request of the response or trailers in hand. */
let keptBits: u64 = 0;

/** The rules of a request before the jwt filter. */
export function runEarly(rules: RuleSet, isGrpc: bool): Reason {
  beginCandidates(rules);
  noteRequest(rules);
  return run(rules, 0, rules.lateRule, isGrpc);
}

/** Those behind it. */
export function runLate(rules: RuleSet, isGrpc: bool): Reason {
  if (rules.lateRule == rules.ruleCount) return Reason.OK;
  noteNames(rules);
  return run(rules, rules.lateRule, rules.ruleCount, isGrpc);
}

/** The rules of another map; `conditions` are the bits of `keepConditions`. */
export function runOther(rules: RuleSet, conditions: u64, isGrpc: bool): Reason {
  keptBits = conditions;
  beginCandidates(rules);
  return run(rules, 0, rules.ruleCount, isGrpc);
}

/** Bits that say which conditions of another map's rules hold for the request in hand. */
export function keepConditions(rules: RuleSet): u64 {
  let bits: u64 = 0;
  for (let number: u32 = 0; number < rules.ruleCount; number++) {
    const rule = ruleAt(rules, number);
    if (rule.keptBit == NONE || !holds(rule.when)) continue;
    bits |= (<u64>1) << (<u64>rule.keptBit);
  }
  return bits;
}

function run(rules: RuleSet, from: u32, end: u32, isGrpc: bool): Reason {
  let number = nextCandidate(from, end);
  while (number < end) {
    const rule = ruleAt(rules, number);
    if (applies(rule, isGrpc)) {
      const reason = runOne(rules, rule);
      if (reason != Reason.OK) return reason;
    }
    number = nextCandidate(number + 1, end);
  }
  return Reason.OK;
}

function applies(rule: Rule, isGrpc: bool): bool {
  if (rule.grpc != GrpcCondition.ANY && (rule.grpc == GrpcCondition.GRPC) != isGrpc) return false;
  if (rule.keptBit != NONE) return ((keptBits >> (<u64>rule.keptBit)) & 1) != 0;
  return rule.when == 0 || holds(rule.when);
}

function holds(when: usize): bool {
  const match = changetype<Match>(when);
  if (match.pathMatch == PathMatch.ANY) return isMet(match, 0, 0, true);
  const path = requestPath();
  return isMet(match, path.ptr, path.len, path.isWhole != 0);
}

function runOne(rules: RuleSet, rule: Rule): Reason {
  if (rule.verb == Verb.FILTER_STATE) return noteValue(rule);
  if (rule.nameMatch == NameMatch.NONE) return Reason.HEADER_REFUSED;
  const coversTwins = rules.coversTwins && (rule.verb == Verb.REJECT || rule.verb == Verb.REMOVE);
  if (rule.nameMatch == NameMatch.EXACT && !coversTwins) return runOn(rules, rule, rule.nameId);
  if (rule.verb == Verb.RENAME) return renameAll(rules, rule);
  // Names that the rule itself makes are none of its own.
  for (let i: u32 = 0, count = touchedNames(); i < count; i++) {
    const id = touchedId(i);
    if (headerCount(id) == 0 || !isMeant(rules, rule, id, coversTwins)) continue;
    const reason = runOn(rules, rule, id);
    if (reason != Reason.OK) return reason;
  }
  return Reason.OK;
}

function runOn(rules: RuleSet, rule: Rule, id: u32): Reason {
  const verb = rule.verb;
  const isThere = headerCount(id) != 0;
  if (verb == Verb.SET || verb == Verb.APPEND || (verb == Verb.ADD && !isThere)) {
    const reason = verb == Verb.APPEND ? append(rule, id) : set(rule, id);
    if (reason == Reason.OK && headerCount(id) != 0) noteName(rules, id);
    return reason;
  }
  if (!isThere) return Reason.OK;
  switch (verb) {
    case Verb.REJECT:
      return reject(rule, id);
    case Verb.RENAME:
      return rename(rules, rule, id);
    case Verb.MAP:
      return moved(rules, rule.toId, map(rule));
    case Verb.REMOVE:
      return remove(rule, id);
    case Verb.REWRITE:
      return rewrite(rule, id);
    case Verb.DEDUPE:
      return dedupe(rule, id);
    default:
      return Reason.OK;
  }
}
