// Configurations without end: Envoy discovers the filter in a file that is replaced ever again.

import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "../../envoy/http_filters.ts";
import { wasmFilter } from "../../envoy/http_filters.ts";
import { compileGuest } from "../../test/support/guest.ts";
import { EMPTY_GUEST } from "../harness/bare_guests.ts";
import type { BenchEnvoy } from "../harness/listeners.ts";
import { askUpstream, requireAnswer, withEnvoy } from "../harness/listeners.ts";
import { ourFilters } from "../harness/ours.ts";
import { round } from "../harness/round.ts";
import { EDITS } from "../headers/cases.ts";
import type { StackInput } from "./chain_filters.ts";
import type { Flatness } from "./flatness.ts";
import { watchMemory } from "./flatness.ts";
import { CHAIN, configurationOf } from "./work.ts";

export interface ReloadsOf extends Flatness {
  /** From the file to the counter of Envoy that tells of it. */
  milliseconds_each: number;
  /** What the resident set of Envoy grew by from the first look to the last. */
  resident_kib_each: number;
}

export interface Reloads {
  chain: ReloadsOf;
  /** Of a module that does nothing: what Envoy itself grows by. */
  empty: ReloadsOf;
}

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

export async function measureReloads(input: StackInput, reloads: number): Promise<Reloads> {
  const { binary } = input;
  const folder = await mkdtemp(join(tmpdir(), "sallyport-bench-"));
  try {
    const modulePath = join(folder, "empty.wasm");
    await writeFile(modulePath, await compileGuest(EMPTY_GUEST));
    const chain: Discovered = {
      binary,
      folder,
      filterOf: (generation) => chainOf(input, generation),
      require: (envoy, generation) => requireGeneration(input, envoy, generation),
    };
    const empty: Discovered = {
      binary,
      folder,
      filterOf: (generation) =>
        wasmFilter({ name: NAME, vmId: NAME, modulePath, configuration: { generation } }),
      require: () => Promise.resolve(),
    };
    return { chain: await reload(chain, reloads), empty: await reload(empty, reloads) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
  const flatness = await watchMemory(envoy.process.pid, reloads, async (count, done) => {
    for (let generation = done + 1; generation <= done + count; generation++) {
      await push(one, generation);
      const pushed = performance.now();
      await untilLoaded(envoy, generation);
      milliseconds += performance.now() - pushed;
    }
    await one.require(envoy, done + count);
    console.error(`${done + count} of ${reloads} reloads`);
  });
  const [first, last] = [flatness.points[0], flatness.points.at(-1)];
  const grown = (last?.resident_kib ?? Number.NaN) - (first?.resident_kib ?? Number.NaN);
  const counted = (last?.after ?? 0) - (first?.after ?? 0);
  return {
    ...flatness,
    milliseconds_each: round(milliseconds / reloads),
    resident_kib_each: round(grown / counted),
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

/** The chain with one more header that tells configurations apart. */
function chainOf({ modulePath, samples }: StackInput, generation: number): JsonObject {
  const chain = configurationOf(CHAIN, samples.signers.ES256.publicKey);
  const set = [...EDITS.set, { header: GENERATION_HEADER, value: String(generation) }];
  const [filter = {}] = ourFilters(modulePath, NAME, { ...chain, normalise: { ...EDITS, set } });
  return filter;
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
  { samples }: StackInput,
  envoy: BenchEnvoy,
  generation: number,
): Promise<void> {
  const [headers = {}] = samples.headers["one token"];
  const { upstream } = await askUpstream(envoy.port(NAME), headers);
  const seen = upstream.get(GENERATION_HEADER);
  requireAnswer("reloads", GENERATION_HEADER, seen, String(generation));
}
