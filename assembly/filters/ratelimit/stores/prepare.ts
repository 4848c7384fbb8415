// Asking the stores outside of Envoy that a request needs, all at once and before anything is
// taken.

import { appliedAt, appliedCount, appliedRule } from "../applied";
import { RateLimitConfig, Store, StoreKind } from "../model";
import { Readiness } from "./outcome";
import { prepareRedis } from "./redis/redis_store";
import { prepareRls } from "./rls/rls_store";

/**
 * Makes stores ready for the applied limits; `awaited` (pending.ts) says what is on its way.
 * `isRepeated`: the request has waited for these limits.
 */
export function prepareStores(
  config: RateLimitConfig,
  stream: u32,
  group: u32,
  isRepeated: bool,
  nowMicroseconds: u64,
): void {
  for (let i: u32 = 0; i < appliedCount; i++) {
    const rule = appliedRule(config, i);
    if (rule.storeKind != StoreKind.REDIS) continue;
    const applied = appliedAt(i);
    const readiness = prepareRedis(
      config,
      rule,
      applied.key,
      applied.cost,
      isRepeated,
      nowMicroseconds,
    );
    if (readiness != Readiness.READY) applied.hasFailed = 1;
  }
  for (let at = config.stores; at != 0; at = changetype<Store>(at).next) {
    const service = changetype<Store>(at);
    if (service.kind == StoreKind.RLS) prepareService(config, service, stream, group);
  }
}

/** One call tells about all limits of a service. */
function prepareService(config: RateLimitConfig, service: Store, stream: u32, group: u32): void {
  let readiness = Readiness.READY;
  let isAsked = false;
  for (let i: u32 = 0; i < appliedCount; i++) {
    if (appliedRule(config, i).store != changetype<usize>(service)) continue;
    if (!isAsked) readiness = prepareRls(config, service, stream, group);
    isAsked = true;
    if (readiness != Readiness.READY) appliedAt(i).hasFailed = 1;
  }
}
