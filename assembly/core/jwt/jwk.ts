// JSON Web Keys (RFC 7517, RFC 7518 §6): read, checked as RFC 8725 §3.4 asks, and turned into
// SubjectPublicKeyInfo. Runs when keys arrive, not on the request path: what is read so far lies in
// this file's own memory.

import { decode } from "../bytes/base64url";
import { NONE } from "../bytes/none";
import { text } from "../bytes/text";
import { Scanner } from "../json/scanner";
import { Token } from "../json/token";
import { KEY_ID_BYTES_MAX } from "../limits";
import { Algorithm, algorithmKeyType, algorithmNamed, KeyType } from "./algorithm";
import { ES256_SIGNATURE_BYTES } from "./ecdsa_signature";
import { EC_SPKI_BYTES, isEcKey, writeEcSpki } from "./ec_key";
import { JwkVerdict } from "./jwk_verdict";
import { P256_BYTES } from "./p256";
import { Profile } from "./profile";
import {
  isRsaExponent,
  isRsaModulus,
  RSA_EXPONENT_BYTES_MAX,
  RSA_MODULUS_BYTES_MAX,
  RSA_SPKI_BYTES_MAX,
  writeRsaSpki,
} from "./rsa_key";

/** Bytes of the SubjectPublicKeyInfo of any key. */
export const SPKI_BYTES_MAX: u32 = RSA_SPKI_BYTES_MAX;
if (EC_SPKI_BYTES > SPKI_BYTES_MAX) ERROR("keys need more room");

/** A usable key. Its `kid` lies in this file's memory until the next key is read. */
@unmanaged
export class Jwk {
  kidPtr: usize;
  /** NONE when the key has no `kid`. */
  kidLen: u32;
  keyType: KeyType;
  /** Bytes of every signature by this key. */
  signatureLen: u32;
  spkiLen: u32;
}

const KTY = text("kty");
const KID = text("kid");
const USE = text("use");
const KEY_OPS = text("key_ops");
const ALG = text("alg");
const CRV = text("crv");
const N = text("n");
const E = text("e");
const X = text("x");
const Y = text("y");
const K = text("k");
const D = text("d");
const P = text("p");
const Q = text("q");
const DP = text("dp");
const DQ = text("dq");
const QI = text("qi");
const OTH = text("oth");

const KTY_RSA = text("RSA");
const KTY_EC = text("EC");
const KTY_OCT = text("oct");
const CRV_P256 = text("P-256");
const USE_SIG = text("sig");
const USE_JWT_SVID = text("jwt-svid");
const OPERATION_VERIFY = text("verify");

// Room for numbers in base64url, four characters for each three bytes; decoded in place.
const MODULUS_ROOM: u32 = (RSA_MODULUS_BYTES_MAX / 3 + 1) * 4;
const EXPONENT_ROOM: u32 = (RSA_EXPONENT_BYTES_MAX / 3 + 1) * 4;
const COORDINATE_ROOM: u32 = (P256_BYTES / 3 + 1) * 4;
const ALG_ROOM: u32 = 32;

const kidBytes: usize = memory.data(<i32>KEY_ID_BYTES_MAX);
const nBytes: usize = memory.data(<i32>MODULUS_ROOM);
const eBytes: usize = memory.data(<i32>EXPONENT_ROOM);
const xBytes: usize = memory.data(<i32>COORDINATE_ROOM);
const yBytes: usize = memory.data(<i32>COORDINATE_ROOM);
const algBytes: usize = memory.data(<i32>ALG_ROOM);

const enum Kind {
  MISSING,
  RSA,
  EC,
  OCT,
  OTHER,
}

/** Length that stands for "there, but too long or not base64url": no check accepts it. */
const UNREADABLE: u32 = 0;

let malformed: bool;
let kind: Kind;
let isP256: bool;
let isPrivate: bool;
let isSymmetric: bool;
let isForOthers: bool;
let algorithm: Algorithm;
let kidLen: u32;
let kidTooLong: bool;
let nLen: u32;
let eLen: u32;
let xLen: u32;
let yLen: u32;

/**
 * Reads the key that comes next in a document, to its end, and writes its SubjectPublicKeyInfo (at
 * most SPKI_BYTES_MAX) at `spki`; `out` and `spki` count for USABLE only. MALFORMED also when the
 * document is wrong (`scanner.error`).
 */
export function readJwk(scanner: Scanner, profile: Profile, spki: usize, out: Jwk): JwkVerdict {
  begin();
  const depth = scanner.depth;
  const token = scanner.next();
  if (token != Token.OBJECT_BEGIN) {
    scanner.leave(depth);
    return JwkVerdict.MALFORMED;
  }
  while (scanner.next() == Token.NAME) readMember(scanner, profile);
  if (scanner.depth != depth) return JwkVerdict.MALFORMED;
  const verdict = judge(profile);
  if (verdict != JwkVerdict.USABLE) return verdict;
  return kind == Kind.EC ? writeEc(spki, out) : writeRsa(spki, out);
}

function begin(): void {
  malformed = false;
  kind = Kind.MISSING;
  isP256 = false;
  isPrivate = false;
  isSymmetric = false;
  isForOthers = false;
  algorithm = Algorithm.UNKNOWN;
  kidLen = NONE;
  kidTooLong = false;
  nLen = UNREADABLE;
  eLen = UNREADABLE;
  xLen = UNREADABLE;
  yLen = UNREADABLE;
}

