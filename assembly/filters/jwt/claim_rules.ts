// What a provider asks of the claims of a token, compiled.

import { Text } from "../../core/bytes/text";

/** A subject, or with `isPrefix` how subjects begin. */
// @ts-ignore: decorator
@unmanaged
export class Subject {
  text: Text;
  isPrefix: u32;
}

// @ts-ignore: decorator
@unmanaged
export class ClaimRules {
  skewSeconds: i64;
  /** jwt-svid only, otherwise 0. */
  trustDomain: Text;
  /** 0 when any issuer will do. */
  issuer: Text;
  /** Texts, u32 each. */
  audiences: usize;
  audienceCount: u32;
  subjects: usize;
  /** 0 when any subject will do. */
  subjectCount: u32;
}

export const CLAIM_RULES_BYTES: u32 = <u32>offsetof<ClaimRules>();
export const SUBJECT_BYTES: u32 = <u32>offsetof<Subject>();

// @ts-ignore: decorator
@inline
export function subjectAt(rules: ClaimRules, index: u32): Subject {
  return changetype<Subject>(rules.subjects + index * SUBJECT_BYTES);
}
