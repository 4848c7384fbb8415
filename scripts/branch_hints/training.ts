// Runs a counted module on the simulator. Clock and random bytes are made up here, so the counts of
// a module are the same in every run and on every machine.

import { createSignatureCrypto } from "../../host-sim/gateway/platform.ts";
import type { HeaderList, StreamResult, Worker } from "../../host-sim/src/index.ts";
import { createHost } from "../../host-sim/src/index.ts";
import { fixedRandom } from "../lib/fixed_random.ts";
import type { BranchCount, CountedModule } from "./counted_module.ts";
import type { TrainingCase } from "./training_cases.ts";

const START_NANOSECONDS = 1_700_000_000_000_000_000n;
const NANOSECONDS_BETWEEN = 1_000_000n;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;
/** Between warm-up and counting: passes are told, and a lease is known to be worth it. */
const TICKS = 4;
const BODY = new Uint8Array(64);

/** Counts over the counted requests of all cases. Throws when one is not answered as it should. */
export async function train(
  counted: CountedModule,
  cases: readonly TrainingCase[],
): Promise<BranchCount[]> {
  const module = await WebAssembly.compile(counted.wasm);
  const totals: number[] = [];
  for (const one of cases) {
    const memory = runCase(module, counted, one);
    for (const [i, count] of counted.counters(memory).entries()) {
      totals[i] = (totals[i] ?? 0) + count;
    }
  }
  return counted.countsOf(totals);
}

/** The memory of the worker that served. */
function runCase(
  module: WebAssembly.Module,
  counted: CountedModule,
  one: TrainingCase,
): WebAssembly.Memory {
  let now = START_NANOSECONDS;
  const clock = { systemNanoseconds: () => now, monotonicNanoseconds: () => now };
  const host = createHost({ clock, random: fixedRandom(), crypto: createSignatureCrypto() });
  const configuration = JSON.stringify(one.configuration);
  const [worker] = host.addPlugin({ module, configuration }).workers;
  if (worker === undefined) throw new Error("the plugin has no worker");
  const exchange = (index: number): Exchange => {
    now += NANOSECONDS_BETWEEN;
    return exchangeOn(worker, one, one.requests[index % one.requests.length] ?? []);
  };
  for (let i = 0; i < one.warmUp; i++) exchange(i);
  for (let tick = 0; tick < TICKS; tick++) {
    now += NANOSECONDS_PER_SECOND;
    host.runTimers();
  }
  counted.counters(worker.memory).fill(0);
  for (let i = 0; i < one.count; i++) requireAnswer(one, exchange(one.warmUp + i));
  return worker.memory;
}

interface Exchange {
  /** Details of the refusal; null when there is none. */
  details: string | null;
  /** Names of headers that went upstream, and then downstream. */
  names: ReadonlySet<string>;
}

function exchangeOn(worker: Worker, one: TrainingCase, request: HeaderList): Exchange {
  const stream = worker.openStream({ sourceAddress: "192.0.2.1:4711" });
  const hasTrailers = one.trailers.length > 0;
  const results: StreamResult[] = [];
  try {
    const first = stream.requestHeaders(request, !hasTrailers);
    results.push(first);
    if (first.kind === "continue") {
      if (hasTrailers) stream.requestBody(BODY, true);
      results.push(stream.responseHeaders(one.response, false));
      stream.responseBody(BODY, !hasTrailers);
      if (hasTrailers) results.push(stream.responseTrailers(one.trailers));
    }
  } finally {
    stream.close();
  }
  const names = results.flatMap((result) => (result.kind === "continue" ? result.headers : []));
  const odd = results.find(({ kind }) => kind !== "continue");
  return {
    details: odd === undefined ? null : odd.kind === "reply" ? odd.reply.details : odd.kind,
    names: new Set(names.map(([name]) => name)),
  };
}

function requireAnswer({ name, reason, seen }: TrainingCase, { details, names }: Exchange): void {
  const expected = reason === null ? null : `sallyport{${reason}}`;
  if (details !== expected) {
    throw new Error(`training, ${name}: ${String(details)} instead of ${String(expected)}`);
  }
  const missing = seen.find((header) => !names.has(header));
  if (missing !== undefined) throw new Error(`training, ${name}: ${missing} is missing`);
}
