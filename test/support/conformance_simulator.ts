// Runs the conformance probe in the simulator, shown exactly what Envoy showed to it: the same
// header lists, body frames and call answers, taken from the events of the run in Envoy.

import { createHost } from "../../host-sim/src/index.ts";
import type {
  HeaderList,
  Host,
  HttpCall,
  Plugin,
  Resumption,
  Stream,
  StreamResult,
} from "../../host-sim/src/index.ts";
import { boringCrypto } from "./boring_crypto.ts";
import {
  BUFFER_LIMIT_BYTES,
  PLUGIN_NAME,
  ROOT_ID,
  VM_CONFIGURATION,
  VM_ID,
} from "./conformance_envoy.ts";
import type { Outcome } from "./conformance_envoy.ts";
import type { Scenario } from "./conformance_scenarios.ts";
import { eventBody, eventMap, eventNumber } from "./conformance_table.ts";
import type { ProbeEvent, VmReport } from "./conformance_table.ts";

export interface SimulatorRun {
  lines: string[];
  outcomes: Outcome[];
}

/** What Envoy showed to each VM. */
export interface EnvoyEvents {
  main: VmReport;
  worker: VmReport;
}

const TICK_NANOSECONDS = 25_000_000n;
const NO_HEADERS: HeaderList = [];

export function runInSimulator(
  module: WebAssembly.Module,
  fixtures: string,
  scenarios: readonly Scenario[],
  shown: EnvoyEvents,
): SimulatorRun {
  const world = new World(module, fixtures, shown);
  world.settle();
  world.advance();
  world.advance();
  const outcomes = scenarios.map((scenario, index) =>
    world.run(scenario, shown.worker.streams[index] ?? []),
  );
  return { lines: world.lines, outcomes };
}

class World {
  readonly lines: string[] = [];
  readonly #host: Host;
  readonly #plugin: Plugin;
  readonly #shown: EnvoyEvents;
  readonly #calls: HttpCall[] = [];
  #now = 1_700_000_000_000_000_000n;
  #seed = 1;

  constructor(module: WebAssembly.Module, fixtures: string, shown: EnvoyEvents) {
    this.#shown = shown;
    this.#host = createHost({
      clock: { systemNanoseconds: () => this.#now, monotonicNanoseconds: () => this.#now },
      random: (target) => this.#randomise(target),
      crypto: boringCrypto,
      clusters: ["upstream", "empty"],
      bufferLimitBytes: BUFFER_LIMIT_BYTES,
      dispatch: (call) => {
        if (call.cluster === "empty") call.respond({ headers: [[":status", "503"]] });
        else this.#calls.push(call);
      },
      // The only cluster that gRPC calls go to has no endpoint.
      dispatchGrpc: (call) => call.fail(14, "no healthy upstream{no_healthy_upstream}"),
      onLog: (_level, message) => this.lines.push(message),
    });
    this.#plugin = this.#host.addPlugin({
      module,
      configuration: fixtures,
      vmConfiguration: VM_CONFIGURATION,
      name: PLUGIN_NAME,
      rootId: ROOT_ID,
      vmId: VM_ID,
      environment: { PROBE: "value" },
    });
  }

  advance(): void {
    this.#now += TICK_NANOSECONDS;
    this.#host.runTimers();
    this.settle();
  }

  /** Answers the calls that wait, as the upstream answered them in Envoy. */
  settle(): void {
    for (let call = this.#calls.shift(); call !== undefined; call = this.#calls.shift()) {
      const report = call.worker === "main" ? this.#shown.main : this.#shown.worker;
      const path = call.headers.find(([name]) => name === ":path")?.[1];
      if (path === "/slow") {
        this.#now += BigInt(call.timeoutMilliseconds) * 1_000_000n;
        this.#host.runTimers();
      } else if (path === "/broken") {
        call.reset();
      } else {
        call.respond(callAnswer(report.events, call.token));
      }
    }
  }

  run(scenario: Scenario, events: readonly ProbeEvent[]): Outcome {
    const [worker] = this.#plugin.workers;
    if (worker === undefined) throw new Error("no worker");
    const stream = worker.openStream({ sourceAddress: "127.0.0.1:12345" });
    const exchange = new Exchange(stream);
    const headers = events.find(({ name }) => name === "request_headers");
    const hasTrailers = scenario.trailers.length > 0;
    const hasBody = scenario.body !== "" || hasTrailers;
    exchange.take("request", stream.requestHeaders(eventMap(headers), !hasBody));
    if (hasBody) {
      // Envoy's HTTP/1 codec ends a body with an empty frame, its HTTP/2 codec with the data.
      const endsApart = hasTrailers || scenario.protocol === "http1";
      const body = Buffer.from(scenario.body, "latin1");
      exchange.take("request", stream.requestBody(body, !endsApart));
      if (hasTrailers) exchange.take("request", stream.requestTrailers(scenario.trailers));
      else if (endsApart) exchange.take("request", stream.requestBody(new Uint8Array(0), true));
    }
    this.settle();
    if (exchange.requestEnded) this.#respond(stream, exchange, events, scenario);
    this.settle();
    stream.close();
    return exchange.outcome();
  }

  #respond(
    stream: Stream,
    exchange: Exchange,
    events: readonly ProbeEvent[],
    scenario: Scenario,
  ): void {
    if (exchange.isOver()) return;
    const found = events.find(({ name }) => name === "response_headers");
    const isHead = scenario.method === "HEAD";
    exchange.take("response", stream.responseHeaders(eventMap(found), isHead));
    if (isHead || exchange.isOver()) return;
    const body = Buffer.from("response body");
    exchange.take("response", stream.responseBody(body, false));
    if (exchange.isOver()) return;
    exchange.take("response", stream.responseTrailers([["x-probe-trailer", "last"]]));
  }

  #randomise(target: Uint8Array): void {
    for (let index = 0; index < target.length; index++) {
      this.#seed = (Math.imul(this.#seed, 1103515245) + 12345) >>> 0;
      target[index] = this.#seed >>> 24;
    }
  }
}

