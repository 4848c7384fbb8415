// Requests under limits of every store, pushes between them, and what became of each request.

import type { HeaderList, Plugin, Stream, StreamResult } from "../../host-sim/src/index.ts";
import type { CountedModule } from "../support/live_bytes.ts";
import type { Random } from "../support/random.ts";
import { seededRandom } from "../support/random.ts";
import { reasonOf } from "../support/run_cases.ts";
import type { SoakHost } from "../support/soak_host.ts";
import { liveBytes, soakHost, startPlugin } from "../support/soak_host.ts";
import type { TestKey } from "../support/tokens.ts";
import { configuration, SERVICE, WEBDIS } from "./limits_configuration.ts";
import type { Mood } from "./limits_stores.ts";
import { SoakStores } from "./limits_stores.ts";

const MICROSECOND = 1000n;
const MILLISECOND = 1000n * MICROSECOND;
/** Mean time between two requests is half of it. */
const STEP_MICROSECONDS_MAX = 1000;
/** Requests between two looks at timers. */
const TIMER_STEPS = 16;
/** Streams that are open at a time. */
const OPEN_MAX = 48;
/** Pushes that a stream may see: fewer old roots live than the module has room for. */
const PUSHES_SEEN_MAX = 4;
const MOODS: readonly Mood[] = ["well", "well", "strict", "failing", "down"];
const TENANTS = 200;
/** Most requests are of few keys, some of many: more than a worker knows. */
const HOT_NUMBERS = 50;
const NUMBERS = 20_000;
/** How often requests go where, of PLACES_SUM. */
const PLACES: readonly (readonly [weight: number, path: string])[] = [
  [58, "/open"],
  [8, "/small/a/b"],
  [4, "/keyed"],
  [2, "/closed"],
  [10, "/redis"],
  [4, "/credit"],
  [6, "/rls"],
  [3, "/rls/claimed"],
  [5, "/moved"],
];
const PLACES_SUM = PLACES.reduce((sum, [weight]) => sum + weight, 0);

/** A request that has not ended. */
interface Open {
  stream: Stream;
  answer: StreamResult | null;
  /** Number of pushes before it. */
  pushes: number;
}

export class LimitsRun {
  readonly stores: SoakStores;
  readonly plugin: Plugin;
  readonly host: SoakHost["host"];
  readonly #advance: SoakHost["advance"];
  readonly #random: Random;
  readonly #counted: CountedModule;
  readonly #key: TestKey;
  readonly #tokens: readonly string[];
  #open: Open[] = [];
  #pushes = 0;
  requests = 0;
  /** How requests ended: "passed", the reason of a refusal, or "gone" while it waited. */
  readonly outcomes = new Map<string, number>();
  /** Requests that waited. */
  waited = 0;
  /** Streams that an old root answered after a push. */
  answeredByOldRoots = 0;

