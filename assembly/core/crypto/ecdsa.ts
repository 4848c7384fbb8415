// ECDSA on P-256, P-384 and P-521: verification (FIPS 186-5 §6.4.2), of keys that are prepared, and
// faster of keys with tables. Signatures are r || s (RFC 7518 §3.4), keys the two coordinates.

import { Build, BUILD_BYTES, beginTable, continueTable } from "./ec/build";
import { Curve, CurveConstants } from "./ec/curve";
import { Field, P256, P384, P521 } from "./ec/field";
import { addLanes, hasX, takeSecond } from "./ec/finish";
import { keyBytes, prepareKey, sumKeys } from "./ec/key";
import { isZero } from "./ec/scalar";
import { BASE_SCALAR, R, readNumbers, readSignature } from "./ec/signature";
import { sumEntries, windowBytes, windowCount } from "./ec/table";

export { Curve };

/** Bytes that a build keeps between slices, on any curve; aligned to 16. */
export const EC_BUILD_BYTES: u32 = BUILD_BYTES;

function constantsOf(curve: Curve): CurveConstants {
  switch (curve) {
    case Curve.P256:
      return changetype<P256>(0).constants();
    case Curve.P384:
      return changetype<P384>(0).constants();
    default:
      return changetype<P521>(0).constants();
  }
}

/** Bytes of a coordinate, and of r and of s. */
export function coordinateLen(curve: Curve): u32 {
  return constantsOf(curve).coordinateLen;
}

/** Whether bytes can be a signature on a curve: r || s of its length, both in 1 .. n-1. */
export function isEcdsaSignature(curve: Curve, signature: usize, signatureLen: u32): bool {
  return readNumbers(constantsOf(curve), signature, signatureLen);
}

/** Bytes of a prepared key, a multiple of 16. */
export function ecKeyBytes(curve: Curve): u32 {
  return keyBytes(constantsOf(curve));
}

/** Bytes of a table, a multiple of 16. */
export function ecTableBytes(curve: Curve, width: u32): u32 {
  const constants = constantsOf(curve);
  return windowCount(constants, width) * windowBytes(constants, width);
}

/**
 * Prepares the key of two big-endian coordinates into `key`, aligned to 16; false unless they have
 * the curve's length, are below p and are a point of the curve (SEC 1 §3.2.2.1: the cofactor is 1,
 * so each such point has the order n; infinity has no coordinates).
 */
export function prepareEc(
  curve: Curve,
  x: usize,
  xLen: u32,
  y: usize,
  yLen: u32,
  key: usize,
): bool {
  const len = coordinateLen(curve);
  if (xLen != len || yLen != len) return false;
  switch (curve) {
    case Curve.P256:
      return prepareKey<P256>(x, y, key);
    case Curve.P384:
      return prepareKey<P384>(x, y, key);
    default:
      return prepareKey<P521>(x, y, key);
  }
}

/** Whether r || s is a signature of the digest by a prepared key. */
export function verifyEcdsa(
  curve: Curve,
  key: usize,
  digest: usize,
  digestLen: u32,
  signature: usize,
  signatureLen: u32,
): bool {
  const constants = constantsOf(curve);
  if (!readSignature(constants, digest, digestLen, signature, signatureLen)) return false;
  return verifyOn(curve, 0, constants.base, key);
}

/** The same with complete tables of one width, of the base point and of the key. */
export function verifyEcdsaWithTables(
  curve: Curve,
  width: u32,
  base: usize,
  table: usize,
  digest: usize,
  digestLen: u32,
  signature: usize,
  signatureLen: u32,
): bool {
  const constants = constantsOf(curve);
  if (!readSignature(constants, digest, digestLen, signature, signatureLen)) return false;
  return verifyOn(curve, width, base, table);
}

function verifyOn(curve: Curve, width: u32, base: usize, key: usize): bool {
  switch (curve) {
    case Curve.P256:
      return verify<P256>(width, base, key);
    case Curve.P384:
      return verify<P384>(width, base, key);
    default:
      return verify<P521>(width, base, key);
  }
}

/** Width 0 is without tables. */
function verify<F extends Field>(width: u32, base: usize, key: usize): bool {
  // Without a multiple of the base point, the key's counts alone, and lane 0 is not looked at.
  const isKeyAlone = isZero(BASE_SCALAR, changetype<F>(0).constants().words);
  if (isKeyAlone) store<u32>(BASE_SCALAR, 1);
  if (width == 0) sumKeys<F>(base, key);
  else sumEntries<F>(width, base, key);
  if (isKeyAlone) takeSecond<F>();
  else if (!addLanes<F>()) return false;
  return hasX<F>(R);
}

/** Begins the table of a prepared key, or with 0 that of the base point. */
export function beginEcTable(curve: Curve, key: usize, build: usize): void {
  beginTable(constantsOf(curve), key, changetype<Build>(build));
}

/** Does one slice, at most half the work of a check without tables; true when it is complete. */
export function continueEcTable(curve: Curve, width: u32, build: usize, table: usize): bool {
  const state = changetype<Build>(build);
  switch (curve) {
    case Curve.P256:
      return continueTable<P256>(width, state, table);
    case Curve.P384:
      return continueTable<P384>(width, state, table);
    default:
      return continueTable<P521>(width, state, table);
  }
}