function callAnswer(
  events: readonly ProbeEvent[],
  token: number,
): { headers: HeaderList; body: Uint8Array; trailers?: HeaderList } {
  const of = (name: string): ProbeEvent | undefined =>
    events.find((event) => event.name === name && eventNumber(event) === token);
  const trailers = eventMap(of("call_trailers"));
  const answer = { headers: eventMap(of("call_headers")), body: eventBody(of("call_body")) };
  return trailers.length === 0 ? answer : { ...answer, trailers };
}

/** Collects what leaves the filter until the stream is over. */
class Exchange {
  readonly #request = { headers: NO_HEADERS, body: "", trailers: NO_HEADERS };
  readonly #answer = { status: 0, headers: NO_HEADERS, body: "", trailers: NO_HEADERS };
  #details = "via_upstream";
  #reset = false;
  #started = false;
  requestEnded = false;
  #over = false;

  constructor(stream: Stream) {
    stream.onResume = ({ direction, result }: Resumption) => this.take(direction, result);
  }

  take(direction: "request" | "response", result: StreamResult): void {
    if (this.#over || result.kind === "paused") return;
    if (result.kind === "reset") {
      this.#over = true;
      this.#reset = true;
      this.#details = result.details;
    } else if (result.kind === "reply") {
      const { reply } = result;
      this.#over = true;
      this.#details = reply.details;
      this.#answer.status = reply.status;
      this.#answer.headers = reply.headers;
      this.#answer.body = Buffer.from(reply.body).toString("latin1");
    } else {
      this.#collect(direction === "request" ? this.#request : this.#answer, result);
      if (direction === "request") {
        this.#started = true;
        this.requestEnded ||= result.endOfStream;
      }
    }
  }

  /** Answered or reset. */
  isOver(): boolean {
    return this.#over;
  }

  outcome(): Outcome {
    const { headers } = this.#answer;
    const status = Number(headers.find(([name]) => name === ":status")?.[1] ?? 0);
    return {
      answer: { ...this.#answer, status, reset: this.#reset },
      upstream: this.#started ? this.#request : null,
      details: this.#details,
    };
  }

  #collect(
    into: { headers: HeaderList; body: string; trailers: HeaderList },
    result: Extract<StreamResult, { kind: "continue" }>,
  ): void {
    const areTrailers = result.trailers !== undefined && result.headers.length > 0;
    const onlyTrailers = areTrailers && into.headers.length > 0;
    if (result.headers.length > 0 && !onlyTrailers) into.headers = result.headers;
    if (result.body !== undefined) into.body += Buffer.from(result.body).toString("latin1");
    if (result.trailers !== undefined) into.trailers = result.trailers;
  }
}
