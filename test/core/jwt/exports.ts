// The token core from a test's side: structs are little-endian u32 fields in the order of their
// classes.

import { loadCore } from "../../support/core_probe.ts";

interface Global {
  value: number;
}

interface Exports {
  compactBytes: Global;
  headerBytes: Global;
  claimsBytes: Global;
  jwkBytes: Global;
  spiffeIdBytes: Global;
  spkiBytesMax: Global;
  jwtReadCompact(ptr: number, len: number, target: number, out: number): number;
  jwtReadHeader(
    ptr: number,
    len: number,
    profile: number,
    types: number,
    allowed: number,
    out: number,
  ): number;
  jwtForgetTrees(): void;
  jwtNewTree(): number;
  jwtAddPath(tree: number, names: number, count: number, most: number): number;
  jwtReadClaims(ptr: number, len: number, scratch: number, expected: number, out: number): number;
  jwtKeptClaim(claims: number, place: number): number;
  jwtCheckedClaim(claims: number, place: number): number;
  jwtJudgeDates(claims: number, rules: number, nowSeconds: bigint): number;
  jwtEndOf(claims: number, rules: number, nowSeconds: bigint): bigint;
  jwtTrimAudience(ptr: number, len: number): number;
  jwtTrimmedPtr(): number;
  jwtDateUntil(ptr: number, len: number): bigint;
  jwtDateFrom(ptr: number, len: number): bigint;
  jwtSpiffeId(ptr: number, len: number, out: number): number;
  jwtReadJwk(ptr: number, len: number, profile: number, spki: number, out: number): number;
  jwtEcdsaDer(target: number, curve: number, ptr: number, len: number): number;
  jwtWriteSignature(
    keyType: number,
    expectedLen: number,
    ptr: number,
    len: number,
    target: number,
  ): number;
  jwtVerifyArgumentsLenMax(message: number): number;
  jwtWriteVerifyArguments(message: number, target: number): number;
  jwtReadVerifyResult(ptr: number, len: number): number;
}

export const Reason = {
  OK: 0,
  MALFORMED: 7,
  TOO_LARGE: 8,
  HEADER_INVALID: 10,
  TYPE_REFUSED: 11,
  CRITICAL_REFUSED: 12,
  ALGORITHM_REFUSED: 13,
  CLAIMS_INVALID: 16,
  EXPIRED: 17,
  NOT_YET_VALID: 18,
  ISSUER_REFUSED: 19,
  AUDIENCE_REFUSED: 20,
  LIFETIME_REFUSED: 32,
  TOO_OLD: 33,
} as const;

export const Profile = { RFC7519: 0, JWT_SVID: 1, AT_JWT: 2 } as const;
export const KeyType = {
  UNKNOWN: 0,
  RSA: 1,
  EC_P256: 2,
  EC_P384: 3,
  EC_P521: 4,
  OKP_ED25519: 5,
  OCT: 6,
} as const;
/** Names in the order of their numbers, from 1. */
export const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "HS256",
  "HS384",
  "HS512",
] as const;
export const RS256 = 1;
export const ES256 = 7;
/** Both algorithms as a set. */
export const BOTH = (1 << RS256) | (1 << ES256);
export const NONE = 0xffffffff;

export const probe = await loadCore<Exports>();
export const { core } = probe;

export function u32(ptr: number, field: number): number {
  return probe.view().getUint32(ptr + 4 * field, true);
}

/** A text (length, bytes); its address. */
export function putText(characters: string): number {
  const bytes = Buffer.from(characters);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return probe.put(Buffer.concat([length, bytes]));
}

/** u32 fields one behind the other; their address. */
export function putFields(...fields: number[]): number {
  const bytes = Buffer.alloc(4 * fields.length);
  fields.forEach((field, i) => bytes.writeUInt32LE(field >>> 0, 4 * i));
  return probe.put(bytes);
}

/** A list of texts, four bytes each; its address. */
export function putList(texts: readonly string[]): number {
  return putFields(...texts.map((text) => putText(text)));
}

/** Name of a reason, for messages that say more than a number. */
export function reasonName(code: number): string {
  return Object.entries(Reason).find(([, value]) => value === code)?.[0] ?? `reason ${code}`;
}
