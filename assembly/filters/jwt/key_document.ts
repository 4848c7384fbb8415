// Documents that are fetched for keys: a JSON Web Key Set (RFC 7517 §5), a SPIFFE bundle
// (SPIFFE_Trust_Domain_and_Bundle §4) or the metadata of an issuer (OpenID Connect Discovery 1.0
// §3). Others write them, so a key that is no good is dropped, and only a document that is none is
// refused whole.

import { NONE } from "../../core/bytes/none";
import { text, Text } from "../../core/bytes/text";
import { KeyType } from "../../core/crypto/algorithm";
import { HASH_STATE_BYTES, Hash, hashBegin, hashEnd, hashUpdate } from "../../core/crypto/hash";
import {
  preparedBytes,
  VERIFY_KEY_ALIGNMENT,
  VERIFY_KEY_BYTES_MAX,
  VerifyKey,
  verifyKeyBytes,
} from "../../core/crypto/verify_key";
import { parseUnsigned } from "../../core/bytes/decimal";
import { Scanner, SCANNER_BYTES } from "../../core/json/scanner";
import { JsonError, Token } from "../../core/json/token";
import { Jwk, readJwk, SPKI_BYTES_MAX } from "../../core/jwt/jwk";
import { JwkVerdict } from "../../core/jwt/jwk_verdict";
import { Profile } from "../../core/jwt/profile";
import { FETCHED_SET_BYTES, KEY_ID_BYTES_MAX, KEYS_MAX } from "../../core/limits";
import { hasKid, Key, KEY_BYTES, keyAt, KeySet } from "./key_set";
import { SourceKind } from "./source";

const KEYS = text("keys");
const SEQUENCE = text("spiffe_sequence");
const REFRESH_HINT = text("spiffe_refresh_hint");
const ISSUER = text("issuer");
const JWKS_URI = text("jwks_uri");

const SCANNER = changetype<Scanner>(memory.data(<i32>SCANNER_BYTES, 16));
const JWK = changetype<Jwk>(memory.data(64, 8));
if (offsetof<Jwk>() > 64) ERROR("Jwk needs more room");
const SPKI: usize = memory.data(<i32>SPKI_BYTES_MAX);
const VERIFY_KEY: usize = memory.data(<i32>VERIFY_KEY_BYTES_MAX, <i32>VERIFY_KEY_ALIGNMENT);
const STATE: usize = memory.data(<i32>HASH_STATE_BYTES, 16);
const DIGEST: usize = memory.data(32, 8);

/** Texts are aligned to 8 and have their length in front. */
const TEXT_EXTRA: u32 = 4 + 8;
const KEY_ROOM: u32 =
  KEY_BYTES +
  (KEY_ID_BYTES_MAX + TEXT_EXTRA) +
  (SPKI_BYTES_MAX + TEXT_EXTRA) +
  (VERIFY_KEY_BYTES_MAX + VERIFY_KEY_ALIGNMENT);
if (KEYS_MAX * KEY_ROOM > FETCHED_SET_BYTES) ERROR("the keys of a set need more room");

/** Keys that the last document lost: no good, or the second of one `kid` and type. */
export let droppedKeys: u32 = 0;
/** `spiffe_sequence` of the last bundle plus one; 0 without one. */
export let bundleSequence: u64 = 0;
/** Seconds of `spiffe_refresh_hint` of the last bundle; -1 without one. */
export let refreshHintSeconds: i64 = -1;
/** First bytes of the SHA-256 of the last document's keys. */
export let stagedContentHash: u64 = 0;

let used: u32 = 0;

/**
 * Reads a document of at most DOCUMENT_BYTES_MAX into `area`, of FETCHED_SET_BYTES; fills
 * `out`. false unless it is a JSON object with a list `keys` of at most KEYS_MAX usable keys: of a
 * bundle there may be none, which revokes all.
 */
export function readKeyDocument(
  ptr: usize,
  len: u32,
  kind: SourceKind,
  profile: Profile,
  area: usize,
  out: KeySet,
): bool {
  out.keys = area;
  out.keyCount = 0;
  used = KEYS_MAX * KEY_BYTES;
  droppedKeys = 0;
  bundleSequence = 0;
  refreshHintSeconds = -1;
  const isBundle = kind == SourceKind.BUNDLE;
  let hasKeys = false;
  SCANNER.begin(ptr, len);
  if (SCANNER.next() != Token.OBJECT_BEGIN) return false;
  let token = SCANNER.next();
  while (token == Token.NAME) {
    if (SCANNER.nameIs(KEYS)) {
      if (!readKeys(isBundle, profile, area, out)) return false;
      hasKeys = true;
    } else if (isBundle && SCANNER.nameIs(SEQUENCE)) {
      const sequence = readCount();
      if (sequence < 0) return false;
      bundleSequence = <u64>sequence + 1;
    } else if (isBundle && SCANNER.nameIs(REFRESH_HINT)) {
      refreshHintSeconds = readCount();
      if (refreshHintSeconds < 0) return false;
    } else if (!SCANNER.skipValue()) {
      return false;
    }
    token = SCANNER.next();
  }
  if (token != Token.OBJECT_END || SCANNER.next() != Token.END || !hasKeys) return false;
  stagedContentHash = hashKeys(out);
  return isBundle || out.keyCount != 0;
}

