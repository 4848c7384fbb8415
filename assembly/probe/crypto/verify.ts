// Test-only: keys and the verify interface. A key is the address of a VerifyKey, 0 when refused. In
// front of it stand the width and the address of tables that a test had built for it: with them it
// is verified, whatever the module would do. Keys that were acquired share the module's own tables.

import { Algorithm, algorithmHash, KeyType } from "../../core/crypto/algorithm";
import {
  beginEcTable,
  continueEcTable,
  Curve,
  EC_BUILD_BYTES,
  ecTableBytes,
  verifyEcdsa,
  verifyEcdsaWithTables,
} from "../../core/crypto/ecdsa";
import {
  beginEdTable,
  continueEdTable,
  ED_BUILD_BYTES,
  edTableBytes,
  verifyEd25519WithTables,
} from "../../core/crypto/ed25519";
import { TABLE_POOL_BYTES } from "../../core/limits";
import { digest, Hash, hashLen } from "../../core/crypto/hash";
import { hmac, HMAC_KEY_BYTES, prepareHmac } from "../../core/crypto/hmac";
import { verifyRsaPkcs1, verifyRsaPss } from "../../core/crypto/rsa";
import { acquireTables, keyTable, releaseTables, tablesWidth } from "../../core/crypto/tables";
import { verify } from "../../core/crypto/verify";
import {
  curveOf,
  KeyMembers,
  preparedBytes,
  prepareVerifyKey,
  VerifyKey,
  verifyKeyBytes,
} from "../../core/crypto/verify_key";

const FRONT_BYTES: u32 = 16;
const KEYS_BYTES: u32 = 2 << 20;
const KEYS: usize = memory.data(2 << 20, 16);
const MEMBERS = changetype<KeyMembers>(heap.alloc(offsetof<KeyMembers>()));
const DIGEST: usize = memory.data(64, 16);
const HMAC: usize = memory.data(<i32>HMAC_KEY_BYTES, 16);
const EC_BUILD: usize = memory.data(<i32>EC_BUILD_BYTES, 16);
const ED_BUILD: usize = memory.data(<i32>ED_BUILD_BYTES, 16);
const TABLES_BYTES: u32 = 16 << 20;
const TABLES: usize = memory.data(16 << 20, 16);
/** Width and address of each curve's base point's table. */
const BASES: usize = memory.data(7 * 8, 16);

let keysUsed: u32 = 0;
let tablesUsed: u32 = 0;

function prepare(type: KeyType, first: usize, firstLen: u32, second: usize, secondLen: u32): usize {
  const bytes = verifyKeyBytes(type, firstLen);
  if (bytes == 0) return 0;
  assert(keysUsed + FRONT_BYTES + bytes <= KEYS_BYTES, "no room for keys");
  const target = KEYS + keysUsed + FRONT_BYTES;
  MEMBERS.keyType = type;
  MEMBERS.firstPtr = first;
  MEMBERS.firstLen = firstLen;
  MEMBERS.secondPtr = second;
  MEMBERS.secondLen = secondLen;
  if (!prepareVerifyKey(MEMBERS, target)) return 0;
  setTable(target, 0, 0);
  keysUsed += FRONT_BYTES + bytes;
  return target;
}

function setTable(key: usize, width: u32, table: usize): void {
  store<u32>(key - FRONT_BYTES, width);
  store<u32>(key - FRONT_BYTES, <u32>table, 4);
}

// @ts-ignore: decorator
@inline
function widthOf(key: usize): u32 {
  return load<u32>(key - FRONT_BYTES);
}

// @ts-ignore: decorator
@inline
function tableOf(key: usize): usize {
  return load<u32>(key - FRONT_BYTES, 4);
}

export function prepareRsaKey(n: usize, nLen: u32, e: usize, eLen: u32): usize {
  return prepare(KeyType.RSA, n, nLen, e, eLen);
}

export function prepareEcKey(curve: u32, x: usize, xLen: u32, y: usize, yLen: u32): usize {
  return prepare(<KeyType>(<u32>KeyType.EC_P256 + curve), x, xLen, y, yLen);
}

export function prepareOkpKey(x: usize, xLen: u32): usize {
  return prepare(KeyType.OKP_ED25519, x, xLen, 0, 0);
}

/** 0 also when the secret is shorter than the hash. */
export function prepareSecret(hash: Hash, k: usize, kLen: u32): usize {
  return kLen < hashLen(hash) ? 0 : prepare(KeyType.OCT, k, kLen, 0, 0);
}

export function forgetKeys(): void {
  keysUsed = 0;
  dropTables();
}

// Tables of a test -------------------------------------------------------------------------------

/** Builds tables for a key of a curve; false without room. A base point's are built once. */
export function buildTables(key: usize, width: u32): bool {
  const type = changetype<VerifyKey>(key).keyType;
  const base = BASES + ((<u32>type) << 3);
  if (load<u32>(base) != width) {
    const table = build(type, 0, width);
    if (table == 0) return false;
    store<u32>(base, width);
    store<u32>(base, <u32>table, 4);
  }
  const table = build(type, preparedBytes(changetype<VerifyKey>(key)), width);
  if (table != 0) setTable(key, width, table);
  return table != 0;
}

