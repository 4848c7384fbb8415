// Whether a store is worth a call: after failures in a row it is left alone for a while.

import { Store } from "../model";

const FAILURES: u32 = 5;
const OPEN_MILLISECONDS: u64 = 1000;

export function mayCall(store: Store, nowMilliseconds: u64): bool {
  return nowMilliseconds >= store.openUntilMilliseconds;
}

export function noteSuccess(store: Store): void {
  store.failures = 0;
  store.openUntilMilliseconds = 0;
}

export function noteFailure(store: Store, nowMilliseconds: u64): void {
  store.failures++;
  if (store.failures >= FAILURES) store.openUntilMilliseconds = nowMilliseconds + OPEN_MILLISECONDS;
}
