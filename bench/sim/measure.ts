// Counts what a request costs on the simulator. Nothing here depends on the machine: clock and
// random bytes are the simulator's.

import { readFile } from "node:fs/promises";

import type { CountedModule } from "../../test/support/live_bytes.ts";
import { loadCountedModule } from "../../test/support/live_bytes.ts";
import { Simulated } from "../../test/support/simulated_filter.ts";
import type { Arena } from "./arena.ts";
import { arenaBytesUsed, clearArena, findArena } from "./arena.ts";
import type { SimCase } from "./cases.ts";
import { simCases } from "./cases.ts";
import { instructionsIn, meterModule } from "../../test/support/metered_module.ts";

/** Of one request, from its context to its end. */
export interface SimCost {
  /** Calls to the host, on average. */
  hostCalls: number;
  /** Instructions of WebAssembly, on average, rounded. */
  instructions: number;
  /** The most that any request used. */
  arenaBytes: number;
  /** Bytes that the allocator gave out and did not get back, by all of the requests. */
  heapBytes: number;
}

export type SimCosts = Record<string, SimCost>;

/** Random bytes are drawn for 42 traces at once: three times that, and a bit. */
const REQUESTS = 128;
/** Fills caches and leases. */
const WARM_UP = 64;
const TICKS = 32;
const SECONDS_BETWEEN = 0.001;

interface Modules {
  metered: WebAssembly.Module;
  counted: CountedModule;
  arena: Arena;
}

/** Costs of all cases, by name. */
export async function measureSim(path: string): Promise<SimCosts> {
  const wasm = await readFile(path);
  const metered = await WebAssembly.compile(new Uint8Array(meterModule(wasm)));
  const modules = { metered, counted: await loadCountedModule(), arena: await findArena(metered) };
  const costs: SimCosts = {};
  for (const one of simCases(REQUESTS)) costs[one.name] = measure(one, modules);
  return costs;
}

function measure(one: SimCase, { metered, counted, arena }: Modules): SimCost {
  const filter = warm(one, metered);
  const memory = memoryOf(filter);
  const instructions = instructionsIn(memory);
  const calls = filter.host.hostCalls();
  let arenaBytes = 0;
  for (let i = 0; i < REQUESTS; i++) {
    clearArena(memory, arena);
    send(filter, one, warmUpOf(one) + i);
    arenaBytes = Math.max(arenaBytes, arenaBytesUsed(memory, arena));
  }
  return {
    hostCalls: round((filter.host.hostCalls() - calls) / REQUESTS, 2),
    instructions: round((instructionsIn(memory) - instructions) / REQUESTS, 0),
    arenaBytes,
    heapBytes: heapGrowth(one, counted),
  };
}

function heapGrowth(one: SimCase, counted: CountedModule): number {
  const filter = warm(one, counted.module);
  const memory = memoryOf(filter);
  const before = counted.liveBytes(memory);
  for (let i = 0; i < REQUESTS; i++) send(filter, one, warmUpOf(one) + i);
  return counted.liveBytes(memory) - before;
}

function warm(one: SimCase, module: WebAssembly.Module): Simulated {
  const filter = new Simulated(module, { configuration: one.configuration });
  // The first request of a limit that is reached passes.
  filter.send(one.requests[0]);
  for (let i = 1; i < warmUpOf(one); i++) send(filter, one, i);
  for (let tick = 0; tick < TICKS; tick++) {
    filter.advance(1);
    filter.host.runTimers();
  }
  return filter;
}

function warmUpOf({ warmUp = WARM_UP }: SimCase): number {
  return warmUp;
}

function send(filter: Simulated, one: SimCase, index: number): void {
  filter.advance(SECONDS_BETWEEN);
  const { reason } = filter.send(one.requests[index % one.requests.length]);
  if (reason !== one.reason) throw new Error(`${one.name}: ${String(reason)}`);
}

function memoryOf(filter: Simulated): WebAssembly.Memory {
  const worker = filter.plugin.workers[0];
  if (worker === undefined) throw new Error("no worker");
  return worker.memory;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
