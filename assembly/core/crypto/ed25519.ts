// Ed25519 verification (RFC 8032 §5.1.7), without cofactor, as OpenSSL and BoringSSL do it: the
// encoding of S B - k A is compared with R. That by itself refuses every R that is not canonical.
//
// Points are kept in pairs, one in each lane of a vector. With tables, lane 0 sums S B and lane 1
// -k A, without a double. Without, scalars are cut in halves of 128 bits: lane 0 sums the low half
// of both scalars, lane 1 the high half, from multiples of B, -A and of 2^128 B, -2^128 A.

import { isSmallOrder, setNegated } from "./ed/decompress";
import { invertBoth, writeCanonical } from "./ed/element";
import {
  addEntries,
  addLanes,
  double,
  doubleLane1,
  ENTRY_BYTES,
  setEntries,
  X,
  Y,
  Z,
} from "./ed/point";
import { DIGITS_MAX, digitCount, isScalar, reduceWide, writeDigits } from "./ed/scalar";
import { beginChain, CHAIN_BYTES, entryOf, MULTIPLES_MAX, writeMultiples } from "./ed/table";
import { MINUS_BASE } from "./generated/ed25519_constants";
import { multiply } from "./generated/field25519";
import { Hash, hashBegin, hashEnd, HASH_STATE_BYTES, hashUpdate } from "./hash";

const ENCODING_BYTES: u32 = 32;
const SIGNATURE_BYTES: u32 = 64;

// A prepared key: its encoding, then entries of the multiples of -A and of -2^128 A that digits of
// 4 bits need, 32 digits for each half of a scalar.
const COLD_WIDTH: u32 = 4;
const COLD_MULTIPLES: u32 = 8;
const COLD_DIGITS: u32 = 32;
const LOW: usize = 32;
const HIGH: usize = 32 + 8 * 112;
export const ED25519_KEY_BYTES: u32 = 32 + 2 * 8 * 112;

/** -B prepared as a key, which gives the multiples of B. Once there is a key, there is this. */
const BASE: usize = memory.data(32 + 2 * 8 * 112, 16);
let hasBase: bool = false;

// What a build keeps: a chain, the digit whose multiples it writes, and how many of them are done.
const DIGIT: usize = 2 * 576;
const DONE: usize = 2 * 576 + 4;
export const ED_BUILD_BYTES: u32 = CHAIN_BYTES + 16;

const CHAIN: usize = memory.data(2 * 576, 16);
const POINT: usize = memory.data(576, 16);
const DISCARDED: usize = memory.data(16 * 112, 16);
const STATE: usize = memory.data(<i32>HASH_STATE_BYTES, 16);
const DIGEST: usize = memory.data(64, 16);
const SCALAR: usize = memory.data(32, 16);
const S_DIGITS: usize = memory.data(DIGITS_MAX, 16);
const K_DIGITS: usize = memory.data(DIGITS_MAX, 16);
const INVERSE: usize = memory.data(144, 16);
const Y_WORDS: usize = memory.data(32, 16);
const X_WORDS: usize = memory.data(32, 16);

/**
 * Prepares a public key of 32 bytes: `ED25519_KEY_BYTES` at an address that 16 divides. False when
 * it is not the canonical encoding of a point (RFC 8032 §5.1.3), or of one whose order divides 8.
 */
export function prepareEd25519(x: usize, xLen: u32, key: usize): bool {
  prepareBase();
  return xLen == ENCODING_BYTES && prepare(x, key);
}

function prepareBase(): void {
  if (!hasBase) hasBase = prepare(MINUS_BASE, BASE);
}

function prepare(encoding: usize, key: usize): bool {
  if (!setNegated(POINT, encoding)) return false;
  doubleLane1(POINT, COLD_WIDTH * COLD_DIGITS);
  beginChain(CHAIN, POINT);
  writeMultiples(CHAIN, COLD_MULTIPLES, true, key + LOW, key + HIGH);
  memory.copy(key, encoding, ENCODING_BYTES);
  return true;
}

/** Whether a signature, R || S, of a message by a prepared key is valid (RFC 8032 §5.1.7). */
export function verifyEd25519(
  key: usize,
  message: usize,
  messageLen: u32,
  signature: usize,
  signatureLen: u32,
): bool {
  if (signatureLen != SIGNATURE_BYTES || isRefused(signature)) return false;
  writeAllDigits(COLD_WIDTH, key, message, messageLen, signature);
  for (let digit = COLD_DIGITS; digit > 0; digit--) {
    const isFirst = digit == COLD_DIGITS;
    if (!isFirst) doubleDigit();
    const s = S_DIGITS + (digit - 1);
    const k = K_DIGITS + (digit - 1);
    addDigits(isFirst, BASE + LOW, s, BASE + HIGH, s + COLD_DIGITS, true);
    addDigits(false, key + LOW, k, key + HIGH, k + COLD_DIGITS, digit == 1);
  }
  return isSum(signature);
}

/**
 * As verifyEd25519, with complete tables of one width, 4 to 8, of the base point and of the key.
 */
