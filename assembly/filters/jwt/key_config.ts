// The keys of a provider: from elsewhere (source_config.ts), as PEM (pem_config.ts), or a JSON
// Web Key Set (RFC 7517 §5) in the configuration. Of that keys for other purposes are read over, as
// the RFC asks; keys that could never be right are errors, because someone wrote them.

import { NONE } from "../../core/bytes/none";
import { Text, textLen, textPtr } from "../../core/bytes/text";
import { Value } from "../../core/config/value";
import { KeyType } from "../../core/crypto/algorithm";
import {
  VERIFY_KEY_ALIGNMENT,
  VERIFY_KEY_BYTES_MAX,
  verifyKeyBytes,
} from "../../core/crypto/verify_key";
import { Scanner, SCANNER_BYTES } from "../../core/json/scanner";
import { Jwk, readJwk, SPKI_BYTES_MAX } from "../../core/jwt/jwk";
import { JwkVerdict, jwkVerdictText } from "../../core/jwt/jwk_verdict";
import { Profile } from "../../core/jwt/profile";
import { KEYS_MAX } from "../../core/limits";
import { hasKid, KEY_BYTES, KEY_SET_BYTES, keyAt, KeySet } from "./key_set";
import { SourceKind } from "./source";
import { readSource } from "./source_config";
import { JwtConfig, Provider } from "./model";
import { readPem } from "./pem_config";

const SCANNER = changetype<Scanner>(heap.alloc(SCANNER_BYTES));
const JWK = changetype<Jwk>(heap.alloc(offsetof<Jwk>()));
const SPKI: usize = heap.alloc(SPKI_BYTES_MAX);
const VERIFY_KEY: usize = memory.data(<i32>VERIFY_KEY_BYTES_MAX, <i32>VERIFY_KEY_ALIGNMENT);

const WAYS = "inline, pem, remote, discovery, bundle";
const ALLOWED = "RSA of 2048 to 4096 bits, EC on P-256, P-384 or P-521, OKP on Ed25519, or oct";

/**
 * Reads `keys`, which says in one of five ways where they are. Members of a JSON Web Key Set other
 * than `keys` are ignored (RFC 7517 §5).
 */
export function readKeys(value: Value, config: JwtConfig, provider: Provider): void {
  const set = changetype<KeySet>(value.block.allocate(KEY_SET_BYTES));
  provider.keySet = set;
  const inline = value.optional("inline");
  const pem = value.optional("pem");
  const remote = value.optional("remote");
  const discovery = value.optional("discovery");
  const bundle = value.optional("bundle");
  value.done();
  const ways =
    u32(inline !== null) +
    u32(pem !== null) +
    u32(remote !== null) +
    u32(discovery !== null) +
    u32(bundle !== null);
  if (ways != 1) {
    value.refuseFound(ways.toString() + " of them", "one of " + WAYS);
  } else if (inline !== null) {
    readInline(inline, provider.profile, set);
  } else if (pem !== null) {
    readPem(pem, provider.profile, set);
  } else if (remote !== null) {
    provider.source = readSource(remote, SourceKind.REMOTE, config, provider);
  } else if (discovery !== null) {
    provider.source = readSource(discovery, SourceKind.DISCOVERY, config, provider);
  } else if (bundle !== null) {
    provider.source = readSource(bundle, SourceKind.BUNDLE, config, provider);
  }
}

function readInline(value: Value, profile: Profile, set: KeySet): void {
  const items = value.required("keys").items(1, KEYS_MAX);
  set.keys = value.block.allocate(<u32>items.length * KEY_BYTES);
  for (let i = 0; i < items.length; i++) {
    readKey(items[i], profile, set);
    if (value.error.failed) break;
  }
}

function readKey(value: Value, profile: Profile, set: KeySet): void {
  SCANNER.begin(value.json.ptr, value.json.len);
  const verdict = readJwk(SCANNER, profile, VERIFY_KEY, SPKI, JWK);
  if (verdict == JwkVerdict.IGNORED) return;
  if (verdict != JwkVerdict.USABLE) {
    value.refuseFound(characters(jwkVerdictText(verdict)), ALLOWED);
    return;
  }
  if (isKnown(set)) value.refuseFound("the kid of another key", "each kid once for each kty");
  if (isMixed(set)) value.refuseFound("a secret beside public keys", "one or the other");
  const block = value.block;
  const key = keyAt(set, set.keyCount);
  key.kid = JWK.kidLen == NONE ? 0 : block.text(JWK.kidPtr, JWK.kidLen);
  key.keyType = JWK.keyType;
  key.algorithm = JWK.algorithm;
  key.signatureLen = JWK.signatureLen;
  key.spki = JWK.spkiLen == 0 ? 0 : block.text(SPKI, JWK.spkiLen);
  const bytes = verifyKeyBytes(JWK.keyType, JWK.firstLen);
  key.verifyKey = block.allocateAligned(bytes, VERIFY_KEY_ALIGNMENT);
  memory.copy(key.verifyKey, VERIFY_KEY, bytes);
  set.keyCount++;
}

/** Whether the set has a key with the kid and type of the one just read. */
function isKnown(set: KeySet): bool {
  if (JWK.kidLen == NONE) return false;
  for (let i: u32 = 0; i < set.keyCount; i++) {
    const key = keyAt(set, i);
    if (key.keyType == JWK.keyType && hasKid(key, JWK.kidPtr, JWK.kidLen)) return true;
  }
  return false;
}

/** Whoever can verify by a secret can sign by it: it is no key among public ones. */
function isMixed(set: KeySet): bool {
  if (set.keyCount == 0) return false;
  return (keyAt(set, 0).keyType == KeyType.OCT) != (JWK.keyType == KeyType.OCT);
}

function characters(source: Text): string {
  return String.UTF8.decodeUnsafe(textPtr(source), textLen(source));
}
