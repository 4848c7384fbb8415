// Time for a callback. Both clocks are read with one host call: the monotonic one, from which the
// system's is reckoned and which is compared with it once a second. A host call costs about as much
// as parsing the headers.
//
// So a system clock that is set takes effect within a second. Who can do with a time that is a
// second old shares one reading with other requests.

import * as host from "./host";

const COMPARED_EVERY_NANOSECONDS: u64 = 1000000000;

/** The monotonic clock in this callback; 0 when it was not read yet. */
let nowNanoseconds: u64 = 0;
let comparedAtNanoseconds: u64 = 0;
/** What the system's clock showed then; 0 when it was never read. */
let systemThenNanoseconds: u64 = 0;

/** Requests that share a reading, at most, */
const RECENT_USES: u32 = 64;
/** and how long before it the last tick may be: where no ticks come, nothing ends it in time. */
const TICKING_NANOSECONDS: u64 = 3000000000;

let recentNanoseconds: u64 = 0;
let recentUsesLeft: u32 = 0;
/** The monotonic clock when a tick was noticed last; 0 before the first. */
let tickedAtNanoseconds: u64 = 0;
let hasTicked: bool = false;

/** A callback begins: its time is read when it is asked for. */
// @ts-ignore: decorator
@inline
export function beginTime(): void {
  nowNanoseconds = 0;
}

/**
 * Nanoseconds by a clock that never goes back and is the same in all workers; one value for the
 * whole callback. 0 when the host has none.
 */
export function monotonicNanoseconds(): u64 {
  if (nowNanoseconds == 0) nowNanoseconds = host.monotonicNanoseconds();
  return nowNanoseconds;
}

/** Nanoseconds since the Unix epoch; 0 when the host has no clock. */
export function systemNanoseconds(): u64 {
  const now = monotonicNanoseconds();
  if (now == 0) return host.systemNanoseconds();
  const elapsed = now - comparedAtNanoseconds;
  // A clock that went back all the same makes the difference huge, which is read anew as well.
  if (systemThenNanoseconds == 0 || elapsed >= COMPARED_EVERY_NANOSECONDS) {
    systemThenNanoseconds = host.systemNanoseconds();
    comparedAtNanoseconds = now;
    return systemThenNanoseconds;
  }
  return systemThenNanoseconds + elapsed;
}

/** Some root ticks: what requests shared is read anew. */
// @ts-ignore: decorator
@inline
export function noteTick(): void {
  hasTicked = true;
  recentUsesLeft = 0;
}

/**
 * Nanoseconds since the Unix epoch, read in this callback or since the last tick; 0 when the host
 * has no clock.
 */
export function recentSystemNanoseconds(): u64 {
  if (recentUsesLeft != 0) {
    recentUsesLeft--;
    return recentNanoseconds;
  }
  recentNanoseconds = systemNanoseconds();
  const now = monotonicNanoseconds();
  if (hasTicked) {
    hasTicked = false;
    tickedAtNanoseconds = now;
  }
  const ticks = tickedAtNanoseconds != 0 && now - tickedAtNanoseconds < TICKING_NANOSECONDS;
  if (ticks && recentNanoseconds != 0) recentUsesLeft = RECENT_USES - 1;
  return recentNanoseconds;
}
