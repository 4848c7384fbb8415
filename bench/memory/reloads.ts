// Configurations without end: Envoy discovers the filter in a file that is replaced ever again.

import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "../../envoy/http_filters.ts";
import { wasmFilter } from "../../envoy/http_filters.ts";
import { compileGuest } from "../../test/support/guest.ts";
import type { BarReport } from "../harness/bars.ts";
import { bar } from "../harness/bars.ts";
import type { BenchEnvoy } from "../harness/listeners.ts";
import { askUpstream, requireAnswer, withEnvoy } from "../harness/listeners.ts";
import { ourFilters } from "../harness/ours.ts";
import { round } from "../harness/round.ts";
import { EDITS } from "../headers/cases.ts";
import { CHAIN, configurationOf } from "../stack/work.ts";
import type { Flatness } from "./flatness.ts";
import { FLAT, leftByEach, watchMemory } from "./flatness.ts";
import type { MemoryInput } from "./result.ts";

export interface ReloadsOf extends Flatness {
  /** From the file to the counter of Envoy that tells of it. */
  milliseconds_each: number;
  /** What the resident set of Envoy grew by from the first look to the last. */
  resident_kib_each: number;
  /** The same of Envoy's heap. */
  heap_kib_each: number;
}

export interface Reloads {
  chain: ReloadsOf;
  /** Of TICKING_GUEST with the same configurations: what Envoy itself keeps of each. */
  empty: ReloadsOf;
}

/**
 * A module that does nothing but tick, as Sallyport does with limits: Envoy keeps a timer for each
 * root that ever had one (source/extensions/common/wasm/wasm.cc, setTimerPeriod), and the text of
 * each configuration (proxy-wasm-cpp-host src/wasm.cc, plugin_canary_cache_).
 */
const TICKING_GUEST = `
// @ts-ignore: decorator
@external("env", "proxy_set_tick_period_milliseconds")
declare function setTickPeriod(milliseconds: i32): i32;

export function proxy_on_context_create(context: i32, root: i32): void {}
export function proxy_on_configure(context: i32, len: i32): i32 {
  setTickPeriod(1000);
  return 1;
}
export function proxy_on_tick(context: i32): void {}
export function proxy_on_request_headers(context: i32, headers: i32, end: i32): i32 {
  return 0;
}
export function proxy_on_delete(context: i32): void {
  setTickPeriod(0);
}
`;

/** A filter that is discovered. */
interface Discovered {
  binary: string;
  folder: string;
  filterOf: (generation: number) => JsonObject;
  /** Throws when a generation is not the one that serves. */
  require: (envoy: BenchEnvoy, generation: number) => Promise<void>;
}

const NAME = "discovered";
const POLL_MILLISECONDS = 5;
/** Envoy reloads within some 50 ms. */
const PATIENCE_MILLISECONDS = 10_000;
const GENERATION_HEADER = "x-generation";

export async function measureReloads(input: MemoryInput, reloads: number): Promise<Reloads> {
  const { binary } = input;
  const folder = await mkdtemp(join(tmpdir(), "sallyport-bench-"));
  try {
    const modulePath = join(folder, "empty.wasm");
    await writeFile(modulePath, await compileGuest(TICKING_GUEST));
    const chain: Discovered = {
      binary,
      folder,
      filterOf: (generation) => ourFilter(input, generation),
      require: (envoy, generation) => requireGeneration(input, envoy, generation),
    };
    const empty: Discovered = {
      binary,
      folder,
      filterOf: (generation) => {
        const configuration = configurationAt(input, generation);
        return wasmFilter({ name: NAME, vmId: NAME, modulePath, configuration });
      },
      require: () => Promise.resolve(),
    };
    return { chain: await reload(chain, reloads), empty: await reload(empty, reloads) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The VMs must be flat, and Envoy may keep no more of our configurations than of anybody's. */
export function reloadBars({ chain, empty }: Reloads): BarReport[] {
  const count = chain.points.at(-1)?.after.toLocaleString("en-US") ?? "no";
  const left = round(chain.heap_kib_each / empty.heap_kib_each);
  return [
    bar(`memory of the VMs after ${count} reloads`, chain.vm_factor, FLAT),
    bar("what a reload leaves in Envoy's heap, by an empty module's", left, FLAT),
  ];
}

async function reload(one: Discovered, reloads: number): Promise<ReloadsOf> {
  await push(one, 0);
  const filters = { [NAME]: [discovered(one.folder)] };
  return withEnvoy(
    one.binary,
    () => filters,
    (envoy) => reloadAll(one, envoy, reloads),
  );
}

async function reloadAll(one: Discovered, envoy: BenchEnvoy, reloads: number): Promise<ReloadsOf> {
  await one.require(envoy, 0);
  let milliseconds = 0;
  const flatness = await watchMemory(envoy.process, reloads, async (count, done) => {
    for (let generation = done + 1; generation <= done + count; generation++) {
      await push(one, generation);
      const pushed = performance.now();
      await untilLoaded(envoy, generation);
      milliseconds += performance.now() - pushed;
    }
    await one.require(envoy, done + count);
    console.error(`${done + count} of ${reloads} reloads`);
  });
  const left = (part: "resident_kib" | "heap_kib"): number =>
    round(leftByEach(flatness.points, part));
  return {
    ...flatness,
    milliseconds_each: round(milliseconds / reloads),
    resident_kib_each: left("resident_kib"),
    heap_kib_each: left("heap_kib"),
  };
}

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/overview/extension */
function discovered(folder: string): JsonObject {
  return {
    name: NAME,
    config_discovery: {
      config_source: {
        resource_api_version: "V3",
        path_config_source: {
          path: join(folder, "filter.json"),
          watched_directory: { path: folder },
        },
      },
      type_urls: ["type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm"],
    },
  };
}

async function push({ folder, filterOf }: Discovered, generation: number): Promise<void> {
  const resource = {
    "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
    name: NAME,
    typed_config: filterOf(generation)["typed_config"],
  };
  const file = join(folder, "next.json");
  await writeFile(
    file,
    JSON.stringify({ version_info: String(generation), resources: [resource] }),
  );
  await rename(file, join(folder, "filter.json"));
}

function ourFilter(input: MemoryInput, generation: number): JsonObject {
  const configuration = configurationAt(input, generation);
  const [filter = {}] = ourFilters(input.modulePath, NAME, configuration);
  return filter;
}

/** The chain with one more header that tells configurations apart. */
function configurationAt({ samples }: MemoryInput, generation: number): JsonObject {
  const chain = configurationOf(CHAIN, samples.signers.ES256.publicKey);
  const set = [...EDITS.set, { header: GENERATION_HEADER, value: String(generation) }];
  return { ...chain, normalise: { ...EDITS, set } };
}

async function untilLoaded(envoy: BenchEnvoy, generation: number): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MILLISECONDS; waited += POLL_MILLISECONDS) {
    const [loads = 0] = (await envoy.process.stats(`http_filter.${NAME}.config_reload`)).values();
    // The first load was no reload of ours.
    if (loads > generation) return;
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error(`Envoy did not take configuration ${generation}`);
}

async function requireGeneration(
  { samples }: MemoryInput,
  envoy: BenchEnvoy,
  generation: number,
): Promise<void> {
  const [headers = {}] = samples.headers["one token"];
  const { upstream } = await askUpstream(envoy.port(NAME), headers);
  const seen = upstream.get(GENERATION_HEADER);
  requireAnswer("reloads", GENERATION_HEADER, seen, String(generation));
}
