// The one door to the arithmetic: whether a signature by a key is right (RFC 7515 §5.2 step 8).
// Every input of any length is answered, and the answer takes at most twice the time of a right
// signature by the same key.

import {
  Algorithm,
  algorithmHash,
  algorithmKeyType,
  ALGORITHMS,
  isPss,
  KeyType,
} from "./algorithm";
import { verifyEcdsa, verifyEcdsaWithTables } from "./ecdsa";
import { verifyEd25519, verifyEd25519WithTables } from "./ed25519";
import { digest, Hash, hashLen } from "./hash";
import { verifyHmac } from "./hmac";
import { verifyRsaPkcs1, verifyRsaPss } from "./rsa";
import { advanceTables, baseTable, keyTable, tablesWidth } from "./tables";
import { curveOf, hmacKey, preparedBytes, VerifyKey } from "./verify_key";

/** Room for the longest digest, that of SHA-512. */
const DIGEST: usize = memory.data(64, 16);

/** Whether `signature` is the key's of the message. false for a key of another type, too. */
export function verify(
  algorithm: Algorithm,
  key: VerifyKey,
  message: usize,
  messageLen: u32,
  signature: usize,
  signatureLen: u32,
): bool {
  if (<u32>algorithm >= ALGORITHMS || key.keyType != algorithmKeyType(algorithm)) return false;
  const hash = algorithmHash(algorithm);
  switch (key.keyType) {
    case KeyType.RSA:
      digest(hash, message, messageLen, DIGEST);
      return isPss(algorithm)
        ? verifyRsaPss(preparedBytes(key), hash, DIGEST, signature, signatureLen)
        : verifyRsaPkcs1(preparedBytes(key), hash, DIGEST, signature, signatureLen);
    case KeyType.EC_P256:
    case KeyType.EC_P384:
    case KeyType.EC_P521:
      digest(hash, message, messageLen, DIGEST);
      return verifyEc(key, hash, signature, signatureLen);
    case KeyType.OKP_ED25519:
      return verifyOkp(key, message, messageLen, signature, signatureLen);
    case KeyType.OCT:
      return verifySecret(key, hash, message, messageLen, signature, signatureLen);
    default:
      return false;
  }
}

/** `DIGEST` is signed. A right signature without tables pays for a slice of them (tables.ts). */
function verifyEc(key: VerifyKey, hash: Hash, signature: usize, signatureLen: u32): bool {
  const curve = curveOf(key.keyType);
  const digestLen = hashLen(hash);
  const table = keyTable(key);
  if (table != 0) {
    const base = baseTable(key.keyType);
    return verifyEcdsaWithTables(
      curve,
      tablesWidth(),
      base,
      table,
      DIGEST,
      digestLen,
      signature,
      signatureLen,
    );
  }
  const prepared = preparedBytes(key);
  if (!verifyEcdsa(curve, prepared, DIGEST, digestLen, signature, signatureLen)) return false;
  advanceTables(key);
  return true;
}

function verifyOkp(
  key: VerifyKey,
  message: usize,
  messageLen: u32,
  signature: usize,
  signatureLen: u32,
): bool {
  const prepared = preparedBytes(key);
  const table = keyTable(key);
  if (table != 0) {
    const base = baseTable(key.keyType);
    return verifyEd25519WithTables(
      prepared,
      tablesWidth(),
      base,
      table,
      message,
      messageLen,
      signature,
      signatureLen,
    );
  }
  if (!verifyEd25519(prepared, message, messageLen, signature, signatureLen)) return false;
  advanceTables(key);
  return true;
}

/** A key shorter than the hash's output is none for it (RFC 7518 §3.2). */
function verifySecret(
  key: VerifyKey,
  hash: Hash,
  message: usize,
  messageLen: u32,
  tag: usize,
  tagLen: u32,
): bool {
  if (key.memberLen < hashLen(hash)) return false;
  return verifyHmac(hash, hmacKey(key, hash), message, messageLen, tag, tagLen);
}
