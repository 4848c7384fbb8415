// What the dates of a token say at a given time. All is in whole seconds; dates are below 2^53 + 1,
// the skew and the ages below 2^36, so no sum can overflow.

import { ENDLESS_TOKEN_SECONDS } from "../limits";
import { Reason } from "../reason";
import { Claims } from "./claims";
import { DATE_ABSENT } from "./numeric_date";

/** What a provider asks of dates. */
@unmanaged
export class TimeRules {
  skewSeconds: i64;
  /** Of `exp` after `iat`, or after now where there is no `iat`; 0 when any will do. */
  maxLifetimeSeconds: i64;
  /** Of now after `iat`; 0 when any will do. */
  maxAgeSeconds: i64;
  /** Whether tokens without `exp` are taken. */
  allowsNoExpiry: u32;
}

/**
 * Whether dates hold now, in the order form, expiry, start, lifetime, age. Time must be before
 * `exp` and not before `nbf` or `iat`, give or take the skew (RFC 7519 §4.1.4, §4.1.5).
 */
export function judgeDates(claims: Claims, rules: TimeRules, nowSeconds: i64): Reason {
  const expiresAt = claims.expiresAtSeconds;
  const hasExpiry = expiresAt != DATE_ABSENT;
  if (!hasExpiry && rules.allowsNoExpiry == 0) return Reason.JWT_CLAIMS_INVALID;
  if (hasExpiry && expiresAt < claims.notBeforeSeconds) return Reason.JWT_CLAIMS_INVALID;
  const issuedAt = claims.issuedAtSeconds;
  const validFrom = max(claims.notBeforeSeconds, issuedAt);
  const skew = rules.skewSeconds;
  const time = judgeTimes(
    hasExpiry ? expiresAt : i64.MAX_VALUE - skew,
    validFrom,
    nowSeconds,
    skew,
  );
  if (time != Reason.OK) return time;
  if (rules.maxLifetimeSeconds != 0) {
    const begin = issuedAt == DATE_ABSENT ? nowSeconds : issuedAt;
    if (!hasExpiry || expiresAt - begin > rules.maxLifetimeSeconds) {
      return Reason.JWT_LIFETIME_REFUSED;
    }
  }
  if (rules.maxAgeSeconds == 0) return Reason.OK;
  if (issuedAt == DATE_ABSENT) return Reason.JWT_TOO_OLD;
  return nowSeconds - issuedAt > rules.maxAgeSeconds + skew ? Reason.JWT_TOO_OLD : Reason.OK;
}

/** The part of the judgement that changes with time while a token is kept. */
// @ts-ignore: decorator
@inline
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

/** The earliest date from which `judgeTimes` must find a token that is good now to be at an end. */
export function endOf(claims: Claims, rules: TimeRules, nowSeconds: i64): i64 {
  let end = claims.expiresAtSeconds;
  if (end == DATE_ABSENT) end = nowSeconds + ENDLESS_TOKEN_SECONDS;
  if (rules.maxAgeSeconds == 0) return end;
  return min(end, claims.issuedAtSeconds + rules.maxAgeSeconds + 1);
}

/** Whether a token can come to its end before or without its `exp`. */
export function endsOtherwise(rules: TimeRules): bool {
  return rules.maxAgeSeconds != 0 || rules.allowsNoExpiry != 0;
}
