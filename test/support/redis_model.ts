// What bucket.lua must do, in exact integers.

const TOKENS_MAX = 100_000_000;
const PERIODS = [1000, 60_000, 3_600_000, 86_400_000];

/** Arguments of the script, in their order. */
export interface Asked {
  capacity: number;
  refill: number;
  periodMilliseconds: number;
  least: number;
  most: number;
}

export interface Granted {
  granted: number;
  left: number;
  /** Milliseconds; -1 where time does not help. */
  wait: number;
}

interface Bucket {
  level: bigint;
  updatedAt: bigint;
  period: bigint;
}

const isCount = (value: number, most: number): boolean =>
  Number.isInteger(value) && value >= 0 && value <= most;

const ceilDivide = (value: bigint, divisor: bigint): bigint => (value + divisor - 1n) / divisor;
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

export class RedisModel {
  readonly buckets = new Map<string, Bucket>();

  /** What the script answers; null when it refuses its arguments. */
  ask(key: string, asked: Asked, nowMilliseconds: number): Granted | null {
    const isGood =
      isCount(asked.capacity, TOKENS_MAX) &&
      isCount(asked.refill, TOKENS_MAX) &&
      PERIODS.includes(asked.periodMilliseconds) &&
      isCount(asked.most, TOKENS_MAX) &&
      isCount(asked.least, asked.most);
    if (!isGood) return null;
    const now = BigInt(nowMilliseconds);
    const period = BigInt(asked.periodMilliseconds);
    const refill = BigInt(asked.refill);
    const full = BigInt(asked.capacity) * period;
    const stored = this.buckets.get(key);
    let level = full;
    let updatedAt = now;
    if (stored !== undefined) {
      const kept =
        stored.period === period ? stored.level : (stored.level / stored.period) * period;
      updatedAt = most(stored.updatedAt, now);
      level = least(full, kept + (updatedAt - stored.updatedAt) * refill);
    }
    const tokens = level / period;
    const granted = tokens >= BigInt(asked.least) ? least(tokens, BigInt(asked.most)) : 0n;
    if (granted > 0n) {
      level -= granted * period;
      this.buckets.set(key, { level, updatedAt, period });
    }
    const missing = BigInt(asked.least) * period - level;
    let wait = 0n;
    if (missing > 0n) {
      const helps = refill > 0n && asked.least <= asked.capacity;
      wait = helps ? updatedAt - now + ceilDivide(missing, refill) : -1n;
    }
    return { granted: Number(granted), left: Number(level / period), wait: Number(wait) };
  }

  /** Milliseconds after which the bucket is full; null when never. */
  filledAfter(key: string, asked: Asked, nowMilliseconds: number): bigint | null {
    const bucket = this.buckets.get(key);
    if (bucket === undefined) return 0n;
    if (asked.refill === 0) return null;
    const missing = BigInt(asked.capacity) * bucket.period - bucket.level;
    return bucket.updatedAt - BigInt(nowMilliseconds) + ceilDivide(missing, BigInt(asked.refill));
  }
}
