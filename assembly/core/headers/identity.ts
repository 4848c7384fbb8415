// What is known of who calls: the claims of the token that was verified for this request. The jwt
// filter writes it, filters behind it read it; they share the numbers of the claims that the
// configuration names.
//
// Table of claims in a configuration's block: count u32 │ Text u32 × CLAIMS_MAX

import { equals } from "../bytes/ascii";
import { NONE } from "../bytes/none";
import { Text, textLen, textPtr } from "../bytes/text";
import { CLAIMS_MAX } from "../limits";

export const CLAIM_TABLE_BYTES: u32 = 4 + 4 * CLAIMS_MAX;

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

// Values of this request: ptr u32, len u32, kind u32 for each claim, 16 bytes apart.
const VALUES: usize = memory.data(<i32>(CLAIMS_MAX << 4), 16);
let verified = false;

/** Gives a top-level claim a number; NONE when the table is full. */
export function internClaim(table: usize, name: Text): u32 {
  const count = load<u32>(table);
  for (let i: u32 = 0; i < count; i++) {
    const known = claimName(table, i);
    if (textLen(known) == textLen(name) && equals(textPtr(known), textPtr(name), textLen(name))) {
      return i;
    }
  }
  if (count >= CLAIMS_MAX) return NONE;
  store<u32>(table + 4 + (count << 2), <u32>name);
  store<u32>(table, count + 1);
  return count;
}

// @ts-ignore: decorator
@inline
export function claimCount(table: usize): u32 {
  return load<u32>(table);
}

// @ts-ignore: decorator
@inline
export function claimName(table: usize, id: u32): Text {
  return load<u32>(table + 4 + (id << 2));
}

/** Begins a request: nobody is known. */
export function beginIdentity(): void {
  verified = false;
  clearClaims();
}

/** Drops the claims that have been set. */
export function clearClaims(): void {
  memory.fill(VALUES, 0, CLAIMS_MAX << 4);
}

/** A token was verified for this request. */
export function setVerified(): void {
  verified = true;
}

export function isVerified(): bool {
  return verified;
}

/** Value of a claim of the request's token, a view that lives until the callback returns. */
export function setClaim(id: u32, ptr: usize, len: u32, kind: ClaimKind): void {
  const value = VALUES + (id << 4);
  store<u32>(value, <u32>ptr);
  store<u32>(value, len, 4);
  store<u32>(value, kind, 8);
}

/** 0 when the token has no such claim. */
export function claimPtr(id: u32): usize {
  return load<u32>(VALUES + (id << 4));
}

export function claimLen(id: u32): u32 {
  return load<u32>(VALUES + (id << 4), 4);
}

export function claimKind(id: u32): ClaimKind {
  return <ClaimKind>load<u32>(VALUES + (id << 4), 8);
}
