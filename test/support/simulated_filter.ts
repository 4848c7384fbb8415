// One plugin on the simulator with a clock, random bytes and faults in the test's hands.

import { readFile } from "node:fs/promises";

import { createSignatureCrypto } from "../../host-sim/gateway/platform.ts";
import type {
  GrpcDispatcher,
  HeaderList,
  Host,
  HostCall,
  HttpDispatcher,
  LocalReply,
  LogLevel,
  Plugin,
  Status,
  Stream,
} from "../../host-sim/src/index.ts";
import { createHost, latin1 } from "../../host-sim/src/index.ts";
import { fixedRandom } from "../../scripts/lib/fixed_random.ts";
import { MODULE_PATH } from "./envoy.ts";
import { reasonOf } from "./run_cases.ts";

const NANOSECONDS_PER_SECOND = 1_000_000_000;

/** What came of a request: what the upstream received, or why it was refused. */
export interface Sent {
  /** "waits" while the module holds it. */
  reason: string | null;
  status: number;
  /** Field values by name: of the request that passed, else of the refusal. */
  headers: ReadonlyMap<string, string>;
  body: string;
}

export interface SimulatedOptions {
  configuration: object;
  workers?: number;
  logLevel?: LogLevel;
  /** Status to answer a host call with, undefined to let it through. */
  faults?: (call: HostCall) => Status | undefined;
  /** Names that calls may go to, and who answers them. */
  clusters?: readonly string[];
  dispatch?: HttpDispatcher;
  dispatchGrpc?: GrpcDispatcher;
  /** What shared data holds before the plugin is added, by key. */
  shared?: Readonly<Record<string, Uint8Array>>;
}

const VM_ID = "vm";

export class Simulated {
  readonly host: Host;
  readonly plugin: Plugin;
  readonly module: WebAssembly.Module;
  #nanoseconds = BigInt(NANOSECONDS_PER_SECOND);

  constructor(module: WebAssembly.Module, options: SimulatedOptions) {
    this.module = module;
    const clock = {
      systemNanoseconds: () => this.#nanoseconds,
      monotonicNanoseconds: () => this.#nanoseconds,
    };
    this.host = createHost({
      clock,
      crypto: createSignatureCrypto(),
      random: fixedRandom(),
      ...(options.logLevel === undefined ? {} : { logLevel: options.logLevel }),
      ...(options.faults === undefined ? {} : { faults: options.faults }),
      ...(options.clusters === undefined ? {} : { clusters: options.clusters }),
      ...(options.dispatch === undefined ? {} : { dispatch: options.dispatch }),
      ...(options.dispatchGrpc === undefined ? {} : { dispatchGrpc: options.dispatchGrpc }),
    });
    for (const [key, value] of Object.entries(options.shared ?? {})) {
      this.host.sharedData.set(VM_ID, key, value, 0);
    }
    this.plugin = this.host.addPlugin({
      module,
      configuration: JSON.stringify(options.configuration),
      workers: options.workers ?? 1,
      vmId: VM_ID,
      failurePolicy: "FAIL_RELOAD",
    });
  }

  /** Moves the clock, in seconds. */
  advance(seconds: number): void {
    this.#nanoseconds += BigInt(Math.round(seconds * NANOSECONDS_PER_SECOND));
  }

  open(worker = 0): Stream {
    const found = this.plugin.workers[worker];
    if (found === undefined) throw new Error(`no worker ${String(worker)}`);
    return found.openStream({ sourceAddress: "192.0.2.1:4711" });
  }

  /** Sends a request without a body and closes its stream. */
  send(headers: HeaderList = [], worker = 0): Sent {
    const stream = this.open(worker);
    try {
      return requestOn(stream, headers);
    } finally {
      stream.close();
    }
  }

  /** Host calls of one request, by name. */
  callsOf(headers: HeaderList = []): ReadonlyMap<string, number> {
    const before = this.host.hostCallsByName();
    this.send(headers);
    const made = new Map<string, number>();
    for (const [name, count] of this.host.hostCallsByName()) {
      const calls = count - (before.get(name) ?? 0);
      if (calls > 0) made.set(name, calls);
    }
    return made;
  }

  /** Keys in shared data. */
  keys(): string[] {
    return this.host.sharedData.keys(VM_ID);
  }

  /** A value in shared data. */
  shared(key: string): Uint8Array {
    const entry = this.host.sharedData.get(VM_ID, key);
    if (entry === null) throw new Error(`no ${key} in shared data`);
    return entry.value;
  }

  share(key: string, value: Uint8Array): void {
    this.host.sharedData.set(VM_ID, key, value, 0);
  }
}

/** Sends the request headers on a stream that stays open. */
export function requestOn(stream: Stream, headers: HeaderList = [], path = "/"): Sent {
  const pseudo: HeaderList = [
    [":authority", "example.test"],
    [":path", path],
    [":method", "GET"],
    [":scheme", "http"],
  ];
  const result = stream.requestHeaders([...pseudo, ...headers], true);
  if (result.kind === "continue") {
    return { reason: null, status: 200, headers: new Map(result.headers), body: "" };
  }
  if (result.kind === "paused") return WAITING;
  if (result.kind !== "reply") throw new Error(`found ${result.kind}`);
  return refusedBy(result.reply);
}

/** A request that the module holds: it goes on, or is answered, later (`Stream.onResume`). */
export const WAITING: Sent = { reason: "waits", status: 0, headers: new Map(), body: "" };

function refusedBy(reply: LocalReply): Sent {
  return {
    reason: reasonOf(reply.details),
    status: reply.status,
    headers: new Map(reply.headers),
    body: latin1(reply.body),
  };
}

/** The shipped module, to be given to any number of `Simulated`. */
export async function loadShippedModule(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(MODULE_PATH));
}

/** What becomes of a request that waits, once it has gone on; null until then. */
export function waitingFor(stream: Stream): () => Sent | null {
  let came: Sent | null = null;
  stream.onResume = ({ result }) => {
    if (result.kind === "reply") came = refusedBy(result.reply);
    else if (result.kind === "continue") {
      came = { reason: null, status: 200, headers: new Map(result.headers), body: "" };
    } else throw new Error(`found ${result.kind}`);
  };
  return () => came;
}
