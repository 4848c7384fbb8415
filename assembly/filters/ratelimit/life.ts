// A configuration's limits from set-up to their end, beside requests: what ticks and answers do.

import { monotonicNanoseconds } from "../../abi/clock";
import { Status } from "../../abi/types";
import { defineLimitMetrics, flushLimitMetrics } from "./answers/limit_metrics";
import { FailureMode, RateLimitConfig, ruleAt, Store, StoreKind } from "./model";
import { Awaited } from "./pending";
import {
  abandonRedis,
  isRedisPending,
  PURPOSE_REDIS,
  receiveRedis,
} from "./stores/redis/redis_store";
import {
  abandonRls,
  forgetRls,
  isRlsPending,
  PURPOSE_RLS,
  receiveRls,
} from "./stores/rls/rls_store";
import { defineOpenBreakers } from "./stores/open_breakers";
import { fetchSeed } from "./stores/seed";
import { returnIdleLeases } from "./stores/shared_store";
import { closeBreaker } from "./stores/store_breaker";

const NANOSECONDS_PER_MICROSECOND: u64 = 1000;
const PURPOSE_SHIFT: u32 = 24;

let generations: u32 = 0;

/** Makes the seed known. Where failures are to let requests pass, a failure here is one of them. */
export function activateRateLimit(config: usize, root: u32): Status {
  const own = changetype<RateLimitConfig>(config);
  own.generation = ++generations;
  own.root = root;
  let defined = defineLimitMetrics(own);
  if (defined == Status.OK) defined = defineOpenBreakers(own);
  if (defined != Status.OK) return defined;
  const status = fetchSeed();
  return allowsAll(own) ? Status.OK : status;
}

function allowsAll(config: RateLimitConfig): bool {
  for (let i: u32 = 0; i < config.ruleCount; i++) {
    if (ruleAt(config, i).onStoreFailure != FailureMode.ALLOW) return false;
  }
  return true;
}

/** Gives back what nobody uses here, and tells the host what was counted. */
export function tickRateLimit(config: usize): void {
  const own = changetype<RateLimitConfig>(config);
  returnIdleLeases(own, monotonicNanoseconds() / NANOSECONDS_PER_MICROSECOND);
  flushLimitMetrics(own);
}

/** Whether an answer with this purpose is one that `receiveLease` takes. */
export function isLeasePurpose(purpose: u32): bool {
  return purpose >> PURPOSE_SHIFT == PURPOSE_REDIS >> PURPOSE_SHIFT;
}

/** An answer about a lease. */
export function receiveLease(config: usize, purpose: u32, headerCount: u32, bodyLen: u32): void {
  receiveRedis(changetype<RateLimitConfig>(config), purpose, headerCount, bodyLen);
}

/** Whether an answer with this purpose is one that `receiveVerdict` takes. */
export function isVerdictPurpose(purpose: u32): bool {
  return purpose >> PURPOSE_SHIFT == PURPOSE_RLS >> PURPOSE_SHIFT;
}

/** An answer of a service; `grpcStatus` 0 comes with a message. */
export function receiveVerdict(
  config: usize,
  purpose: u32,
  grpcStatus: u32,
  messagePtr: usize,
  messageLen: u32,
): void {
  const own = changetype<RateLimitConfig>(config);
  receiveRls(own, purpose, grpcStatus, messagePtr, messageLen);
}

/** Whether what a request waits for is still on its way. */
export function isStorePending(kind: Awaited, handle: usize): bool {
  return kind == Awaited.LEASE ? isRedisPending(handle) : isRlsPending(handle);
}

/** The request has been decided, or has gone. */
export function endLimits(config: usize, stream: u32): void {
  if (hasService(config)) forgetRls(stream);
}

/** Whether there is a store outside of Envoy. */
export function hasStores(config: usize): bool {
  return changetype<RateLimitConfig>(config).stores != 0;
}

/** Whether a limit is kept in Redis. */
export function hasRedis(config: usize): bool {
  return hasStore(config, StoreKind.REDIS);
}

/** Whether a service decides about one. */
export function hasService(config: usize): bool {
  return hasStore(config, StoreKind.RLS);
}

function hasStore(config: usize, kind: StoreKind): bool {
  let at = changetype<RateLimitConfig>(config).stores;
  for (; at != 0; at = changetype<Store>(at).next) {
    if (changetype<Store>(at).kind == kind) return true;
  }
  return false;
}

/** The configuration goes. */
export function abandonRateLimit(config: usize): void {
  const own = changetype<RateLimitConfig>(config);
  flushLimitMetrics(own);
  abandonRedis(own);
  abandonRls(own);
  for (let at = own.stores; at != 0; at = changetype<Store>(at).next) {
    closeBreaker(changetype<Store>(at));
  }
}
