// What makes a rule be looked at: fills the tables of a RuleSet, once all names are known.

import { equalsText, startsWithText } from "../../../core/bytes/ascii";
import { textLen, textPtr } from "../../../core/bytes/text";
import { Block } from "../../../core/config/block";
import { PatternList, writeNumbers, writePatterns } from "../../../core/config/name_patterns";
import { nameCount, nameText } from "../../../core/headers/names";
import { isProtectedName } from "../../../core/headers/protected_names";
import {
  headerConditionAt,
  HeaderTest,
  REQUEST_CONDITIONS_BYTES,
  RequestConditions,
} from "../../../core/match/conditions";
import { buildIndex, hasExactHosts } from "../../../core/match/index_config";
import { Match, MATCH_BYTES } from "../../../core/match/match";
import { MATCH_INDEX_BYTES, MatchIndex } from "../../../core/match/match_index";
import { PathMatch } from "../../../core/match/path_condition";
import { NONE } from "../../../core/bytes/none";
import { NameMatch, Rule, ruleAt, RuleSet, Verb } from "./model";

/** Fills them. The set's table of names has every name that the configuration uses. */
export function writeTriggers(set: RuleSet, block: Block): void {
  const names = set.names;
  const prefixes = new PatternList(false);
  const suffixes = new PatternList(true);
  const byName: Array<Array<u16> | null> = [];
  for (let id: u32 = 0; id < nameCount(names); id++) byName.push(null);
  const indexed: Array<u16> = [];
  set.always = block.allocate((set.ruleCount >> 3) + 4);
  for (let number: u32 = 0; number < set.ruleCount; number++) {
    const rule = ruleAt(set, number);
    const id = triggerName(rule);
    if (id != NONE) {
      addNumber(byName, id, number);
    } else if (isFoundByName(rule)) {
      const list = rule.nameMatch == NameMatch.PREFIX ? prefixes : suffixes;
      list.add(rule.affix, number);
      addToNames(byName, set, rule, number);
    } else if (isFoundByRequest(rule)) {
      indexed.push(<u16>number);
    } else {
      const word = set.always + ((number >> 5) << 2);
      store<u32>(word, load<u32>(word) | (1 << (number & 31)));
    }
  }
  set.patterns = writePatterns(prefixes, suffixes, block);
  set.namedCount = <u32>byName.length;
  set.byName = block.allocate(4 * set.namedCount);
  for (let id = 0; id < byName.length; id++) {
    const numbers = byName[id];
    if (numbers === null) continue;
    numbers.sort((a, b) => <i32>a - <i32>b);
    store<u32>(set.byName + (id << 2), <u32>writeNumbers(numbers, block));
  }
  writeIndex(set, indexed, block);
}

function addNumber(byName: Array<Array<u16> | null>, id: u32, number: u32): void {
  let numbers = byName[id];
  if (numbers === null) {
    numbers = [];
    byName[id] = numbers;
  }
  numbers.push(<u16>number);
}

/** A name with a number is not looked for among patterns. */
function addToNames(byName: Array<Array<u16> | null>, set: RuleSet, rule: Rule, number: u32): void {
  const affixLen = textLen(rule.affix);
  for (let id = 0; id < byName.length; id++) {
    const name = nameText(set.names, id);
    const ptr = textPtr(name);
    const len = textLen(name);
    if (len < affixLen || isProtectedName(ptr, len, set.sparesGrpc)) continue;
    const isMatch =
      rule.nameMatch == NameMatch.PREFIX
        ? startsWithText(ptr, len, rule.affix)
        : equalsText(ptr + (len - affixLen), affixLen, rule.affix);
    if (isMatch) addNumber(byName, id, number);
  }
}

/** Whether a rule does nothing to a map without the header that it is about. */
function isFoundByName(rule: Rule): bool {
  if (rule.nameMatch == NameMatch.NONE) return false;
  return rule.verb != Verb.SET && rule.verb != Verb.ADD && rule.verb != Verb.APPEND;
}

/** Number of the header without which a rule does nothing; NONE when there is none. */
function triggerName(rule: Rule): u32 {
  if (isFoundByName(rule)) return rule.nameMatch == NameMatch.EXACT ? rule.nameId : NONE;
  if (rule.when == 0 || rule.keptBit != NONE) return NONE;
  const match = changetype<Match>(rule.when);
  if (match.conditions == 0) return NONE;
  const conditions = changetype<RequestConditions>(match.conditions);
  for (let i: u32 = 0; i < conditions.headerCount; i++) {
    const condition = headerConditionAt(conditions, i);
    if (condition.test != HeaderTest.ABSENT) return condition.headerId;
  }
  return NONE;
}

function isFoundByRequest(rule: Rule): bool {
  if (rule.when == 0 || rule.keptBit != NONE) return false;
  const match = changetype<Match>(rule.when);
  return match.pathMatch == PathMatch.EXACT || hasExactHosts(match);
}

/** An index over what of these rules' conditions no rule changes. */
function writeIndex(set: RuleSet, indexed: Array<u16>, block: Block): void {
  const count = <u32>indexed.length;
  if (count == 0) return;
  set.index = changetype<MatchIndex>(block.allocate(MATCH_INDEX_BYTES));
  set.indexed = block.allocate(2 * count);
  const matches = block.allocate(4 * count);
  for (let i: u32 = 0; i < count; i++) {
    store<u16>(set.indexed + (i << 1), indexed[i]);
    const match = changetype<Match>(ruleAt(set, indexed[i]).when);
    store<u32>(matches + (i << 2), <u32>fixedPart(match, block));
  }
  buildIndex(set.index, matches, 0, count, block);
}

/** A match without conditions about headers and claims. */
function fixedPart(match: Match, block: Block): usize {
  const copy = block.allocate(MATCH_BYTES);
  memory.copy(copy, changetype<usize>(match), MATCH_BYTES);
  const fixed = changetype<Match>(copy);
  fixed.claimCount = 0;
  if (match.conditions == 0) return copy;
  fixed.conditions = block.allocate(REQUEST_CONDITIONS_BYTES);
  memory.copy(fixed.conditions, match.conditions, REQUEST_CONDITIONS_BYTES);
  changetype<RequestConditions>(fixed.conditions).headerCount = 0;
  return copy;
}
