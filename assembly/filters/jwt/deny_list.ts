// The deny-lists of a provider: those of its configuration and the one that is fetched.

import { holdsText } from "../../core/bytes/sorted_texts";
import { ClaimRules } from "./claim_rules";
import { Denied, hasDenied } from "./deny_table";
import { FetchedSet } from "./fetched_set";
import { Source } from "./source";

/** Whether tokens may be listed by their `jti`. */
export function deniesTokens(rules: ClaimRules): bool {
  return rules.deniedTokenCount != 0 || rules.denySource != 0;
}

/** As isDeniedSubject; the fetched list must be one that may be used (checkDenyList). */
export function isDeniedToken(rules: ClaimRules, ptr: usize, len: u32): bool {
  if (holdsText(rules.deniedTokens, rules.deniedTokenCount, ptr, len)) return true;
  return isListed(rules, Denied.TOKEN_ID, ptr, len);
}

/** Whether a subject is on a list. */
export function isDeniedSubject(rules: ClaimRules, ptr: usize, len: u32): bool {
  if (holdsText(rules.deniedSubjects, rules.deniedSubjectCount, ptr, len)) return true;
  return isListed(rules, Denied.SUBJECT, ptr, len);
}

function isListed(rules: ClaimRules, kind: Denied, ptr: usize, len: u32): bool {
  return rules.denySource != 0 && hasDenied(setOf(rules).area, kind, ptr, len);
}

/** Number of the fetched list, another one for each list that came; 0 where none is fetched. */
export function denyGeneration(rules: ClaimRules): u32 {
  return rules.denySource == 0 ? 0 : setOf(rules).generation;
}

// @ts-ignore: decorator
@inline
function setOf(rules: ClaimRules): FetchedSet {
  return changetype<FetchedSet>(changetype<Source>(rules.denySource).set);
}
