// The members of a provider about claims: for whom its tokens must be, and when they hold.

import { textLen, textPtr } from "../../core/bytes/text";
import { durationMilliseconds } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { Profile } from "../../core/jwt/profile";
import { isTrustDomain } from "../../core/jwt/spiffe_id";
import {
  AUDIENCES_MAX,
  CLOCK_SKEW_MILLISECONDS_MAX,
  IDENTIFIER_BYTES_MAX,
  SUBJECTS_MAX,
} from "../../core/limits";
import { CLAIM_RULES_BYTES, ClaimRules, SUBJECT_BYTES, subjectAt } from "./claim_rules";

const DEFAULT_SKEW_SECONDS: i64 = 60;
const MILLISECONDS_PER_SECOND: u64 = 1000;
const PREFIX_MARK = "*";

/** Reads them from a provider's object into the block. */
export function readClaimRules(value: Value, profile: Profile): ClaimRules {
  const rules = changetype<ClaimRules>(value.block.allocate(CLAIM_RULES_BYTES));
  readTrustDomain(value.optional("trustDomain"), value, profile, rules);
  const issuer = value.optional("issuer");
  if (issuer !== null) rules.issuer = issuer.text(1, IDENTIFIER_BYTES_MAX);
  readAudiences(value.required("audiences"), rules);
  const subjects = value.optional("subjects");
  if (subjects !== null) readSubjects(subjects, rules);
  readSkew(value.optional("clockSkew"), rules);
  return rules;
}

function readTrustDomain(
  value: Value | null,
  provider: Value,
  profile: Profile,
  rules: ClaimRules,
): void {
  if (profile != Profile.JWT_SVID) {
    if (value !== null) value.refuseFound("a trust domain", "one only with the profile jwt-svid");
    return;
  }
  const trustDomain = value === null ? provider.required("trustDomain") : value;
  rules.trustDomain = trustDomain.text(1, IDENTIFIER_BYTES_MAX);
  if (trustDomain.error.failed) return;
  if (!isTrustDomain(textPtr(rules.trustDomain), textLen(rules.trustDomain))) {
    trustDomain.refuse("a trust domain: 1 to 255 of a-z 0-9 . - _ (without spiffe://)");
  }
}

export function readAudiences(value: Value, rules: ClaimRules): void {
  const audiences = value.items(1, AUDIENCES_MAX);
  rules.audiences = value.block.allocate(4 * <u32>audiences.length);
  for (let i = 0; i < audiences.length; i++) {
    const audience = audiences[i].text(1, IDENTIFIER_BYTES_MAX);
    store<u32>(rules.audiences + 4 * i, <u32>audience);
  }
  rules.audienceCount = <u32>audiences.length;
}

function readSubjects(value: Value, rules: ClaimRules): void {
  const subjects = value.items(1, SUBJECTS_MAX);
  rules.subjects = value.block.allocate(<u32>subjects.length * SUBJECT_BYTES);
  for (let i = 0; i < subjects.length; i++) {
    const subject = subjectAt(rules, <u32>i);
    subject.text = subjects[i].text(1, IDENTIFIER_BYTES_MAX);
    if (value.error.failed) return;
    const characters = subjects[i].string();
    const mark = characters.indexOf(PREFIX_MARK);
    if (mark < 0) continue;
    if (mark != characters.length - 1) subjects[i].refuse("a subject, or its beginning and a *");
    subject.isPrefix = 1;
    store<u32>(subject.text, textLen(subject.text) - 1);
  }
  rules.subjectCount = <u32>subjects.length;
}

/** Dates of tokens are compared in whole seconds. */
function readSkew(value: Value | null, rules: ClaimRules): void {
  rules.skewSeconds = DEFAULT_SKEW_SECONDS;
  if (value === null) return;
  const milliseconds = durationMilliseconds(value, 0, CLOCK_SKEW_MILLISECONDS_MAX);
  if (milliseconds % MILLISECONDS_PER_SECOND != 0) value.refuse("whole seconds");
  rules.skewSeconds = <i64>(milliseconds / MILLISECONDS_PER_SECOND);
}
