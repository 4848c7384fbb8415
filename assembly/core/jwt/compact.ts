// The compact serialization (RFC 7515 §3.1, §7.1): header "." payload "." signature, each base64url
// and none empty.

import { Char, findByte } from "../bytes/ascii";
import { decode } from "../bytes/base64url";
import { TOKEN_BYTES_MAX } from "../limits";
import { Reason } from "../reason";

/**
 * A decoded token. The three parts lie in the buffer that was given to readCompact, the signed text
 * in the token.
 */
@unmanaged
export class Compact {
  headerPtr: usize;
  headerLen: u32;
  payloadPtr: usize;
  payloadLen: u32;
  signaturePtr: usize;
  signatureLen: u32;
  /** ASCII(header "." payload): what the signature covers. */
  signedPtr: usize;
  signedLen: u32;
}

/**
 * Splits and decodes a token. `target` needs as many bytes as the token has. Fails with
 * JWT_TOO_LARGE before reading anything, with JWT_MALFORMED for every other shape: other counts of
 * parts, padding, white space, JSON serialization, JWE.
 */
export function readCompact(tokenPtr: usize, tokenLen: u32, target: usize, out: Compact): Reason {
  if (tokenLen > TOKEN_BYTES_MAX) return Reason.JWT_TOO_LARGE;
  const end = tokenPtr + tokenLen;
  const firstDot = findByte(tokenPtr, end, Char.DOT);
  if (firstDot >= end) return Reason.JWT_MALFORMED;
  const secondDot = findByte(firstDot + 1, end, Char.DOT);
  if (secondDot >= end || findByte(secondDot + 1, end, Char.DOT) < end) return Reason.JWT_MALFORMED;

  const headerLen = decode(target, tokenPtr, <u32>(firstDot - tokenPtr));
  if (headerLen <= 0) return Reason.JWT_MALFORMED;
  const payload = target + headerLen;
  const payloadLen = decode(payload, firstDot + 1, <u32>(secondDot - firstDot - 1));
  if (payloadLen <= 0) return Reason.JWT_MALFORMED;
  const signature = payload + payloadLen;
  const signatureLen = decode(signature, secondDot + 1, <u32>(end - secondDot - 1));
  if (signatureLen <= 0) return Reason.JWT_MALFORMED;

  out.headerPtr = target;
  out.headerLen = <u32>headerLen;
  out.payloadPtr = payload;
  out.payloadLen = <u32>payloadLen;
  out.signaturePtr = signature;
  out.signatureLen = <u32>signatureLen;
  out.signedPtr = tokenPtr;
  out.signedLen = <u32>(secondDot - tokenPtr);
  return Reason.OK;
}
