// The numbers of a signature check (FIPS 186-5 §6.4.2; SEC 1 §4.1.4).

import { invert } from "../inverse";
import { CurveConstants, NUMBER_BYTES } from "./curve";
import { readNumber } from "./limbs";
import { isBelow, isZero, mulOrder } from "./scalar";

/** The longest digest, SHA-512's. */
const DIGEST_LEN_MAX: u32 = 64;

const NUMBERS: usize = memory.data(4 * NUMBER_BYTES, 16);
/** r of the signature. */
export const R: usize = NUMBERS;
/** What the base point and the key are multiplied by; modulo n, the second is never 0. */
export const BASE_SCALAR: usize = NUMBERS + NUMBER_BYTES;
export const KEY_SCALAR: usize = NUMBERS + 2 * NUMBER_BYTES;
const INVERSE: usize = NUMBERS + 3 * NUMBER_BYTES;

/** Whether there are exactly two numbers of the curve's length, both in 1 .. n-1. */
export function readNumbers(curve: CurveConstants, signature: usize, signatureLen: u32): bool {
  const len = curve.coordinateLen;
  const words = curve.words;
  if (signatureLen != 2 * len) return false;
  readNumber(R, signature, len);
  readNumber(INVERSE, signature + len, len);
  if (isZero(R, words) || !isBelow(R, curve.order, words)) return false;
  return !isZero(INVERSE, words) && isBelow(INVERSE, curve.order, words);
}

/** Leaves the numbers above; false when r or s is not in 1 .. n-1, or a length is wrong. */
export function readSignature(
  curve: CurveConstants,
  digest: usize,
  digestLen: u32,
  signature: usize,
  signatureLen: u32,
): bool {
  if (digestLen > DIGEST_LEN_MAX || !readNumbers(curve, signature, signatureLen)) return false;

  // Of a longer digest the leftmost bits count: n of P-256 and of P-384 has whole bytes, and that
  // of P-521 is longer than any digest.
  readNumber(BASE_SCALAR, digest, min(digestLen, curve.coordinateLen));
  if (!invert(INVERSE, curve.orderModulus, INVERSE)) return false;
  mulOrder(INVERSE, INVERSE, curve.orderSquare, curve);
  mulOrder(BASE_SCALAR, BASE_SCALAR, INVERSE, curve);
  // Another curve's number may have been longer: zeros stand behind each.
  memory.fill(KEY_SCALAR, 0, NUMBER_BYTES);
  mulOrder(KEY_SCALAR, R, INVERSE, curve);
  return true;
}
