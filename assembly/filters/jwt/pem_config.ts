// Keys of a provider as PEM (RFC 7468 §13): texts with blocks PUBLIC KEY. They have no names, so
// the `kid` of a token does not count, and a few of one type are tried one after the other.

import { decode } from "../../core/bytes/base64url";
import { textLen, textPtr } from "../../core/bytes/text";
import { Value } from "../../core/config/value";
import {
  VERIFY_KEY_ALIGNMENT,
  VERIFY_KEY_BYTES_MAX,
  verifyKeyBytes,
} from "../../core/crypto/verify_key";
import { Jwk, SPKI_BYTES_MAX } from "../../core/jwt/jwk";
import { JwkVerdict, jwkVerdictText } from "../../core/jwt/jwk_verdict";
import { Profile } from "../../core/jwt/profile";
import { readSpki } from "../../core/jwt/spki";
import { CONFIG_BYTES_MAX, KEYS_MAX, PEM_KEYS_OF_TYPE_MAX } from "../../core/limits";
import { KEY_BYTES, keyAt, KeySet } from "./key_set";

const JWK = changetype<Jwk>(heap.alloc(offsetof<Jwk>()));
const SPKI: usize = heap.alloc(SPKI_BYTES_MAX);
const VERIFY_KEY: usize = memory.data(<i32>VERIFY_KEY_BYTES_MAX, <i32>VERIFY_KEY_ALIGNMENT);

const BEGIN = "-----BEGIN PUBLIC KEY-----";
const END = "-----END PUBLIC KEY-----";
const ALLOWED = "PEM blocks PUBLIC KEY: RSA, EC on P-256, P-384 or P-521, Ed25519";

/** Reads `pem`, a text or a list of texts, into `set`. */
export function readPem(value: Value, profile: Profile, set: KeySet): void {
  if (profile == Profile.JWT_SVID) {
    value.refuseFound("keys without kid", "inline, remote or bundle with the profile jwt-svid");
    return;
  }
  set.ignoresKeyIds = 1;
  set.keys = value.block.allocate(KEYS_MAX * KEY_BYTES);
  if (!value.isArray) return readBlocks(value, set);
  const texts = value.items(1, KEYS_MAX);
  for (let i = 0; i < texts.length; i++) readBlocks(texts[i], set);
}

/** Reads the blocks of one text; between them there is nothing but white space. */
function readBlocks(value: Value, set: KeySet): void {
  value.text(1, CONFIG_BYTES_MAX);
  if (value.error.failed) return;
  const characters = value.string();
  let from = 0;
  do {
    const begin = characters.indexOf(BEGIN, from);
    const end = begin < 0 ? -1 : characters.indexOf(END, begin);
    const isBlock = end >= 0 && isBlank(characters.substring(from, begin));
    if (!isBlock) return value.refuseFound("no PEM block, or one of another kind", ALLOWED);
    readBlock(value, characters.substring(begin + BEGIN.length, end), set);
    if (value.error.failed) return;
    from = end + END.length;
  } while (!isBlank(characters.substring(from)));
}

function readBlock(value: Value, lines: string, set: KeySet): void {
  const encoded = String.UTF8.encode(toBase64url(lines));
  const ptr = changetype<usize>(encoded);
  const len = decode(ptr, ptr, <u32>encoded.byteLength);
  if (len <= 0) return value.refuseFound("a PEM block that is not base64", ALLOWED);
  const verdict = readSpki(ptr, <u32>len, VERIFY_KEY, SPKI, JWK);
  if (verdict == JwkVerdict.MALFORMED) {
    return value.refuseFound("a PEM block that is no key in DER", ALLOWED);
  }
  if (verdict != JwkVerdict.USABLE) {
    const found = jwkVerdictText(verdict);
    const words = String.UTF8.decodeUnsafe(textPtr(found), textLen(found));
    return value.refuseFound(words, ALLOWED);
  }
  if (set.keyCount == KEYS_MAX) {
    return value.refuseFound("one key too many", KEYS_MAX.toString() + " keys");
  }
  keep(value, set);
}

function keep(value: Value, set: KeySet): void {
  let sameType: u32 = 0;
  for (let i: u32 = 0; i < set.keyCount; i++) {
    sameType += u32(keyAt(set, i).keyType == JWK.keyType);
  }
  if (sameType == PEM_KEYS_OF_TYPE_MAX) {
    const most = PEM_KEYS_OF_TYPE_MAX.toString();
    return value.refuseFound("one key of a type too many", most + " of each type");
  }
  const key = keyAt(set, set.keyCount);
  key.keyType = JWK.keyType;
  key.algorithm = JWK.algorithm;
  key.signatureLen = JWK.signatureLen;
  key.spki = JWK.spkiLen == 0 ? 0 : value.block.text(SPKI, JWK.spkiLen);
  const bytes = verifyKeyBytes(JWK.keyType, JWK.firstLen);
  key.verifyKey = value.block.allocateAligned(bytes, VERIFY_KEY_ALIGNMENT);
  memory.copy(key.verifyKey, VERIFY_KEY, bytes);
  set.keyCount++;
}

function isBlank(characters: string): bool {
  for (let i = 0; i < characters.length; i++) if (!isSpace(characters.charCodeAt(i))) return false;
  return true;
}

function isSpace(c: i32): bool {
  return c == 0x20 || c == 0x09 || c == 0x0a || c == 0x0d;
}

/** Base64 with its lines and padding, in the other alphabet and without; else "". */
function toBase64url(lines: string): string {
  const parts: string[] = [];
  let count = 0;
  let padding = 0;
  for (let i = 0; i < lines.length; i++) {
    const c = lines.charCodeAt(i);
    if (isSpace(c)) continue;
    count++;
    if (c == 0x3d) {
      padding++;
      continue;
    }
    // The alphabet's own two (RFC 4648 §4), and none of the other's.
    if (padding != 0 || c == 0x2d || c == 0x5f) return "";
    parts.push(c == 0x2b ? "-" : c == 0x2f ? "_" : String.fromCharCode(c));
  }
  return count % 4 == 0 && padding <= 2 ? parts.join("") : "";
}
