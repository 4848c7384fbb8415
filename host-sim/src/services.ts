// What every part of one simulated process shares, and the record of the host calls made in it.

import { SharedData } from "./shared_data.ts";
import { SharedQueues } from "./shared_queue.ts";
import { MetricStore } from "./metrics.ts";
import { Log } from "./log.ts";
import type {
  Clock,
  FaultInjector,
  GrpcDispatcher,
  HostOptions,
  HttpDispatcher,
  SignatureCrypto,
} from "./api.ts";
import type { Phase } from "./types.ts";

const DEFAULTS = { logLevel: "info", bufferLimitBytes: 1024 * 1024 } as const;

/** The newest host calls in a ring, and how often each was made. */
export class Transcript {
  static readonly #SLOTS = 128;
  readonly #names: string[] = [];
  readonly #phases: Phase[] = [];
  readonly #counts = new Map<string, { calls: number }>();
  total = 0;

  /** The counter of one import, made when the module is linked. */
  counter(name: string): { calls: number } {
    const known = this.#counts.get(name);
    if (known !== undefined) return known;
    const counter = { calls: 0 };
    this.#counts.set(name, counter);
    return counter;
  }

  record(name: string, phase: Phase): void {
    const slot = this.total++ % Transcript.#SLOTS;
    this.#names[slot] = name;
    this.#phases[slot] = phase;
  }

  byName(): Map<string, number> {
    return new Map([...this.#counts].map(([name, { calls }]) => [name, calls]));
  }

  lines(): string[] {
    const kept = this.#names.length;
    const first = this.total > kept ? this.total % Transcript.#SLOTS : 0;
    return this.#names.map((_, index) => {
      const slot = (first + index) % kept;
      return `${this.#phases[slot] ?? ""} ${this.#names[slot] ?? ""}`;
    });
  }
}

export class Services {
  readonly clock: Clock;
  readonly random: (target: Uint8Array) => void;
  readonly crypto: SignatureCrypto | undefined;
  readonly faults: FaultInjector | undefined;
  readonly dispatch: HttpDispatcher | undefined;
  readonly dispatchGrpc: GrpcDispatcher | undefined;
  readonly clusters: ReadonlySet<string>;
  readonly bufferLimitBytes: number;
  readonly log: Log;
  readonly sharedData = new SharedData();
  readonly queues = new SharedQueues();
  readonly metrics = new MetricStore();
  readonly transcript = new Transcript();
  /** Downstream connections are numbered as they come; the property `connection_id`. */
  nextConnectionId = 0n;
  /** Work that Envoy posts to a thread: run when no guest code runs any more. */
  readonly #posted: (() => void)[] = [];
  #holds = 0;

  constructor(options: HostOptions) {
    const { logLevel, bufferLimitBytes } = { ...DEFAULTS, ...options };
    this.clock = options.clock;
    this.random = options.random;
    this.crypto = options.crypto;
    this.faults = options.faults;
    this.dispatch = options.dispatch;
    this.dispatchGrpc = options.dispatchGrpc;
    this.clusters = new Set(options.clusters);
    this.bufferLimitBytes = bufferLimitBytes;
    this.log = new Log(logLevel, options.onLog);
  }

  /** Posted work waits: a guest runs, or VMs are being made. */
  hold(): void {
    this.#holds++;
  }

  unhold(): void {
    this.#holds--;
  }

  /** Runs the work now, or once nothing holds it any more. */
  post(work: () => void): void {
    this.#posted.push(work);
    this.runPosted();
  }

  runPosted(): void {
    while (this.#holds === 0) {
      const work = this.#posted.shift();
      if (work === undefined) return;
      work();
    }
  }
}
