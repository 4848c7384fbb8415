// Tick timers of the roots of one VM. A timer is armed anew after its tick, counted from then, and
// goes on without a tick when its root is gone.
// Source: envoy source/extensions/common/wasm/wasm.cc (setTimerPeriod, tickHandler).

import type { Clock } from "./api.ts";

interface Timer {
  periodNanoseconds: bigint;
  dueAt: bigint;
}

export class Timers {
  readonly #clock: Clock;
  readonly #timers = new Map<number, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** 0 stops the timer. */
  setPeriod(rootId: number, milliseconds: number): void {
    if (milliseconds === 0) {
      this.#timers.delete(rootId);
      return;
    }
    const periodNanoseconds = BigInt(milliseconds) * 1_000_000n;
    this.#timers.set(rootId, { periodNanoseconds, dueAt: this.#now() + periodNanoseconds });
  }

  /** Ids of the roots whose timer is due, earliest first. */
  due(): number[] {
    if (this.#timers.size === 0) return [];
    const now = this.#now();
    return [...this.#timers]
      .filter(([, timer]) => timer.dueAt <= now)
      .sort(([, a], [, b]) => Number(a.dueAt - b.dueAt))
      .map(([rootId]) => rootId);
  }

  /** After the tick: the timer starts again, unless the guest stopped it. */
  rearm(rootId: number): void {
    const timer = this.#timers.get(rootId);
    if (timer !== undefined) timer.dueAt = this.#now() + timer.periodNanoseconds;
  }

  #now(): bigint {
    return this.#clock.monotonicNanoseconds();
  }
}
