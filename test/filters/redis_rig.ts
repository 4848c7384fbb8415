// Limits in Redis on the simulator: the filter, a Webdis and one clock for both.

import { createHash } from "node:crypto";

import type { HeaderList, Stream } from "../../host-sim/src/index.ts";
import { settle } from "../support/key_server.ts";
import type { Sent, SimulatedOptions } from "../support/simulated_filter.ts";
import {
  loadShippedModule,
  requestOn,
  Simulated,
  WAITING,
  waitingFor,
} from "../support/simulated_filter.ts";
import { SimulatedWebdis } from "../support/simulated_webdis.ts";

const module = await loadShippedModule();

export const CLUSTER = "webdis";
const STORE = { redis: { cluster: CLUSTER } };

export interface RigOptions {
  /** Members of the one limit. */
  limit?: object;
  limits?: object[];
  /** Members of the store. */
  store?: object;
  onStoreFailure?: "deny" | "allow";
  /** Other sections. */
  others?: object;
  workers?: number;
  clusters?: readonly string[];
  faults?: SimulatedOptions["faults"];
}

/** The limit of a test that says no more of it. */
export const LIMIT = {
  name: "one",
  key: [{ header: "x-key" }],
  capacity: 5,
  refill: "1/s",
  store: "redis",
};

export function configurationOf(options: RigOptions): object {
  return {
    ...options.others,
    rateLimit: {
      onStoreFailure: options.onStoreFailure ?? "deny",
      stores: { redis: { redis: { ...STORE.redis, ...options.store } } },
      limits: options.limits ?? [{ ...LIMIT, ...options.limit }],
    },
  };
}

/** A request that may wait. */
export interface Asking {
  stream: Stream;
  /** What became of it; WAITING until that is known. */
  sent(): Sent;
}

export class Rig {
  readonly webdis = new SimulatedWebdis();
  readonly filter: Simulated;

  constructor(options: RigOptions = {}) {
    this.filter = new Simulated(module, {
      configuration: configurationOf(options),
      clusters: options.clusters ?? [CLUSTER],
      dispatch: this.webdis.dispatch,
      ...(options.workers === undefined ? {} : { workers: options.workers }),
      ...(options.faults === undefined ? {} : { faults: options.faults }),
    });
  }

  /** Calls that were made. */
  get calls(): number {
    return this.webdis.commands.length;
  }

  /** Lets time pass for both, without a tick. */
  advance(seconds: number): void {
    this.filter.advance(seconds);
    this.webdis.milliseconds += Math.round(seconds * 1000);
  }

  /** Lets time pass with ticks, timeouts and answers as they come. */
  async pass(seconds: number, stepSeconds = 0.01): Promise<void> {
    for (let steps = Math.round(seconds / stepSeconds); steps > 0; steps--) {
      this.advance(stepSeconds);
      this.filter.host.runTimers();
      await settle();
    }
  }

  /** Sends a request, which may wait. */
  ask(key = "a", worker = 0, headers: HeaderList = []): Asking {
    const stream = this.filter.open(worker);
    const outcome = waitingFor(stream);
    const sent = requestOn(stream, [["x-key", key], ...headers]);
    return { stream, sent: () => (sent === WAITING ? (outcome() ?? WAITING) : sent) };
  }

  /** Sends a request and waits for what is on its way. */
  async send(key = "a", worker = 0): Promise<Sent & { waited: boolean }> {
    const asking = this.ask(key, worker);
    const waited = asking.sent() === WAITING;
    await settle();
    const sent = asking.sent();
    asking.stream.close();
    return { ...sent, waited };
  }

  /** null when a request passed, else the reason; "waits" if it still does. */
  async reason(key = "a", worker = 0): Promise<string | null> {
    return (await this.send(key, worker)).reason;
  }
}

/** The name of the bucket of a limit whose key is a header. */
export function bucketOf(name: string, value: string): string {
  const HEADER = 3;
  const head = Buffer.alloc(8);
  head.writeUInt32LE(HEADER);
  head.writeUInt32LE(value.length, 4);
  const hash = createHash("sha256").update(head).update(value, "latin1").digest("hex");
  return `sallyport:rl:${name}:${hash.slice(0, 32)}`;
}
