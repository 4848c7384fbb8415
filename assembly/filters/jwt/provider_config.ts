// One provider: whose tokens are taken, for whom, and what of them is handed on.

import { textLen, textPtr } from "../../core/bytes/text";
import { NONE } from "../../core/bytes/none";
import { durationMilliseconds, ownedNameId } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { internClaim } from "../../core/headers/identity";
import {
  AUDIENCES_MAX,
  CLAIM_NAME_BYTES_MAX,
  CLAIMS_MAX,
  CLOCK_SKEW_MILLISECONDS_MAX,
  IDENTIFIER_BYTES_MAX,
  SUBJECTS_MAX,
} from "../../core/limits";
import { Profile } from "../../core/jwt/profile";
import { isTrustDomain } from "../../core/jwt/spiffe_id";
import { readAlgorithms } from "./algorithm_config";
import { readKeys } from "./key_config";
import {
  Forward,
  FORWARD_BYTES,
  forwardAt,
  JwtConfig,
  Provider,
  SUBJECT_BYTES,
  subjectAt,
} from "./model";

const AUTHORIZATION = "authorization";
const DEFAULT_SKEW_SECONDS: i64 = 60;
const MILLISECONDS_PER_SECOND: u64 = 1000;
const PREFIX_MARK = "*";

/** Reads a provider; `names` and `config.claims` are the tables of names that it adds to. */
export function readProvider(
  value: Value,
  names: usize,
  config: JwtConfig,
  provider: Provider,
): void {
  const profile = value.optional("profile");
  if (profile !== null) provider.profile = profile.choice(["rfc7519", "jwt-svid"]);
  readTrustDomain(value.optional("trustDomain"), value, provider);
  const issuer = value.optional("issuer");
  if (issuer !== null) provider.issuer = issuer.text(1, IDENTIFIER_BYTES_MAX);
  readAudiences(value.required("audiences"), provider);
  const subjects = value.optional("subjects");
  if (subjects !== null) readSubjects(subjects, provider);
  const algorithms = value.optional("algorithms");
  readSkew(value.optional("clockSkew"), provider);
  const keys = value.required("keys");
  readKeys(keys, provider);
  readAlgorithms(algorithms, keys, config.crypto, provider);
  const forward = value.optional("forward");
  if (forward !== null) readForward(forward, names, config.claims, provider);
  value.done();
}

function readTrustDomain(value: Value | null, provider: Value, out: Provider): void {
  if (out.profile != Profile.JWT_SVID) {
    if (value !== null) value.refuseFound("a trust domain", "one only with the profile jwt-svid");
    return;
  }
  const trustDomain = value === null ? provider.required("trustDomain") : value;
  out.trustDomain = trustDomain.text(1, IDENTIFIER_BYTES_MAX);
  if (trustDomain.error.failed) return;
  if (!isTrustDomain(textPtr(out.trustDomain), textLen(out.trustDomain))) {
    trustDomain.refuse("a trust domain: 1 to 255 of a-z 0-9 . - _ (without spiffe://)");
  }
}

function readAudiences(value: Value, provider: Provider): void {
  const audiences = value.items(1, AUDIENCES_MAX);
  provider.audiences = value.block.allocate(4 * <u32>audiences.length);
  for (let i = 0; i < audiences.length; i++) {
    const audience = audiences[i].text(1, IDENTIFIER_BYTES_MAX);
    store<u32>(provider.audiences + 4 * i, <u32>audience);
  }
  provider.audienceCount = <u32>audiences.length;
}

function readSubjects(value: Value, provider: Provider): void {
  const subjects = value.items(1, SUBJECTS_MAX);
  provider.subjects = value.block.allocate(<u32>subjects.length * SUBJECT_BYTES);
  for (let i = 0; i < subjects.length; i++) {
    const subject = subjectAt(provider, <u32>i);
    subject.text = subjects[i].text(1, IDENTIFIER_BYTES_MAX);
    if (value.error.failed) return;
    const characters = subjects[i].string();
    const mark = characters.indexOf(PREFIX_MARK);
    if (mark < 0) continue;
    if (mark != characters.length - 1) subjects[i].refuse("a subject, or its beginning and a *");
    subject.isPrefix = 1;
    store<u32>(subject.text, textLen(subject.text) - 1);
  }
  provider.subjectCount = <u32>subjects.length;
}

/** Dates of tokens are compared in whole seconds. */
function readSkew(value: Value | null, provider: Provider): void {
  provider.skewSeconds = DEFAULT_SKEW_SECONDS;
  if (value === null) return;
  const milliseconds = durationMilliseconds(value, 0, CLOCK_SKEW_MILLISECONDS_MAX);
  if (milliseconds % MILLISECONDS_PER_SECOND != 0) value.refuse("whole seconds");
  provider.skewSeconds = <i64>(milliseconds / MILLISECONDS_PER_SECOND);
}

function readForward(value: Value, names: usize, claims: usize, provider: Provider): void {
  const token = value.optional("token");
  if (token !== null) provider.keepsToken = token.choice(["strip", "keep"]);
  const forwards = value.optional("claims");
  value.done();
  if (forwards === null) return;
  const each = forwards.items(1, CLAIMS_MAX);
  provider.forwards = value.block.allocate(<u32>each.length * FORWARD_BYTES);
  for (let i = 0; i < each.length; i++) {
    readClaim(each[i], names, claims, provider, forwardAt(provider, <u32>i));
    if (value.error.failed) return;
    provider.forwardCount++;
  }
}

function readClaim(
  value: Value,
  names: usize,
  claims: usize,
  provider: Provider,
  out: Forward,
): void {
  const claim = value.required("claim");
  const header = value.required("header");
  value.done();
  const name = claim.text(1, CLAIM_NAME_BYTES_MAX);
  if (header.isString && header.string().toLowerCase() == AUTHORIZATION) {
    header.refuse("a header that does not carry the token");
  }
  out.headerId = ownedNameId(names, header);
  if (value.error.failed) return;
  out.claimId = internClaim(claims, name);
  if (out.claimId == NONE) {
    claim.refuseFound("one claim too many", CLAIMS_MAX.toString() + " claims in all");
  }
  for (let i: u32 = 0; i < provider.forwardCount; i++) {
    if (forwardAt(provider, i).headerId == out.headerId) {
      header.refuse("a header that no other claim of this provider becomes");
    }
  }
}
