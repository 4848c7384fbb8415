// Tokens that passed on credit and that no lease has paid for. They are counted by places that keys
// are hashed to, not by lease: a lease that is evicted, or goes with its configuration, would take
// its debt along, and the key could have credit again. Keys that meet in a place share its credit:
// they wait more often, and never pass more.
//
// What a key of an evicted lease owes is nobody's to pay. A place forgets after a day.

import { REDIS_LEASES_MAX } from "../../../../core/limits";

// @ts-ignore: decorator
@unmanaged
class Place {
  owedTokens: u32;
  /** Second of the monotonic clock in which credit was given last. */
  lastSecond: u32;
}

const SIZE: u32 = 8;
if (offsetof<Place>() != <usize>SIZE) ERROR("Place is not 8 bytes");
const PLACES: u32 = REDIS_LEASES_MAX;
if ((PLACES & (PLACES - 1)) != 0) ERROR("the number of places is no power of two");
const TABLE: usize = memory.data(<i32>(PLACES * SIZE), 8);
/** Other bits of the key than those that choose a lease, a page or a slot. */
const PLACE_SHIFT: u64 = 32;
const MICROSECONDS_PER_SECOND: u64 = 1000000;
const DAY_SECONDS: u32 = 86400;

// @ts-ignore: decorator
@inline
function placeOf(key: u64): Place {
  return changetype<Place>(TABLE + ((<u32>(key >> PLACE_SHIFT)) & (PLACES - 1)) * SIZE);
}

/** Tokens that passed on credit in the key's place and are not paid. */
export function owedTokens(key: u64, nowMicroseconds: u64): u32 {
  const place = placeOf(key);
  const second = <u32>(nowMicroseconds / MICROSECONDS_PER_SECOND);
  // A clock that went back forgets nothing.
  if (second > place.lastSecond && second - place.lastSecond > DAY_SECONDS) place.owedTokens = 0;
  return place.owedTokens;
}

/** `tokens` pass on credit: no more than a lease has (redis_store.ts), so the sum cannot wrap. */
export function addOwed(key: u64, tokens: u32, nowMicroseconds: u64): void {
  const place = placeOf(key);
  place.owedTokens += tokens;
  place.lastSecond = <u32>(nowMicroseconds / MICROSECONDS_PER_SECOND);
}

/** They are paid, or did not pass after all. */
export function payOwed(key: u64, tokens: u32): void {
  const place = placeOf(key);
  place.owedTokens -= min(place.owedTokens, tokens);
}
