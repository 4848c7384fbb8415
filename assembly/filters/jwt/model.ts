// What the section `jwt` becomes in the root's block. Lists are arrays of structs, one behind the
// other. Parts that one concern owns have files of their own: key_set.ts, claim_rules.ts,
// forwarding.ts, rules.ts.

import { Text } from "../../core/bytes/text";
import { Algorithm, ALGORITHMS, AlgorithmSet } from "../../core/crypto/algorithm";
import { Profile } from "../../core/jwt/profile";
import { Challenges } from "./challenge";
import { ClaimRules } from "./claim_rules";
import { Forwarding } from "./forwarding";
import { KeySet } from "./key_set";
import { Source } from "./source";

/** `crypto`: who verifies signatures. */
export const enum CryptoMode {
  /** Whoever is faster and gets the known answers right. */
  AUTO,
  HOST,
  WASM,
}

/** `onMultiple`: what becomes of several tokens at the places of one provider. */
export const enum OnMultiple {
  REJECT,
  /** The first in the order of the places counts. */
  FIRST,
  /** All must be good; claims are those of the first. */
  ALL,
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

// @ts-ignore: decorator
@unmanaged
export class Provider {
  /** Tells its tokens from those of other providers in the cache. */
  number: u32;
  /** Its name as a label of metrics, and the row of its counters (provider_metrics.ts). */
  label: Text;
  metrics: usize;
  profile: Profile;
  algorithms: AlgorithmSet;
  /** Where its tokens are (location.ts). */
  locations: usize;
  locationCount: u32;
  /** Of keys that are fetched an empty one: keySetOf knows the right one. */
  keySet: KeySet;
  /** Where its keys are fetched from; 0 for keys of the configuration. */
  source: usize;
  claimRules: ClaimRules;
  forwarding: Forwarding;
  /** The provider that this one is a copy of, with other audiences; 0 for one of the list. */
  original: usize;
}

// @ts-ignore: decorator
@unmanaged
export class JwtConfig {
  /** Address of the secret that both caches hash with (core/bytes/hash.ts, BLOCK_SECRET_BYTES). */
  hashSecret: usize;
  cache: usize;
  refusedCache: usize;
  /** The table of claims (identity.ts). */
  claims: usize;
  crypto: CryptoMode;
  /** Address of a Verifier for each algorithm, one byte each. */
  verifiers: usize;
  /** Algorithms that nobody verifies. */
  disabled: AlgorithmSet;
  onMultiple: OnMultiple;
  providers: usize;
  providerCount: u32;
  rules: usize;
  ruleCount: u32;
  /** Segments at the beginning of a path that some rule looks at. */
  segments: u32;
  /** Nodes of the requirements that are more than one provider (requirement.ts). */
  requirementNodes: usize;
  requirementNodeCount: u32;
  /** Numbers of the headers that say what became of unverified tokens, u32 each. */
  statusHeaders: usize;
  statusHeaderCount: u32;
  /** Providers with their copies for other audiences: each has a number. */
  providerNumbers: u32;
  // Numbers of names; they mean something only when a rule asks for what they name.
  methodId: u32;
  originId: u32;
  requestMethodId: u32;
  challenges: Challenges;
  /** Numbers of headers (contested_headers.ts), u32 each. */
  contested: usize;
  contestedCount: u32;
  /** Whether the host chooses the route again for requests that pass. */
  clearsRouteCache: u32;
  /** The first Source of a list: of keys and deny-lists. */
  sources: usize;
  sourceCount: u32;
  /** Number of the root that is set up with it and fetches for it; NONE before. */
  root: u32;
  /** Number of the header that tells of a dry run; NONE where verdicts count. */
  dryRunId: u32;
}

export const PROVIDER_BYTES: u32 = (<u32>offsetof<Provider>() + 7) & ~7;

// @ts-ignore: decorator
@inline
export function providerAt(config: JwtConfig, index: u32): Provider {
  return changetype<Provider>(config.providers + index * PROVIDER_BYTES);
}

/** The keys that verify a provider's tokens now. */
// @ts-ignore: decorator
@inline
export function keySetOf(provider: Provider): KeySet {
  const source = provider.source;
  if (source == 0) return provider.keySet;
  return changetype<KeySet>(changetype<Source>(source).set);
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
