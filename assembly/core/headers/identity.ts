// What is known of who calls: the claims of the token that was verified for this request. The jwt
// filter writes it, filters behind it read it; they share the numbers of the claims that the
// configuration names.
//
// The table of claims in a configuration's block is a tree of paths (core/json/path_tree.ts); a
// claim's number is that of its place.

import { Char } from "../bytes/ascii";
import { PATH_TREE_BYTES, placeCount } from "../json/path_tree";
import { CLAIMS_MAX } from "../limits";

export const CLAIM_TABLE_BYTES: u32 = PATH_TREE_BYTES;

/** What a claim's value is in JSON. */
export const enum ClaimKind {
  ABSENT = 0,
  /** Its characters, unescaped. */
  STRING = 1,
  /** Its characters as they stand in the payload, as for all that follow. */
  NUMBER = 2,
  BOOLEAN = 3,
  ARRAY = 4,
  OBJECT = 5,
}

/**
 * Beside the kind: the value may stand in a field as it is (core/jwt/claim_value.ts). Judged once,
 * when the token is verified, and kept with it.
 */
export const FIELD_VALUE: u32 = 0x100;

// Values of this request: ptr u32, len u32, kind u8 and FIELD_VALUE as u32 for each claim, 16 bytes
// apart.
const VALUES: usize = memory.data(<i32>(CLAIMS_MAX << 4), 16);
let verified = false;
/** Numbers of the claims that have been set since they were dropped lie below. */
let claimsEnd: u32 = 0;

// @ts-ignore: decorator
@inline
export function claimCount(table: usize): u32 {
  return placeCount(table);
}

/** Begins a request: nobody is known. */
export function beginIdentity(): void {
  verified = false;
  clearClaims();
}

/** Drops the claims that have been set. */
export function clearClaims(): void {
  // Of so few bytes: memory.fill calls out of the module, which costs more than the stores.
  for (let id: u32 = 0; id < claimsEnd; id++) v128.store(VALUES + (id << 4), i64x2.splat(0));
  claimsEnd = 0;
}

/** A token was verified for this request. */
export function setVerified(): void {
  verified = true;
}

export function isVerified(): bool {
  return verified;
}

/** Value of a claim of the request's token, a view that lives until the callback returns. */
export function setClaim(id: u32, ptr: usize, len: u32, kindAndMark: u32): void {
  claimsEnd = max(claimsEnd, id + 1);
  const value = VALUES + (id << 4);
  store<u32>(value, <u32>ptr);
  store<u32>(value, len, 4);
  store<u32>(value, kindAndMark, 8);
}

/** 0 when the token has no such claim. */
export function claimPtr(id: u32): usize {
  return load<u32>(VALUES + (id << 4));
}

export function claimLen(id: u32): u32 {
  return load<u32>(VALUES + (id << 4), 4);
}

export function claimKind(id: u32): ClaimKind {
  return <ClaimKind>(<u32>load<u8>(VALUES + (id << 4), 8));
}

// @ts-ignore: decorator
@inline
export function isFieldClaim(id: u32): bool {
  return (claimKindAndMark(id) & FIELD_VALUE) != 0;
}

/** What `setClaim` was given. */
export function claimKindAndMark(id: u32): u32 {
  return load<u32>(VALUES + (id << 4), 8);
}

/** Whether a claim is one value that can stand for itself: a text, a whole number or a boolean. */
export function isScalarClaim(id: u32): bool {
  const kind = claimKind(id);
  if (kind == ClaimKind.NUMBER) return isWhole(claimPtr(id), claimLen(id));
  return kind == ClaimKind.STRING || kind == ClaimKind.BOOLEAN;
}

/** Whether a JSON number has neither fraction nor exponent. */
function isWhole(ptr: usize, len: u32): bool {
  const end = ptr + len;
  for (let at = ptr; at < end; at++) {
    const c = load<u8>(at);
    if (c == Char.DOT || c == Char.LOWER_E || c == Char.UPPER_E) return false;
  }
  return true;
}
