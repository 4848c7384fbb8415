// ECDSA signatures: from the two numbers of a token (RFC 7518 §3.4) to the DER that a host takes
// (RFC 3279 §2.2.3).

import { coordinateLen, Curve, isEcdsaSignature } from "../crypto/ecdsa";
import { integerLen, prefixLen, writeInteger, writeSequence } from "./der";

/** Bytes of the DER at most: two INTEGERs of 66 bytes, whose first bit is never set. */
export const ECDSA_DER_BYTES_MAX: u32 = 139;

/**
 * Writes SEQUENCE { r INTEGER, s INTEGER } and returns its length. -1 unless there are exactly two
 * numbers of the curve's length and both are in 1 .. n-1 (CVE-2022-21449 is what comes of leaving
 * that to others). A high s is valid in JWS.
 */
export function writeEcdsaDer(
  target: usize,
  curve: Curve,
  signaturePtr: usize,
  signatureLen: u32,
): i32 {
  if (!isEcdsaSignature(curve, signaturePtr, signatureLen)) return -1;
  const len = coordinateLen(curve);
  const r = signaturePtr;
  const s = signaturePtr + len;
  const contentLen = integerLen(r, len) + integerLen(s, len);
  const content = writeSequence(target, contentLen);
  writeInteger(writeInteger(content, r, len), s, len);
  return <i32>(prefixLen(contentLen) + contentLen);
}
