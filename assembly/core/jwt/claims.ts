// The claims of a token (RFC 7519 §4): one pass over a verified payload, and what follows from it.
//
//   Claims ──► ┌────────┬────────────────────────────────────────┐
//              │ fields │ value of each expected claim, in order │
//              └────────┴────────────────────────────────────────┘
//                         ptr u32, len u32: NONE when absent

import { Char } from "../bytes/ascii";
import { NONE } from "../bytes/none";
import { Text, text, textLen, textPtr } from "../bytes/text";
import { Scanner } from "../json/scanner";
import { Token } from "../json/token";
import { CLAIM_BYTES_MAX, CLAIMS_MAX } from "../limits";
import { Reason } from "../reason";
import { DATE_ABSENT, DATE_INVALID, parseFrom, parseUntil } from "./numeric_date";

const ISS = text("iss");
const SUB = text("sub");
const AUD = text("aud");
const EXP = text("exp");
const NBF = text("nbf");
const IAT = text("iat");
const TRUE = text("true");
const FALSE = text("false");

const enum Registered {
  NONE,
  ISSUER,
  SUBJECT,
  AUDIENCE,
  EXPIRES_AT,
  NOT_BEFORE,
  ISSUED_AT,
}

/** What a provider wants to see and to know. Lists are arrays of Texts, four bytes each. */
@unmanaged
export class ExpectedClaims {
  /** 0 when any issuer will do. */
  issuer: Text;
  audiences: usize;
  audienceCount: u32;
  /** Claims whose values are kept, at most CLAIMS_MAX. */
  names: usize;
  nameCount: u32;
}


@unmanaged
export class Claims {
  /** Seconds; DATE_ABSENT when the claim is missing. */
  expiresAtSeconds: i64;
  notBeforeSeconds: i64;
  issuedAtSeconds: i64;
  subjectPtr: usize;
  /** NONE when there is no subject. */
  subjectLen: u32;
  /** OK, or why issuer or audience do not fit. */
  issuerReason: Reason;
  audienceReason: Reason;
}

const VALUES_OFFSET: u32 = (<u32>offsetof<Claims>() + 7) & ~7;
const VALUE_BYTES: u32 = 8;

/** Bytes of Claims with its values. Needs 8-byte alignment. */
export const CLAIMS_BYTES: u32 = VALUES_OFFSET + CLAIMS_MAX * VALUE_BYTES;

/** Address of the value of the n-th expected claim; right only when its length is not NONE. */
export function claimPtr(claims: Claims, index: u32): usize {
  return load<u32>(changetype<usize>(claims) + VALUES_OFFSET + index * VALUE_BYTES);
}

/** Length of the value of the n-th expected claim, NONE when it is absent. */
export function claimLen(claims: Claims, index: u32): u32 {
  return load<u32>(changetype<usize>(claims) + VALUES_OFFSET + index * VALUE_BYTES, 4);
}

export function setClaim(claims: Claims, index: u32, ptr: usize, len: u32): void {
  const value = changetype<usize>(claims) + VALUES_OFFSET + index * VALUE_BYTES;
  store<u32>(value, <u32>ptr);
  store<u32>(value, len, 4);
}

/**
 * Reads a decoded payload, in place: escapes in it are replaced, and views of claims point into it.
 * JWT_CLAIMS_INVALID when it is not one JSON object or a registered claim has the wrong type.
 *
 * A kept claim's value is a string's characters, an integer's digits, or true or false; every other
 * kind, and every value longer than CLAIM_BYTES_MAX, counts as absent.
 */
export function readClaims(
  ptr: usize,
  len: u32,
  expected: ExpectedClaims,
  scanner: Scanner,
  out: Claims,
): Reason {
  begin(expected, out);
  scanner.begin(ptr, len);
  if (scanner.next() != Token.OBJECT_BEGIN) return Reason.JWT_CLAIMS_INVALID;
  while (true) {
    const token = scanner.next();
    if (token == Token.OBJECT_END) break;
    if (token != Token.NAME || !readMember(expected, scanner, out)) {
      return Reason.JWT_CLAIMS_INVALID;
    }
  }
  return scanner.next() == Token.END ? Reason.OK : Reason.JWT_CLAIMS_INVALID;
}

/**
 * Whether claims hold now, in the order expiry, start, issuer, audience. A token without `exp`
 * never holds. Time must be before `exp` and not before `nbf` or `iat`, give or take the skew (RFC
 * 7519 §4.1.4, §4.1.5).
 */
export function judgeClaims(claims: Claims, nowSeconds: i64, skewSeconds: i64): Reason {
  if (claims.expiresAtSeconds == DATE_ABSENT) return Reason.JWT_CLAIMS_INVALID;
  const time = judgeTimes(
    claims.expiresAtSeconds,
    max(claims.notBeforeSeconds, claims.issuedAtSeconds),
    nowSeconds,
    skewSeconds,
  );
  if (time != Reason.OK) return time;
  if (claims.issuerReason != Reason.OK) return claims.issuerReason;
  return claims.audienceReason;
}

/**
 * The part of the judgement that changes with time. All of it is in seconds; dates are below 2^53 +
 * 1 and the skew below 2^32, so no sum can overflow.
 */
export function judgeTimes(
  expiresAtSeconds: i64,
  validFromSeconds: i64,
  nowSeconds: i64,
  skewSeconds: i64,
): Reason {
  if (nowSeconds >= expiresAtSeconds + skewSeconds) return Reason.JWT_EXPIRED;
  if (validFromSeconds > nowSeconds + skewSeconds) return Reason.JWT_NOT_YET_VALID;
  return Reason.OK;
}

