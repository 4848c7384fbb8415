// Which limits apply to the request in hand.

import { NONE } from "../../../core/bytes/none";
import { RATE_LIMITS_MAX } from "../../../core/limits";
import { findMatches, MATCH_INDEX_BYTES, MatchIndex } from "../../../core/match/match_index";
import { requestHostLen } from "../../../core/match/request_host";
import { REQUEST_PATH, requestPath } from "../../../core/match/request_path";
import { RateLimitConfig } from "../model";

/** Limits that may count a path of which only the beginning is known. */
const ODD_MATCHES_MAX: u32 = 16;
const MATCHED: usize = memory.data(<i32>(RATE_LIMITS_MAX * 4), 4);

/** Number of the i-th rule that `findMatching` found. */
// @ts-ignore: decorator
@inline
export function matchedAt(index: u32): u32 {
  return load<u32>(MATCHED + (index << 2));
}

/**
 * Finds the rules among [first, end), one of the two groups, that apply to the request in hand;
 * returns how many. They are in the order of the configuration. NONE when some look at the path or
 * the host and readers may see any there, or many: counting it for all would use up what others
 * share.
 */
export function findMatching(config: RateLimitConfig, first: u32, end: u32): u32 {
  const index = indexOf(config, first < config.anonymousCount ? 0 : 1);
  if (index.usesHost != 0 && requestHostLen(index.authorityId) == NONE) return NONE;
  if (index.usesPath == 0) return findMatches(index, REQUEST_PATH, 0, true, MATCHED);
  const path = requestPath();
  if (path.isWhole == 0 && path.len == 0) return NONE;
  const count = findMatches(index, path.ptr, path.len, path.isWhole != 0, MATCHED);
  return path.isWhole == 0 && count > ODD_MATCHES_MAX ? NONE : count;
}

/** The index of a group: 0 of rules that need no token, 1 of those that do. */
// @ts-ignore: decorator
@inline
export function indexOf(config: RateLimitConfig, group: u32): MatchIndex {
  return changetype<MatchIndex>(config.index + group * MATCH_INDEX_BYTES);
}