/** A whole number that comes next; -1 for anything else. */
function readCount(): i64 {
  if (SCANNER.next() != Token.NUMBER) return -1;
  return parseUnsigned(SCANNER.valuePtr, SCANNER.valueLen);
}

function readKeys(isBundle: bool, profile: Profile, area: usize, out: KeySet): bool {
  if (SCANNER.next() != Token.ARRAY_BEGIN) return false;
  const depth = SCANNER.depth;
  while (true) {
    const verdict = readJwk(SCANNER, profile, VERIFY_KEY, SPKI, JWK);
    if (SCANNER.error != JsonError.NONE) return false;
    if (SCANNER.depth < depth) return true;
    if (verdict == JwkVerdict.IGNORED) continue;
    // A bundle holds keys for other uses beside ours, and names the use of each.
    if (verdict == JwkVerdict.USABLE && isBundle && !JWK.isForSvids) continue;
    if (verdict != JwkVerdict.USABLE || JWK.keyType == KeyType.OCT || isKnown(out)) {
      droppedKeys++;
      continue;
    }
    if (out.keyCount == KEYS_MAX) return false;
    keep(area, keyAt(out, out.keyCount));
    out.keyCount++;
  }
}

/** Whether the set has a key with the kid and type of the one just read: the first one counts. */
function isKnown(set: KeySet): bool {
  if (JWK.kidLen == NONE) return false;
  for (let i: u32 = 0; i < set.keyCount; i++) {
    const key = keyAt(set, i);
    if (key.keyType == JWK.keyType && hasKid(key, JWK.kidPtr, JWK.kidLen)) return true;
  }
  return false;
}

function keep(area: usize, key: Key): void {
  key.kid = JWK.kidLen == NONE ? 0 : keepText(area, JWK.kidPtr, JWK.kidLen);
  key.keyType = JWK.keyType;
  key.algorithm = JWK.algorithm;
  key.signatureLen = JWK.signatureLen;
  key.spki = JWK.spkiLen == 0 ? 0 : keepText(area, SPKI, JWK.spkiLen);
  const bytes = verifyKeyBytes(JWK.keyType, JWK.firstLen);
  used = (used + VERIFY_KEY_ALIGNMENT - 1) & ~(VERIFY_KEY_ALIGNMENT - 1);
  key.verifyKey = area + used;
  memory.copy(key.verifyKey, VERIFY_KEY, bytes);
  used += bytes;
}

function keepText(area: usize, ptr: usize, len: u32): Text {
  used = (used + 7) & ~7;
  const target = area + used;
  store<u32>(target, len);
  memory.copy(target + 4, ptr, len);
  used += 4 + len;
  return target;
}

/** The same for the same keys in the same order, wherever they lie. */
function hashKeys(set: KeySet): u64 {
  hashBegin(Hash.SHA256, STATE);
  for (let i: u32 = 0; i < set.keyCount; i++) {
    const key = keyAt(set, i);
    store<u32>(DIGEST, key.keyType);
    store<u32>(DIGEST, key.algorithm, 4);
    store<u32>(DIGEST, key.kid == 0 ? NONE : load<u32>(key.kid), 8);
    hashUpdate(Hash.SHA256, STATE, DIGEST, 12);
    if (key.kid != 0) hashUpdate(Hash.SHA256, STATE, key.kid + 4, load<u32>(key.kid));
    const verifyKey = changetype<VerifyKey>(key.verifyKey);
    const bytes = verifyKeyBytes(key.keyType, verifyKey.memberLen);
    const prepared = preparedBytes(verifyKey);
    const headerLen = <u32>(prepared - key.verifyKey);
    hashUpdate(Hash.SHA256, STATE, prepared, bytes - headerLen);
  }
  hashEnd(Hash.SHA256, STATE, DIGEST);
  return load<u64>(DIGEST);
}

/** View of the `jwks_uri` of the last metadata. */
export let jwksUriPtr: usize = 0;
export let jwksUriLen: u32 = 0;

/**
 * Reads metadata, in place. false unless it is a JSON object whose `issuer` is exactly the one it
 * was asked of (OpenID Connect Discovery 1.0 §4.3), with a `jwks_uri`.
 */
export function readMetadata(ptr: usize, len: u32, issuer: Text): bool {
  jwksUriLen = 0;
  let isOfIssuer = false;
  SCANNER.begin(ptr, len);
  if (SCANNER.next() != Token.OBJECT_BEGIN) return false;
  let token = SCANNER.next();
  while (token == Token.NAME) {
    const isIssuer = SCANNER.nameIs(ISSUER);
    const isUri = SCANNER.nameIs(JWKS_URI);
    if (isIssuer || isUri) {
      if (SCANNER.next() != Token.STRING) return false;
      if (isIssuer && !SCANNER.nameIs(issuer)) return false;
      if (isIssuer) isOfIssuer = true;
      if (isUri) {
        const uriLen = SCANNER.unescape(SCANNER.valuePtr, SCANNER.valueLen);
        if (uriLen <= 0) return false;
        jwksUriPtr = SCANNER.valuePtr;
        jwksUriLen = <u32>uriLen;
      }
    } else if (!SCANNER.skipValue()) {
      return false;
    }
    token = SCANNER.next();
  }
  if (token != Token.OBJECT_END || SCANNER.next() != Token.END) return false;
  return isOfIssuer && jwksUriLen != 0;
}
