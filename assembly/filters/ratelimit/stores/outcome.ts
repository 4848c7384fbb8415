// What comes of asking a store, whichever it is.

/** What came of taking tokens. */
export const enum Outcome {
  ADMITTED,
  REFUSED,
  /** The store did not do its part. */
  UNAVAILABLE,
  /** Other workers wrote first, CAS_ATTEMPTS_MAX times in a row. */
  EXHAUSTED,
}

/** What came of getting ready to take tokens from a store outside of Envoy. */
export const enum Readiness {
  READY,
  /** An answer is on its way; `setAwaited` was called with what tells when it is there. */
  WAITS,
  UNAVAILABLE,
}

/** What is left, as far as it is known. */
// @ts-ignore: decorator
@unmanaged
export class Taken {
  /** Level after the take. */
  levelUnits: u64;
  /**
   * Seconds until a refused cost can be met, when the store says so; 0: to be told from the level
   * and the limit.
   */
  untilSeconds: u32;
  /** RLS: tokens that the service says are left; NONE when it does not say. */
  remainingTokens: u32;
  /** RLS: tokens of its limit, NONE when it does not say, and in how many seconds; 0. */
  quota: u32;
  windowSeconds: u32;
}
