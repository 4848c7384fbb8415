// The claims of a token whose signature is right, held against what its provider asks.

import { equalsText, startsWithText } from "../../core/bytes/ascii";
import { NONE } from "../../core/bytes/none";
import { claimCount, ClaimKind, setClaim } from "../../core/headers/identity";
import { Scanner } from "../../core/json/scanner";
import {
  claimLen,
  claimPtr,
  Claims,
  CLAIMS_BYTES,
  ExpectedClaims,
  judgeClaims,
  readClaims,
} from "../../core/jwt/claims";
import { parseSpiffeId, SpiffeId } from "../../core/jwt/spiffe_id";
import { Reason } from "../../core/reason";
import { ClaimRules, subjectAt } from "./claim_rules";

const EXPECTED = changetype<ExpectedClaims>(heap.alloc(offsetof<ExpectedClaims>()));
const CLAIMS = changetype<Claims>(heap.alloc(CLAIMS_BYTES));
const SPIFFE_ID = changetype<SpiffeId>(heap.alloc(offsetof<SpiffeId>()));

/** Texts of the table of claims begin behind its count (identity.ts). */
const CLAIM_TABLE_TEXTS: usize = 4;

/** Times of the token that was checked last: it holds from the one to before the other. */
export let validFromSeconds: i64 = 0;
export let expiresAtSeconds: i64 = 0;

/**
 * Judges a decoded payload, in place, and sets the claims of the table `names` for the request:
 * views of the payload.
 */
export function checkClaims(
  rules: ClaimRules,
  names: usize,
  payloadPtr: usize,
  payloadLen: u32,
  nowSeconds: i64,
  scanner: Scanner,
): Reason {
  EXPECTED.issuer = rules.issuer;
  EXPECTED.audiences = rules.audiences;
  EXPECTED.audienceCount = rules.audienceCount;
  EXPECTED.names = names + CLAIM_TABLE_TEXTS;
  EXPECTED.nameCount = claimCount(names);
  let reason = readClaims(payloadPtr, payloadLen, EXPECTED, scanner, CLAIMS);
  if (reason != Reason.OK) return reason;
  reason = judgeClaims(CLAIMS, nowSeconds, rules.skewSeconds);
  if (reason != Reason.OK) return reason;
  reason = checkSubject(rules, CLAIMS.subjectPtr, CLAIMS.subjectLen);
  if (reason != Reason.OK) return reason;
  expiresAtSeconds = CLAIMS.expiresAtSeconds;
  validFromSeconds = max(0, max(CLAIMS.notBeforeSeconds, CLAIMS.issuedAtSeconds));
  for (let id: u32 = 0; id < EXPECTED.nameCount; id++) {
    const len = claimLen(CLAIMS, id);
    if (len != NONE) setClaim(id, claimPtr(CLAIMS, id), len, ClaimKind.STRING);
  }
  return Reason.OK;
}

/** A subject is needed where the profile or the provider's list asks for one. */
function checkSubject(rules: ClaimRules, ptr: usize, len: u32): Reason {
  const isSvid = rules.trustDomain != 0;
  if (!isSvid && rules.subjectCount == 0) return Reason.OK;
  if (len == NONE || len == 0) return Reason.JWT_SUBJECT_MISSING;
  if (isSvid && !isOfTrustDomain(rules, ptr, len)) return Reason.JWT_SPIFFE_ID_INVALID;
  if (rules.subjectCount == 0) return Reason.OK;
  for (let i: u32 = 0; i < rules.subjectCount; i++) {
    const subject = subjectAt(rules, i);
    const fits =
      subject.isPrefix != 0
        ? startsWithText(ptr, len, subject.text)
        : equalsText(ptr, len, subject.text);
    if (fits) return Reason.OK;
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
