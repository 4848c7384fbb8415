// The signature algorithms of a provider: those of its list, else all that its keys may verify.

import { textLen, textPtr } from "../../core/bytes/text";
import { Value } from "../../core/config/value";
import {
  Algorithm,
  algorithmBit,
  algorithmKeyType,
  ALGORITHMS,
  AlgorithmSet,
  KeyType,
} from "../../core/crypto/algorithm";
import { algorithmName } from "../../core/jwt/algorithm";
import { Profile } from "../../core/jwt/profile";
import { isHostAlgorithm } from "./host_signature";
import { fitsAlgorithm, keyAt, KeySet } from "./key_set";
import { CryptoMode, Provider } from "./model";

/** The other name of EdDSA with this curve (RFC 9864 §2.2), behind the names of all algorithms. */
const ED25519 = "Ed25519";

/** Reads `algorithms`, which may be absent; `keys` is where an error about keys belongs. */
export function readAlgorithms(
  value: Value | null,
  keys: Value,
  mode: CryptoMode,
  provider: Provider,
): void {
  if (keys.error.failed) return;
  const ofKeys = algorithmsOfProvider(provider);
  if (value === null) {
    provider.algorithms = ofKeys & supportedAlgorithms(provider.profile, mode);
  } else {
    readList(value, mode, provider);
    if (value.error.failed) return;
  }
  if ((provider.algorithms & ofKeys) != 0) return;
  const wanted =
    value === null ? "that can be verified here" : "by " + namesOf(provider.algorithms);
  keys.refuseFound("no key for signatures " + wanted, "at least one");
}

function readList(value: Value, mode: CryptoMode, provider: Provider): void {
  const names = algorithmNames();
  const supported = supportedAlgorithms(provider.profile, mode);
  const algorithms = value.items(1, ALGORITHMS - 1);
  for (let i = 0; i < algorithms.length; i++) {
    const choice: u32 = 1 + algorithms[i].choice(names);
    if (value.error.failed) return;
    const algorithm: Algorithm = choice < ALGORITHMS ? <Algorithm>choice : Algorithm.EDDSA;
    const bit = algorithmBit(algorithm);
    if ((supported & bit) == 0) algorithms[i].refuse("one of " + namesOf(supported));
    if ((provider.algorithms & bit) != 0) algorithms[i].refuse("each algorithm once");
    provider.algorithms |= bit;
  }
}

/**
 * JWT-SVID §2.2 names RSA and ECDSA; a host that verifies alone has some of them
 * (host_signature.ts).
 */
function supportedAlgorithms(profile: Profile, mode: CryptoMode): AlgorithmSet {
  let supported: AlgorithmSet = 0;
  for (let algorithm: Algorithm = 1; <u32>algorithm < ALGORITHMS; algorithm++) {
    if (profile == Profile.JWT_SVID && algorithmKeyType(algorithm) >= KeyType.OKP_ED25519) continue;
    if (mode == CryptoMode.HOST && !isHostAlgorithm(algorithm)) continue;
    supported |= algorithmBit(algorithm);
  }
  return supported;
}

/** The algorithms that a provider's keys may verify: of fetched ones every public-key algorithm. */
export function algorithmsOfProvider(provider: Provider): AlgorithmSet {
  if (provider.source == 0) return algorithmsOfKeys(provider.keySet);
  let found: AlgorithmSet = 0;
  for (let algorithm: Algorithm = 1; <u32>algorithm < ALGORITHMS; algorithm++) {
    if (algorithmKeyType(algorithm) != KeyType.OCT) found |= algorithmBit(algorithm);
  }
  return found;
}

/** The algorithms that some key of the set may verify. */
function algorithmsOfKeys(set: KeySet): AlgorithmSet {
  let found: AlgorithmSet = 0;
  for (let algorithm: Algorithm = 1; <u32>algorithm < ALGORITHMS; algorithm++) {
    const keyType = algorithmKeyType(algorithm);
    for (let i: u32 = 0; i < set.keyCount; i++) {
      if (fitsAlgorithm(keyAt(set, i), algorithm, keyType)) found |= algorithmBit(algorithm);
    }
  }
  return found;
}

/** Names of all algorithms, in the order of their numbers, then the one that is another name. */
function algorithmNames(): string[] {
  const names: string[] = [];
  for (let algorithm: u32 = 1; algorithm < ALGORITHMS; algorithm++) names.push(nameOf(algorithm));
  names.push(ED25519);
  return names;
}

function namesOf(set: AlgorithmSet): string {
  const names: string[] = [];
  for (let algorithm: u32 = 1; algorithm < ALGORITHMS; algorithm++) {
    if ((set & algorithmBit(algorithm)) != 0) names.push(nameOf(algorithm));
  }
  return names.join(", ");
}

function nameOf(algorithm: Algorithm): string {
  const name = algorithmName(algorithm);
  return String.UTF8.decodeUnsafe(textPtr(name), textLen(name));
}
