// A token bucket in the memory of one worker.

const LIMIT_NAME = "per-caller";
const NANOSECONDS: u64 = 1000000000;

export class Bucket {
  private tokens: u64;
  private filledAt: u64;

  constructor(
    private capacity: u64,
    private fillSeconds: u64,
    now: u64,
  ) {
    this.tokens = capacity;
    this.filledAt = now;
  }

  take(now: u64): bool {
    this.fill(now);
    if (this.tokens == 0) return false;
    this.tokens -= 1;
    return true;
  }

  /** What `RateLimit-Policy` says. */
  policy(): string {
    const capacity = this.capacity.toString();
    return '"' + LIMIT_NAME + '";q=' + capacity + ";w=" + this.fillSeconds.toString();
  }

  /** What `RateLimit` says. */
  state(): string {
    const missing = this.capacity - this.tokens;
    const seconds = (missing * this.fillSeconds + this.capacity - 1) / this.capacity;
    return '"' + LIMIT_NAME + '";r=' + this.tokens.toString() + ";t=" + seconds.toString();
  }

  private fill(now: u64): void {
    const nanosecondsPerToken = (this.fillSeconds * NANOSECONDS) / this.capacity;
    const refill = (now - this.filledAt) / nanosecondsPerToken;
    if (this.tokens + refill >= this.capacity) {
      this.tokens = this.capacity;
      this.filledAt = now;
    } else {
      this.tokens += refill;
      this.filledAt += refill * nanosecondsPerToken;
    }
  }
}
