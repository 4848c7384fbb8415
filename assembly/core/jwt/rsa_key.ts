// RSA public keys (RFC 7518 §6.3.1) as SubjectPublicKeyInfo (RFC 3279 §2.3.1).

import {
  bitStringLen,
  integerLen,
  prefixLen,
  writeBitString,
  writeInteger,
  writeSequence,
} from "./der";

/**
 * Bits of a modulus: RFC 7518 §3.3 asks for 2048 or more; above 4096 a verification costs too much.
 */
const MODULUS_BITS_MIN: u32 = 2048;
const MODULUS_BITS_MAX: u32 = 4096;
export const RSA_MODULUS_BYTES_MAX: u32 = MODULUS_BITS_MAX / 8;
/** Bytes of an exponent: larger ones only make verification slow. */
export const RSA_EXPONENT_BYTES_MAX: u32 = 4;
const EXPONENT_MIN: u32 = 3;

// SEQUENCE { rsaEncryption, NULL }
const ALGORITHM_BYTES: u32 = 15;
const ALGORITHM: usize = memory.data<u8>([
  0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
]);

/**
 * Bytes that writeRsaSpki writes at most: four tags with lengths, two sign bytes and the
 * unused-bits byte around it.
 */
export const RSA_SPKI_BYTES_MAX: u32 =
  ALGORITHM_BYTES + RSA_MODULUS_BYTES_MAX + RSA_EXPONENT_BYTES_MAX + 4 * 4 + 2 + 2 + 1;

/** Whether a big-endian number is a modulus: odd, 2048 to 4096 bits, no leading zero byte. */
export function isRsaModulus(n: usize, nLen: u32): bool {
  if (nLen == 0 || nLen > RSA_MODULUS_BYTES_MAX) return false;
  const first = <u32>load<u8>(n);
  if (first == 0 || (load<u8>(n + nLen - 1) & 1) == 0) return false;
  const unusedBits = <u32>clz(first) - 24;
  return nLen * 8 - unusedBits >= MODULUS_BITS_MIN;
}

/** Whether a big-endian number is an exponent: odd, 3 to 2^32 - 1, no leading zero byte. */
export function isRsaExponent(e: usize, eLen: u32): bool {
  if (eLen == 0 || eLen > RSA_EXPONENT_BYTES_MAX || load<u8>(e) == 0) return false;
  let value: u32 = 0;
  for (let i: u32 = 0; i < eLen; i++) value = (value << 8) | load<u8>(e + i);
  return (value & 1) != 0 && value >= EXPONENT_MIN;
}

/** Writes the key of a checked modulus and exponent; returns its length. */
export function writeRsaSpki(target: usize, n: usize, nLen: u32, e: usize, eLen: u32): u32 {
  const numbersLen = integerLen(n, nLen) + integerLen(e, eLen);
  const keyLen = prefixLen(numbersLen) + numbersLen;
  const contentLen = ALGORITHM_BYTES + bitStringLen(keyLen);
  const content = writeSequence(target, contentLen);
  memory.copy(content, ALGORITHM, ALGORITHM_BYTES);
  const key = writeBitString(content + ALGORITHM_BYTES, keyLen);
  const numbers = writeSequence(key, numbersLen);
  writeInteger(writeInteger(numbers, n, nLen), e, eLen);
  return prefixLen(contentLen) + contentLen;
}
