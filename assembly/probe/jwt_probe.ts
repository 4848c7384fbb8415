// Test-only: bytes, JSON and token parsing over (pointer, length), one export for each question a
// test asks.

import * as ascii from "../core/bytes/ascii";
import * as base64url from "../core/bytes/base64url";
import * as decimal from "../core/bytes/decimal";
import * as hex from "../core/bytes/hex";
import * as utf8 from "../core/bytes/utf8";
import { Scanner, SCANNER_BYTES } from "../core/json/scanner";
import { AlgorithmSet } from "../core/crypto/algorithm";
import { Curve } from "../core/crypto/ecdsa";
import { VERIFY_KEY_BYTES_MAX } from "../core/crypto/verify_key";
import { Compact, readCompact } from "../core/jwt/compact";
import { writeEcdsaDer } from "../core/jwt/ecdsa_signature";
import { JoseHeader, readHeader, TypeList } from "../core/jwt/header";
import { Jwk, readJwk, SPKI_BYTES_MAX } from "../core/jwt/jwk";
import { parseFrom, parseUntil } from "../core/jwt/numeric_date";
import { Profile } from "../core/jwt/profile";
import { writeSignature } from "../core/jwt/signature";
import { parseSpiffeId, SpiffeId } from "../core/jwt/spiffe_id";
import {
  readVerifyResult,
  VerifyArguments,
  verifyArgumentsLenMax,
  writeVerifyArguments,
} from "../core/jwt/verify_arguments";

// bytes
// --------------------------------------------------------------------------------------------

export function equals(a: usize, b: usize, len: u32): bool {
  return ascii.equals(a, b, len);
}

export function equalsLower(ptr: usize, lowerPtr: usize, len: u32): bool {
  return ascii.equalsLower(ptr, lowerPtr, len);
}

export function startsWith(ptr: usize, len: u32, prefixPtr: usize, prefixLen: u32): bool {
  return ascii.startsWith(ptr, len, prefixPtr, prefixLen);
}

export function isDigit(c: u32): bool {
  return ascii.isDigit(c);
}

export function isTchar(c: u32): bool {
  return ascii.isTchar(c);
}

export function isToken(ptr: usize, len: u32): bool {
  return ascii.isToken(ptr, len);
}

export function lower(c: u32): u32 {
  return ascii.lower(c);
}

export function isFieldValue(ptr: usize, len: u32): bool {
  return ascii.isFieldValue(ptr, len);
}

export function isVisibleAscii(ptr: usize, len: u32): bool {
  return ascii.isVisibleAscii(ptr, len);
}

export function skipOws(ptr: usize, end: usize): usize {
  return ascii.skipOws(ptr, end);
}

export function trimOwsEnd(ptr: usize, end: usize): usize {
  return ascii.trimOwsEnd(ptr, end);
}

export function isLowerHex(ptr: usize, len: u32): bool {
  return hex.isLowerHex(ptr, len);
}

export function writeHex(target: usize, source: usize, byteLen: u32): void {
  hex.writeHex(target, source, byteLen);
}

export function parseUnsigned(ptr: usize, len: u32): i64 {
  return decimal.parseUnsigned(ptr, len);
}

export function writeUnsigned(target: usize, value: u64): u32 {
  return decimal.writeUnsigned(target, value);
}

export function decodeBase64url(target: usize, source: usize, len: u32): i32 {
  return base64url.decode(target, source, len);
}

export function decodedLen(len: u32): u32 {
  return base64url.decodedLen(len);
}

export function utf8ValidLen(ptr: usize, len: u32): u32 {
  return utf8.validLen(ptr, len);
}

export function isUtf8(ptr: usize, len: u32): bool {
  return utf8.validLen(ptr, len) == len;
}

// json
// ---------------------------------------------------------------------------------------------

/** A scanner of its own; `scanner` is its address in what follows. */
export function newScanner(): usize {
  return heap.alloc(SCANNER_BYTES);
}

export function jsonBegin(scanner: usize, ptr: usize, len: u32): void {
  changetype<Scanner>(scanner).begin(ptr, len);
}

