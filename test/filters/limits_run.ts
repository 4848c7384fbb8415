// A random run of requests under limits on the simulator: other workers run between any read and
// write of shared data, the clock moves meanwhile, idle leases go back on ticks, and pushes change
// capacities and refills. What was admitted is given to exact buckets afterwards.

import type { HeaderList, HostCall } from "../../host-sim/src/index.ts";
import { GAINS, IdealBucket, larger } from "../support/ideal_bucket.ts";
import type { Random } from "../support/random.ts";
import { seededRandom } from "../support/random.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";

const module = await loadShippedModule();
const LIMITED = "ratelimit:limited";
const USERS = 5;
const TEAMS = 2;
const PERIODS = "smhd";
const SLOT_BYTES = 32;
/** A lease is spent within two epochs (core/ratelimit/page.ts). */
const LEASE_MICROSECONDS = 2n ** 20n;
const TIME_AT = 16;
/** Microseconds that pass between two requests, for a while. */
const PACES = [0, 5, 40, 400, 5000, 90_000, 700_000];

export interface LimitShape {
  /** Whose requests share a bucket. */
  per: "user" | "team" | "all";
  /** Numbers that pushes choose from, the first at the start. */
  capacities: readonly number[];
  refills: readonly string[];
  /** Absent: the request says it. */
  cost?: number;
}

/** What a limit is, from one push to the next. */
interface Terms {
  capacity: number;
  refill: string;
}

interface Admitted {
  bucket: number;
  cost: number;
  /** Which of the limit's terms. */
  terms: number;
  /** Microseconds: between the reading of the clock and the answer, as the page has it. */
  at: bigint;
}

interface Taking {
  /** By limit: when its page was written last. */
  writtenAt: (bigint | undefined)[];
}

/** Tokens that a refill gives in a unit of time. */
export function gainOf(refill: string): bigint {
  const [count = "", period = ""] = refill.split("/");
  return BigInt(count) * (GAINS[PERIODS.indexOf(period)] ?? 0n);
}

export function keyOf(per: LimitShape["per"]): object {
  return per === "all" ? { text: "" } : { header: `x-${per}` };
}

export class LimitsRun {
  readonly #random: Random;
  readonly #shapes: readonly LimitShape[];
  readonly #workers: number;
  readonly #on: Simulated;
  /** By limit. */
  readonly #admitted: Admitted[][];
  readonly #terms: Terms[][];
  readonly #pages: (Uint8Array | undefined)[];
  /** Workers in the middle of a request. */
  readonly #busy = new Map<number, Taking>();
  /** A page may have been written, by a worker's request or otherwise. */
  #hasWritten = false;
  #writer: number | null = null;
  #pace = 0;
  #microseconds = 1_000_000n;
  #steps = 0;
  passed = 0;
  /** Refused requests, by the limit that refused. */
  readonly refused: number[];
  /** Takes that no page was written for. */
  leased = 0;
  writes = 0;

