// Signature algorithms (RFC 7518 §3.1, RFC 8037 §3.1): which there are, and what each needs.

import { Hash } from "./hash";

export const enum Algorithm {
  /** Any that is not supported; "none" among them. */
  UNKNOWN,
  RS256,
  RS384,
  RS512,
  PS256,
  PS384,
  PS512,
  ES256,
  ES384,
  ES512,
  /** Ed25519 alone: also named so (RFC 9864 §2.2). */
  EDDSA,
  HS256,
  HS384,
  HS512,
}

/** One more than the largest algorithm. */
export const ALGORITHMS: u32 = 14;

/** A set of algorithms: bit n is algorithm n. */
export type AlgorithmSet = u32;

/** Kind of key: `kty`, for curves with `crv`. */
export const enum KeyType {
  UNKNOWN,
  RSA,
  EC_P256,
  EC_P384,
  EC_P521,
  OKP_ED25519,
  OCT,
}

// One byte for each algorithm, in the order of their numbers.
const KEY_TYPES: usize = memory.data<u8>([0, 1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 6]);
const HASHES: usize = memory.data<u8>([0, 0, 1, 2, 0, 1, 2, 0, 1, 2, 2, 0, 1, 2]);

/** The only type of key that may verify this algorithm (RFC 8725 §3.1). */
export function algorithmKeyType(algorithm: Algorithm): KeyType {
  return load<u8>(KEY_TYPES + min(<u32>algorithm, ALGORITHMS - 1));
}

/** Its hash function; of EdDSA the one inside. */
export function algorithmHash(algorithm: Algorithm): Hash {
  return load<u8>(HASHES + min(<u32>algorithm, ALGORITHMS - 1));
}

// @ts-ignore: decorator
@inline
export function algorithmBit(algorithm: Algorithm): AlgorithmSet {
  return (<u32>1) << (<u32>algorithm);
}

/** Whether an algorithm is RSASSA-PSS. */
export function isPss(algorithm: Algorithm): bool {
  return <u32>algorithm - <u32>Algorithm.PS256 <= <u32>Algorithm.PS512 - <u32>Algorithm.PS256;
}
