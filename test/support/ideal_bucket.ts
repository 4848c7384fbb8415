// A token bucket in exact arithmetic, in the module's units.

/** Units of one token: microseconds of a day. */
export const TOKEN = 86_400_000_000n;
/** Period → units that one token per period gives in a microsecond. */
export const GAINS = [86_400n, 1440n, 24n, 1n] as const;

export const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other);
export const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other);

/** The bucket of one key, in exact arithmetic. */
export class IdealBucket {
  capacity: bigint;
  gain: bigint;
  level: bigint;
  updatedAt = 0n;

  constructor(capacity: number, count: number, period: number) {
    this.gain = BigInt(count) * (GAINS[period] ?? 0n);
    this.capacity = BigInt(capacity) * TOKEN;
    this.level = this.capacity;
  }

  levelAt(now: bigint): bigint {
    const elapsed = now > this.updatedAt ? now - this.updatedAt : 0n;
    return smaller(this.level + elapsed * this.gain, this.capacity);
  }

  take(cost: number, now: bigint): boolean {
    const level = this.levelAt(now);
    const units = BigInt(cost) * TOKEN;
    if (units > level) return false;
    if (cost === 0) return true;
    this.level = level - units;
    if (now > this.updatedAt) this.updatedAt = now;
    return true;
  }

  putBack(cost: number): void {
    this.level = smaller(this.level + BigInt(cost) * TOKEN, this.capacity);
  }
}
