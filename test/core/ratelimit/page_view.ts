// A page of buckets as a test sees it, and workers that spend leases from it.

import { IdealBucket, smaller, TOKEN } from "../../support/ideal_bucket.ts";
import { EPOCH, newLimit, type RateLimitProbe } from "./exports.ts";

export interface Lease {
  epoch: bigint;
  grant: number;
  rest: number;
}

export interface Answer {
  admitted: boolean;
  changed: boolean;
  evicted: boolean;
  level: bigint;
  lease: Lease;
}

export interface Question {
  key: number | bigint;
  now: number | bigint;
  cost?: number;
  wanted?: number;
  returned?: Lease;
}

export class Page {
  readonly probe: RateLimitProbe;
  readonly bytes: number;
  readonly ptr: number;
  readonly ask: number;
  limit: number;

  constructor(probe: RateLimitProbe, capacity: number, count: number, period = 0) {
    this.probe = probe;
    this.bytes = Number(probe.core.PAGE_BYTES.value);
    this.limit = newLimit(probe, capacity, count, period);
    this.ptr = probe.room(this.bytes + 16);
    this.ask = probe.room(Number(probe.core.ASK_BYTES.value));
    probe.core.writeEmptyPage(this.ptr);
  }

  #write({ key, cost = 0, wanted = 0, returned }: Question): void {
    const view = this.probe.view();
    view.setBigUint64(this.ask, BigInt(key), true);
    view.setBigUint64(this.ask + 8, returned?.epoch ?? 0n, true);
    view.setUint32(this.ask + 16, returned?.grant ?? 0, true);
    view.setUint32(this.ask + 20, returned?.rest ?? 0, true);
    view.setUint32(this.ask + 24, cost, true);
    view.setUint32(this.ask + 28, wanted, true);
  }

  take(question: Question): Answer {
    this.#write(question);
    this.probe.core.take(this.ptr, this.limit, BigInt(question.now), this.ask);
    const view = this.probe.view();
    const grant = view.getUint32(this.ask + 48, true);
    return {
      level: view.getBigUint64(this.ask + 32, true),
      lease: { epoch: view.getBigUint64(this.ask + 40, true), grant, rest: grant },
      admitted: view.getUint8(this.ask + 52) === 1,
      changed: view.getUint8(this.ask + 53) === 1,
      evicted: view.getUint8(this.ask + 54) === 1,
    };
  }

  putBack(key: number, cost: number, now: number | bigint): boolean {
    const { core } = this.probe;
    return core.putBack(this.ptr, BigInt(key), cost, this.limit, BigInt(now)) === 1;
  }

  putLeaseBack(key: number, returned: Lease, now: number | bigint): boolean {
    this.#write({ key, now, returned });
    const before = this.probe.bytes(this.ptr, this.bytes);
    const { core } = this.probe;
    if (core.putLeaseBack(this.ptr, this.limit, BigInt(now), this.ask) === 1) return true;
    // It is not written then.
    new Uint8Array(this.probe.view().buffer).set(before, this.ptr);
    return false;
  }

  isPage(length = this.bytes): boolean {
    return this.probe.core.isPage(this.ptr, length) === 1;
  }

  hex(): string {
    return Buffer.from(this.probe.bytes(this.ptr, this.bytes)).toString("hex");
  }

  /** When the bucket of a key was written; 0 when it has no slot. */
  writtenAt(key: number): bigint {
    for (let i = 1; i < this.bytes / 32; i++) {
      const { key: found, updatedAt } = this.slot(i);
      if (found === BigInt(key)) return updatedAt;
    }
    return 0n;
  }

  /** Slot number `index`; 0 is the mark. */
  slot(index: number): {
    key: bigint;
    level: bigint;
    updatedAt: bigint;
    now: number;
    before: number;
  } {
    const at = this.ptr + index * 32;
    const view = this.probe.view();
    return {
      key: view.getBigUint64(at, true),
      level: view.getBigUint64(at + 8, true),
      updatedAt: view.getBigUint64(at + 16, true),
      now: view.getUint32(at + 24, true),
      before: view.getUint32(at + 28, true),
    };
  }
}

/** Whether a lease may be spent at a time. */
export const isAlive = (lease: Lease, now: bigint): boolean => now >> 19n <= lease.epoch + 1n;

/** The bucket of one key with its leases, in exact arithmetic. */
export class LeasedBucket extends IdealBucket {
  /** Tokens leased, by epoch. */
  readonly leased = new Map<bigint, bigint>();

  readonly #made: [capacity: number, count: number, period: number];

  constructor(capacity: number, count: number, period: number) {
    super(capacity, count, period);
    this.#made = [capacity, count, period];
  }

  copy(): LeasedBucket {
    const copied = new LeasedBucket(...this.#made);
    copied.level = this.level;
    copied.updatedAt = this.updatedAt;
    for (const [epoch, tokens] of this.leased) copied.leased.set(epoch, tokens);
    return copied;
  }

  #roomOf(epoch: bigint): bigint {
    let units = 0n;
    for (const at of [epoch, epoch - 1n]) units += (this.leased.get(at) ?? 0n) * TOKEN;
    return units < this.capacity ? this.capacity - units : 0n;
  }

  #grow(until: bigint): void {
    this.level += (until - this.updatedAt) * this.gain;
    this.level = smaller(this.level, this.#roomOf(this.updatedAt >> 19n));
    this.updatedAt = until;
  }

  advance(now: bigint): void {
    for (let i = 0; i < 2; i++) {
      const end = ((this.updatedAt >> 19n) + 1n) * EPOCH;
      if (end > now) break;
      // Up to the end of the epoch with what is outstanding in it.
      this.#grow(end);
    }
    if (now > this.updatedAt) this.#grow(now);
  }

  giveBack({ epoch, grant, rest }: Lease): void {
    const age = (this.updatedAt >> 19n) - epoch;
    if (grant === 0 || age < 0n || age > 1n) return;
    this.leased.set(epoch, (this.leased.get(epoch) ?? 0n) - BigInt(grant));
    this.level += BigInt(rest) * TOKEN;
    this.level = smaller(this.level, this.#roomOf(this.updatedAt >> 19n));
  }

  lease(tokens: number): void {
    const epoch = this.updatedAt >> 19n;
    for (const at of this.leased.keys()) if (at + 1n < epoch) this.leased.delete(at);
    this.leased.set(epoch, (this.leased.get(epoch) ?? 0n) + BigInt(tokens));
    this.level -= BigInt(tokens) * TOKEN;
  }
}
