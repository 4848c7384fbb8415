// Buckets in Redis, of which this worker holds leases.

import { RateLimitConfig, Rule } from "../../model";
import { Outcome, Readiness, Taken } from "../outcome";

/** Callouts of this store (abi/callouts.ts). */
export const PURPOSE_REDIS: u32 = 2 << 24;

/** Whether a lease is there that the request in hand can take from; asks for one when not. */
export function prepareRedis(
  config: RateLimitConfig,
  rule: Rule,
  key: u64,
  cost: u32,
  nowMicroseconds: u64,
): Readiness {
  return Readiness.UNAVAILABLE;
}

/** Takes `cost` tokens from this worker's lease of a key. */
export function takeRedis(
  rule: Rule,
  key: u64,
  cost: u32,
  nowMicroseconds: u64,
  out: Taken,
): Outcome {
  return Outcome.UNAVAILABLE;
}

/** Gives tokens back that `takeRedis` took for the request in hand. */
export function putBackRedis(rule: Rule, key: u64, cost: u32): void {}

/** An answer of Webdis, or that there is none, to the root. */
export function receiveRedis(
  config: RateLimitConfig,
  purpose: u32,
  headerCount: u32,
  bodyLen: u32,
): void {}

/** Whether what `setPending` was given is still on its way. */
export function isRedisPending(handle: usize): bool {
  return false;
}

/** The root's configuration goes: its answers come to nobody. */
export function abandonRedis(config: RateLimitConfig): void {}
