// The rate limit's exports and the layout of its structs, as the drawings in
// assembly/core/ratelimit say.

import type { CoreProbe } from "../../support/core_probe.ts";

export interface RateLimitExports {
  setLimit(limit: number, capacity: number, count: number, period: number): number;
  levelAt(limit: number, level: bigint, updatedAt: bigint, now: bigint): bigint;
  tokensOf(limit: number, level: bigint): number;
  secondsUntil(limit: number, level: bigint, needed: bigint): bigint;
  secondsUntilMore(limit: number, level: bigint): bigint;
  windowSeconds(limit: number): bigint;
  isPage(ptr: number, len: number, limit: number): number;
  writeEmptyPage(page: number, limit: number): void;
  take(page: number, hash: bigint, cost: number, limit: number, now: bigint, out: number): void;
  putBack(page: number, hash: bigint, bucket: number, cost: number, limit: number): number;
  startKey(nameHash: bigint, seed: number): bigint;
  addPart(key: bigint, place: number, kind: number, ptr: number, len: number, seed: number): bigint;
  addAbsentPart(key: bigint, place: number, kind: number, seed: number): bigint;
  writePageName(target: number, name: number, period: number): number;
  setPageOf(name: number, nameLen: number, key: bigint): void;
  writePolicy(target: number, name: number, limit: number): number;
  writeState(target: number, name: number, remaining: number, until: bigint): number;
  readAddress(ptr: number, len: number, target: number): number;
  writeNetwork(target: number, address: number, len: number, v4: number, v6: number): number;
  ADDRESS_BYTES_MAX: WebAssembly.Global;
  NETWORK_BYTES_MAX: WebAssembly.Global;
  PAGE_BYTES: WebAssembly.Global;
  PAGE_NAME_BYTES_MAX: WebAssembly.Global;
  ITEM_BYTES_MAX: WebAssembly.Global;
  OVERFLOW: WebAssembly.Global;
  RATE_LIMIT_NAME_BYTES_MAX: WebAssembly.Global;
  RATE_LIMIT_PAGE_BUCKETS: WebAssembly.Global;
  RATE_LIMIT_TOKENS_MAX: WebAssembly.Global;
}

export type RateLimitProbe = CoreProbe<RateLimitExports>;

export const NEVER = (1n << 64n) - 1n;
export const LIMIT_SIZE = 40;

/** Period → microseconds, which are the units of one token. */
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

/** The bucket of one key, in exact arithmetic. */
export class IdealBucket {
  readonly capacity: bigint;
  readonly count: bigint;
  readonly perToken: bigint;
  level: bigint;
  updatedAt = 0n;

  constructor(capacity: number, count: number, period: number) {
    this.perToken = PERIODS[period] ?? 0n;
    this.count = BigInt(count);
    this.capacity = BigInt(capacity) * this.perToken;
    this.level = this.capacity;
  }

  levelAt(now: bigint): bigint {
    const elapsed = now > this.updatedAt ? now - this.updatedAt : 0n;
    const level = this.level + elapsed * this.count;
    return level < this.capacity ? level : this.capacity;
  }

  take(cost: number, now: bigint): boolean {
    const level = this.levelAt(now);
    const units = BigInt(cost) * this.perToken;
    if (units > level) return false;
    if (cost === 0) return true;
    this.level = level - units;
    if (now > this.updatedAt) this.updatedAt = now;
    return true;
  }

  putBack(cost: number): void {
    const level = this.level + BigInt(cost) * this.perToken;
    this.level = level < this.capacity ? level : this.capacity;
  }
}
