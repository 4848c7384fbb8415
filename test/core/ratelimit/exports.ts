// The rate limit's exports and the layout of its structs, as the drawings in
// assembly/core/ratelimit say.

import type { CoreProbe } from "../../support/core_probe.ts";

export interface RateLimitExports {
  setLimit(limit: number, capacity: number, count: number, period: number): number;
  setFraction(limit: number, whole: number, nodes: number): void;
  levelAt(limit: number, level: bigint, updatedAt: bigint, now: bigint): bigint;
  tokensOf(limit: number, level: bigint): number;
  secondsUntil(limit: number, level: bigint, needed: bigint): bigint;
  secondsUntilMore(limit: number, level: bigint): bigint;
  windowSeconds(limit: number): bigint;
  isPage(ptr: number, len: number): number;
  writeEmptyPage(page: number): void;
  take(page: number, limit: number, now: bigint, ask: number): void;
  putBack(page: number, hash: bigint, cost: number, limit: number, now: bigint): number;
  putLeaseBack(page: number, limit: number, now: bigint, ask: number): number;
  takeFromPool(
    limit: number,
    name: bigint,
    hash: bigint,
    cost: number,
    now: bigint,
    out: number,
  ): void;
  putBackInPool(limit: number, hash: bigint, cost: number, now: bigint): void;
  startKey(nameHash: bigint): bigint;
  addPart(key: bigint, place: number, kind: number, ptr: number, len: number, seed: number): bigint;
  addAbsentPart(key: bigint, place: number, kind: number, seed: number): bigint;
  pagesFor(keys: number): number;
  writePageName(target: number, name: number): number;
  setPageOf(name: number, nameLen: number, key: bigint, pages: number): void;
  writePolicy(target: number, name: number, limit: number): number;
  writeState(target: number, name: number, remaining: number, until: bigint): number;
  readAddress(ptr: number, len: number, target: number): number;
  writeNetwork(target: number, address: number, len: number, v4: number, v6: number): number;
  ADDRESS_BYTES_MAX: WebAssembly.Global;
  NETWORK_BYTES_MAX: WebAssembly.Global;
  ASK_BYTES: WebAssembly.Global;
  PAGE_BYTES: WebAssembly.Global;
  PAGE_NAME_BYTES_MAX: WebAssembly.Global;
  ITEM_BYTES_MAX: WebAssembly.Global;
  POOL_ROWS: WebAssembly.Global;
  POOL_SLOTS: WebAssembly.Global;
  RATE_LIMIT_NAME_BYTES_MAX: WebAssembly.Global;
  RATE_LIMIT_TOKENS_MAX: WebAssembly.Global;
}

export type RateLimitProbe = CoreProbe<RateLimitExports>;

export const NEVER = (1n << 64n) - 1n;
export const LIMIT_SIZE = 32;

/** Microseconds of an epoch of leases. */
export const EPOCH = 1n << 19n;

/** Microseconds of each period. */
export const PERIODS = [1_000_000n, 60_000_000n, 3_600_000_000n, 86_400_000_000n] as const;

/** An unsigned 64-bit result. */
export const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);

/** Ceiling of a quotient. */
export const ceilDivide = (value: bigint, divisor: bigint): bigint =>
  (value + divisor - 1n) / divisor;

export function newLimit(
  probe: RateLimitProbe,
  capacity: number,
  count: number,
  period: number,
): number {
  const limit = probe.room(LIMIT_SIZE);
  if (probe.core.setLimit(limit, capacity, count, period) !== 1) throw new Error("limit refused");
  return limit;
}

/** A Text: length, then bytes. */
export function newText(probe: RateLimitProbe, value: string): number {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(value.length);
  return probe.put(Buffer.concat([length, Buffer.from(value, "latin1")]));
}
