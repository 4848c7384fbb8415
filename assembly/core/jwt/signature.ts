// How signatures are handed to a host that wants PKCS #1 for RSA and DER for ECDSA.

import { KeyType } from "../crypto/algorithm";
import { RSA_MODULUS_BYTES_MAX } from "../crypto/rsa";
import { curveOf } from "../crypto/verify_key";
import { ECDSA_DER_BYTES_MAX, writeEcdsaDer } from "./ecdsa_signature";

/** Bytes that writeSignature writes at most. */
export const SIGNATURE_BYTES_MAX: u32 = RSA_MODULUS_BYTES_MAX;
if (ECDSA_DER_BYTES_MAX > SIGNATURE_BYTES_MAX) ERROR("signatures need more room");

/**
 * Writes a token's signature as the host wants it; returns its length. -1 when no key of this kind
 * makes such a signature: `expectedLen` is that of the key's signatures, and ECDSA numbers have a
 * range.
 */
export function writeSignature(
  keyType: KeyType,
  expectedLen: u32,
  signaturePtr: usize,
  signatureLen: u32,
  target: usize,
): i32 {
  if (signatureLen != expectedLen || signatureLen > SIGNATURE_BYTES_MAX) return -1;
  if (keyType != KeyType.RSA) {
    return writeEcdsaDer(target, curveOf(keyType), signaturePtr, signatureLen);
  }
  memory.copy(target, signaturePtr, signatureLen);
  return <i32>signatureLen;
}
