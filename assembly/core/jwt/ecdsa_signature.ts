// ES256 signatures: from the two numbers of a token (RFC 7518 §3.4) to the DER that verifiers take
// (RFC 3279 §2.2.3).

import { integerLen, prefixLen, writeInteger, writeSequence } from "./der";
import { isBelow, isZero, P256_BYTES, P256_ORDER } from "./p256";

/** Bytes of r || s. */
export const ES256_SIGNATURE_BYTES: u32 = 2 * P256_BYTES;
/** Bytes of the DER at most: two INTEGERs of 33 bytes. */
export const ES256_DER_BYTES_MAX: u32 = 72;

/**
 * Writes SEQUENCE { r INTEGER, s INTEGER } and returns its length. -1 unless there are exactly 64
 * bytes and both numbers are in 1 .. n-1 (CVE-2022-21449 is what comes of leaving that to others).
 * A high s is valid in JWS.
 */
export function writeEcdsaDer(target: usize, signaturePtr: usize, signatureLen: u32): i32 {
  if (signatureLen != ES256_SIGNATURE_BYTES) return -1;
  const r = signaturePtr;
  const s = signaturePtr + P256_BYTES;
  if (isZero(r) || isZero(s) || !isBelow(r, P256_ORDER) || !isBelow(s, P256_ORDER)) return -1;
  const contentLen = integerLen(r, P256_BYTES) + integerLen(s, P256_BYTES);
  const content = writeSequence(target, contentLen);
  writeInteger(writeInteger(content, r, P256_BYTES), s, P256_BYTES);
  return <i32>(prefixLen(contentLen) + contentLen);
}
