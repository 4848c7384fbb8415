// RSA signatures (RFC 8017): verification by prepared keys of 2048 to 4096 bits.

import { Hash } from "./hash";
import { EXPONENT_BYTES_MAX, keyBytes, MODULUS_BYTES_MAX, RsaKey } from "./rsa/key";
import { isPkcs1 } from "./rsa/pkcs1";
import { raise } from "./rsa/power";
import { prepareKey } from "./rsa/prepare";
import { isPss } from "./rsa/pss";

export { isRsaExponent, isRsaModulus } from "./rsa/key";

/** Bytes of the longest modulus and exponent. */
export const RSA_MODULUS_BYTES_MAX: u32 = MODULUS_BYTES_MAX;
export const RSA_EXPONENT_BYTES_MAX: u32 = EXPONENT_BYTES_MAX;

const ENCODED: usize = memory.data(<i32>MODULUS_BYTES_MAX, 16);

/** Bytes of a prepared key, a multiple of 16; 0 for a modulus of `nLen` bytes that is refused. */
export function rsaKeyBytes(nLen: u32): u32 {
  return keyBytes(nLen);
}

/**
 * Prepares a key at `key`, aligned to 16. Big-endian numbers without leading zeros. false unless
 * the
 * modulus is odd and of 2048 to 4096 bits, the exponent odd and from 3 to 2^32 - 1.
 */
export function prepareRsa(n: usize, nLen: u32, e: usize, eLen: u32, key: usize): bool {
  return prepareKey(n, nLen, e, eLen, changetype<RsaKey>(key));
}

/** Whether a signature is RSASSA-PKCS1-v1_5 of a digest (RFC 8017 §8.2.2). */
export function verifyRsaPkcs1(
  key: usize,
  hash: Hash,
  digest: usize,
  signature: usize,
  signatureLen: u32,
): bool {
  const rsaKey = changetype<RsaKey>(key);
  if (!raise(rsaKey, signature, signatureLen, ENCODED)) return false;
  return isPkcs1(ENCODED, rsaKey.modulusLen, hash, digest);
}

/** Whether a signature is RSASSA-PSS of a digest, with a salt as long as it (RFC 8017 §8.1.2). */
export function verifyRsaPss(
  key: usize,
  hash: Hash,
  digest: usize,
  signature: usize,
  signatureLen: u32,
): bool {
  const rsaKey = changetype<RsaKey>(key);
  if (!raise(rsaKey, signature, signatureLen, ENCODED)) return false;
  return isPss(ENCODED, rsaKey.modulusLen, rsaKey.modulusBits, hash, digest);
}