export function verifyEd25519WithTables(
  key: usize,
  width: u32,
  base: usize,
  table: usize,
  message: usize,
  messageLen: u32,
  signature: usize,
  signatureLen: u32,
): bool {
  if (signatureLen != SIGNATURE_BYTES || isRefused(signature)) return false;
  writeAllDigits(width, key, message, messageLen, signature);
  const digitBytes = ENTRY_BYTES << (width - 1);
  const count = digitCount(width);
  for (let digit: u32 = 0; digit < count; digit++) {
    const offset = digitBytes * digit;
    addDigits(digit == 0, base + offset, S_DIGITS + digit, table + offset, K_DIGITS + digit, true);
  }
  return isSum(signature);
}

/** Bytes of a table of a width, 4 to 8. */
export function edTableBytes(width: u32): u32 {
  return ((<u32>ENTRY_BYTES) << (width - 1)) * digitCount(width);
}

/**
 * Begins to build the table of a prepared key or, where that is 0, of the base point. `build` is
 * `ED_BUILD_BYTES` at an address that 16 divides, and the key is not needed after this.
 */
export function beginEdTable(key: usize, build: usize): void {
  prepareBase();
  const first = key == 0 ? BASE : key;
  setEntries(POINT, first + LOW, 0, first + HIGH, 0);
  beginChain(build, POINT);
  store<u32>(build, 0, DIGIT);
  store<u32>(build, 0, DONE);
}

/**
 * Writes up to 32 entries of a table, `edTableBytes` of them; true when all are written. Lane 0
 * goes through the lower half of the digits; lane 1 through the upper half, which begins at 2^128
 * or a few doubles more.
 */
export function continueEdTable(width: u32, build: usize, table: usize): bool {
  const digits = digitCount(width);
  const half = (digits + 1) >> 1;
  const multiples: u32 = 1 << (width - 1);
  const digit = load<u32>(build, DIGIT);
  const done = load<u32>(build, DONE);
  if (digit >= half) return true;

  if (digit == 0 && done == 0) {
    doubleLane1(build, width * half - COLD_WIDTH * COLD_DIGITS);
    beginChain(build, build);
  }
  const count = min(multiples - done, MULTIPLES_MAX);
  const endsDigit = done + count == multiples;
  const lower = table + ENTRY_BYTES * (digit * multiples + done);
  const upper = lower + ENTRY_BYTES * (half * multiples);
  writeMultiples(build, count, endsDigit, lower, digit + half < digits ? upper : DISCARDED);
  store<u32>(build, endsDigit ? digit + 1 : digit, DIGIT);
  store<u32>(build, endsDigit ? 0 : done + count, DONE);
  return endsDigit && digit + 1 == half;
}

/**
 * Whether S is not below L (RFC 8032 §8.4: or there were more signatures of a message), or R a
 * point whose order divides 8, which a signer gets with no nonce but a multiple of L.
 */
function isRefused(signature: usize): bool {
  return !isScalar(signature + ENCODING_BYTES) || isSmallOrder(signature);
}

/** Writes the digits of S and of k = SHA-512(R || A || M) mod L. */
function writeAllDigits(
  width: u32,
  key: usize,
  message: usize,
  messageLen: u32,
  signature: usize,
): void {
  writeDigits(S_DIGITS, signature + ENCODING_BYTES, width);
  hashBegin(Hash.SHA512, STATE);
  hashUpdate(Hash.SHA512, STATE, signature, ENCODING_BYTES);
  hashUpdate(Hash.SHA512, STATE, key, ENCODING_BYTES);
  hashUpdate(Hash.SHA512, STATE, message, messageLen);
  hashEnd(Hash.SHA512, STATE, DIGEST);
  reduceWide(SCALAR, DIGEST);
  writeDigits(K_DIGITS, SCALAR, width);
}

function doubleDigit(): void {
  for (let bit: u32 = 1; bit < COLD_WIDTH; bit++) double(POINT, false);
  double(POINT, true);
}

/** Adds to each lane the multiple that its digit says; the first time, sets it to that. */
// @ts-ignore: decorator
@inline
function addDigits(
  isFirst: bool,
  multiples0: usize,
  digit0: usize,
  multiples1: usize,
  digit1: usize,
  needsT: bool,
): void {
  const times0: i32 = load<i8>(digit0);
  const times1: i32 = load<i8>(digit1);
  const sign0 = times0 >> 31;
  const sign1 = times1 >> 31;
  const entry0 = entryOf(multiples0, times0, sign0);
  const entry1 = entryOf(multiples1, times1, sign1);
  if (isFirst) setEntries(POINT, entry0, sign0, entry1, sign1);
  else addEntries(POINT, entry0, sign0, entry1, sign1, needsT);
}

/** Whether R is the encoding of the sum of both lanes (RFC 8032 §5.1.2). */
function isSum(encoding: usize): bool {
  addLanes(POINT);
  if (!invertBoth(INVERSE, POINT + Z)) return false;
  multiply(POINT + X, POINT + X, INVERSE);
  multiply(POINT + Y, POINT + Y, INVERSE);
  writeCanonical(X_WORDS, POINT + X, 0);
  writeCanonical(Y_WORDS, POINT + Y, 0);
  const sign = load<u64>(X_WORDS) << 63;
  store<u64>(Y_WORDS, load<u64>(Y_WORDS, 24) | sign, 24);
  return memory.compare(Y_WORDS, encoding, ENCODING_BYTES) == 0;
}
