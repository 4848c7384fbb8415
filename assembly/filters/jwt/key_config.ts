// The keys of a provider: a JSON Web Key Set (RFC 7517 §5) in the configuration. Keys for other
// purposes are read over, as the RFC asks; keys that could never be right are errors, because
// someone wrote them.

import { NONE } from "../../core/bytes/none";
import { Text, textLen, textPtr } from "../../core/bytes/text";
import { Value } from "../../core/config/value";
import { Scanner, SCANNER_BYTES } from "../../core/json/scanner";
import {
  Algorithm,
  algorithmBit,
  algorithmKeyType,
  algorithmName,
  ALGORITHMS,
} from "../../core/jwt/algorithm";
import { Jwk, readJwk, SPKI_BYTES_MAX } from "../../core/jwt/jwk";
import { JwkVerdict, jwkVerdictText } from "../../core/jwt/jwk_verdict";
import { KEYS_MAX } from "../../core/limits";
import { hasKid, KEY_BYTES, keyAt, Provider } from "./model";

const SCANNER = changetype<Scanner>(heap.alloc(SCANNER_BYTES));
const JWK = changetype<Jwk>(heap.alloc(offsetof<Jwk>()));
const SPKI: usize = heap.alloc(SPKI_BYTES_MAX);

const ALLOWED = "a public key for ES256 (EC, P-256) or RS256 (RSA, 2048 to 4096 bits)";

/**
 * Reads `keys: { inline: JWK Set }`. Members of the set other than `keys` are ignored (RFC 7517
 * §5).
 */
export function readKeys(value: Value, provider: Provider): void {
  const inline = value.required("inline");
  value.done();
  const keys = inline.required("keys");
  const items = keys.items(1, KEYS_MAX);
  provider.keys = value.block.allocate(<u32>items.length * KEY_BYTES);
  for (let i = 0; i < items.length; i++) {
    readKey(items[i], provider);
    if (value.error.failed) return;
  }
  if (value.error.failed || hasKeyForAlgorithms(provider)) return;
  keys.refuseFound("no key for signatures by " + algorithmsOf(provider), ALLOWED);
}

function readKey(value: Value, provider: Provider): void {
  SCANNER.begin(value.json.ptr, value.json.len);
  const verdict = readJwk(SCANNER, provider.profile, SPKI, JWK);
  if (verdict == JwkVerdict.IGNORED) return;
  if (verdict != JwkVerdict.USABLE) {
    value.refuseFound(characters(jwkVerdictText(verdict)), ALLOWED);
    return;
  }
  if (isKnown(provider)) value.refuseFound("the kid of another key", "each kid once for each kty");
  const block = value.block;
  const key = keyAt(provider, provider.keyCount);
  key.kid = JWK.kidLen == NONE ? 0 : block.text(JWK.kidPtr, JWK.kidLen);
  key.keyType = JWK.keyType;
  key.signatureLen = JWK.signatureLen;
  key.spki = block.text(SPKI, JWK.spkiLen);
  provider.keyCount++;
}

/** Whether the provider has a key with the kid and type of the one just read. */
function isKnown(provider: Provider): bool {
  if (JWK.kidLen == NONE) return false;
  for (let i: u32 = 0; i < provider.keyCount; i++) {
    const key = keyAt(provider, i);
    if (key.keyType == JWK.keyType && hasKid(key, JWK.kidPtr, JWK.kidLen)) return true;
  }
  return false;
}

function hasKeyForAlgorithms(provider: Provider): bool {
  for (let algorithm: Algorithm = 1; <u32>algorithm < ALGORITHMS; algorithm++) {
    if ((provider.algorithms & algorithmBit(algorithm)) == 0) continue;
    for (let i: u32 = 0; i < provider.keyCount; i++) {
      if (keyAt(provider, i).keyType == algorithmKeyType(algorithm)) return true;
    }
  }
  return false;
}

function algorithmsOf(provider: Provider): string {
  const names: string[] = [];
  for (let algorithm: Algorithm = 1; <u32>algorithm < ALGORITHMS; algorithm++) {
    const isAllowed = (provider.algorithms & algorithmBit(algorithm)) != 0;
    if (isAllowed) names.push(characters(algorithmName(algorithm)));
  }
  return names.join(", ");
}

function characters(source: Text): string {
  return String.UTF8.decodeUnsafe(textPtr(source), textLen(source));
}
