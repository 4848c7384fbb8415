// A token that is not in the cache, from its shape to its claims. Nothing of the payload is
// believed, or even read, before the signature is right: shape → header → critical extensions →
// type → algorithm → key → signature → claims.

import { arenaAllocate } from "../../abi/arena";
import { equalsText, startsWithText } from "../../core/bytes/ascii";
import { NONE } from "../../core/bytes/none";
import { claimCount, setClaim } from "../../core/headers/identity";
import { Scanner, SCANNER_BYTES } from "../../core/json/scanner";
import { Algorithm, algorithmKeyType } from "../../core/crypto/algorithm";
import {
  claimLen,
  claimPtr,
  Claims,
  CLAIMS_BYTES,
  ExpectedClaims,
  judgeClaims,
  readClaims,
} from "../../core/jwt/claims";
import { Compact, readCompact } from "../../core/jwt/compact";
import { JoseHeader, readHeader } from "../../core/jwt/header";
import { Profile } from "../../core/jwt/profile";
import { parseSpiffeId, SpiffeId } from "../../core/jwt/spiffe_id";
import { TOKEN_BYTES_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { fitsAlgorithm, hasKid, JwtConfig, keyAt, Provider, subjectAt } from "./model";
import { verifySignature } from "./signature";

const SCANNER = changetype<Scanner>(heap.alloc(SCANNER_BYTES));
const COMPACT = changetype<Compact>(heap.alloc(offsetof<Compact>()));
const HEADER = changetype<JoseHeader>(heap.alloc(offsetof<JoseHeader>()));
const EXPECTED = changetype<ExpectedClaims>(heap.alloc(offsetof<ExpectedClaims>()));
const CLAIMS = changetype<Claims>(heap.alloc(CLAIMS_BYTES));
const SPIFFE_ID = changetype<SpiffeId>(heap.alloc(offsetof<SpiffeId>()));

/** Texts of the table of claims begin behind its count (identity.ts). */
const CLAIM_TABLE_TEXTS: usize = 4;

/** Times of the token that was verified last: it holds from the one to before the other. */
export let validFromSeconds: i64 = 0;
export let expiresAtSeconds: i64 = 0;

/**
 * Verifies a token. When it is good, the claims of the table are set as the request's identity:
 * views of memory that lives until the callback returns.
 */
export function verifyToken(
  config: JwtConfig,
  provider: Provider,
  tokenPtr: usize,
  tokenLen: u32,
  nowSeconds: i64,
): Reason {
  if (tokenLen > TOKEN_BYTES_MAX) return Reason.JWT_TOO_LARGE;
  const decoded = arenaAllocate(tokenLen);
  if (decoded == 0) return Reason.HEADERS_TOO_LARGE;
  const reason = checkSignature(config, provider, tokenPtr, tokenLen, decoded);
  return reason == Reason.OK ? checkClaims(provider, config.claims, nowSeconds) : reason;
}

/** Fills COMPACT; OK when the token is one of the provider's. */
function checkSignature(
  config: JwtConfig,
  provider: Provider,
  tokenPtr: usize,
  tokenLen: u32,
  decoded: usize,
): Reason {
  let reason = readCompact(tokenPtr, tokenLen, decoded, COMPACT);
  if (reason != Reason.OK) return reason;
  reason = readHeader(
    COMPACT.headerPtr,
    COMPACT.headerLen,
    provider.profile,
    provider.algorithms,
    SCANNER,
    HEADER,
  );
  if (reason != Reason.OK) return reason;
  const index = findKey(provider, HEADER.algorithm);
  if (index == NONE) return Reason.JWT_KEY_UNKNOWN;
  return verifySignature(config, COMPACT, HEADER.algorithm, keyAt(provider, index));
}

/**
 * Number of the key for this algorithm that the header means: the one with its `kid`; without a
 * `kid` the only one there is, because trying several would let a token choose how much work it
 * makes.
 */
function findKey(provider: Provider, algorithm: Algorithm): u32 {
  const keyType = algorithmKeyType(algorithm);
  let found: u32 = NONE;
  for (let i: u32 = 0; i < provider.keyCount; i++) {
    const key = keyAt(provider, i);
    if (!fitsAlgorithm(key, algorithm, keyType)) continue;
    if (HEADER.kidLen != NONE) {
      if (hasKid(key, HEADER.kidPtr, HEADER.kidLen)) return i;
    } else {
      if (found != NONE) return NONE;
      found = i;
    }
  }
  return found;
}

/** Reads the payload in COMPACT and sets the request's claims. */
function checkClaims(provider: Provider, claims: usize, nowSeconds: i64): Reason {
  EXPECTED.issuer = provider.issuer;
  EXPECTED.audiences = provider.audiences;
  EXPECTED.audienceCount = provider.audienceCount;
  EXPECTED.names = claims + CLAIM_TABLE_TEXTS;
  EXPECTED.nameCount = claimCount(claims);
  let reason = readClaims(COMPACT.payloadPtr, COMPACT.payloadLen, EXPECTED, SCANNER, CLAIMS);
  if (reason != Reason.OK) return reason;
  reason = judgeClaims(CLAIMS, nowSeconds, provider.skewSeconds);
  if (reason != Reason.OK) return reason;
  reason = checkSubject(provider, CLAIMS.subjectPtr, CLAIMS.subjectLen);
  if (reason != Reason.OK) return reason;
  expiresAtSeconds = CLAIMS.expiresAtSeconds;
  validFromSeconds = max(0, max(CLAIMS.notBeforeSeconds, CLAIMS.issuedAtSeconds));
  for (let id: u32 = 0; id < EXPECTED.nameCount; id++) {
    if (claimLen(CLAIMS, id) != NONE) setClaim(id, claimPtr(CLAIMS, id), claimLen(CLAIMS, id));
  }
  return Reason.OK;
}

/** A subject is needed where the profile or the provider's list asks for one. */
function checkSubject(provider: Provider, ptr: usize, len: u32): Reason {
  const isSvid = provider.profile == Profile.JWT_SVID;
  if (!isSvid && provider.subjectCount == 0) return Reason.OK;
  if (len == NONE || len == 0) return Reason.JWT_SUBJECT_MISSING;
  if (isSvid && !isOfTrustDomain(provider, ptr, len)) return Reason.JWT_SPIFFE_ID_INVALID;
  if (provider.subjectCount == 0) return Reason.OK;
  for (let i: u32 = 0; i < provider.subjectCount; i++) {
    const subject = subjectAt(provider, i);
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
function isOfTrustDomain(provider: Provider, ptr: usize, len: u32): bool {
  return (
    parseSpiffeId(ptr, len, SPIFFE_ID) &&
    equalsText(SPIFFE_ID.trustDomainPtr, SPIFFE_ID.trustDomainLen, provider.trustDomain)
  );
}
