// What a limit tells the client, as Structured Fields (RFC 9651) of the RateLimit header fields:
// https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10
//
//   RateLimit-Policy: "per-workload";q=100;w=2      100 tokens, refilled in 2 seconds
//   RateLimit: "per-workload";r=50;t=1              50 left, one more in 1 second
//   Retry-After: 1                                  RFC 9110 §10.2.3

import { Char } from "../bytes/ascii";
import { UNSIGNED_DIGITS_MAX, writeUnsigned } from "../bytes/decimal";
import { Text, textLen, textPtr } from "../bytes/text";
import { RATE_LIMIT_NAME_BYTES_MAX } from "../limits";
import { Limit, NEVER, secondsUntil, TOKEN_UNITS, tokensOf } from "./bucket";

/** Bytes that one item of either list needs at most: a quoted name and two parameters. */
export const ITEM_BYTES_MAX: u32 = RATE_LIMIT_NAME_BYTES_MAX + 2 + 2 * (3 + UNSIGNED_DIGITS_MAX);

/**
 * Seconds that an empty bucket needs to be full, rounded up; NEVER when it is never full, 0 when it
 * always is.
 */
export function windowSeconds(limit: Limit): u64 {
  return secondsUntil(limit, 0, limit.capacityUnits);
}

/**
 * Writes one item of RateLimit-Policy; returns its length. No finite window, no `w`: it must be
 * above 0.
 */
export function writePolicy(target: usize, name: Text, limit: Limit): u32 {
  return writeQuota(target, name, limit.capacity, windowSeconds(limit));
}

/** Writes one item of RateLimit-Policy as `writePolicy` does, of a limit that others keep. */
export function writeQuota(target: usize, name: Text, quota: u32, window: u64): u32 {
  let at = writeName(target, name);
  at = writeParameter(at, CharacterOf.QUOTA, quota);
  if (window != 0 && window != NEVER) at = writeParameter(at, CharacterOf.WINDOW, window);
  return <u32>(at - target);
}

/**
 * Writes one item of RateLimit; returns its length. `untilSeconds` is when there will be more than
 * the `remaining` tokens; 0 and NEVER are not written.
 */
export function writeState(target: usize, name: Text, remaining: u32, untilSeconds: u64): u32 {
  let at = writeName(target, name);
  at = writeParameter(at, CharacterOf.REMAINING, remaining);
  if (untilSeconds != 0 && untilSeconds != NEVER) {
    at = writeParameter(at, CharacterOf.UNTIL, untilSeconds);
  }
  return <u32>(at - target);
}

/**
 * Seconds, rounded up, until a level holds one whole token more; 0 when it is full, NEVER when it
 * does not grow.
 */
export function secondsUntilMore(limit: Limit, levelUnits: u64): u64 {
  const next = (<u64>tokensOf(limit, levelUnits) + 1) * TOKEN_UNITS;
  return next > limit.capacityUnits ? 0 : secondsUntil(limit, levelUnits, next);
}

const enum CharacterOf {
  QUOTA = 0x71, // q
  REMAINING = 0x72, // r
  UNTIL = 0x74, // t
  WINDOW = 0x77, // w
}

/** A String (RFC 9651 §3.3.3); names have no character that would need an escape. */
function writeName(target: usize, name: Text): usize {
  const len = textLen(name);
  store<u8>(target, Char.QUOTE);
  memory.copy(target + 1, textPtr(name), len);
  store<u8>(target + 1 + len, Char.QUOTE);
  return target + 2 + len;
}

/** `;k=value`; returns the address behind it. */
function writeParameter(target: usize, key: CharacterOf, value: u64): usize {
  store<u8>(target, Char.SEMICOLON);
  store<u8>(target + 1, key);
  store<u8>(target + 2, Char.EQUALS);
  return target + 3 + writeUnsigned(target + 3, value);
}
