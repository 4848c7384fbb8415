// Signature algorithms (RFC 7518 §3.1): the one place that knows which there are and what each
// needs. To add one: a number here, a `define` line, and in signature.ts how its signatures are
// handed to the verifier.

import { equalsText } from "../bytes/ascii";
import { Text, text } from "../bytes/text";

export const enum Algorithm {
  /** Any that is not supported; "none" among them. */
  UNKNOWN,
  RS256,
  ES256,
}

/** One more than the largest algorithm. */
export const ALGORITHMS: u32 = 3;

/** A set of algorithms: bit n is algorithm n. */
export type AlgorithmSet = u32;

/** Kind of public key: `kty`, for elliptic curves with `crv`. */
export const enum KeyType {
  UNKNOWN,
  RSA,
  EC_P256,
}

// Row of an algorithm: name Text u32 │ hash Text u32 │ keyType u32
const ROW_BYTES: u32 = 12;
const ROWS: usize = memory.data(36, 4);
if (ALGORITHMS * ROW_BYTES != 36) ERROR("the table of algorithms is not 36 bytes");

const NO_NAME = text("");
const SHA256 = text("sha256");

define(Algorithm.UNKNOWN, NO_NAME, NO_NAME, KeyType.UNKNOWN);
define(Algorithm.RS256, text("RS256"), SHA256, KeyType.RSA);
define(Algorithm.ES256, text("ES256"), SHA256, KeyType.EC_P256);

function define(algorithm: Algorithm, name: Text, hash: Text, keyType: KeyType): void {
  const row = rowOf(algorithm);
  store<u32>(row, <u32>name);
  store<u32>(row, <u32>hash, 4);
  store<u32>(row, <u32>keyType, 8);
}

// @ts-ignore: decorator
@inline
function rowOf(algorithm: Algorithm): usize {
  return ROWS + min(<u32>algorithm, ALGORITHMS - 1) * ROW_BYTES;
}

/** The algorithm of a name, compared byte by byte; UNKNOWN for every other name. */
export function algorithmNamed(ptr: usize, len: u32): Algorithm {
  for (let algorithm: u32 = 1; algorithm < ALGORITHMS; algorithm++) {
    if (equalsText(ptr, len, algorithmName(algorithm))) return algorithm;
  }
  return Algorithm.UNKNOWN;
}

/** The name in `alg`. */
export function algorithmName(algorithm: Algorithm): Text {
  return load<u32>(rowOf(algorithm));
}

/** Name of the hash function, as the verifier spells it. */
export function algorithmHash(algorithm: Algorithm): Text {
  return load<u32>(rowOf(algorithm), 4);
}

/** The only type of key that may verify this algorithm (RFC 8725 §3.1). */
export function algorithmKeyType(algorithm: Algorithm): KeyType {
  return load<u32>(rowOf(algorithm), 8);
}

// @ts-ignore: decorator
@inline
export function algorithmBit(algorithm: Algorithm): AlgorithmSet {
  return (<u32>1) << (<u32>algorithm);
}
