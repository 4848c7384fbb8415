// What is known and wanted of the claims of a token (RFC 7519 §4).
//
//   Claims ──► ┌────────┬──────────────────────┬─────────────────────────┐
//              │ fields │ values that are kept │ values that are checked │
//              └────────┴──────────────────────┴─────────────────────────┘
//                         a ClaimValue for each place of the tree (core/json/path_tree.ts)

import { Text } from "../bytes/text";
import { ClaimKind } from "../headers/identity";
import { placeCount } from "../json/path_tree";
import { CHECKED_CLAIMS_MAX, CLAIMS_MAX } from "../limits";
import { Reason } from "../reason";
import { AudienceMatch } from "./audience";

/** What a provider wants to see and to know. */
@unmanaged
export class ExpectedClaims {
  /** 0 when any issuer will do. */
  issuer: Text;
  /** Texts, four bytes each. */
  audiences: usize;
  audienceCount: u32;
  audienceMatch: AudienceMatch;
  /** Trees of the claims whose values are wanted, at most CLAIMS_MAX and CHECKED_CLAIMS_MAX. */
  kept: usize;
  checked: usize;
}


@unmanaged
export class Claims {
  /** Seconds; DATE_ABSENT when the claim is missing. */
  expiresAtSeconds: i64;
  notBeforeSeconds: i64;
  issuedAtSeconds: i64;
  subjectPtr: usize;
  /** NONE when there is no subject. */
  subjectLen: u32;
  /** OK, or why issuer or audience do not fit. */
  issuerReason: Reason;
  audienceReason: Reason;
  /** Whether there is a `cnf` (RFC 7800 §3.1), of whatever kind. */
  hasConfirmation: u32;
  /** Its members, counted only when a wanted claim lies in it. */
  confirmationMembers: u32;
}

/** A string's characters, or the JSON text of any other value; ABSENT for null as well. */
@unmanaged
export class ClaimValue {
  ptr: usize;
  len: u32;
  kind: ClaimKind;
}

const VALUE_SHIFT: u32 = 4;
const KEPT_OFFSET: u32 = (<u32>offsetof<Claims>() + 7) & ~7;
const CHECKED_OFFSET: u32 = KEPT_OFFSET + (CLAIMS_MAX << VALUE_SHIFT);

/** Bytes of Claims with its values. Needs 8-byte alignment. */
export const CLAIMS_BYTES: u32 = CHECKED_OFFSET + (CHECKED_CLAIMS_MAX << VALUE_SHIFT);

/** A value that is kept: ABSENT when it is longer than CLAIM_BYTES_MAX. */
export function keptClaim(claims: Claims, place: u32): ClaimValue {
  return changetype<ClaimValue>(changetype<usize>(claims) + KEPT_OFFSET + (place << VALUE_SHIFT));
}

/** A value that is checked, however long it is. */
export function checkedClaim(claims: Claims, place: u32): ClaimValue {
  return changetype<ClaimValue>(
    changetype<usize>(claims) + CHECKED_OFFSET + (place << VALUE_SHIFT),
  );
}

/** All values of both trees are absent. */
export function clearValues(claims: Claims, expected: ExpectedClaims): void {
  const values = changetype<usize>(claims);
  memory.fill(values + KEPT_OFFSET, 0, placeCount(expected.kept) << VALUE_SHIFT);
  memory.fill(values + CHECKED_OFFSET, 0, placeCount(expected.checked) << VALUE_SHIFT);
}
