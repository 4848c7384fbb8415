// Test-only: ECDSA, and many checks in a row.

import {
  beginEcTable,
  continueEcTable,
  coordinateLen,
  Curve,
  EC_BUILD_BYTES,
  ecKeyBytes,
  ecTableBytes,
  prepareEc,
  verifyEcdsa,
  verifyEcdsaWithTables,
} from "../../core/crypto/ecdsa";

export {
  beginEcTable,
  continueEcTable,
  coordinateLen,
  EC_BUILD_BYTES,
  ecKeyBytes,
  ecTableBytes,
  prepareEc,
  verifyEcdsa,
  verifyEcdsaWithTables,
};

/** How many of `times` checks of one signature succeed; width 0 is without tables. */
export function ecVerifyMany(
  curve: Curve,
  width: u32,
  base: usize,
  key: usize,
  digest: usize,
  digestLen: u32,
  signature: usize,
  times: u32,
): u32 {
  const signatureLen = 2 * coordinateLen(curve);
  let valid: u32 = 0;
  for (let time: u32 = 0; time < times; time++) {
    const isValid =
      width == 0
        ? verifyEcdsa(curve, key, digest, digestLen, signature, signatureLen)
        : verifyEcdsaWithTables(
            curve,
            width,
            base,
            key,
            digest,
            digestLen,
            signature,
            signatureLen,
          );
    if (isValid) valid++;
  }
  return valid;
}
