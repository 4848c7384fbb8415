// What a request that waits for a store outside of Envoy holds meanwhile: tokens of the limits of
// its group that are kept in Envoy. They are taken before anything outside is asked, and stay
// taken. Put back for the time of the wait they would let everybody else ask as well: a flood would
// cost a call for each of its requests, whatever the limits in front of the store say.
//
// Only a fingerprint of keys and costs is kept: the next walk of the request finds the same ones.
// If it does not, because there is another configuration, it takes anew, and what was held is lost.

import { appliedAt, appliedCount, appliedRule, TakenFrom } from "./applied";
import { RateLimitConfig, Rule } from "./model";

/** Of what is held; 0 for nothing. */
let fingerprint: u32 = 0;
/** Microseconds of the monotonic clock at which it was taken. */
export let heldSince: u64 = 0;

/** Begins a walk of a request that has held nothing. */
export function beginHeld(): void {
  fingerprint = 0;
  heldSince = 0;
}

/** Begins one of a request that has waited. */
export function resumeHeld(kept: u32, since: u64): void {
  fingerprint = kept;
  heldSince = since;
}

/** What `resumeHeld` is to be given. */
export function heldFingerprint(): u32 {
  return fingerprint;
}

/** Whether a limit is one whose tokens are held: a limit that is only tried out refuses nobody. */
// @ts-ignore: decorator
@inline
export function isHoldable(rule: Rule): bool {
  return rule.store == 0 && rule.isShadow == 0;
}

/** Whether the request has taken from the applied limits already. */
export function holdsApplied(config: RateLimitConfig): bool {
  return fingerprint != 0 && fingerprint == fingerprintOf(config);
}

/** Holds what was taken at that time, unless a limit has failed: such a walk is done again. */
export function holdApplied(config: RateLimitConfig, takenAtMicroseconds: u64): bool {
  for (let i: u32 = 0; i < appliedCount; i++) {
    if (isHoldable(appliedRule(config, i)) && appliedAt(i).takenFrom != TakenFrom.STORE) {
      return false;
    }
  }
  resumeHeld(fingerprintOf(config), takenAtMicroseconds);
  return true;
}

/** Never 0. Keys are hashes with a secret that have the limit's name in them. */
function fingerprintOf(config: RateLimitConfig): u32 {
  // Chained by the multiplier of Knuth's MMIX, so that order counts.
  let chained: u64 = config.generation;
  for (let i: u32 = 0; i < appliedCount; i++) {
    if (!isHoldable(appliedRule(config, i))) continue;
    const applied = appliedAt(i);
    chained = (chained ^ applied.key ^ applied.cost) * 6364136223846793005 + 1;
  }
  return (<u32>(chained >> 32)) | 1;
}
