// Conditions that must all hold for a request. Where readers could see different paths, hosts,
// methods or headers, they hold when one of these meets them: nobody gets round what counts
// requests by an odd spelling.

import { meetClaims } from "./claim_conditions";
import { meetsConditions, Met, RequestConditions } from "./conditions";
import { couldMatchPath, hasHead, matchesPath, PathCondition, PathMatch } from "./path_condition";

// @ts-ignore: decorator
@unmanaged
export class Match extends PathCondition {
  /** Address of RequestConditions, 0 when there are none. */
  conditions: usize;
  /** ClaimConditions, one behind the other. */
  claims: usize;
  claimCount: u32;
}

/** All zeros: any request meets it. */
export const MATCH_BYTES: u32 = <u32>offsetof<Match>();

/**
 * Whether the request in hand (beginHost) meets all conditions. Its path has `pathLen` bytes at
 * `pathPtr`, where eight can be read; when not `isWhole`, these are the segments at its beginning
 * about which all readers agree.
 */
export function isMet(match: Match, pathPtr: usize, pathLen: u32, isWhole: bool): bool {
  if (match.pathMatch != PathMatch.ANY) {
    const meetsPath = isWhole
      ? hasHead(match, pathPtr) && matchesPath(match, pathPtr, pathLen)
      : couldMatchPath(match, pathPtr, pathLen);
    if (!meetsPath) return false;
  }
  if (match.conditions != 0) {
    const met = meetsConditions(changetype<RequestConditions>(match.conditions), true);
    if (met == Met.NO) return false;
  }
  return match.claimCount == 0 || meetClaims(match.claims, match.claimCount);
}
