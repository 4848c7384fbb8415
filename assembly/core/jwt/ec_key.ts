// Public keys on the NIST curves (RFC 7518 §6.2.1) as SubjectPublicKeyInfo (RFC 5480 §2).

import { Curve, coordinateLen } from "../crypto/ecdsa";
import { bitStringLen, prefixLen, writeBitString, writeSequence } from "./der";

// SEQUENCE { id-ecPublicKey, namedCurve } with secp256r1, secp384r1, secp521r1.
const P256_BYTES: u32 = 21;
const P256: usize = memory.data<u8>([
  0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
  0xce, 0x3d, 0x03, 0x01, 0x07,
]);
const P384_BYTES: u32 = 18;
const P384: usize = memory.data<u8>([
  0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04,
  0x00, 0x22,
]);
const P521_BYTES: u32 = 18;
const P521: usize = memory.data<u8>([
  0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04,
  0x00, 0x23,
]);
/** First byte of a point that is not compressed (SEC 1 §2.3.3). */
const UNCOMPRESSED: u32 = 0x04;

/** Writes the key of checked coordinates; returns its length. */
export function writeEcSpki(target: usize, curve: Curve, x: usize, y: usize): u32 {
  const identifier = curve == Curve.P256 ? P256 : curve == Curve.P384 ? P384 : P521;
  const identifierLen =
    curve == Curve.P256 ? P256_BYTES : curve == Curve.P384 ? P384_BYTES : P521_BYTES;
  const len = coordinateLen(curve);
  const pointLen = 1 + 2 * len;
  const contentLen = identifierLen + bitStringLen(pointLen);
  const content = writeSequence(target, contentLen);
  memory.copy(content, identifier, identifierLen);
  const point = writeBitString(content + identifierLen, pointLen);
  store<u8>(point, UNCOMPRESSED);
  memory.copy(point + 1, x, len);
  memory.copy(point + 1 + len, y, len);
  return prefixLen(contentLen) + contentLen;
}
