// JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037 §2): read, checked as RFC 8725 §3.4 asks, prepared
// for the module's arithmetic, and written as SubjectPublicKeyInfo for hosts that verify. Runs when
// keys arrive, not on the request path: what is read so far lies in this file's own memory.

import { decode } from "../bytes/base64url";
import { NONE } from "../bytes/none";
import { Scanner } from "../json/scanner";
import { Token } from "../json/token";
import { Algorithm, algorithmHash, algorithmKeyType, KeyType } from "../crypto/algorithm";
import { coordinateLen } from "../crypto/ecdsa";
import { hashLen } from "../crypto/hash";
import {
  isRsaExponent,
  isRsaModulus,
  RSA_EXPONENT_BYTES_MAX,
  RSA_MODULUS_BYTES_MAX,
} from "../crypto/rsa";
import { curveOf, KeyMembers, prepareVerifyKey } from "../crypto/verify_key";
import { KEY_ID_BYTES_MAX, SECRET_BYTES_MAX } from "../limits";
import { algorithmNamed } from "./algorithm";
import { writeEcSpki } from "./ec_key";
import * as names from "./jwk_names";
import { JwkVerdict } from "./jwk_verdict";
import { Profile } from "./profile";
import { RSA_SPKI_BYTES_MAX, writeRsaSpki } from "./rsa_key";

/** Bytes of the SubjectPublicKeyInfo of any key. */
export const SPKI_BYTES_MAX: u32 = RSA_SPKI_BYTES_MAX;
const COORDINATE_BYTES_MAX: u32 = 66;
const ED25519_SIGNATURE_BYTES: u32 = 64;

/** A usable key. Its views lie in this file's memory until the next key is read. */
@unmanaged
export class Jwk extends KeyMembers {
  kidPtr: usize;
  /** NONE when the key has no `kid`. */
  kidLen: u32;
  /** The only one that it may verify, or UNKNOWN for any of its type. */
  algorithm: Algorithm;
  /** Bytes of every signature by this key; 0 for a secret. */
  signatureLen: u32;
  /** 0 for keys that no host takes. */
  spkiLen: u32;
  /** Whether `use` says that it is for JWT-SVIDs. */
  isForSvids: bool;
}

// Room for numbers in base64url, four characters for each three bytes; decoded in place.
const MODULUS_ROOM: u32 = (RSA_MODULUS_BYTES_MAX / 3 + 1) * 4;
const EXPONENT_ROOM: u32 = (RSA_EXPONENT_BYTES_MAX / 3 + 1) * 4;
const COORDINATE_ROOM: u32 = (COORDINATE_BYTES_MAX / 3 + 1) * 4;
const SECRET_ROOM: u32 = (SECRET_BYTES_MAX / 3 + 1) * 4;
const ALG_ROOM: u32 = 32;

const kidBytes: usize = memory.data(<i32>KEY_ID_BYTES_MAX);
const nBytes: usize = memory.data(<i32>MODULUS_ROOM);
const eBytes: usize = memory.data(<i32>EXPONENT_ROOM);
const xBytes: usize = memory.data(<i32>COORDINATE_ROOM);
const yBytes: usize = memory.data(<i32>COORDINATE_ROOM);
const kBytes: usize = memory.data(<i32>SECRET_ROOM);
const algBytes: usize = memory.data(<i32>ALG_ROOM);

const enum Kind {
  MISSING,
  RSA,
  EC,
  OKP,
  OCT,
  OTHER,
}

/** Length that stands for "there, but too long or not base64url": no check accepts it. */
const UNREADABLE: u32 = 0;

let malformed: bool;
let kind: Kind;
/** The type that `crv` names, UNKNOWN for another or none. */
let curveType: KeyType;
let isPrivate: bool;
let hasSecret: bool;
let isForOthers: bool;
let isForSvids: bool;
let algorithm: Algorithm;
let kidLen: u32;
let kidTooLong: bool;
let nLen: u32;
let eLen: u32;
let xLen: u32;
let yLen: u32;
let kLen: u32;

/**
 * Reads the key that comes next in a document, to its end; prepares it at `target`, aligned and of
 * VERIFY_KEY_BYTES_MAX (verify_key.ts), and writes its SubjectPublicKeyInfo (at most
 * SPKI_BYTES_MAX) at `spki`. What is written counts for USABLE only. MALFORMED also when the
 * document is wrong (`scanner.error`).
 */
export function readJwk(
  scanner: Scanner,
  profile: Profile,
  target: usize,
  spki: usize,
  out: Jwk,
): JwkVerdict {
  begin();
  const depth = scanner.depth;
  const token = scanner.next();
  if (token != Token.OBJECT_BEGIN) {
    scanner.leave(depth);
    return JwkVerdict.MALFORMED;
  }
  while (scanner.next() == Token.NAME) readMember(scanner, profile);
  if (scanner.depth != depth) return JwkVerdict.MALFORMED;
  out.keyType = typeOfKey();
  let verdict = judge(profile, out.keyType);
  if (verdict != JwkVerdict.USABLE) return verdict;
  out.kidPtr = kidBytes;
  out.kidLen = kidLen;
  out.algorithm = algorithm;
  out.secondPtr = 0;
  out.secondLen = 0;
  out.spkiLen = 0;
  out.isForSvids = isForSvids;
  verdict = takeMembers(spki, out);
  if (verdict != JwkVerdict.USABLE) return verdict;
  const isKey = prepareVerifyKey(out, target);
  // A secret is kept as its pad states alone.
  memory.fill(kBytes, 0, SECRET_ROOM);
  return isKey ? JwkVerdict.USABLE : badKey(out.keyType);
}

