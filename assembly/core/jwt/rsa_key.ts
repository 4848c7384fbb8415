// RSA public keys (RFC 7518 §6.3.1) as SubjectPublicKeyInfo (RFC 3279 §2.3.1).

import { RSA_EXPONENT_BYTES_MAX, RSA_MODULUS_BYTES_MAX } from "../crypto/rsa";
import {
  bitStringLen,
  integerLen,
  prefixLen,
  writeBitString,
  writeInteger,
  writeSequence,
} from "./der";

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
