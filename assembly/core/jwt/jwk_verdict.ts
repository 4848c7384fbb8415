// What can be wrong with a JSON Web Key, in words for whoever wrote it.

import { Text, text } from "../bytes/text";

export const enum JwkVerdict {
  USABLE,
  /** A key for another purpose or algorithm: no error among others, but of no use here. */
  IGNORED,
  MALFORMED,
  SYMMETRIC,
  PRIVATE,
  ALGORITHM_CLASH,
  KEY_ID_MISSING,
  KEY_ID_TOO_LONG,
  BAD_MODULUS,
  BAD_EXPONENT,
  BAD_POINT,
  BAD_EDWARDS_POINT,
  BAD_SECRET,
}

const USABLE = text("a usable key");
const IGNORED = text("a key for another purpose");
const MALFORMED = text("no JSON Web Key with members of the right types");
const SYMMETRIC = text("a symmetric key where public keys belong");
const PRIVATE = text("a private key");
const ALGORITHM_CLASH = text("an alg that does not fit kty");
const KEY_ID_MISSING = text("no kid, which the profile jwt-svid requires");
const KEY_ID_TOO_LONG = text("a kid of more than 1024 bytes");
const BAD_MODULUS = text(
  "an n that is not odd, of 2048 to 4096 bits, in base64url without leading zeros",
);
const BAD_EXPONENT = text(
  "an e that is not odd, from 3 to 2^32-1, in base64url without leading zeros",
);
const BAD_POINT = text("x and y that are not a point of the curve, of full length in base64url");
const BAD_EDWARDS_POINT = text("an x that is no point on Ed25519 of full order, in base64url");
const BAD_SECRET = text("a k that is not as long as the hash function's output, up to 1024 bytes");

/** What was found, for a message. */
export function jwkVerdictText(verdict: JwkVerdict): Text {
  switch (verdict) {
    case JwkVerdict.USABLE:
      return USABLE;
    case JwkVerdict.IGNORED:
      return IGNORED;
    case JwkVerdict.SYMMETRIC:
      return SYMMETRIC;
    case JwkVerdict.PRIVATE:
      return PRIVATE;
    case JwkVerdict.ALGORITHM_CLASH:
      return ALGORITHM_CLASH;
    case JwkVerdict.KEY_ID_MISSING:
      return KEY_ID_MISSING;
    case JwkVerdict.KEY_ID_TOO_LONG:
      return KEY_ID_TOO_LONG;
    case JwkVerdict.BAD_MODULUS:
      return BAD_MODULUS;
    case JwkVerdict.BAD_EXPONENT:
      return BAD_EXPONENT;
    case JwkVerdict.BAD_POINT:
      return BAD_POINT;
    case JwkVerdict.BAD_EDWARDS_POINT:
      return BAD_EDWARDS_POINT;
    case JwkVerdict.BAD_SECRET:
      return BAD_SECRET;
    default:
      return MALFORMED;
  }
}