function begin(): void {
  malformed = false;
  kind = Kind.MISSING;
  curveType = KeyType.UNKNOWN;
  isPrivate = false;
  hasSecret = false;
  isForOthers = false;
  isForSvids = false;
  algorithm = Algorithm.UNKNOWN;
  kidLen = NONE;
  kidTooLong = false;
  nLen = UNREADABLE;
  eLen = UNREADABLE;
  xLen = UNREADABLE;
  yLen = UNREADABLE;
  kLen = UNREADABLE;
}

function readMember(scanner: Scanner, profile: Profile): void {
  if (scanner.nameIs(names.KTY)) return readKind(scanner);
  if (scanner.nameIs(names.CRV)) {
    readCurve(scanner);
  } else if (scanner.nameIs(names.KID)) {
    readKeyId(scanner);
  } else if (scanner.nameIs(names.USE)) {
    readUse(scanner, profile);
  } else if (scanner.nameIs(names.ALG)) {
    readAlgorithm(scanner);
  } else if (scanner.nameIs(names.KEY_OPS)) {
    readOperations(scanner);
  } else if (scanner.nameIs(names.N)) {
    nLen = readNumber(scanner, nBytes, MODULUS_ROOM);
  } else if (scanner.nameIs(names.E)) {
    eLen = readNumber(scanner, eBytes, EXPONENT_ROOM);
  } else if (scanner.nameIs(names.X)) {
    xLen = readNumber(scanner, xBytes, COORDINATE_ROOM);
  } else if (scanner.nameIs(names.Y)) {
    yLen = readNumber(scanner, yBytes, COORDINATE_ROOM);
  } else if (scanner.nameIs(names.K)) {
    hasSecret = true;
    kLen = readNumber(scanner, kBytes, SECRET_ROOM);
  } else {
    if (names.isPrivateName(scanner)) isPrivate = true;
    scanner.skipValue();
  }
}

/**
 * Reads a value that must be a string; otherwise the key is malformed and the value is read over.
 */
function readString(scanner: Scanner): bool {
  const depth = scanner.depth;
  if (scanner.next() == Token.STRING) return true;
  malformed = true;
  scanner.leave(depth);
  return false;
}

function readKind(scanner: Scanner): void {
  if (!readString(scanner)) return;
  if (scanner.nameIs(names.KTY_RSA)) kind = Kind.RSA;
  else if (scanner.nameIs(names.KTY_EC)) kind = Kind.EC;
  else if (scanner.nameIs(names.KTY_OKP)) kind = Kind.OKP;
  else if (scanner.nameIs(names.KTY_OCT)) kind = Kind.OCT;
  else kind = Kind.OTHER;
}

function readUse(scanner: Scanner, profile: Profile): void {
  if (!readString(scanner)) return;
  isForSvids = scanner.nameIs(names.USE_JWT_SVID);
  if (!names.isOurUse(scanner, profile)) isForOthers = true;
}

function readCurve(scanner: Scanner): void {
  curveType = KeyType.UNKNOWN;
  if (!readString(scanner)) return;
  if (scanner.nameIs(names.CRV_P256)) curveType = KeyType.EC_P256;
  else if (scanner.nameIs(names.CRV_P384)) curveType = KeyType.EC_P384;
  else if (scanner.nameIs(names.CRV_P521)) curveType = KeyType.EC_P521;
  else if (scanner.nameIs(names.CRV_ED25519)) curveType = KeyType.OKP_ED25519;
}

function readKeyId(scanner: Scanner): void {
  if (!readString(scanner)) return;
  const len = scanner.unescape(kidBytes, KEY_ID_BYTES_MAX);
  kidTooLong = len < 0;
  kidLen = kidTooLong ? NONE : <u32>len;
}

function readAlgorithm(scanner: Scanner): void {
  if (!readString(scanner)) return;
  const len = scanner.unescape(algBytes, ALG_ROOM);
  algorithm = len < 0 ? Algorithm.UNKNOWN : algorithmNamed(algBytes, <u32>len);
  if (algorithm == Algorithm.UNKNOWN) isForOthers = true;
}

/** `key_ops` must allow to verify, and name nothing twice that we would see (RFC 7517 §4.3). */
function readOperations(scanner: Scanner): void {
  const depth = scanner.depth;
  let verifies: u32 = 0;
  if (scanner.next() != Token.ARRAY_BEGIN) {
    malformed = true;
    scanner.leave(depth);
    return;
  }
  while (scanner.next() == Token.STRING) verifies += u32(scanner.nameIs(names.OPERATION_VERIFY));
  if (scanner.depth != depth || verifies > 1) {
    malformed = true;
    scanner.leave(depth);
  }
  if (verifies == 0) isForOthers = true;
}

