// Public keys as SubjectPublicKeyInfo (RFC 5280 §4.1.2.7): RSA (RFC 3279 §2.3.1), EC (RFC 5480 §2),
// Ed25519 (RFC 8410 §4). DER has one spelling for each key, so a key is read by taking its numbers
// and writing it again: what differs is no DER.

import { equals } from "../bytes/ascii";
import { NONE } from "../bytes/none";
import { Algorithm, KeyType } from "../crypto/algorithm";
import { coordinateLen, Curve } from "../crypto/ecdsa";
import { isRsaExponent, isRsaModulus } from "../crypto/rsa";
import { prepareVerifyKey } from "../crypto/verify_key";
import { writeEcSpki } from "./ec_key";
import { Jwk, SPKI_BYTES_MAX } from "./jwk";
import { JwkVerdict } from "./jwk_verdict";
import { writeRsaSpki } from "./rsa_key";

const enum Tag {
  INTEGER = 0x02,
  BIT_STRING = 0x03,
  SEQUENCE = 0x30,
}

// SEQUENCE { SEQUENCE { id-Ed25519 }, BIT STRING of 32 bytes }, up to the key itself.
const ED25519_PREFIX_BYTES: u32 = 12;
const ED25519_PREFIX: usize = memory.data<u8>([
  0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
]);
const ED25519_KEY_BYTES: u32 = 32;
const ED25519_SIGNATURE_BYTES: u32 = 64;

/** Bytes of the AlgorithmIdentifier of RSA. */
const RSA_ALGORITHM_BYTES: u32 = 15;

/**
 * Reads a key; prepares it at `target`, aligned and of VERIFY_KEY_BYTES_MAX, and writes its
 * SubjectPublicKeyInfo for hosts at `spki`, at most SPKI_BYTES_MAX. `out` has no `kid` and any
 * algorithm of its type. What is written counts for USABLE only.
 */
export function readSpki(ptr: usize, len: u32, target: usize, spki: usize, out: Jwk): JwkVerdict {
  out.kidPtr = 0;
  out.kidLen = NONE;
  out.algorithm = Algorithm.UNKNOWN;
  out.secondPtr = 0;
  out.secondLen = 0;
  out.spkiLen = 0;
  out.isForSvids = false;
  if (len > SPKI_BYTES_MAX) return JwkVerdict.MALFORMED;
  const verdict = takeKey(ptr, len, spki, out);
  if (verdict != JwkVerdict.USABLE || prepareVerifyKey(out, target)) return verdict;
  switch (out.keyType) {
    case KeyType.RSA:
      return JwkVerdict.BAD_MODULUS;
    case KeyType.OKP_ED25519:
      return JwkVerdict.BAD_EDWARDS_POINT;
    default:
      return JwkVerdict.BAD_POINT;
  }
}

function takeKey(ptr: usize, len: u32, spki: usize, out: Jwk): JwkVerdict {
  if (isEd25519(ptr, len)) {
    out.keyType = KeyType.OKP_ED25519;
    out.firstPtr = ptr + ED25519_PREFIX_BYTES;
    out.firstLen = ED25519_KEY_BYTES;
    out.signatureLen = ED25519_SIGNATURE_BYTES;
    return JwkVerdict.USABLE;
  }
  if (takeEc(ptr, len, Curve.P256, KeyType.EC_P256, spki, out)) return JwkVerdict.USABLE;
  if (takeEc(ptr, len, Curve.P384, KeyType.EC_P384, spki, out)) return JwkVerdict.USABLE;
  if (takeEc(ptr, len, Curve.P521, KeyType.EC_P521, spki, out)) return JwkVerdict.USABLE;
  return takeRsa(ptr, len, spki, out);
}

function isEd25519(ptr: usize, len: u32): bool {
  if (len != ED25519_PREFIX_BYTES + ED25519_KEY_BYTES) return false;
  return equals(ptr, ED25519_PREFIX, ED25519_PREFIX_BYTES);
}

/** Whether it is the key of the two coordinates at its end. */
function takeEc(ptr: usize, len: u32, curve: Curve, keyType: KeyType, spki: usize, out: Jwk): bool {
  const coordinate = coordinateLen(curve);
  if (len < 2 * coordinate) return false;
  const y = ptr + len - coordinate;
  const x = y - coordinate;
  if (!isWritten(ptr, len, spki, writeEcSpki(spki, curve, x, y))) return false;
  out.keyType = keyType;
  out.firstPtr = x;
  out.firstLen = coordinate;
  out.secondPtr = y;
  out.secondLen = coordinate;
  out.signatureLen = 2 * coordinate;
  out.spkiLen = len;
  return true;
}

function takeRsa(ptr: usize, len: u32, spki: usize, out: Jwk): JwkVerdict {
  const end = ptr + len;
  let at = enter(ptr, end, Tag.SEQUENCE);
  if (at == 0 || contentLen < RSA_ALGORITHM_BYTES) return JwkVerdict.MALFORMED;
  at = enter(at + RSA_ALGORITHM_BYTES, end, Tag.BIT_STRING);
  if (at == 0 || contentLen == 0) return JwkVerdict.MALFORMED;
  at = enter(at + 1, end, Tag.SEQUENCE);
  if (at == 0) return JwkVerdict.MALFORMED;
  const n = enterNumber(at, end);
  const nLen = contentLen;
  if (n == 0) return JwkVerdict.MALFORMED;
  const e = enterNumber(n + nLen, end);
  const eLen = contentLen;
  if (e == 0) return JwkVerdict.MALFORMED;
  if (!isRsaModulus(n, nLen)) return JwkVerdict.BAD_MODULUS;
  if (!isRsaExponent(e, eLen)) return JwkVerdict.BAD_EXPONENT;
  if (!isWritten(ptr, len, spki, writeRsaSpki(spki, n, nLen, e, eLen))) return JwkVerdict.MALFORMED;
  out.keyType = KeyType.RSA;
  out.firstPtr = n;
  out.firstLen = nLen;
  out.secondPtr = e;
  out.secondLen = eLen;
  out.signatureLen = nLen;
  out.spkiLen = len;
  return JwkVerdict.USABLE;
}

function isWritten(ptr: usize, len: u32, written: usize, writtenLen: u32): bool {
  return len == writtenLen && equals(ptr, written, len);
}

/** Bytes of the content that `enter` found. */
let contentLen: u32 = 0;

/** Where the content of an element with this tag begins, or 0. */
function enter(at: usize, end: usize, tag: Tag): usize {
  if (at + 2 > end || load<u8>(at) != tag) return 0;
  let len = <u32>load<u8>(at, 1);
  let content = at + 2;
  if (len == 0x81 || len == 0x82) {
    const lengthBytes = len & 3;
    if (content + lengthBytes > end) return 0;
    len = load<u8>(content);
    if (lengthBytes == 2) len = (len << 8) | load<u8>(content, 1);
    content += lengthBytes;
  }
  contentLen = len;
  return content + len <= end ? content : 0;
}

/** The digits of an INTEGER, without the byte that keeps it from being negative. */
function enterNumber(at: usize, end: usize): usize {
  const content = enter(at, end, Tag.INTEGER);
  if (content == 0 || contentLen < 2 || load<u8>(content) != 0) return content;
  contentLen--;
  return content + 1;
}
