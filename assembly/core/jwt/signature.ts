// How signatures are handed to a verifier that wants PKCS #1 for RSA and DER for ECDSA.

import { KeyType } from "./algorithm";
import { ES256_DER_BYTES_MAX, writeEcdsaDer } from "./ecdsa_signature";
import { RSA_MODULUS_BYTES_MAX } from "./rsa_key";

/** Bytes that writeSignature writes at most. */
export const SIGNATURE_BYTES_MAX: u32 = RSA_MODULUS_BYTES_MAX;
if (ES256_DER_BYTES_MAX > SIGNATURE_BYTES_MAX) ERROR("signatures need more room");

/**
 * Writes a token's signature as the verifier wants it; returns its length. -1 when no key of this
 * kind makes such a signature: `expectedLen` is that of the key's signatures, and ECDSA numbers
 * have a range.
 */
export function writeSignature(
  keyType: KeyType,
  expectedLen: u32,
  signaturePtr: usize,
  signatureLen: u32,
  target: usize,
): i32 {
  if (signatureLen != expectedLen || signatureLen > SIGNATURE_BYTES_MAX) return -1;
  if (keyType == KeyType.EC_P256) return writeEcdsaDer(target, signaturePtr, signatureLen);
  memory.copy(target, signaturePtr, signatureLen);
  return <i32>signatureLen;
}
