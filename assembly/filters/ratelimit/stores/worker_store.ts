// Buckets in the memory of this VM: of limits with the store `worker`, and of those whose store
// fails under `onStoreFailure: local`.

import { Limit } from "../../../core/ratelimit/bucket";
import { Outcome, Taken } from "./outcome";

/** Takes `cost` tokens from this worker's bucket of a key; `out` says what is left. */
export function takeLocal(
  limit: Limit,
  key: u64,
  cost: u32,
  nowMicroseconds: u64,
  out: Taken,
): Outcome {
  return Outcome.UNAVAILABLE;
}

/** Gives tokens back that `takeLocal` took for the request in hand. */
export function putBackLocal(limit: Limit, key: u64, cost: u32, nowMicroseconds: u64): void {}
