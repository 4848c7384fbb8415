// Who a token may be about.

import { equals, equalsText, startsWithText } from "../../core/bytes/ascii";
import { NONE } from "../../core/bytes/none";
import { Text, textLen, textPtr } from "../../core/bytes/text";
import { parseSpiffeId, SpiffeId } from "../../core/jwt/spiffe_id";
import { Reason } from "../../core/reason";
import { ClaimRules, Subject, subjectAt, SubjectMatch } from "./claim_rules";

const SPIFFE_ID = changetype<SpiffeId>(heap.alloc(offsetof<SpiffeId>()));

/** A subject is needed where the profile or the provider's list asks for one. */
export function checkSubject(rules: ClaimRules, ptr: usize, len: u32): Reason {
  const isSvid = rules.trustDomain != 0;
  if (!isSvid && rules.subjectCount == 0) return Reason.OK;
  if (len == NONE || len == 0) return Reason.JWT_SUBJECT_MISSING;
  if (isSvid && !isOfTrustDomain(rules, ptr, len)) return Reason.JWT_SPIFFE_ID_INVALID;
  if (rules.subjectCount == 0) return Reason.OK;
  for (let i: u32 = 0; i < rules.subjectCount; i++) {
    if (fits(subjectAt(rules, i), ptr, len)) return Reason.OK;
  }
  return Reason.JWT_SUBJECT_REFUSED;
}

/**
 * Whether a subject is a SPIFFE ID of the provider's trust domain: the only ones that its keys may
 * vouch for.
 */
function isOfTrustDomain(rules: ClaimRules, ptr: usize, len: u32): bool {
  return (
    parseSpiffeId(ptr, len, SPIFFE_ID) &&
    equalsText(SPIFFE_ID.trustDomainPtr, SPIFFE_ID.trustDomainLen, rules.trustDomain)
  );
}

function fits(subject: Subject, ptr: usize, len: u32): bool {
  const wanted = subject.text;
  switch (subject.match) {
    case SubjectMatch.EXACT:
      return equalsText(ptr, len, wanted);
    case SubjectMatch.PREFIX:
      return startsWithText(ptr, len, wanted);
    case SubjectMatch.SUFFIX:
      return (
        len >= textLen(wanted) && equalsText(ptr + len - textLen(wanted), textLen(wanted), wanted)
      );
    default:
      return contains(ptr, len, wanted);
  }
}

function contains(ptr: usize, len: u32, wanted: Text): bool {
  const wantedLen = textLen(wanted);
  if (len < wantedLen) return false;
  const last = ptr + len - wantedLen;
  for (let at = ptr; at <= last; at++) {
    if (equals(at, textPtr(wanted), wantedLen)) return true;
  }
  return false;
}
