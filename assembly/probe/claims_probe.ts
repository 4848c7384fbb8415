// Test-only: what is read of claims, and what they are held against, one export for each question
// a test asks. Structs are read by tests as little-endian u32 fields, in the order in which their
// classes declare them.

import * as hex from "../core/bytes/hex";
import * as sorted from "../core/bytes/sorted_texts";
import { Text } from "../core/bytes/text";
import { Block } from "../core/config/block";
import { internPath } from "../core/config/claim";
import { readCertificateDigest } from "../core/headers/client_cert";
import { PATH_TREE_BYTES } from "../core/json/path_tree";
import { Scanner, SCANNER_BYTES } from "../core/json/scanner";
import * as audience from "../core/jwt/audience";
import { checkedClaim, Claims, CLAIMS_BYTES, ExpectedClaims, keptClaim } from "../core/jwt/claims";
import { readClaims } from "../core/jwt/read_claims";
import { endOf, judgeDates, TimeRules } from "../core/jwt/token_times";
import { ROOT_BYTES } from "../core/limits";

const SCANNER = changetype<Scanner>(heap.alloc(SCANNER_BYTES));
const ROOT: usize = heap.alloc(ROOT_BYTES);
let block = new Block(ROOT);

export const claimsBytes: u32 = CLAIMS_BYTES;

/** Forgets all trees. */
export function jwtForgetTrees(): void {
  block = new Block(ROOT);
}

export function jwtNewTree(): usize {
  return block.allocate(PATH_TREE_BYTES);
}

/** Place of the names, a list of Texts; -1 when the tree has `most` others. */
export function jwtAddPath(tree: usize, names: usize, count: u32, most: u32): i32 {
  const list: Text[] = [];
  for (let i: u32 = 0; i < count; i++) list.push(load<u32>(names + 4 * i));
  return internPath(tree, list, block, most);
}

export function jwtReadClaims(
  ptr: usize,
  len: u32,
  scratch: usize,
  expected: usize,
  out: usize,
): u32 {
  const claims = changetype<Claims>(out);
  return readClaims(ptr, len, scratch, changetype<ExpectedClaims>(expected), SCANNER, claims);
}

/** Address of the pointer, length and kind of a value. */
export function jwtKeptClaim(claims: usize, place: u32): usize {
  return changetype<usize>(keptClaim(changetype<Claims>(claims), place));
}

export function jwtCheckedClaim(claims: usize, place: u32): usize {
  return changetype<usize>(checkedClaim(changetype<Claims>(claims), place));
}

export function jwtJudgeDates(claims: usize, rules: usize, nowSeconds: i64): u32 {
  return judgeDates(changetype<Claims>(claims), changetype<TimeRules>(rules), nowSeconds);
}

export function jwtEndOf(claims: usize, rules: usize, nowSeconds: i64): i64 {
  return endOf(changetype<Claims>(claims), changetype<TimeRules>(rules), nowSeconds);
}

/** Length of the rest of an audience, which `jwtTrimmedPtr` leads to. */
export function jwtTrimAudience(ptr: usize, len: u32): u32 {
  audience.trimAudience(ptr, len);
  return audience.trimmedLen;
}

export function jwtTrimmedPtr(): usize {
  return audience.trimmedPtr;
}

export function certificateDigest(ptr: usize, len: u32, target: usize): bool {
  return readCertificateDigest(ptr, len, target);
}

export function holdsText(texts: usize, count: u32, ptr: usize, len: u32): bool {
  return sorted.holdsText(texts, count, ptr, len);
}

export function compareText(known: usize, ptr: usize, len: u32): i32 {
  return sorted.compareText(known, ptr, len);
}

export function readHex(target: usize, source: usize, byteLen: u32): bool {
  return hex.readHex(target, source, byteLen);
}
