// What the section `jwt` becomes in the root's block. Lists are arrays of structs, one behind the
// other.

import { equalsText } from "../../core/bytes/ascii";
import { Text } from "../../core/bytes/text";
import { Algorithm, ALGORITHMS, AlgorithmSet, KeyType } from "../../core/crypto/algorithm";
import { Profile } from "../../core/jwt/profile";

/** `crypto`: who verifies signatures. */
export const enum CryptoMode {
  /** Whoever is faster and gets the known answers right. */
  AUTO,
  HOST,
  WASM,
}

/** Who verifies one algorithm. */
export const enum Verifier {
  /** Nobody got the known answers right: tokens of the algorithm are refused. */
  NONE,
  MODULE,
  HOST,
  /** The module where the host gives no answer. */
  HOST_THEN_MODULE,
}

/** A checked key. */
// @ts-ignore: decorator
@unmanaged
export class Key {
  /** 0 when it has none. */
  kid: Text;
  keyType: KeyType;
  /** The only algorithm that it may verify, UNKNOWN for any of its type. */
  algorithm: Algorithm;
  /** Bytes of its signatures; 0 for a secret. */
  signatureLen: u32;
  /** SubjectPublicKeyInfo for hosts; 0 for keys that no host takes. */
  spki: Text;
  /** Address of a VerifyKey. */
  verifyKey: usize;
}

/** A subject, or with `isPrefix` how subjects begin. */
// @ts-ignore: decorator
@unmanaged
export class Subject {
  text: Text;
  isPrefix: u32;
}

/** A claim that becomes a header. */
// @ts-ignore: decorator
@unmanaged
export class Forward {
  claimId: u32;
  headerId: u32;
}

// @ts-ignore: decorator
@unmanaged
export class Provider {
  skewSeconds: i64;
  /** Tells its tokens from those of other providers in the cache. */
  number: u32;
  profile: Profile;
  algorithms: AlgorithmSet;
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
  keys: usize;
  keyCount: u32;
  forwards: usize;
  forwardCount: u32;
  keepsToken: u32;
}

// @ts-ignore: decorator
@unmanaged
export class Rule {
  prefix: Text;
  /** Address of a Provider, 0 when no token is required. */
  provider: usize;
}

// @ts-ignore: decorator
@unmanaged
export class JwtConfig {
  /** Secret of the cache's hash. */
  hashKey0: u64;
  hashKey1: u64;
  cache: usize;
  /** The table of claims (identity.ts). */
  claims: usize;
  crypto: CryptoMode;
  /** Address of a Verifier for each algorithm, one byte each. */
  verifiers: usize;
  /** Algorithms that nobody verifies. */
  disabled: AlgorithmSet;
  authorizationId: u32;
  providers: usize;
  providerCount: u32;
  rules: usize;
  ruleCount: u32;
  /** Segments of the longest prefix among the rules. */
  segments: u32;
  /** Values of WWW-Authenticate (RFC 6750 §3): without an error, and with each that there is. */
  challenge: Text;
  invalidRequest: Text;
  invalidToken: Text;
  insufficientScope: Text;
}

export const KEY_BYTES: u32 = <u32>offsetof<Key>();
export const SUBJECT_BYTES: u32 = <u32>offsetof<Subject>();
export const FORWARD_BYTES: u32 = <u32>offsetof<Forward>();
export const PROVIDER_BYTES: u32 = (<u32>offsetof<Provider>() + 7) & ~7;
export const RULE_BYTES: u32 = <u32>offsetof<Rule>();

// @ts-ignore: decorator
@inline
export function keyAt(provider: Provider, index: u32): Key {
  return changetype<Key>(provider.keys + index * KEY_BYTES);
}

// @ts-ignore: decorator
@inline
export function subjectAt(provider: Provider, index: u32): Subject {
  return changetype<Subject>(provider.subjects + index * SUBJECT_BYTES);
}

// @ts-ignore: decorator
@inline
export function forwardAt(provider: Provider, index: u32): Forward {
  return changetype<Forward>(provider.forwards + index * FORWARD_BYTES);
}

// @ts-ignore: decorator
@inline
export function providerAt(config: JwtConfig, index: u32): Provider {
  return changetype<Provider>(config.providers + index * PROVIDER_BYTES);
}

// @ts-ignore: decorator
@inline
export function ruleAt(config: JwtConfig, index: u32): Rule {
  return changetype<Rule>(config.rules + index * RULE_BYTES);
}

export const VERIFIERS_BYTES: u32 = ALGORITHMS;

// @ts-ignore: decorator
@inline
export function verifierOf(config: JwtConfig, algorithm: Algorithm): Verifier {
  return <Verifier>(<u32>load<u8>(config.verifiers + <u32>algorithm));
}

export function setVerifier(config: JwtConfig, algorithm: Algorithm, verifier: Verifier): void {
  store<u8>(config.verifiers + <u32>algorithm, verifier);
}

/** Whether a key may verify an algorithm (RFC 8725 §3.1). */
export function fitsAlgorithm(key: Key, algorithm: Algorithm, keyType: KeyType): bool {
  if (key.keyType != keyType) return false;
  return key.algorithm == Algorithm.UNKNOWN || key.algorithm == algorithm;
}

/** Whether a key has exactly this `kid`. */
export function hasKid(key: Key, ptr: usize, len: u32): bool {
  return key.kid != 0 && equalsText(ptr, len, key.kid);
}