export function jsonNext(scanner: usize): u32 {
  return changetype<Scanner>(scanner).next();
}

export function jsonSkipValue(scanner: usize): bool {
  return changetype<Scanner>(scanner).skipValue();
}

export function jsonNameIs(scanner: usize, text: usize): bool {
  return changetype<Scanner>(scanner).nameIs(text);
}

export function jsonUnescape(scanner: usize, target: usize, capacity: u32): i32 {
  return changetype<Scanner>(scanner).unescape(target, capacity);
}

export function jsonValuePtr(scanner: usize): usize {
  return changetype<Scanner>(scanner).valuePtr;
}

export function jsonValueLen(scanner: usize): u32 {
  return changetype<Scanner>(scanner).valueLen;
}

export function jsonHasEscapes(scanner: usize): bool {
  return changetype<Scanner>(scanner).hasEscapes;
}

export function jsonOffset(scanner: usize): u32 {
  return changetype<Scanner>(scanner).offset;
}

export function jsonDepth(scanner: usize): u32 {
  return changetype<Scanner>(scanner).depth;
}

export function jsonError(scanner: usize): u32 {
  return changetype<Scanner>(scanner).error;
}

// jwt
// ----------------------------------------------------------------------------------------------
// Structs are read by tests as little-endian u32 fields, in the order in which their classes
// declare them.

const SCANNER = changetype<Scanner>(heap.alloc(SCANNER_BYTES));

export const compactBytes: u32 = <u32>offsetof<Compact>();
export const headerBytes: u32 = <u32>offsetof<JoseHeader>();
export const jwkBytes: u32 = <u32>offsetof<Jwk>();
export const spiffeIdBytes: u32 = <u32>offsetof<SpiffeId>();
export const spkiBytesMax: u32 = SPKI_BYTES_MAX;

export function jwtReadCompact(ptr: usize, len: u32, target: usize, out: usize): u32 {
  return readCompact(ptr, len, target, changetype<Compact>(out));
}

export function jwtReadHeader(
  ptr: usize,
  len: u32,
  profile: Profile,
  types: usize,
  allowed: AlgorithmSet,
  out: usize,
): u32 {
  const list = changetype<TypeList>(types);
  return readHeader(ptr, len, profile, list, allowed, SCANNER, changetype<JoseHeader>(out));
}

export function jwtDateUntil(ptr: usize, len: u32): i64 {
  return parseUntil(ptr, len);
}

export function jwtDateFrom(ptr: usize, len: u32): i64 {
  return parseFrom(ptr, len);
}

export function jwtSpiffeId(ptr: usize, len: u32, out: usize): bool {
  return parseSpiffeId(ptr, len, changetype<SpiffeId>(out));
}

const VERIFY_KEY: usize = memory.data(<i32>VERIFY_KEY_BYTES_MAX, 16);

/** The verdict on a document that is one key; MALFORMED when anything follows it. */
export function jwtReadJwk(ptr: usize, len: u32, profile: Profile, spki: usize, out: usize): u32 {
  SCANNER.begin(ptr, len);
  return readJwk(SCANNER, profile, VERIFY_KEY, spki, changetype<Jwk>(out));
}

export function jwtEcdsaDer(target: usize, curve: Curve, ptr: usize, len: u32): i32 {
  return writeEcdsaDer(target, curve, ptr, len);
}

export function jwtWriteSignature(
  keyType: u32,
  expectedLen: u32,
  ptr: usize,
  len: u32,
  target: usize,
): i32 {
  return writeSignature(keyType, expectedLen, ptr, len, target);
}

export function jwtVerifyArgumentsLenMax(message: usize): u32 {
  return verifyArgumentsLenMax(changetype<VerifyArguments>(message));
}

export function jwtWriteVerifyArguments(message: usize, target: usize): u32 {
  return writeVerifyArguments(changetype<VerifyArguments>(message), target);
}

export function jwtReadVerifyResult(ptr: usize, len: u32): u32 {
  return readVerifyResult(ptr, len);
}