function begin(expected: ExpectedClaims, out: Claims): void {
  out.expiresAtSeconds = DATE_ABSENT;
  out.notBeforeSeconds = DATE_ABSENT;
  out.issuedAtSeconds = DATE_ABSENT;
  out.subjectPtr = 0;
  out.subjectLen = NONE;
  out.issuerReason = expected.issuer == 0 ? Reason.OK : Reason.JWT_ISSUER_REFUSED;
  out.audienceReason = Reason.JWT_AUDIENCE_REFUSED;
  for (let index: u32 = 0; index < expected.nameCount; index++) setClaim(out, index, 0, NONE);
}

function readMember(expected: ExpectedClaims, scanner: Scanner, out: Claims): bool {
  const registered = registeredName(scanner);
  const kept = expectedName(expected, scanner);
  if (registered == Registered.AUDIENCE) return readAudience(expected, kept, scanner, out);
  const depth = scanner.depth;
  const token = scanner.next();
  if (kept != NONE) keep(token, scanner, kept, out);
  switch (registered) {
    case Registered.ISSUER:
      if (expected.issuer != 0 && token == Token.STRING && scanner.nameIs(expected.issuer)) {
        out.issuerReason = Reason.OK;
      }
      return token == Token.STRING;
    case Registered.SUBJECT:
      if (token != Token.STRING) return false;
      scanner.unescape(scanner.valuePtr, scanner.valueLen);
      out.subjectPtr = scanner.valuePtr;
      out.subjectLen = scanner.valueLen;
      return true;
    case Registered.EXPIRES_AT:
      if (token != Token.NUMBER) return false;
      out.expiresAtSeconds = parseUntil(scanner.valuePtr, scanner.valueLen);
      return out.expiresAtSeconds != DATE_INVALID;
    case Registered.NOT_BEFORE:
      if (token != Token.NUMBER) return false;
      out.notBeforeSeconds = parseFrom(scanner.valuePtr, scanner.valueLen);
      return out.notBeforeSeconds != DATE_INVALID;
    case Registered.ISSUED_AT:
      if (token != Token.NUMBER) return false;
      out.issuedAtSeconds = parseFrom(scanner.valuePtr, scanner.valueLen);
      return out.issuedAtSeconds != DATE_INVALID;
    default:
      return token != Token.ERROR && scanner.leave(depth);
  }
}

function registeredName(scanner: Scanner): Registered {
  if (scanner.nameIs(ISS)) return Registered.ISSUER;
  if (scanner.nameIs(SUB)) return Registered.SUBJECT;
  if (scanner.nameIs(AUD)) return Registered.AUDIENCE;
  if (scanner.nameIs(EXP)) return Registered.EXPIRES_AT;
  if (scanner.nameIs(NBF)) return Registered.NOT_BEFORE;
  if (scanner.nameIs(IAT)) return Registered.ISSUED_AT;
  return Registered.NONE;
}

/** Which expected claim the last name is, else NONE. */
function expectedName(expected: ExpectedClaims, scanner: Scanner): u32 {
  for (let index: u32 = 0; index < expected.nameCount; index++) {
    if (scanner.nameIs(load<u32>(expected.names + 4 * index))) return index;
  }
  return NONE;
}

/** A string, or a list of nothing but strings (RFC 7519 §4.1.3): one that is expected is enough. */
function readAudience(expected: ExpectedClaims, kept: u32, scanner: Scanner, out: Claims): bool {
  const token = scanner.next();
  if (token == Token.STRING) {
    if (isExpectedAudience(expected, scanner)) out.audienceReason = Reason.OK;
    if (kept != NONE) keep(token, scanner, kept, out);
    return true;
  }
  if (token != Token.ARRAY_BEGIN) return false;
  let element = scanner.next();
  while (element == Token.STRING) {
    if (isExpectedAudience(expected, scanner)) out.audienceReason = Reason.OK;
    element = scanner.next();
  }
  return element == Token.ARRAY_END;
}

function isExpectedAudience(expected: ExpectedClaims, scanner: Scanner): bool {
  for (let index: u32 = 0; index < expected.audienceCount; index++) {
    if (scanner.nameIs(load<u32>(expected.audiences + 4 * index))) return true;
  }
  return false;
}

/** Keeps the scalar that `token` stands for as the value of an expected claim. */
function keep(token: Token, scanner: Scanner, index: u32, out: Claims): void {
  if (token == Token.TRUE) return setClaim(out, index, textPtr(TRUE), textLen(TRUE));
  if (token == Token.FALSE) return setClaim(out, index, textPtr(FALSE), textLen(FALSE));
  if (token == Token.STRING) scanner.unescape(scanner.valuePtr, scanner.valueLen);
  const ptr = scanner.valuePtr;
  const len = scanner.valueLen;
  if (token != Token.STRING && (token != Token.NUMBER || !isInteger(ptr, len))) return;
  if (len <= CLAIM_BYTES_MAX) setClaim(out, index, ptr, len);
}

/** Whether a JSON number has neither fraction nor exponent. */
function isInteger(ptr: usize, len: u32): bool {
  const end = ptr + len;
  for (let at = ptr; at < end; at++) {
    const c = load<u8>(at);
    if (c == Char.DOT || c == Char.LOWER_E || c == Char.UPPER_E) return false;
  }
  return true;
}
