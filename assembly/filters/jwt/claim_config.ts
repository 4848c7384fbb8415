// The members of a provider about claims: for whom its tokens must be, when they hold, and what
// else they must say.

import { text, Text, textLen, textPtr } from "../../core/bytes/text";
import { Block } from "../../core/config/block";
import { durationMilliseconds } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { PATH_TREE_BYTES } from "../../core/json/path_tree";
import { AudienceMatch, trimAudience, trimmedLen, trimmedPtr } from "../../core/jwt/audience";
import { TypeList } from "../../core/jwt/header";
import { Profile } from "../../core/jwt/profile";
import { isTrustDomain } from "../../core/jwt/spiffe_id";
import { TimeRules } from "../../core/jwt/token_times";
import {
  AUDIENCES_MAX,
  CLOCK_SKEW_MILLISECONDS_MAX,
  IDENTIFIER_BYTES_MAX,
  TOKEN_AGE_MILLISECONDS_MAX,
} from "../../core/limits";
import { CLAIM_RULES_BYTES, ClaimRules } from "./claim_rules";
import { readConditions, readRequiredClaims } from "./condition_config";
import { readConfirmation } from "./confirmation_config";
import { readDenied } from "./deny_config";
import { JwtConfig, Provider } from "./model";
import { readSubjects } from "./subject_config";
import { readTypes } from "./type_config";

const DEFAULT_SKEW_SECONDS: i64 = 60;
const MILLISECONDS_PER_SECOND: u64 = 1000;
const ANY = "any";
const NEEDED = "true: the profile needs it";

/** Media type of access tokens (RFC 9068 §2.1). */
const ACCESS_TOKEN = text("at+jwt");

/**
 * Reads them from a provider's object into the block; `names` and `config.claims` are the tables of
 * names that they add to.
 */
export function readClaimRules(
  value: Value,
  names: usize,
  config: JwtConfig,
  provider: Provider,
): ClaimRules {
  const profile = provider.profile;
  const block = value.block;
  const rules = changetype<ClaimRules>(block.allocate(CLAIM_RULES_BYTES));
  rules.times = changetype<TimeRules>(block.allocate(<u32>offsetof<TimeRules>()));
  rules.types = changetype<TypeList>(block.allocate(<u32>offsetof<TypeList>()));
  rules.checked = block.allocate(PATH_TREE_BYTES);
  readTrustDomain(value.optional("trustDomain"), value, profile, rules);
  const issuer = profile == Profile.AT_JWT ? value.required("issuer") : value.optional("issuer");
  if (issuer !== null) rules.issuer = issuer.text(1, IDENTIFIER_BYTES_MAX);
  const audiences = value.required("audiences");
  const match = value.optional("audMatch");
  if (match !== null) rules.audienceMatch = match.choice(["exact", "envoy"]);
  if (audiences.isString) readAnyAudience(audiences, profile, rules);
  else readAudiences(audiences, rules);
  const subjects = value.optional("subjects");
  if (subjects !== null) readSubjects(subjects, rules);
  readTimes(value, profile, rules.times);
  readTypesOf(value.optional("types"), profile, block, rules.types);
  readRequiredClaims(value.optional("requiredClaims"), profile, block, rules);
  readConditions(value.optional("conditions"), rules);
  readDenied(value.optional("deny"), config, provider, rules);
  readConfirmation(value.optional("confirmation"), names, config.claims, rules);
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

/** Reads a list of audiences; `rules` already say how they are compared. */
export function readAudiences(value: Value, rules: ClaimRules): void {
  const audiences = value.items(1, AUDIENCES_MAX);
  rules.audiences = value.block.allocate(4 * <u32>audiences.length);
  for (let i = 0; i < audiences.length; i++) {
    const audience = readAudience(audiences[i], rules.audienceMatch);
    store<u32>(rules.audiences + 4 * i, <u32>audience);
  }
  rules.audienceCount = <u32>audiences.length;
}

function readAudience(value: Value, match: AudienceMatch): Text {
  const audience = value.text(1, IDENTIFIER_BYTES_MAX);
  if (value.error.failed || match != AudienceMatch.ENVOY) return audience;
  trimAudience(textPtr(audience), textLen(audience));
  if (trimmedLen == 0) value.refuse("more than a scheme and a slash");
  return value.block.text(trimmedPtr, trimmedLen);
}

/** A token that names neither issuer nor audience could be anyone's for anyone. */
function readAnyAudience(value: Value, profile: Profile, rules: ClaimRules): void {
  if (value.string() != ANY) {
    value.refuse("a list of 1 to " + AUDIENCES_MAX.toString() + ", any");
  } else if (profile != Profile.RFC7519) {
    value.refuse("a list: the profile needs audiences");
  } else if (rules.issuer == 0) {
    value.refuse("a list, or any with an issuer");
  } else if (rules.audienceMatch != AudienceMatch.EXACT) {
    value.refuse("a list, which audMatch is about");
  }
  rules.audienceMatch = AudienceMatch.ANY;
}

function readTimes(value: Value, profile: Profile, times: TimeRules): void {
  const skew = value.optional("clockSkew");
  times.skewSeconds =
    skew === null ? DEFAULT_SKEW_SECONDS : readSeconds(skew, 0, CLOCK_SKEW_MILLISECONDS_MAX);
  const requireExp = value.optional("requireExp");
  if (requireExp !== null && !requireExp.bool()) {
    times.allowsNoExpiry = 1;
    if (profile != Profile.RFC7519) requireExp.refuse(NEEDED);
  }
  const lifetime = value.optional("maxLifetime");
  if (lifetime !== null) {
    times.maxLifetimeSeconds = readAge(lifetime);
    if (times.allowsNoExpiry != 0) {
      lifetime.refuseFound("a largest lifetime", "one only where exp is required");
    }
  }
  const age = value.optional("maxAge");
  if (age !== null) times.maxAgeSeconds = readAge(age);
}

function readAge(value: Value): i64 {
  return readSeconds(value, MILLISECONDS_PER_SECOND, TOKEN_AGE_MILLISECONDS_MAX);
}

/** Dates of tokens are compared in whole seconds. */
function readSeconds(value: Value, least: u64, most: u64): i64 {
  const milliseconds = durationMilliseconds(value, least, most);
  if (milliseconds % MILLISECONDS_PER_SECOND != 0) value.refuse("whole seconds");
  return <i64>(milliseconds / MILLISECONDS_PER_SECOND);
}

function readTypesOf(value: Value | null, profile: Profile, block: Block, types: TypeList): void {
  if (profile == Profile.AT_JWT) {
    types.types = block.allocate(4);
    types.count = 1;
    store<u32>(types.types, <u32>ACCESS_TOKEN);
  }
  if (value === null) return;
  if (profile == Profile.RFC7519) readTypes(value, types);
  else value.refuseFound("types", "types only with the profile rfc7519: the others have theirs");
}
