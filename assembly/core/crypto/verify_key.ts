// A prepared key: what its arithmetic needs, computed once when the key is read.
//
//   keyType u32 │ slot u32 │ memberLen u32 │ hash u32 (of what follows) │ prepared bytes, aligned
//   16
//
// The prepared bytes are those of prepareRsa, prepareEc and prepareEd25519; of a secret the pad
// states for each of the three hash functions.

import { NONE } from "../bytes/none";
import { KeyType } from "./algorithm";
import { Curve, ecKeyBytes, prepareEc } from "./ecdsa";
import { ED25519_KEY_BYTES, prepareEd25519 } from "./ed25519";
import { Hash } from "./hash";
import { HMAC_KEY_BYTES, prepareHmac } from "./hmac";
import { prepareRsa, rsaKeyBytes } from "./rsa";

/** A key as JWK has it: big-endian numbers or bytes, of checked shape. */
@unmanaged
export class KeyMembers {
  keyType: KeyType;
  /** `n`, `x` or `k`. */
  firstPtr: usize;
  firstLen: u32;
  /** `e` or `y`. */
  secondPtr: usize;
  secondLen: u32;
}

// @ts-ignore: decorator
@unmanaged
export class VerifyKey {
  keyType: KeyType;
  /** Number of its place among the keys that share tables (tables.ts), or NONE. */
  slot: u32;
  /** Bytes of `n`, `x` or `k`. */
  memberLen: u32;
  private reserved: u32;
}

const HEADER_BYTES: u32 = 16;
if (offsetof<VerifyKey>() != HEADER_BYTES) ERROR("VerifyKey is not 16 bytes");

/** A prepared key stands at a multiple of this. */
export const VERIFY_KEY_ALIGNMENT: u32 = 16;
/** Bytes of the largest prepared key, RSA of 4096 bits, with room to spare. */
export const VERIFY_KEY_BYTES_MAX: u32 = 4096;
/** Fewest bytes of a secret: as many as the hash function has (RFC 7518 §3.2). */
export const SECRET_BYTES_MIN: u32 = 32;

// @ts-ignore: decorator
@inline
export function preparedBytes(key: VerifyKey): usize {
  return changetype<usize>(key) + HEADER_BYTES;
}

/** Address of a secret's pad states for one hash function. */
// @ts-ignore: decorator
@inline
export function hmacKey(key: VerifyKey, hash: Hash): usize {
  return preparedBytes(key) + <u32>hash * HMAC_KEY_BYTES;
}

/** The curve of an EC key. */
// @ts-ignore: decorator
@inline
export function curveOf(keyType: KeyType): Curve {
  return <Curve>(<u32>keyType - <u32>KeyType.EC_P256);
}

/** Bytes of a prepared key, a multiple of VERIFY_KEY_ALIGNMENT; 0 when there is no such key. */
export function verifyKeyBytes(keyType: KeyType, memberLen: u32): u32 {
  let bytes: u32 = 0;
  switch (keyType) {
    case KeyType.RSA:
      bytes = rsaKeyBytes(memberLen);
      break;
    case KeyType.EC_P256:
    case KeyType.EC_P384:
    case KeyType.EC_P521:
      bytes = ecKeyBytes(curveOf(keyType));
      break;
    case KeyType.OKP_ED25519:
      bytes = ED25519_KEY_BYTES;
      break;
    case KeyType.OCT:
      bytes = 3 * HMAC_KEY_BYTES;
      break;
  }
  return bytes == 0 ? 0 : HEADER_BYTES + bytes;
}

/**
 * Prepares a key at `target`, which has verifyKeyBytes; its bytes can be moved. false when the
 * numbers are no key of this
 * type (RFC 8725 §3.4): a modulus or exponent out of range, a point off the curve, of small order
 * or not canonical, a short secret.
 */
export function prepareVerifyKey(members: KeyMembers, target: usize): bool {
  const bytes = verifyKeyBytes(members.keyType, members.firstLen);
  if (bytes == 0 || bytes > VERIFY_KEY_BYTES_MAX) return false;
  const key = changetype<VerifyKey>(target);
  key.keyType = members.keyType;
  key.slot = NONE;
  key.memberLen = members.firstLen;
  const first = members.firstPtr;
  const firstLen = members.firstLen;
  const second = members.secondPtr;
  const secondLen = members.secondLen;
  const prepared = preparedBytes(key);
  switch (members.keyType) {
    case KeyType.RSA:
      return prepareRsa(first, firstLen, second, secondLen, prepared);
    case KeyType.EC_P256:
    case KeyType.EC_P384:
    case KeyType.EC_P521:
      return prepareEc(curveOf(key.keyType), first, firstLen, second, secondLen, prepared);
    case KeyType.OKP_ED25519:
      return prepareEd25519(first, firstLen, prepared);
    case KeyType.OCT:
      return prepareSecret(first, firstLen, key);
    default:
      return false;
  }
}

function prepareSecret(ptr: usize, len: u32, key: VerifyKey): bool {
  if (len < SECRET_BYTES_MIN) return false;
  prepareHmac(Hash.SHA256, ptr, len, hmacKey(key, Hash.SHA256));
  prepareHmac(Hash.SHA384, ptr, len, hmacKey(key, Hash.SHA384));
  prepareHmac(Hash.SHA512, ptr, len, hmacKey(key, Hash.SHA512));
  return true;
}