function readMember(scanner: Scanner, profile: Profile): void {
  if (scanner.nameIs(KTY)) return readKind(scanner);
  if (scanner.nameIs(CRV)) {
    isP256 = readString(scanner) && scanner.nameIs(CRV_P256);
  } else if (scanner.nameIs(KID)) {
    readKeyId(scanner);
  } else if (scanner.nameIs(USE)) {
    if (readString(scanner) && !isOurUse(scanner, profile)) isForOthers = true;
  } else if (scanner.nameIs(ALG)) {
    readAlgorithm(scanner);
  } else if (scanner.nameIs(KEY_OPS)) {
    readOperations(scanner);
  } else if (scanner.nameIs(N)) {
    nLen = readNumber(scanner, nBytes, MODULUS_ROOM);
  } else if (scanner.nameIs(E)) {
    eLen = readNumber(scanner, eBytes, EXPONENT_ROOM);
  } else if (scanner.nameIs(X)) {
    xLen = readNumber(scanner, xBytes, COORDINATE_ROOM);
  } else if (scanner.nameIs(Y)) {
    yLen = readNumber(scanner, yBytes, COORDINATE_ROOM);
  } else {
    if (scanner.nameIs(K)) isSymmetric = true;
    if (isPrivateName(scanner)) isPrivate = true;
    scanner.skipValue();
  }
}

/** The private members of RSA and EC keys (RFC 7518 §6.2.2, §6.3.2). */
function isPrivateName(scanner: Scanner): bool {
  return (
    scanner.nameIs(D) ||
    scanner.nameIs(P) ||
    scanner.nameIs(Q) ||
    scanner.nameIs(DP) ||
    scanner.nameIs(DQ) ||
    scanner.nameIs(QI) ||
    scanner.nameIs(OTH)
  );
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
  if (scanner.nameIs(KTY_RSA)) kind = Kind.RSA;
  else if (scanner.nameIs(KTY_EC)) kind = Kind.EC;
  else if (scanner.nameIs(KTY_OCT)) kind = Kind.OCT;
  else kind = Kind.OTHER;
}

function readKeyId(scanner: Scanner): void {
  if (!readString(scanner)) return;
  const len = scanner.unescape(kidBytes, KEY_ID_BYTES_MAX);
  kidTooLong = len < 0;
  kidLen = kidTooLong ? NONE : <u32>len;
}

/**
 * "sig" (RFC 7517 §4.2); in a SPIFFE bundle "jwt-svid" (SPIFFE_Trust_Domain_and_Bundle §4.2.2). The
 * Workload API names none, and SPIRE's discovery provider "sig".
 */
function isOurUse(scanner: Scanner, profile: Profile): bool {
  return scanner.nameIs(USE_SIG) || (profile == Profile.JWT_SVID && scanner.nameIs(USE_JWT_SVID));
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
  while (scanner.next() == Token.STRING) verifies += u32(scanner.nameIs(OPERATION_VERIFY));
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

function judge(profile: Profile): JwkVerdict {
  if (malformed || kind == Kind.MISSING) return JwkVerdict.MALFORMED;
  if (isSymmetric || kind == Kind.OCT) return JwkVerdict.SYMMETRIC;
  if (isPrivate) return JwkVerdict.PRIVATE;
  if (isForOthers || kind == Kind.OTHER || (kind == Kind.EC && !isP256)) return JwkVerdict.IGNORED;
  const keyType = kind == Kind.EC ? KeyType.EC_P256 : KeyType.RSA;
  if (algorithm != Algorithm.UNKNOWN && algorithmKeyType(algorithm) != keyType) {
    return JwkVerdict.ALGORITHM_CLASH;
  }
  if (kidTooLong) return JwkVerdict.KEY_ID_TOO_LONG;
  if (profile == Profile.JWT_SVID && kidLen == NONE) return JwkVerdict.KEY_ID_MISSING;
  return JwkVerdict.USABLE;
}

function writeEc(spki: usize, out: Jwk): JwkVerdict {
  if (!isEcKey(xBytes, xLen, yBytes, yLen)) return JwkVerdict.BAD_POINT;
  writeEcSpki(spki, xBytes, yBytes);
  return finish(KeyType.EC_P256, ES256_SIGNATURE_BYTES, EC_SPKI_BYTES, out);
}

function writeRsa(spki: usize, out: Jwk): JwkVerdict {
  if (!isRsaModulus(nBytes, nLen)) return JwkVerdict.BAD_MODULUS;
  if (!isRsaExponent(eBytes, eLen)) return JwkVerdict.BAD_EXPONENT;
  return finish(KeyType.RSA, nLen, writeRsaSpki(spki, nBytes, nLen, eBytes, eLen), out);
}

function finish(keyType: KeyType, signatureLen: u32, spkiLen: u32, out: Jwk): JwkVerdict {
  out.kidPtr = kidBytes;
  out.kidLen = kidLen;
  out.keyType = keyType;
  out.signatureLen = signatureLen;
  out.spkiLen = spkiLen;
  return JwkVerdict.USABLE;
}