function build(type: KeyType, prepared: usize, width: u32): usize {
  const isEd = type == KeyType.OKP_ED25519;
  const bytes = bytesOf(type, width);
  if (tablesUsed + bytes > TABLES_BYTES) return 0;
  const table = TABLES + tablesUsed;
  tablesUsed += bytes;
  if (isEd) {
    beginEdTable(prepared, ED_BUILD);
    while (!continueEdTable(width, ED_BUILD, table)) continue;
  } else {
    beginEcTable(curveOf(type), prepared, EC_BUILD);
    while (!continueEcTable(curveOf(type), width, EC_BUILD, table)) continue;
  }
  return table;
}

/** Bytes of a key's table of some width. */
export function tableBytes(key: usize, width: u32): u32 {
  return bytesOf(changetype<VerifyKey>(key).keyType, width);
}

function bytesOf(type: KeyType, width: u32): u32 {
  const isEd = type == KeyType.OKP_ED25519;
  return (isEd ? edTableBytes(width) : ecTableBytes(curveOf(type), width) + 15) & ~15;
}

/** Every key is verified without a test's tables again. */
export function dropTables(): void {
  tablesUsed = 0;
  memory.fill(BASES, 0, 7 * 8);
  for (let at = KEYS; at < KEYS + keysUsed;) {
    const key = changetype<VerifyKey>(at + FRONT_BYTES);
    setTable(at + FRONT_BYTES, 0, 0);
    at += FRONT_BYTES + verifyKeyBytes(key.keyType, key.memberLen);
  }
}

// The module's own tables ------------------------------------------------------------------------

export function acquireKey(key: usize): void {
  acquireTables(changetype<VerifyKey>(key));
}

export function releaseKey(key: usize): void {
  releaseTables(changetype<VerifyKey>(key));
}

/** Address of the table that the module has for a key, or 0. */
export function keyTableOf(key: usize): usize {
  return keyTable(changetype<VerifyKey>(key));
}

export const tablePoolBytes: u32 = TABLE_POOL_BYTES;

export { tablePoolUsed } from "../../core/crypto/tables";

export function widthOfTables(): u32 {
  return tablesWidth();
}

// Verification -----------------------------------------------------------------------------------

export function verifySignature(
  algorithm: Algorithm,
  key: usize,
  message: usize,
  messageLen: u32,
  signature: usize,
  signatureLen: u32,
): bool {
  const verifyKey = changetype<VerifyKey>(key);
  if (tableOf(key) == 0) {
    return verify(algorithm, verifyKey, message, messageLen, signature, signatureLen);
  }
  if (verifyKey.keyType == KeyType.OKP_ED25519) {
    if (algorithm != Algorithm.EDDSA) return false;
    const prepared = preparedBytes(verifyKey);
    const base = load<u32>(BASES + ((<u32>verifyKey.keyType) << 3), 4);
    return verifyEd25519WithTables(
      prepared,
      widthOf(key),
      base,
      tableOf(key),
      message,
      messageLen,
      signature,
      signatureLen,
    );
  }
  return verifyDigestEcdsa(
    curveOf(verifyKey.keyType),
    key,
    algorithmHash(algorithm),
    message,
    messageLen,
    signature,
    signatureLen,
  );
}

/** ECDSA with any of the hash functions. */
export function verifyDigestEcdsa(
  curve: Curve,
  key: usize,
  hash: Hash,
  message: usize,
  messageLen: u32,
  signature: usize,
  signatureLen: u32,
): bool {
  const verifyKey = changetype<VerifyKey>(key);
  const len = hashLen(hash);
  digest(hash, message, messageLen, DIGEST);
  if (tableOf(key) == 0) {
    return verifyEcdsa(curve, preparedBytes(verifyKey), DIGEST, len, signature, signatureLen);
  }
  const base = load<u32>(BASES + ((<u32>verifyKey.keyType) << 3), 4);
  const width = widthOf(key);
  const table = tableOf(key);
  return verifyEcdsaWithTables(curve, width, base, table, DIGEST, len, signature, signatureLen);
}

/** RSA with any of the hash functions. */
export function verifyRsa(
  pss: bool,
  hash: Hash,
  key: usize,
  message: usize,
  messageLen: u32,
  signature: usize,
  signatureLen: u32,
): bool {
  const prepared = preparedBytes(changetype<VerifyKey>(key));
  digest(hash, message, messageLen, DIGEST);
  return pss
    ? verifyRsaPss(prepared, hash, DIGEST, signature, signatureLen)
    : verifyRsaPkcs1(prepared, hash, DIGEST, signature, signatureLen);
}

/** An HMAC by a key of any length. */
export function hmacTag(
  hash: Hash,
  key: usize,
  keyLen: u32,
  message: usize,
  messageLen: u32,
  target: usize,
): void {
  prepareHmac(hash, key, keyLen, HMAC);
  hmac(hash, HMAC, message, messageLen, target);
}

/** How many of `times` verifications were right. */
export function verifyMany(
  algorithm: Algorithm,
  key: usize,
  message: usize,
  messageLen: u32,
  signature: usize,
  signatureLen: u32,
  times: u32,
): u32 {
  let right: u32 = 0;
  for (let time: u32 = 0; time < times; time++) {
    right += u32(verifySignature(algorithm, key, message, messageLen, signature, signatureLen));
  }
  return right;
}
