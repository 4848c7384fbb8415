// The claims of a token whose signature is right, held against what its provider asks: form →
// required claims → dates → issuer → audience → subject → deny-lists → conditions → binding.

import { Text } from "../../core/bytes/text";
import { NONE } from "../../core/bytes/none";
import { ClaimKind } from "../../core/headers/identity";
import { Scanner } from "../../core/json/scanner";
import { checkedClaim, Claims, CLAIMS_BYTES, ExpectedClaims } from "../../core/jwt/claims";
import { setKeptClaims } from "../../core/jwt/claim_value";
import { readClaims } from "../../core/jwt/read_claims";
import { endOf, judgeDates } from "../../core/jwt/token_times";
import { Reason } from "../../core/reason";
import { ClaimRules, requiredAt } from "./claim_rules";
import { unmetCondition } from "./conditions";
import { checkBinding } from "./confirmation";
import { deniesTokens, isDeniedSubject, isDeniedToken } from "./deny_list";
import { checkSubject } from "./subjects";

const EXPECTED = changetype<ExpectedClaims>(heap.alloc(offsetof<ExpectedClaims>()));
const CLAIMS = changetype<Claims>(heap.alloc(CLAIMS_BYTES));

/**
 * Times of the token that was checked last: it holds from the one to before the other, and is then
 * to be checked again.
 */
export let validFromSeconds: i64 = 0;
export let expiresAtSeconds: i64 = 0;

/** The scope that the token lacked, when it was refused for that with JWT_CLAIM_REFUSED; else 0. */
export let refusedScope: Text = 0;

/**
 * Judges a decoded payload and sets the claims of the table `kept` for the request: views of the
 * payload and of `scratch`, as many bytes as the payload has.
 */
export function checkClaims(
  rules: ClaimRules,
  kept: usize,
  payloadPtr: usize,
  payloadLen: u32,
  scratch: usize,
  nowSeconds: i64,
  scanner: Scanner,
): Reason {
  refusedScope = 0;
  EXPECTED.issuer = rules.issuer;
  EXPECTED.audiences = rules.audiences;
  EXPECTED.audienceCount = rules.audienceCount;
  EXPECTED.audienceMatch = rules.audienceMatch;
  EXPECTED.kept = kept;
  EXPECTED.checked = rules.checked;
  let reason = readClaims(payloadPtr, payloadLen, scratch, EXPECTED, scanner, CLAIMS);
  if (reason != Reason.OK) return reason;
  reason = judge(rules, nowSeconds, scanner);
  if (reason != Reason.OK) return reason;
  expiresAtSeconds = endOf(CLAIMS, rules.times, nowSeconds);
  validFromSeconds = max(0, max(CLAIMS.notBeforeSeconds, CLAIMS.issuedAtSeconds));
  setKeptClaims(kept, CLAIMS);
  return Reason.OK;
}

function judge(rules: ClaimRules, nowSeconds: i64, scanner: Scanner): Reason {
  if (!hasRequired(rules)) return Reason.JWT_CLAIM_MISSING;
  let reason = judgeDates(CLAIMS, rules.times, nowSeconds);
  if (reason != Reason.OK) return reason;
  if (CLAIMS.issuerReason != Reason.OK) return CLAIMS.issuerReason;
  if (CLAIMS.audienceReason != Reason.OK) return CLAIMS.audienceReason;
  reason = checkSubject(rules, CLAIMS.subjectPtr, CLAIMS.subjectLen);
  if (reason == Reason.OK) reason = checkDenied(rules);
  if (reason != Reason.OK) return reason;
  const unmet = unmetCondition(rules, CLAIMS, scanner);
  if (unmet !== null) {
    refusedScope = unmet.scope;
    return Reason.JWT_CLAIM_REFUSED;
  }
  return checkBinding(rules, CLAIMS);
}

function hasRequired(rules: ClaimRules): bool {
  for (let i: u32 = 0; i < rules.requiredCount; i++) {
    const required = requiredAt(rules, i);
    const value = checkedClaim(CLAIMS, required.claim);
    if (value.kind == ClaimKind.ABSENT) return false;
    if (required.isText != 0 && (value.kind != ClaimKind.STRING || value.len == 0)) return false;
  }
  return true;
}

/** A `jti` that is no text (RFC 7519 §4.1.7) could not be found on the list. */
function checkDenied(rules: ClaimRules): Reason {
  if (deniesTokens(rules)) {
    const id = checkedClaim(CLAIMS, rules.tokenId);
    if (id.kind == ClaimKind.STRING) {
      if (isDeniedToken(rules, id.ptr, id.len)) return Reason.JWT_REVOKED;
    } else if (id.kind != ClaimKind.ABSENT) {
      return Reason.JWT_CLAIMS_INVALID;
    }
  }
  if (CLAIMS.subjectLen == NONE) return Reason.OK;
  const isDenied = isDeniedSubject(rules, CLAIMS.subjectPtr, CLAIMS.subjectLen);
  return isDenied ? Reason.JWT_REVOKED : Reason.OK;
}
