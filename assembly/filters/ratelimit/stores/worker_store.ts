// Buckets in the memory of this VM: of limits with the store `worker`, and of those whose store
// fails under `onStoreFailure: local`.

import { Limit } from "../../../core/ratelimit/bucket";
import { putBackInPool, takeFromPool, TakenFromPool } from "../../../core/ratelimit/pool";
import { countEvent, LimitEvent } from "../answers/limit_metrics";
import { Rule } from "../model";
import { Outcome, Taken } from "./outcome";

const FROM_POOL = changetype<TakenFromPool>(memory.data(16, 8));
if (offsetof<TakenFromPool>() > 16) ERROR("what the pool gives needs more room");

/**
 * Takes `cost` tokens from this worker's bucket of a key; `out` says what is left. `limit` is the
 * rule or the part of it that counts here.
 */
export function takeLocal(
  rule: Rule,
  limit: Limit,
  key: u64,
  cost: u32,
  nowMicroseconds: u64,
  out: Taken,
): Outcome {
  takeFromPool(limit, rule.nameHash, key, cost, nowMicroseconds, FROM_POOL);
  out.levelUnits = FROM_POOL.levelUnits;
  if (FROM_POOL.evicted) countEvent(rule, LimitEvent.EVICTED);
  return FROM_POOL.admitted ? Outcome.ADMITTED : Outcome.REFUSED;
}

/** Gives tokens back that `takeLocal` took for the request in hand. */
export function putBackLocal(limit: Limit, key: u64, cost: u32, takenAtMicroseconds: u64): void {
  putBackInPool(limit, key, cost, takenAtMicroseconds);
}
