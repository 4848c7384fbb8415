// The member `match` of a limit, and what finds the limits of a request quickly.

import { Char } from "../../../core/bytes/ascii";
import { Text, textLen, textPtr } from "../../../core/bytes/text";
import { Value } from "../../../core/config/value";
import { buildIndex } from "../../../core/match/index_config";
import { Match, MATCH_BYTES } from "../../../core/match/match";
import { readMatch as readMatchInto } from "../../../core/match/match_config";
import { MATCH_INDEX_BYTES } from "../../../core/match/match_index";
import { RateLimitConfig, Rule, ruleAt } from "../model";
import { indexOf } from "./candidates";

/** Of a limit without `match`: any request meets it. */
const EVERYTHING: usize = memory.data(<i32>MATCH_BYTES, 8);

/** Reads `match` into the rule. `claims` is 0 where no filter verifies tokens. */
export function readMatch(value: Value, names: usize, claims: usize, rule: Rule): void {
  const match = changetype<Match>(value.block.allocate(MATCH_BYTES));
  readMatchInto(value, names, claims, match);
  if (match.path != 0) cutLastSlash(match.path);
  rule.match = changetype<usize>(match);
  if (match.claimCount != 0) rule.isIdentified = 1;
}

/** Requests' paths have no slash at their end either (request_path.ts). */
function cutLastSlash(path: Text): void {
  const len = textLen(path);
  if (len > 1 && load<u8>(textPtr(path) + len - 1) == Char.SLASH) store<u32>(path, len - 1);
}

/** Prepares what `findMatching` needs, once all rules are read and in their order. */
export function buildIndexes(value: Value, config: RateLimitConfig): void {
  const block = value.block;
  const matches = block.allocate(4 * config.ruleCount);
  for (let i: u32 = 0; i < config.ruleCount; i++) {
    const match = ruleAt(config, i).match;
    store<u32>(matches + (i << 2), <u32>(match == 0 ? EVERYTHING : match));
  }
  config.index = block.allocate(2 * MATCH_INDEX_BYTES);
  buildIndex(indexOf(config, 0), matches, 0, config.anonymousCount, block);
  buildIndex(indexOf(config, 1), matches, config.anonymousCount, config.ruleCount, block);
}
