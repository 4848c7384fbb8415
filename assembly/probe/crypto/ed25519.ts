// Test-only: Ed25519, its field, and many verifications in a row.

import {
  ED25519_KEY_BYTES,
  ED_BUILD_BYTES,
  verifyEd25519,
  verifyEd25519WithTables,
} from "../../core/crypto/ed25519";

export {
  beginEdTable,
  continueEdTable,
  edTableBytes,
  prepareEd25519,
  verifyEd25519,
  verifyEd25519WithTables,
} from "../../core/crypto/ed25519";
export {
  add as edAdd,
  addAndSubtract as edAddAndSubtract,
  carry as edCarry,
  multiply as edMultiply,
  square as edSquare,
  subtract as edSubtract,
} from "../../core/crypto/generated/field25519";
export {
  invertBoth as edInvertBoth,
  writeCanonical as edWriteCanonical,
} from "../../core/crypto/ed/element";
export {
  reduceWide as edReduceWide,
  writeDigits as edWriteDigits,
  isScalar as edIsScalar,
} from "../../core/crypto/ed/scalar";

export function edKeyBytes(): u32 {
  return ED25519_KEY_BYTES;
}

export function edBuildBytes(): u32 {
  return ED_BUILD_BYTES;
}

/** Verifies a signature again and again, without tables at width 0; how often it was valid. */
export function edVerifyMany(
  key: usize,
  width: u32,
  base: usize,
  table: usize,
  message: usize,
  messageLen: u32,
  signature: usize,
  times: u32,
): u32 {
  let valid: u32 = 0;
  for (let time: u32 = 0; time < times; time++) {
    if (width == 0) {
      if (verifyEd25519(key, message, messageLen, signature, 64)) valid++;
    } else if (
      verifyEd25519WithTables(key, width, base, table, message, messageLen, signature, 64)
    ) {
      valid++;
    }
  }
  return valid;
}
