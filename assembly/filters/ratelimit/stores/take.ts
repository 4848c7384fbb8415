// Taking from whichever store a limit has, and giving back.

import { appliedAt } from "../applied";
import { Rule, storeOf, StoreKind } from "../model";
import { Limit } from "../../../core/ratelimit/bucket";
import { Outcome, Taken } from "./outcome";
import { putBackRedis, takeRedis } from "./redis/redis_store";
import { takeRls } from "./rls/rls_store";
import { putBackShared, takeShared } from "./shared_store";
import { putBackLocal, takeLocal } from "./worker_store";

/** Takes what the applied limit number `index` costs; `out` says what is left. */
export function takeStore(
  rule: Rule,
  stream: u32,
  index: u32,
  nowMicroseconds: u64,
  out: Taken,
): Outcome {
  const applied = appliedAt(index);
  out.untilSeconds = 0;
  switch (rule.storeKind) {
    case StoreKind.SHARED:
      return takeShared(rule, applied.key, applied.cost, nowMicroseconds, out);
    case StoreKind.WORKER:
      return takeLocal(rule, rule, applied.key, applied.cost, nowMicroseconds, out);
    case StoreKind.REDIS:
      return takeRedis(rule, applied.key, applied.cost, nowMicroseconds, out);
    default:
      return takeRls(storeOf(rule), stream, index, out);
  }
}

/** Gives back what `takeStore` took. A service has no way to take tokens back. */
export function putBackStore(
  rule: Rule,
  index: u32,
  takenAtMicroseconds: u64,
  nowMicroseconds: u64,
): void {
  const applied = appliedAt(index);
  switch (rule.storeKind) {
    case StoreKind.SHARED:
      return putBackShared(rule, applied.key, applied.cost, takenAtMicroseconds, nowMicroseconds);
    case StoreKind.WORKER:
      return putBackLocal(rule, applied.key, applied.cost, takenAtMicroseconds);
    case StoreKind.REDIS:
      return putBackRedis(rule, applied.key, applied.cost);
  }
}

/** Takes from the bucket that stands in for a store that failed. */
export function takeFallback(rule: Rule, index: u32, nowMicroseconds: u64, out: Taken): Outcome {
  const applied = appliedAt(index);
  const limit = changetype<Limit>(rule.fallback);
  out.untilSeconds = 0;
  return takeLocal(rule, limit, applied.key, applied.cost, nowMicroseconds, out);
}

/** Gives back what `takeFallback` took. */
export function putBackFallback(rule: Rule, index: u32, takenAtMicroseconds: u64): void {
  const applied = appliedAt(index);
  putBackLocal(changetype<Limit>(rule.fallback), applied.key, applied.cost, takenAtMicroseconds);
}
