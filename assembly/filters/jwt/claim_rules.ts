// What a provider asks of the claims of a token, compiled. Lists are arrays of Texts, four bytes
// each, or of structs, one behind the other.

import { Text } from "../../core/bytes/text";
import { AudienceMatch } from "../../core/jwt/audience";
import { TypeList } from "../../core/jwt/header";
import { TimeRules } from "../../core/jwt/token_times";

export const enum SubjectMatch {
  EXACT,
  PREFIX,
  SUFFIX,
  CONTAINS,
}

/** A subject, or a part of one. */
// @ts-ignore: decorator
@unmanaged
export class Subject {
  text: Text;
  match: SubjectMatch;
}

/** A claim that must be there. */
// @ts-ignore: decorator
@unmanaged
export class RequiredClaim {
  /** Its place in the tree of checked claims, as for all that follow. */
  claim: u32;
  /** Whether only a text that is not empty will do. */
  isText: u32;
}

/** What becomes of a token that is bound to a key (RFC 7800). */
export const enum Confirmation {
  REFUSE,
  IGNORE,
  /** The key is the client certificate's (RFC 8705 §3.1): that of the connection … */
  CONNECTION,
  /** … or of the proxy in front, as it says in x-forwarded-client-cert. */
  FORWARDED,
}

// @ts-ignore: decorator
@unmanaged
export class ClaimRules {
  times: TimeRules;
  types: TypeList;
  /** jwt-svid only, otherwise 0. */
  trustDomain: Text;
  /** 0 when any issuer will do. */
  issuer: Text;
  audiences: usize;
  audienceCount: u32;
  audienceMatch: AudienceMatch;
  subjects: usize;
  /** 0 when any subject will do. */
  subjectCount: u32;
  /** The tree of checked claims (core/json/path_tree.ts). */
  checked: usize;
  required: usize;
  requiredCount: u32;
  /** Conditions (conditions.ts). */
  conditions: usize;
  conditionCount: u32;
  /** Sorted (core/bytes/sorted_texts.ts). */
  deniedTokens: usize;
  deniedTokenCount: u32;
  /** The claim `jti`; right only when tokens may be denied (deny_list.ts). */
  tokenId: u32;
  deniedSubjects: usize;
  deniedSubjectCount: u32;
  /** Address of the Source of the list that is fetched; 0 where none is. */
  denySource: usize;
  confirmation: Confirmation;
  /** Number of the claim with the certificate's digest in the table of claims (identity.ts). */
  certificateClaim: u32;
  /** The header with the client certificate, for FORWARDED. */
  certificateHeader: u32;
}

export const CLAIM_RULES_BYTES: u32 = <u32>offsetof<ClaimRules>();
export const SUBJECT_BYTES: u32 = <u32>offsetof<Subject>();
export const REQUIRED_CLAIM_BYTES: u32 = <u32>offsetof<RequiredClaim>();

// @ts-ignore: decorator
@inline
export function subjectAt(rules: ClaimRules, index: u32): Subject {
  return changetype<Subject>(rules.subjects + index * SUBJECT_BYTES);
}

// @ts-ignore: decorator
@inline
export function requiredAt(rules: ClaimRules, index: u32): RequiredClaim {
  return changetype<RequiredClaim>(rules.required + index * REQUIRED_CLAIM_BYTES);
}
