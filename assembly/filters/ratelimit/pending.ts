// What the request in hand waits for: an answer of a store outside of Envoy.

/** What keeps a request waiting; each kind has handles of its own. */
export const enum Awaited {
  NOTHING,
  /** A set of keys (filters/jwt/fetched_set.ts). */
  KEYS,
  /** A lease of tokens (stores/redis). */
  LEASE,
  /** A verdict (stores/rls). */
  VERDICT,
}

export let awaited: Awaited = Awaited.NOTHING;
export let awaitedHandle: usize = 0;

/** Whether the request in hand may wait: not when it has waited for as long as it may. */
export let mayWaitForStore: bool = true;

/** Begins a request, or a new walk of one. */
export function beginWaiting(may: bool): void {
  awaited = Awaited.NOTHING;
  awaitedHandle = 0;
  mayWaitForStore = may;
}

/** An answer is on its way that decides about the request in hand, if that may wait for it. */
export function setAwaited(kind: Awaited, handle: usize): void {
  if (!mayWaitForStore) return;
  awaited = kind;
  awaitedHandle = handle;
}