  constructor(shapes: readonly LimitShape[], workers: number, seed: number) {
    this.#random = seededRandom(seed);
    this.#shapes = shapes;
    this.#workers = workers;
    this.#admitted = shapes.map(() => []);
    this.refused = shapes.map(() => 0);
    this.#pages = shapes.map(() => undefined);
    this.#terms = shapes.map(({ capacities: [capacity = 0], refills: [refill = ""] }) => [
      { capacity, refill },
    ]);
    this.#on = new Simulated(module, {
      configuration: this.#configuration(),
      workers,
      faults: (call) => this.#between(call),
    });
  }

  #termsOf(limit: number): Terms {
    const terms = this.#terms[limit]?.at(-1);
    if (terms === undefined) throw new Error(`no limit ${String(limit)}`);
    return terms;
  }

  #configuration(): object {
    const limits = this.#shapes.map(({ per, cost }, limit) => ({
      name: String(limit),
      key: [keyOf(per)],
      ...this.#termsOf(limit),
      cost: cost ?? { header: "x-cost", min: 0, max: this.#termsOf(limit).capacity },
      maxKeys: 16,
    }));
    return { rateLimit: { limits } };
  }

  /** What happens in front of a host call: other workers' requests. */
  #between({ name, phase, worker }: HostCall): undefined {
    if (this.#steps === 0) return;
    const isWrite = name === "proxy_set_shared_data";
    if (!isWrite && name !== "proxy_get_shared_data") return;
    this.#noteWrites();
    const isRequest = phase === "request_headers" && typeof worker === "number";
    if (isRequest && this.#busy.size < 4 && this.#random.below(5) === 0) {
      this.#step();
    }
    if (!isWrite) return;
    this.#noteWrites();
    this.#hasWritten = true;
    this.#writer = isRequest ? worker : null;
    if (isRequest) this.writes++;
  }

  /** Finds the page that the last call wrote, if it has, and notes the time that it has now. */
  #noteWrites(): void {
    if (!this.#hasWritten) return;
    this.#hasWritten = false;
    const taking = this.#writer === null ? undefined : this.#busy.get(this.#writer);
    for (let limit = 0; limit < this.#pages.length; limit++) {
      const old = this.#pages[limit];
      const page = this.#on.host.sharedData.get("vm", `sallyport/rl2/${limit}/0000`)?.value;
      if (page === undefined || page === old) continue;
      this.#pages[limit] = page;
      const at = timeOfChange(old, page);
      if (taking !== undefined && at !== null) taking.writtenAt[limit] = at;
    }
  }

  #step(): void {
    const worker = this.#random.below(this.#workers);
    if (this.#busy.has(worker)) return;
    this.#steps++;
    const microseconds = this.#pace === 0 ? 0 : this.#random.below(2 * this.#pace);
    this.#microseconds += BigInt(microseconds);
    this.#on.advance(microseconds / 1e6);
    this.#send(worker, this.#random.below(USERS), this.#cost());
  }

  /** Mostly small; some above any lease; some all that a bucket holds, and more. */
  #cost(): number {
    const kind = this.#random.below(100);
    if (kind < 10) return 0;
    if (kind < 65) return 1;
    if (kind < 92) return this.#random.below(8);
    const { capacity } = this.#termsOf(this.#random.below(this.#shapes.length));
    return this.#random.below(kind < 98 ? (capacity >> 5) + 2 : capacity + 2);
  }

  #send(worker: number, user: number, asked: number): void {
    const read = this.#microseconds;
    const taking: Taking = { writtenAt: [] };
    this.#busy.set(worker, taking);
    const headers: HeaderList = [
      ["x-user", String(user)],
      ["x-team", String(user % TEAMS)],
      ["x-cost", String(asked)],
    ];
    const sent = this.#on.send(headers, worker);
    this.#noteWrites();
    this.#busy.delete(worker);
    if (sent.reason !== null) {
      const limit = Number(sent.headers.get("ratelimit")?.split('"')[1]);
      if (sent.reason !== LIMITED) throw new Error(`found ${sent.reason}`);
      this.refused[limit] = (this.refused[limit] ?? 0) + 1;
      return;
    }
    this.passed++;
    for (let limit = 0; limit < this.#shapes.length; limit++) {
      const { per, cost: fixed } = this.#shapes[limit] ?? { per: "all" };
      const cost = fixed ?? Math.min(asked, this.#termsOf(limit).capacity);
      if (cost === 0) continue;
      const at = taking.writtenAt[limit] ?? read;
      if (taking.writtenAt[limit] === undefined) this.leased++;
      if (at < read || at > this.#microseconds) throw new Error(`took at ${String(at)}`);
      const bucket = per === "user" ? user : per === "team" ? user % TEAMS : 0;
      const terms = (this.#terms[limit]?.length ?? 0) - 1;
      this.#admitted[limit]?.push({ bucket, cost, terms, at });
    }
  }

  run(steps: number): void {
    while (this.#steps < steps) {
      this.#pace = this.#random.pick(PACES);
      if (this.#random.below(4) === 0) this.#push();
      for (let i = 0; i < 400 && this.#steps < steps; i++) {
        this.#step();
        if (i % 16 === 0) this.#on.host.runTimers();
        this.#noteWrites();
      }
    }
  }

  #push(): void {
    this.#shapes.forEach(({ capacities, refills }, limit) => {
      const capacity = this.#random.pick(capacities);
      this.#terms[limit]?.push({ capacity, refill: this.#random.pick(refills) });
    });
    this.#on.plugin.update(JSON.stringify(this.#configuration()));
  }

  /** Takes all that was admitted from exact buckets; what the first of them lacked, or null. */
  lacking(): string | null {
    for (let limit = 0; limit < this.#shapes.length; limit++) {
      const found = replay(this.#admitted[limit] ?? [], this.#terms[limit] ?? []);
      if (found !== null) return `limit ${String(limit)}, ${found}`;
    }
    return null;
  }
}

function replay(admitted: readonly Admitted[], terms: readonly Terms[]): string | null {
  const buckets = new Map<number, { ideal: IdealBucket; terms: number }>();
  const inOrder = admitted.toSorted((one, other) => Number(one.at - other.at));
  for (const each of inOrder) {
    const { capacity = 0 } = terms[each.terms] ?? {};
    const fresh = { ideal: new IdealBucket(capacity, 0, 0), terms: each.terms };
    const bucket = buckets.get(each.bucket) ?? fresh;
    buckets.set(each.bucket, bucket);
    bucket.ideal.capacity = fresh.ideal.capacity;
    const gains = terms.slice(bucket.terms, each.terms + 1).map(({ refill }) => gainOf(refill));
    // A page gains by the terms under which it is looked at: the best since the last take, and it
    // was last looked at before that if the take was from a lease.
    const most = gains.reduce(larger, 0n);
    if (most > (gains[0] ?? 0n)) bucket.ideal.updatedAt -= LEASE_MICROSECONDS;
    bucket.ideal.gain = most;
    bucket.terms = each.terms;
    if (bucket.ideal.take(each.cost, each.at)) continue;
    return `bucket ${String(each.bucket)} at ${String(each.at)}`;
  }
  return null;
}

/** The time of the one slot in which two versions of a page differ; null when none does. */
function timeOfChange(old: Uint8Array | undefined, page: Uint8Array): bigint | null {
  const view = new DataView(page.buffer, page.byteOffset);
  const before = new DataView((old ?? new Uint8Array(page.length)).buffer, old?.byteOffset ?? 0);
  for (let at = SLOT_BYTES; at < page.length; at += 8) {
    if (view.getBigUint64(at, true) === before.getBigUint64(at, true)) continue;
    return view.getBigUint64(at - (at % SLOT_BYTES) + TIME_AT, true);
  }
  return null;
}