/** Bytes of a base64url number, decoded at `target`; UNREADABLE when it is no such thing. */
function readNumber(scanner: Scanner, target: usize, room: u32): u32 {
  if (!readString(scanner)) return UNREADABLE;
  const characters = scanner.unescape(target, room);
  if (characters <= 0) return UNREADABLE;
  const len = decode(target, target, <u32>characters);
  return len < 0 ? UNREADABLE : <u32>len;
}

/** The type of the key, UNKNOWN for one that is none of ours. */
function typeOfKey(): KeyType {
  const isOkp = curveType == KeyType.OKP_ED25519;
  switch (kind) {
    case Kind.RSA:
      return KeyType.RSA;
    case Kind.EC:
      return isOkp ? KeyType.UNKNOWN : curveType;
    case Kind.OKP:
      return isOkp ? curveType : KeyType.UNKNOWN;
    case Kind.OCT:
      return KeyType.OCT;
    default:
      return KeyType.UNKNOWN;
  }
}

function judge(profile: Profile, keyType: KeyType): JwkVerdict {
  if (malformed || kind == Kind.MISSING) return JwkVerdict.MALFORMED;
  const isSecret = kind == Kind.OCT;
  const isSvid = profile == Profile.JWT_SVID;
  if (hasSecret != isSecret || (isSecret && isSvid)) return JwkVerdict.SYMMETRIC;
  if (isPrivate) return JwkVerdict.PRIVATE;
  if (isForOthers || keyType == KeyType.UNKNOWN) return JwkVerdict.IGNORED;
  // JWT-SVID §2.2 names no algorithm for these keys.
  if (isSvid && keyType == KeyType.OKP_ED25519) return JwkVerdict.IGNORED;
  if (algorithm != Algorithm.UNKNOWN && algorithmKeyType(algorithm) != keyType) {
    return JwkVerdict.ALGORITHM_CLASH;
  }
  if (kidTooLong) return JwkVerdict.KEY_ID_TOO_LONG;
  if (isSvid && kidLen == NONE) return JwkVerdict.KEY_ID_MISSING;
  return JwkVerdict.USABLE;
}

/** Checks the shape of the numbers and hands them over. */
function takeMembers(spki: usize, out: Jwk): JwkVerdict {
  switch (out.keyType) {
    case KeyType.RSA:
      return takeRsa(spki, out);
    case KeyType.OKP_ED25519:
      setFirst(out, xBytes, xLen, ED25519_SIGNATURE_BYTES);
      return JwkVerdict.USABLE;
    case KeyType.OCT:
      setFirst(out, kBytes, kLen, 0);
      return isLongEnough() ? JwkVerdict.USABLE : JwkVerdict.BAD_SECRET;
    default:
      return takeEc(spki, out);
  }
}

function setFirst(out: Jwk, ptr: usize, len: u32, signatureLen: u32): void {
  out.firstPtr = ptr;
  out.firstLen = len;
  out.signatureLen = signatureLen;
}

/** A secret has at least the bytes of the hash that its `alg` names (RFC 7518 §3.2). */
function isLongEnough(): bool {
  if (kLen > SECRET_BYTES_MAX) return false;
  return algorithm == Algorithm.UNKNOWN || kLen >= hashLen(algorithmHash(algorithm));
}

function takeRsa(spki: usize, out: Jwk): JwkVerdict {
  if (!isRsaModulus(nBytes, nLen)) return JwkVerdict.BAD_MODULUS;
  if (!isRsaExponent(eBytes, eLen)) return JwkVerdict.BAD_EXPONENT;
  setFirst(out, nBytes, nLen, nLen);
  out.secondPtr = eBytes;
  out.secondLen = eLen;
  out.spkiLen = writeRsaSpki(spki, nBytes, nLen, eBytes, eLen);
  return JwkVerdict.USABLE;
}

function takeEc(spki: usize, out: Jwk): JwkVerdict {
  const curve = curveOf(out.keyType);
  const len = coordinateLen(curve);
  if (xLen != len || yLen != len) return JwkVerdict.BAD_POINT;
  setFirst(out, xBytes, xLen, 2 * len);
  out.secondPtr = yBytes;
  out.secondLen = yLen;
  out.spkiLen = writeEcSpki(spki, curve, xBytes, yBytes);
  return JwkVerdict.USABLE;
}

/** What is wrong with a key that the arithmetic refuses. */
function badKey(keyType: KeyType): JwkVerdict {
  switch (keyType) {
    case KeyType.RSA:
      return JwkVerdict.BAD_MODULUS;
    case KeyType.OKP_ED25519:
      return JwkVerdict.BAD_EDWARDS_POINT;
    case KeyType.OCT:
      return JwkVerdict.BAD_SECRET;
    default:
      return JwkVerdict.BAD_POINT;
  }
}
