// Counters of each limit.

import { Status } from "../../../abi/types";
import { RateLimitConfig, Rule } from "../model";

/** What is counted of a limit, in the order of the label `outcome`. */
export const enum LimitEvent {
  ALLOWED,
  LIMITED,
  /** It would have been refused. */
  SHADOW,
  STORE_ERROR,
  /** A bucket gave its place to that of another key. */
  EVICTED,
  /** Tokens were leased. */
  LEASED,
}

/** Gives each limit its counters. Anything but OK leaves it to be tried again. */
export function defineLimitMetrics(config: RateLimitConfig): Status {
  return Status.OK;
}

/** Counts; told to the host by `flushLimitMetrics`. */
// @ts-ignore: decorator
@inline
export function countEvent(rule: Rule, event: LimitEvent): void {}

/** Tells the host what was counted. */
export function flushLimitMetrics(config: RateLimitConfig): void {}
