// Public keys on P-256 (RFC 7518 §6.2.1) as SubjectPublicKeyInfo (RFC 5480 §2).

import { isOnP256, P256_BYTES } from "./p256";

// SEQUENCE { SEQUENCE { id-ecPublicKey, secp256r1 }, BIT STRING { 04 x y } }: of one length, so
// constant up to the point.
const PREFIX_BYTES: u32 = 27;
const PREFIX: usize = memory.data<u8>([
  0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
  0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
]);

/** Bytes that writeEcSpki writes. */
export const EC_SPKI_BYTES: u32 = PREFIX_BYTES + 2 * P256_BYTES;

/**
 * Whether coordinates are those of a public key: 32 bytes each, a point of the curve (RFC 8725
 * §3.4).
 */
export function isEcKey(x: usize, xLen: u32, y: usize, yLen: u32): bool {
  return xLen == P256_BYTES && yLen == P256_BYTES && isOnP256(x, y);
}

/** Writes the key of checked coordinates. */
export function writeEcSpki(target: usize, x: usize, y: usize): void {
  memory.copy(target, PREFIX, PREFIX_BYTES);
  memory.copy(target + PREFIX_BYTES, x, P256_BYTES);
  memory.copy(target + PREFIX_BYTES + P256_BYTES, y, P256_BYTES);
}
