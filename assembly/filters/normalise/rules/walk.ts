// Carrying out the rules about the header map in hand, in the order of their numbers. Each sees
// what those before it have left.

import { arenaAllocate } from "../../../abi/arena";
import { Char, equals } from "../../../core/bytes/ascii";
import { NONE } from "../../../core/bytes/none";
import { textLen, textPtr } from "../../../core/bytes/text";
import { isFreeName } from "../../../core/grpc/gateway";
import { hashName, NAME_OWNED } from "../../../core/headers/names";
import { HeaderPolicy, matchesStripPrefix } from "../../../core/headers/policy";
import { isProtectedName } from "../../../core/headers/protected_names";
import {
  adoptName,
  findHeader,
  flagsOf,
  headerCount,
  nameLenOf,
  namePtrOf,
  removeHeader,
  touchedId,
  touchedNames,
} from "../../../core/headers/request";
import { HEADER_NAME_BYTES_MAX } from "../../../core/limits";
import { isMet, Match } from "../../../core/match/match";
import { PathMatch } from "../../../core/match/path_condition";
import { requestPath } from "../../../core/match/request_path";
import { Reason } from "../../../core/reason";
import { map } from "./map";
import { append, dedupe, move, noteValue, reject, remove, rewrite, set } from "./apply";
import { beginCandidates, nextCandidate, noteName, noteNames, noteRequest } from "./candidates";
import { GrpcCondition, NameMatch, Rule, ruleAt, RuleSet, Verb } from "./model";

/** The name that a rule makes, with `-` for `_`. */
const DASHED: usize = memory.data(<i32>HEADER_NAME_BYTES_MAX, 16);

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
  // Names that the rule itself makes are none of its own.
  for (let i: u32 = 0, count = touchedNames(); i < count; i++) {
    const id = touchedId(i);
    if (headerCount(id) == 0 || !isMeant(rules, rule, id, coversTwins)) continue;
    const reason = runOn(rules, rule, id);
    if (reason != Reason.OK) return reason;
  }
  return Reason.OK;
}

/** Whether a rule is about a name; `coversTwins` makes `_` as good as `-`. */
function isMeant(rules: RuleSet, rule: Rule, id: u32, coversTwins: bool): bool {
  const ptr = namePtrOf(id);
  const len = nameLenOf(id);
  if (rule.nameMatch == NameMatch.EXACT) {
    const nameLen = nameLenOf(rule.nameId);
    return id == rule.nameId || (len == nameLen && isSpelling(ptr, namePtrOf(rule.nameId), len));
  }
  const affixLen = textLen(rule.affix);
  if (len < affixLen || isProtectedName(ptr, len, rules.sparesGrpc)) return false;
  const part = rule.nameMatch == NameMatch.PREFIX ? ptr : ptr + (len - affixLen);
  if (coversTwins) return isSpelling(part, textPtr(rule.affix), affixLen);
  return equals(part, textPtr(rule.affix), affixLen);
}

/** Whether a text, with `-` for each `_`, is another. */
function isSpelling(ptr: usize, dashed: usize, len: u32): bool {
  for (let i: u32 = 0; i < len; i++) {
    const c = load<u8>(ptr + i);
    if ((c == Char.UNDERSCORE ? <u8>Char.MINUS : c) != load<u8>(dashed + i)) return false;
  }
  return true;
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

function rename(rules: RuleSet, rule: Rule, id: u32): Reason {
  let toId = rule.toId;
  if (rule.nameMatch != NameMatch.EXACT) {
    toId = makeName(rules, rule, id);
    if (toId == NONE) return Reason.HEADERS_TOO_LARGE;
    if (toId == id) {
      removeHeader(id);
      return Reason.OK;
    }
  }
  return moved(rules, toId, move(id, toId));
}

/** What `reason` says of a header that now has what another had. */
function moved(rules: RuleSet, toId: u32, reason: Reason): Reason {
  if (reason == Reason.OK && headerCount(toId) != 0) noteName(rules, toId);
  return reason;
}

/**
 * Number of the name that a rule makes of one; the same when it is one that nobody may make: it is
 * not free, clients may not send it, or it is too long. NONE when there is no room for it.
 */
function makeName(rules: RuleSet, rule: Rule, id: u32): u32 {
  const affixLen = textLen(rule.toAffix);
  const restLen = nameLenOf(id) - textLen(rule.affix);
  const len = affixLen + restLen;
  if (len == 0 || len > HEADER_NAME_BYTES_MAX) return id;
  const name = arenaAllocate(len);
  if (name == 0) return NONE;
  const isPrefix = rule.nameMatch == NameMatch.PREFIX;
  const rest = isPrefix ? namePtrOf(id) + textLen(rule.affix) : namePtrOf(id);
  memory.copy(isPrefix ? name : name + restLen, textPtr(rule.toAffix), affixLen);
  memory.copy(isPrefix ? name + affixLen : name, rest, restLen);
  if (!isFree(rules, name, len)) return id;
  return adoptName(name, len, hashName(name, len));
}

/** Whether a rule may make a name, by the spelling with `-`: many servers cannot tell them. */
function isFree(rules: RuleSet, name: usize, len: u32): bool {
  for (let i: u32 = 0; i < len; i++) {
    const c = load<u8>(name + i);
    store<u8>(DASHED + i, c == Char.UNDERSCORE ? <u8>Char.MINUS : c);
  }
  if (!isFreeName(DASHED, len) || isProtectedName(DASHED, len, false)) return false;
  if (rules.policy == 0) return true;
  if (matchesStripPrefix(changetype<HeaderPolicy>(rules.policy), DASHED, len)) return false;
  const id = findHeader(DASHED, len, hashName(DASHED, len));
  return id == NONE || (flagsOf(id) & NAME_OWNED) == 0;
}
