// Random workers on one shared store against exact buckets: other workers run between any read and
// write of shared data, the clock moves meanwhile, idle leases go back on ticks, and pushes change
// the capacity. Whatever was admitted, in the order of time, a bucket of exact arithmetic has.

import { describe, expect, test } from "vitest";

import type { HostCall } from "../../host-sim/src/index.ts";
import { IdealBucket } from "../support/ideal_bucket.ts";
import { seededRandom, type Random } from "../support/random.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";

const module = await loadShippedModule();
const SEED = Number(process.env["SEED"] ?? 1);
const STEPS = 1_000_000;
const SHAPES = [
  { capacities: [1000], refill: 1000, period: "s", cost: 7 },
  { capacities: [100_000, 90_000, 50], refill: 50_000, period: "s", cost: 1 },
  { capacities: [20, 10], refill: 20, period: "s", cost: 1 },
  { capacities: [6400, 640], refill: 600, period: "m", cost: 3 },
  { capacities: [5], refill: 1, period: "s", cost: 2 },
  { capacities: [100_000_000], refill: 100_000_000, period: "s", cost: 100 },
] as const;
type Shape = (typeof SHAPES)[number];
const WORKERS = [1, 2, 4, 8];
const USERS = 5;
const PERIODS = "smhd";
const SLOT_BYTES = 32;
/** Microseconds that pass between two requests, for a while. */
const PACES = [0, 5, 40, 400, 5000, 90_000, 700_000];

interface Admitted {
  user: number;
  capacity: number;
  /** Microseconds: between the reading of the clock and the answer, as the page has it. */
  at: bigint;
}

class Run {
  readonly #random: Random;
  readonly #shape: Shape;
  readonly #workers: number;
  readonly #on: Simulated;
  readonly admitted: Admitted[] = [];
  refused = 0;
  leased = 0;
  writes = 0;
  /** Workers in the middle of a request, and whether each has written. */
  readonly #busy = new Map<number, boolean>();
  #capacity: number;
  #pace = 0;
  #microseconds = 1_000_000n;
  #steps = 0;

  constructor(shape: Shape, workers: number, seed: number) {
    this.#random = seededRandom(seed);
    this.#shape = shape;
    this.#workers = workers;
    this.#capacity = shape.capacities[0];
    this.#on = new Simulated(module, {
      configuration: this.#configuration(),
      workers,
      faults: (call) => this.#between(call),
    });
  }

  #configuration(): object {
    const { refill, period, cost } = this.#shape;
    const limit = {
      name: "one",
      key: [{ header: "x-user" }],
      capacity: this.#capacity,
      refill: `${String(refill)}/${period}`,
      cost,
      maxKeys: 16,
    };
    return { rateLimit: { limits: [limit] } };
  }

  /** What happens in front of a host call: other workers' requests. */
  #between({ name, phase, worker }: HostCall): undefined {
    if (phase !== "request_headers" || typeof worker !== "number") return;
    if (name === "proxy_set_shared_data") {
      this.#busy.set(worker, true);
      this.writes++;
    } else if (name !== "proxy_get_shared_data") return;
    if (this.#steps > 0 && this.#busy.size < 4 && this.#random.below(5) === 0) this.#step();
  }

  #step(): void {
    const worker = this.#random.below(this.#workers);
    if (this.#busy.has(worker)) return;
    this.#steps++;
    this.#advance(this.#pace === 0 ? 0 : this.#random.below(2 * this.#pace));
    this.#send(worker, this.#random.below(USERS));
  }

  #advance(microseconds: number): void {
    this.#microseconds += BigInt(microseconds);
    this.#on.advance(microseconds / 1e6);
  }

  #send(worker: number, user: number): void {
    const read = this.#microseconds;
    this.#busy.set(worker, false);
    const { reason } = this.#on.send([["x-user", String(user)]], worker);
    const hasWritten = this.#busy.get(worker) === true;
    this.#busy.delete(worker);
    if (reason !== null) {
      expect(reason).toBe("ratelimit:limited");
      this.refused++;
      return;
    }
    if (!hasWritten) this.leased++;
    const at = hasWritten ? this.#writtenAt(user) : read;
    expect(at).toBeGreaterThanOrEqual(read);
    expect(at).toBeLessThanOrEqual(this.#microseconds);
    this.admitted.push({ user, capacity: this.#capacity, at });
  }

  /** When a user's bucket was written: users have the slots of the one page in their order. */
  #writtenAt(user: number): bigint {
    const page = this.#on.shared("sallyport/rl2/one/0000");
    const view = new DataView(page.buffer, page.byteOffset);
    return view.getBigUint64((user + 1) * SLOT_BYTES + 16, true);
  }

  run(steps: number): void {
    for (let user = 0; user < USERS; user++) this.#send(0, user);
    this.#steps = 1;
    while (this.#steps < steps) {
      this.#pace = this.#random.pick(PACES);
      if (this.#random.below(4) === 0) this.#push();
      for (let i = 0; i < 400 && this.#steps < steps; i++) {
        this.#step();
        if (i % 16 === 0) this.#on.host.runTimers();
      }
    }
  }

  #push(): void {
    this.#capacity = this.#random.pick(this.#shape.capacities);
    this.#on.plugin.update(JSON.stringify(this.#configuration()));
  }

  /** Gives all that was admitted from exact buckets; what they lacked, in the worst case. */
  replay(): { admitted: number; lacking: string | null } {
    const { refill, period, cost } = this.#shape;
    const buckets = new Map<number, IdealBucket>();
    const inOrder = this.admitted.toSorted((one, other) => Number(one.at - other.at));
    for (const { user, capacity, at } of inOrder) {
      const fresh = new IdealBucket(capacity, refill, PERIODS.indexOf(period));
      const bucket = buckets.get(user) ?? fresh;
      buckets.set(user, bucket);
      bucket.capacity = fresh.capacity;
      if (bucket.take(cost, at)) continue;
      return { admitted: inOrder.length, lacking: `user ${String(user)} at ${String(at)}` };
    }
    return { admitted: inOrder.length, lacking: null };
  }
}

describe(`with seed ${String(SEED)}`, () => {
  const cases = SHAPES.flatMap((shape) =>
    WORKERS.map((workers): [string, number, Shape] => [JSON.stringify(shape), workers, shape]),
  );
  const steps = Math.ceil(STEPS / cases.length);

  test.each(cases)("%s over %i workers is never exceeded", (_name, workers, shape) => {
    const run = new Run(shape, workers, SEED * 1000 + workers);
    run.run(steps);
    const { admitted, lacking } = run.replay();
    expect(lacking).toBeNull();
    // It has met what it is about.
    expect(admitted).toBeGreaterThan(1000);
    if (shape.capacities[0] < 100_000_000) expect(run.refused).toBeGreaterThan(100);
    if (shape.capacities[0] >= 1000) expect(run.leased).toBeGreaterThan(1000);
    else expect(run.leased).toBe(0);
    if (workers > 1) expect(run.writes).toBeGreaterThan(admitted - run.leased);
  });
});
