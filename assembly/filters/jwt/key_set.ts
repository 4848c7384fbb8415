// The keys of a provider as they are looked up. Keys of the configuration lie in the root's block,
// fetched ones in the store (key_store.ts), one behind the other.

import { equalsText } from "../../core/bytes/ascii";
import { NONE } from "../../core/bytes/none";
import { Text } from "../../core/bytes/text";
import { Algorithm, algorithmKeyType, KeyType } from "../../core/crypto/algorithm";

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

// @ts-ignore: decorator
@unmanaged
export class KeySet {
  keys: usize;
  keyCount: u32;
  /** Changes whenever the keys do: what was verified before counts no longer. */
  generation: u32;
  /** Its keys have no names (PEM): a token's `kid` does not count. */
  ignoresKeyIds: u32;
}

/**
 * Address of the set whose keys are on their way and might have decided about the request in hand;
 * 0 when there is none.
 */
export let pendingKeySet: usize = 0;

export function setPendingKeySet(set: usize): void {
  pendingKeySet = set;
}

/** Whether the request in hand may wait; where it may not, what is known now decides. */
let mayWait: bool = false;

export function allowToWait(may: bool): void {
  mayWait = may;
}

/** Keys of the set are on their way for the request in hand. */
export function expectKeys(set: usize): void {
  if (mayWait) pendingKeySet = set;
}

export const KEY_BYTES: u32 = <u32>offsetof<Key>();
export const KEY_SET_BYTES: u32 = <u32>offsetof<KeySet>();

// @ts-ignore: decorator
@inline
export function keyAt(set: KeySet, index: u32): Key {
  return changetype<Key>(set.keys + index * KEY_BYTES);
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

/**
 * Number of the key for this algorithm that a token's header means, or NONE: the one with its
 * `kid`; without a `kid` (`kidLen` NONE) the only one there is, because trying several would let a
 * token choose how much work it makes. Of a set without names the first: see nextKey.
 */
export function findKey(set: KeySet, algorithm: Algorithm, kidPtr: usize, kidLen: u32): u32 {
  if (set.ignoresKeyIds != 0) return keyFrom(set, algorithm, 0);
  const keyType = algorithmKeyType(algorithm);
  let found: u32 = NONE;
  for (let i: u32 = 0; i < set.keyCount; i++) {
    const key = keyAt(set, i);
    if (!fitsAlgorithm(key, algorithm, keyType)) continue;
    if (kidLen != NONE) {
      if (hasKid(key, kidPtr, kidLen)) return i;
    } else {
      if (found != NONE) return NONE;
      found = i;
    }
  }
  return found;
}

/** The key to try when the one with this number was the wrong one: NONE unless keys lack names. */
export function nextKey(set: KeySet, algorithm: Algorithm, index: u32): u32 {
  return set.ignoresKeyIds != 0 ? keyFrom(set, algorithm, index + 1) : NONE;
}

function keyFrom(set: KeySet, algorithm: Algorithm, first: u32): u32 {
  const keyType = algorithmKeyType(algorithm);
  for (let i = first; i < set.keyCount; i++) {
    if (fitsAlgorithm(keyAt(set, i), algorithm, keyType)) return i;
  }
  return NONE;
}