  constructor(counted: CountedModule, key: TestKey, tokens: readonly string[], seed: number) {
    this.#random = seededRandom(seed);
    this.stores = new SoakStores(this.#random);
    const { host, advance } = soakHost({
      clusters: [WEBDIS, SERVICE],
      dispatch: this.stores.dispatchHttp,
      dispatchGrpc: this.stores.dispatchGrpc,
    });
    this.host = host;
    this.#advance = advance;
    this.#counted = counted;
    this.#key = key;
    this.#tokens = tokens;
    this.plugin = startPlugin(host, counted, configuration(0, key));
  }

  /** A new configuration, while requests are open that the old ones decide. */
  push(): void {
    this.#pushes++;
    this.changeMood();
    this.#closeOld();
    this.plugin.update(configuration(this.#pushes, this.#key));
  }

  /** The stores are well, or not, from now on. */
  changeMood(): void {
    this.stores.mood = this.#random.pick(MOODS);
  }

  #closeOld(): void {
    const isOld = (one: Open): boolean => this.#pushes - one.pushes >= PUSHES_SEEN_MAX;
    for (const one of this.#open) if (isOld(one)) this.#end(one);
    this.#open = this.#open.filter((one) => !isOld(one));
  }

  /** One request more; others go on, end, or are gone. */
  step(): void {
    this.#advance(BigInt(this.#random.below(STEP_MICROSECONDS_MAX)) * MICROSECOND);
    this.request(this.#path());
    this.stores.turn();
    if (this.requests % TIMER_STEPS === 0) this.host.runTimers();
    while (this.#open.length > OPEN_MAX) this.#endOne();
    if (this.#random.below(2) === 0) this.#endOne();
  }

  #path(): string {
    let left = this.#random.below(PLACES_SUM);
    const place = PLACES.find(([weight]) => (left -= weight) < 0);
    return place?.[1] ?? "";
  }

  /** Begins a request; whether it waits. */
  request(path: string): boolean {
    this.requests++;
    const worker = this.plugin.workers[0];
    if (worker === undefined) throw new Error("no worker");
    const network = this.#random.below(TENANTS);
    const stream = worker.openStream({ sourceAddress: `192.0.2.${network}:4711` });
    const one: Open = { stream, answer: null, pushes: this.#pushes };
    stream.onResume = ({ direction, result }) => {
      if (direction !== "request") throw new Error("a response was held");
      this.#answer(one, result);
    };
    const result = stream.requestHeaders(this.#headers(path), true);
    const waits = result.kind === "paused";
    if (waits) this.waited++;
    else this.#answer(one, result);
    this.#open.push(one);
    return waits;
  }

  #answer(one: Open, result: StreamResult): void {
    if (one.answer !== null) throw new Error("a request was answered twice");
    if (result.kind !== "continue" && result.kind !== "reply") {
      throw new Error(`a request was answered with ${result.kind}`);
    }
    one.answer = result;
    if (one.pushes < this.#pushes) this.answeredByOldRoots++;
  }

  #headers(path: string): HeaderList {
    const random = this.#random;
    const isHot = random.below(4) > 0;
    const headers: HeaderList = [
      [":method", random.pick(["GET", "POST"])],
      [":path", `${path}?q=${random.below(9)}`],
      [":authority", random.pick(["a.test", "b.test"])],
      [":scheme", "http"],
      ["x-tenant", `t${random.below(TENANTS)}`],
      ["x-n", String(random.below(isHot ? HOT_NUMBERS : NUMBERS))],
      ["cookie", `session=${random.below(TENANTS)}`],
    ];
    if (random.below(4) > 0) headers.push(["authorization", `Bearer ${random.pick(this.#tokens)}`]);
    if (random.below(4) > 0) headers.push(["x-key", String(random.below(TENANTS))]);
    if (random.below(4) > 0) headers.push(["x-cost", random.pick(["1", "3", "none"])]);
    return headers;
  }

  /** Ends one of those that are open; one that waits may be gone, or stay. */
  #endOne(): void {
    if (this.#open.length === 0) return;
    const index = this.#random.below(this.#open.length);
    const one = this.#open[index];
    if (one === undefined) return;
    if (one.answer === null && this.#open.length <= OPEN_MAX && this.#random.below(8) > 0) return;
    this.#open.splice(index, 1);
    this.#end(one);
  }

  #end({ stream, answer }: Open): void {
    let what = "gone";
    if (answer?.kind === "reply") what = reasonOf(answer.reply.details);
    if (answer?.kind === "continue") {
      what = "passed";
      const { kind } = stream.responseHeaders([[":status", "200"]], true);
      if (kind !== "continue") throw new Error(`a response was answered with ${kind}`);
    }
    stream.onResume = () => {
      throw new Error("a request was answered after its end");
    };
    stream.close();
    this.outcomes.set(what, (this.outcomes.get(what) ?? 0) + 1);
  }

  /** Requests that have ended: each was answered once, or is gone. */
  ended(): number {
    return [...this.outcomes.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Lets all requests be answered, and ends them: their number. */
  settle(): number {
    this.stores.mood = "well";
    for (let turns = 0; turns < 200; turns++) {
      this.#advance(50n * MILLISECOND);
      this.stores.answerAll();
      this.host.runTimers();
    }
    const waiting = this.#open.filter(({ answer }) => answer === null).length;
    if (waiting > 0) throw new Error(`${waiting} requests wait for ever`);
    const ended = this.#open.splice(0);
    for (const one of ended) this.#end(one);
    return ended.length;
  }

  /** What may not grow. */
  held(): Held {
    return {
      liveBytes: liveBytes(this.#counted, this.plugin),
      memoryBytes: this.plugin.workers[0]?.memory.buffer.byteLength ?? 0,
      contexts: this.host.liveContexts(),
      calls: this.stores.open(),
      sharedKeys: this.host.sharedData.size,
    };
  }
}

export interface Held {
  liveBytes: number;
  memoryBytes: number;
  contexts: number;
  /** Without an answer. */
  calls: number;
  sharedKeys: number;
}
