// Time for a callback. Both clocks are read with one host call: the monotonic one, from which the
// system's is reckoned and which is compared with it once a second. A host call costs about as much
// as parsing the headers.
//
// So a system clock that is set takes effect within a second.

import * as host from "./host";

const COMPARED_EVERY_NANOSECONDS: u64 = 1000000000;

/** The monotonic clock in this callback; 0 when it was not read yet. */
let nowNanoseconds: u64 = 0;
let comparedAtNanoseconds: u64 = 0;
/** What the system's clock showed then; 0 when it was never read. */
let systemThenNanoseconds: u64 = 0;

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
