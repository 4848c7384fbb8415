// A set of keys or a deny-list that was fetched, and what is known of how: the fields from `status`
// to `failures` are those of the record that all workers share (shared_sets.ts), as this worker
// last saw it. Times are milliseconds of the monotonic clock, which all workers agree on.

import { monotonicNanoseconds } from "../../abi/clock";
import { KeySet } from "./key_set";
import { Source } from "./source";

const NANOSECONDS_PER_MILLISECOND: u64 = 1000000;

/** What came of the last fetch: the status of the answer (100 and above), or one of these. */
export const enum FetchStatus {
  NEVER = 0,
  /** The host does not know the cluster, or not yet. */
  NO_CLUSTER = 1,
  /** The host could not send the request. */
  NOT_SENT = 2,
  /** The connection broke, or the answer was more than the host keeps. */
  RESET = 3,
  /** The answer was a 200 with something else than was asked for. */
  BAD_DOCUMENT = 4,
  /** The bundle is older than one that was seen before. */
  OLD_SEQUENCE = 5,
}

// @ts-ignore: decorator
@unmanaged
export class FetchedSet extends KeySet {
  /** SourceId of whoever uses it. */
  id0: u64;
  id1: u64;
  id2: u64;
  id3: u64;
  /** First bytes of the SHA-256 of the document that its content is from; 0 before the first. */
  documentHash: u64;
  /** When that document was last known to be right. */
  goodAt: u64;
  /** Tells contents apart in this VM, not spellings. */
  contentHash: u64;

  /** When it was last fetched, or confirmed by a 304. */
  fetchedAt: u64;
  attemptedAt: u64;
  /** When to fetch next: after a success the refresh, after a failure the next attempt. */
  refreshAt: u64;
  /** Until then somebody fetches. */
  flightUntil: u64;
  flightNonce: u64;
  /** documentHash of the newest document. */
  sharedHash: u64;
  /** `spiffe_sequence` of the newest bundle that has one, plus one; 0 before the first. */
  sequence: u64;
  status: u32;
  /** Failures since the last success. */
  failures: u32;

  /** Number of Sources that use it. */
  users: u32;
  /** Where its keys, or its list (deny_table.ts), lie: FETCHED_SET_BYTES. */
  area: usize;
  /** Serial number of the request that is on its way in this VM; 0 when there is none. */
  flightSerial: u32;
  flightRoot: u32;
  /** 0: for metadata, 1: for the document. */
  flightStep: u32;
  /** Whether that request has an If-None-Match. */
  isConditional: u32;
  /** Bytes of the entity tag of the document; 0 when there is none. */
  entityTagLen: u32;
  entityTag: usize;
  /** The trace of the request that asked for the document on its way (keepTrace). */
  trace: usize;
}

/**
 * Address of the set that is on its way and might have decided about the request in hand; 0 when
 * there is none.
 */
export let pendingSet: usize = 0;

export function setPendingSet(set: usize): void {
  pendingSet = set;
}

/** Whether the request in hand may wait: not when it has waited for as long as it may. */
export let mayWait: bool = true;

export function setMayWait(may: bool): void {
  mayWait = may;
}

/** Milliseconds of the monotonic clock; 0 when the host has none. */
export function nowMilliseconds(): u64 {
  return monotonicNanoseconds() / NANOSECONDS_PER_MILLISECOND;
}

/** Whether a request for the set is on its way, from here or from another worker. */
export function isInFlight(set: FetchedSet, now: u64): bool {
  return set.flightUntil > now;
}

/** Whether the set may be used: it was good within the limit of the source. */
export function isUsable(set: FetchedSet, source: Source, now: u64): bool {
  return now != 0 && set.goodAt != 0 && now < set.goodAt + source.staleForMilliseconds;
}
