// What the rules about one header map become.
//
// Rules have numbers in the order in which they are carried out: first those of the pass before the
// jwt filter, by verb, then those of the pass behind it, by verb. Which of them a map is a reason
// for is found by the names that it has and by the request's path and host, so that the number of
// rules costs nothing.

import { MatchIndex } from "../../../core/match/match_index";
import { NamePatterns } from "../../../core/headers/name_patterns";
import { Text } from "../../../core/bytes/text";

/** In their order. */
export const enum Verb {
  REJECT,
  RENAME,
  MAP,
  REMOVE,
  SET,
  ADD,
  APPEND,
  REWRITE,
  DEDUPE,
  FILTER_STATE,
}

/** Which headers a rule is about. */
export const enum NameMatch {
  /** None: it is carried out whenever its conditions hold. */
  NONE,
  EXACT,
  PREFIX,
  SUFFIX,
}

export const enum OnInvalid {
  REMOVE,
  REJECT,
  KEEP,
}

/** What becomes of the lines of a header. */
export const enum Lines {
  AS_THEY_ARE,
  SPLIT,
  JOIN,
}

export const enum Keep {
  UNIQUE,
  FIRST,
  LAST,
}

export const enum GrpcCondition {
  ANY,
  GRPC,
  HTTP,
}

// @ts-ignore: decorator
@unmanaged
export class Rule {
  verb: Verb;
  nameMatch: NameMatch;
  /** Of an EXACT one. */
  nameId: u32;
  /** Of a PREFIX or SUFFIX one. */
  affix: Text;
  /** Address of a Match; 0 without. */
  when: usize;
  grpc: GrpcCondition;
  /** Number of the bit that says whether `when` held for the request; NONE without. */
  keptBit: u32;
  /** Address of a ValueTest; 0 without. */
  test: usize;
  /** Of RENAME and MAP with an EXACT name. */
  toId: u32;
  /** Of RENAME: what is in the place of `affix`. */
  toAffix: Text;
  /** Of MAP: what the value is to begin with, and that in lower case (map.ts). */
  prefix: Text;
  lowerPrefix: Text;
  /** Of REWRITE: address of a pattern; 0 without. */
  pattern: usize;
  /** Address of a template; 0 without. */
  template: usize;
  operations: usize;
  onInvalid: OnInvalid;
  lines: Lines;
  keep: Keep;
  /** Of FILTER_STATE. */
  key: Text;
}
export const RULE_BYTES: u32 = <u32>offsetof<Rule>();

// @ts-ignore: decorator
@unmanaged
export class RuleSet {
  ruleCount: u32;
  /** The table of names (core/headers/names.ts) of the map. */
  names: usize;
  /** Rules before this one are of the first pass. */
  lateRule: u32;
  /** Addresses of `ruleCount` Rules, u32 each. */
  rules: usize;
  /** Address of a bitmap: rules that are looked at for every map. */
  always: usize;
  /** Names below this number have a place in `byName`. */
  namedCount: u32;
  /** Addresses of numbers (name_patterns.ts) by number of a name, u32 each; 0 without. */
  byName: usize;
  patterns: NamePatterns;
  /** About the rules that are found by path or host; 0 without. */
  index: MatchIndex;
  /** Numbers of rules by numbers of the index, u16 each. */
  indexed: usize;
  /** Whether a rule depends on what request there was; of other maps than that. */
  asksRequest: bool;
  /** Whether names with `grpc-` are no rule's business, as in trailers. */
  sparesGrpc: bool;
  /** Address of the request's HeaderPolicy; 0 for other maps. */
  policy: usize;
  /** Whether names with `_` go on, so that REJECT and REMOVE are about both spellings. */
  coversTwins: bool;
}
export const RULE_SET_BYTES: u32 = <u32>offsetof<RuleSet>();

// @ts-ignore: decorator
@inline
export function ruleAt(set: RuleSet, number: u32): Rule {
  return changetype<Rule>(<usize>load<u32>(set.rules + (number << 2)));
}
