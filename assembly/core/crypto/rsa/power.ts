// What a signature says: s^e mod N (RFC 8017 §5.2.2, RSAVP1).

import { radixSquareOf, ROW_BYTES_MAX, RsaKey, TILE_BYTES } from "./key";
import { multiply, square } from "./montgomery";
import { isBelowModulus, readNumber, reduceTwice, writeNumber } from "./number";

const SIGNATURE: usize = memory.data(<i32>ROW_BYTES_MAX, 16) + TILE_BYTES;
/** s R. */
const BASE: usize = memory.data(<i32>ROW_BYTES_MAX, 16) + TILE_BYTES;
const POWER: usize = memory.data(<i32>ROW_BYTES_MAX, 16) + TILE_BYTES;

/**
 * Writes s^e mod N as `modulusLen` big-endian bytes. false when the signature is not exactly as
 * long as the modulus, or not below it.
 *
 * From the left, squared for each bit of e below the top one and multiplied for each 1. All factors
 * but the last are s R, so that Montgomery's form stays; the last, always there as e is odd, is s
 * itself and takes the form off.
 */
export function raise(key: RsaKey, signature: usize, signatureLen: u32, target: usize): bool {
  if (signatureLen != key.modulusLen) return false;
  readNumber(signature, signatureLen, SIGNATURE, key);
  if (!isBelowModulus(SIGNATURE, key)) return false;
  const rowBytes = (key.tiles + 2) * TILE_BYTES;
  memory.fill(BASE - TILE_BYTES, 0, rowBytes);
  multiply(key, SIGNATURE, radixSquareOf(key), BASE);
  memory.copy(POWER - TILE_BYTES, BASE - TILE_BYTES, rowBytes);
  for (let bit = 30 - clz<u32>(key.exponent); bit > 0; bit--) {
    square(key, POWER);
    if (((key.exponent >> bit) & 1) != 0) multiply(key, POWER, BASE, POWER);
  }
  square(key, POWER);
  multiply(key, POWER, SIGNATURE, POWER);
  reduceTwice(POWER, key);
  writeNumber(POWER, target, key.modulusLen);
  return true;
}
